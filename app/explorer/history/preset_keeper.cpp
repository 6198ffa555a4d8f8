#include "app/explorer/history/preset_keeper.h"

#include <QFileInfo>

#include "app/explorer/history/point_settings.h"
#include "core/pipeline/model_hash.h"
#include "views/models/showable_text.h"
#include "views/pages/inputs_page.h"

namespace explorer {

using core::Result;
using core::history::Preset;
using core::history::RunHistory;
using core::pipeline::CompileOptions;
using views::models::showable;
using views::pages::InputsPage;

PresetKeeper::PresetKeeper(ExplorerController* controller, QString file, InputsPage* page,
                           QObject* parent)
    : QObject(parent), m_controller(controller), m_page(page), m_file(file.toStdString()) {
  connect(controller, &ExplorerController::snapshotChanged, this, &PresetKeeper::follow);
  connect(page, &InputsPage::presetChosen, this, &PresetKeeper::choose);
  connect(page, &InputsPage::presetSaved, this,
          [this](const QString& name, const CompileOptions& options) {
            const Preset preset{name.toStdString(), presetWords(options)};
            change([model = m_model,
                    preset](RunHistory& runs) { return runs.keepPreset(model, preset); },
                   tr("✓ Kept as '%1'.").arg(name));
          });
  connect(page, &InputsPage::presetForgotten, this, [this](const QString& name) {
    change([model = m_model,
            name = name.toStdString()](RunHistory& runs) { return runs.forgetPreset(model, name); },
           tr("✓ '%1' is deleted.").arg(name));
  });
}

void PresetKeeper::follow() {
  const auto* record = m_controller->snapshot()->record();
  // Hashing is for another file only: a snapshot comes with every step of the budget's slider.
  const Source source = record ? Source{record->model.path, record->model.fileBytes} : Source{};
  if (source == m_source) return;
  m_source = source;
  m_model = record ? core::pipeline::modelHash(record->model) : std::string();
  m_page->showPresetRemark(QString());
  readAgain();
}

void PresetKeeper::readAgain() {
  if (m_model.empty() || !QFileInfo::exists(QString::fromStdString(m_file)))
    return take(std::vector<Preset>());
  m_jobs.run(
      QStringLiteral("list"),
      [file = m_file, model = m_model](const std::stop_token&) -> Result<std::vector<Preset>> {
        CORE_TRY(RunHistory runs, RunHistory::open(file));
        return runs.presets(model);
      },
      [this](const Result<std::vector<Preset>>& presets) { take(presets); });
}

void PresetKeeper::take(const Result<std::vector<Preset>>& presets) {
  if (!presets) return m_page->showPresetRemark("✕ " + showable(presets.error().message));
  m_presets = *presets;
  QStringList names;
  for (const Preset& preset : m_presets) names << QString::fromStdString(preset.name);
  m_page->setPresets(names);
}

/// A tag of its own for each: a change is never dropped for a newer one.
void PresetKeeper::change(const Change& change, const QString& done) {
  if (m_model.empty()) return;
  m_jobs.run(
      QStringLiteral("change %1").arg(++m_changes),
      [file = m_file, change](const std::stop_token&) -> Result<void> {
        CORE_TRY(RunHistory runs, RunHistory::open(file));
        return change(runs);
      },
      [this, done](const Result<void>& changed) {
        m_page->showPresetRemark(changed ? done : "✕ " + showable(changed.error().message));
        readAgain();
      });
}

void PresetKeeper::choose(const QString& name) {
  for (const Preset& preset : m_presets) {
    if (preset.name != name.toStdString()) continue;
    const auto options = withPreset(m_controller->snapshot()->options, preset.words);
    if (!options) return m_page->showPresetRemark("✕ " + showable(options.error().message));
    m_page->showOptions(*options);
    return m_page->showPresetRemark(tr("Press 'Apply and trace again' to use it."));
  }
}

}  // namespace explorer
