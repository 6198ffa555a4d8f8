#include "app/explorer/settings/preferences_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/explorer/settings/cache_folder.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"

namespace explorer {

using views::look::Theme;
using views::pages::DataTable;

namespace {

constexpr std::int64_t kMebibyte = 1024 * 1024;
constexpr int kMostCacheMib = 1024 * 1024;

QSpinBox* numberField(const QString& name, int value, int most, QWidget* parent) {
  auto* field = new QSpinBox(parent);
  field->setAccessibleName(name);
  field->setRange(0, most);
  field->setValue(value);
  return field;
}

}  // namespace

PreferencesDialog::PreferencesDialog(Settings settings, ActionKeys* keys, QWidget* parent)
    : QDialog(parent), m_settings(std::move(settings)), m_keys(keys) {
  setWindowTitle(tr("Preferences"));
  resize(760, 560);
  auto* tabs = new QTabWidget(this);
  tabs->setAccessibleName(tr("Preferences"));
  tabs->addTab(buildGeneral(), tr("&General"));
  tabs->addTab(buildKeys(), tr("&Shortcuts"));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  auto* layout = new QVBoxLayout(this);
  layout->addWidget(tabs, 1);
  layout->addWidget(buttons);
}

QWidget* PreferencesDialog::buildGeneral() {
  auto* page = new QWidget(this);
  auto* form = new QFormLayout(page);
  auto* theme = new QComboBox(page);
  theme->setAccessibleName(tr("Theme"));
  theme->addItem(tr("As the desktop"), static_cast<int>(Theme::System));
  theme->addItem(tr("Light"), static_cast<int>(Theme::Light));
  theme->addItem(tr("Dark"), static_cast<int>(Theme::Dark));
  theme->setCurrentIndex(theme->findData(static_cast<int>(m_settings.theme())));
  connect(theme, &QComboBox::activated, this,
          [this, theme] { Q_EMIT themeChosen(static_cast<Theme>(theme->currentData().toInt())); });
  auto* animations = new QCheckBox(tr("&Move pictures to their new place step by step"), page);
  animations->setChecked(m_settings.animations());
  connect(animations, &QCheckBox::toggled, this, [this](bool wanted) {
    m_settings.setAnimations(wanted);
    views::look::setAnimationsWanted(wanted);
  });
  auto* threads =
      numberField(tr("Threads of a run"), m_settings.threads(), Settings::kMostThreads, page);
  threads->setSpecialValueText(tr("all cores"));
  connect(threads, &QSpinBox::valueChanged, this,
          [this](int value) { m_settings.setThreads(value); });
  form->addRow(tr("&Theme"), theme);
  form->addRow(tr("Animations"), animations);
  form->addRow(tr("Th&reads of a run"), threads);
  form->addRow(QString(), views::pages::plainLabel(tr("From the next start on."), page));
  form->addRow(tr("Compiled kernels"), buildCaches(page));
  form->addRow(tr("Runs"), buildRuns(page));
  return page;
}

QWidget* PreferencesDialog::buildCaches(QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  auto* limit = numberField(tr("Most bytes of compiled kernels on disk"),
                            m_settings.cacheLimitMib(), kMostCacheMib, box);
  limit->setMinimum(1);
  limit->setPrefix(tr("at most "));
  limit->setSuffix(tr(" MiB"));
  connect(limit, &QSpinBox::valueChanged, this,
          [this](int value) { m_settings.setCacheLimitMib(value); });
  m_cacheSize = views::pages::plainLabel(QString(), box);
  m_cacheSize->setAccessibleName(tr("Size of the cache"));
  auto* clear = new QPushButton(tr("&Clear"), box);
  clear->setToolTip(tr("Removes every compiled kernel; they are compiled again when needed"));
  connect(clear, &QPushButton::clicked, this, &PreferencesDialog::clearCache);
  layout->addWidget(limit);
  layout->addWidget(m_cacheSize, 1);
  layout->addWidget(clear);
  showCacheSize();
  return box;
}

QWidget* PreferencesDialog::buildRuns(QWidget* parent) {
  auto* keep =
      new QCheckBox(tr("&Keep each finished measurement, to compare later ones with"), parent);
  keep->setToolTip(m_settings.historyFile());
  keep->setChecked(m_settings.keepRuns());
  connect(keep, &QCheckBox::toggled, this, [this](bool wanted) {
    m_settings.setKeepRuns(wanted);
    Q_EMIT keepRunsChosen(wanted);
  });
  return keep;
}

void PreferencesDialog::showCacheSize() {
  m_cacheSize->setText(tr("…"));
  m_jobs.run(
      QStringLiteral("size"),
      [](const std::stop_token&) { return folderBytes(kernelCacheFolder()); },
      [this](std::int64_t bytes) {
        m_cacheSize->setText(tr("%1 in use").arg(views::models::bytesText(bytes)));
      });
}

void PreferencesDialog::clearCache() {
  m_jobs.run(
      QStringLiteral("clear"),
      [](const std::stop_token& stop) { return trimFolder(kernelCacheFolder(), 0, stop); },
      [this](std::int64_t) { showCacheSize(); });
}

QWidget* PreferencesDialog::buildKeys() {
  auto* page = new QWidget(this);
  auto* words = new QLineEdit(page);
  words->setPlaceholderText(tr("Words of an action, or keys"));
  words->setAccessibleName(tr("Words of an action, or keys"));
  words->setClearButtonEnabled(true);
  m_table = new DataTable(tr("Shortcuts"), page);
  connect(words, &QLineEdit::textChanged, m_table, &DataTable::setWords);
  connect(m_table, &DataTable::rowChosen, this, [this](int row) {
    if (row >= 0) editKeys(m_keys->actions()[row]->objectName());
  });
  m_remark = views::pages::plainLabel(QString(), page);
  m_remark->setAccessibleName(tr("Remark about the keys"));
  m_remark->setWordWrap(true);
  auto* layout = new QVBoxLayout(page);
  layout->addWidget(words);
  layout->addWidget(m_table, 1);
  layout->addWidget(buildKeyEditor(page));
  layout->addWidget(m_remark);
  showKeysTable();
  return page;
}

QWidget* PreferencesDialog::buildKeyEditor(QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* layout = new QHBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  m_edit = new QKeySequenceEdit(box);
  m_edit->setAccessibleName(tr("New keys"));
  auto* none = new QPushButton(tr("&No Keys"), box);
  m_reset = new QPushButton(tr("&Default"), box);
  auto* all = new QPushButton(tr("&All Defaults"), box);
  auto* label = new QLabel(tr("&Keys"), box);
  label->setBuddy(m_edit);
  layout->addWidget(label);
  layout->addWidget(m_edit, 1);
  for (QPushButton* button : {none, m_reset, all}) layout->addWidget(button);
  connect(m_edit, &QKeySequenceEdit::editingFinished, this, &PreferencesDialog::takeKeys);
  connect(none, &QPushButton::clicked, this, [this] {
    if (m_action.isEmpty()) return;
    m_keys->choose(m_action, {});
    showRow();
  });
  connect(m_reset, &QPushButton::clicked, this, &PreferencesDialog::resetKeys);
  connect(all, &QPushButton::clicked, this, &PreferencesDialog::resetAllKeys);
  return box;
}

void PreferencesDialog::showKeysTable() {
  views::models::Table table;
  const QList<QAction*> actions = m_keys->actions();
  table.rows = static_cast<int>(actions.size());
  const auto column = [&](const QString& title, std::function<QString(int)> text) {
    table.columns.push_back({title, views::models::Alignment::Text, std::move(text), {}, {}});
  };
  column(tr("action"), [actions](int row) { return actionText(*actions[row]); });
  column(tr("keys"), [actions](int row) { return keysText(*actions[row]); });
  column(tr("changed"), [this, actions](int row) {
    return m_keys->isChanged(actions[row]->objectName()) ? tr("changed") : QString();
  });
  column(tr("what it does"),
         [actions](int row) { return actions[row]->property("tip").toString(); });
  m_table->setTable(std::move(table));
}

void PreferencesDialog::editKeys(const QString& actionId) {
  m_action = actionId;
  const QAction* action = m_keys->find(actionId);
  m_edit->setKeySequence(action ? action->shortcut() : QKeySequence());
  m_remark->setText(
      action ? tr("Keys of \"%1\". Press new ones in the field.").arg(actionText(*action))
             : QString());
}

QString PreferencesDialog::keysRemark() const {
  return m_remark->text();
}

void PreferencesDialog::takeKeys() {
  const QKeySequence key = m_edit->keySequence();
  const QAction* action = m_keys->find(m_action);
  if (!action || key.isEmpty() || action->shortcuts().contains(key)) return;
  if (const QAction* owner = m_keys->ownerOf(key, m_action)) {
    m_edit->setKeySequence(action->shortcut());
    m_remark->setText(tr("%1 is not free: \"%2\" has it. Take it away there first.")
                          .arg(key.toString(QKeySequence::NativeText), actionText(*owner)));
    return;
  }
  m_keys->choose(m_action, {key});
  showRow();
}

void PreferencesDialog::resetKeys() {
  if (m_action.isEmpty()) return;
  const QList<QKeySequence> keys = m_keys->defaultKeys(m_action);
  for (const QKeySequence& key : keys) {
    if (const QAction* owner = m_keys->ownerOf(key, m_action)) {
      m_remark->setText(tr("%1 is not free: \"%2\" has it. Take it away there first.")
                            .arg(key.toString(QKeySequence::NativeText), actionText(*owner)));
      return;
    }
  }
  m_keys->reset(m_action);
  showRow();
}

void PreferencesDialog::resetAllKeys() {
  m_keys->resetAll();
  showRow();
}

/// After a change: the table and the field show what holds now.
void PreferencesDialog::showRow() {
  const int row = m_table->currentSourceRow();
  showKeysTable();
  if (row >= 0) m_table->selectSourceRow(row);
  editKeys(m_action);
}

}  // namespace explorer
