#pragma once

// The presets of the open model: listed, chosen, kept and forgotten on pool threads.

#include <QObject>
#include <functional>
#include <utility>

#include "app/explorer/explorer_controller.h"
#include "app/explorer/jobs/pool_jobs.h"
#include "core/history/run_history.h"

namespace views::pages {
class InputsPage;
}  // namespace views::pages

namespace explorer {

class PresetKeeper : public QObject {
  Q_OBJECT

 public:
  /// `file` is the file of runs. All must outlive the object.
  PresetKeeper(ExplorerController* controller, QString file, views::pages::InputsPage* page,
               QObject* parent);

 private:
  using Source = std::pair<std::string, std::uint64_t>;  ///< a file's path and length
  using Change = std::function<core::Result<void>(core::history::RunHistory& runs)>;

  /// Lists anew if another model is open.
  void follow();
  void readAgain();
  void change(const Change& change, const QString& done);
  void choose(const QString& name);
  void take(const core::Result<std::vector<core::history::Preset>>& presets);

  ExplorerController* m_controller;
  views::pages::InputsPage* m_page;
  std::string m_file;
  Source m_source;
  std::string m_model;  ///< hash of the open one; empty: none
  std::vector<core::history::Preset> m_presets;
  PoolJobs m_jobs;
  int m_changes = 0;
};

}  // namespace explorer
