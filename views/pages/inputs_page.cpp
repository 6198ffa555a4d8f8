#include "views/pages/inputs_page.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QThread>
#include <limits>

#include "views/models/model_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/data_table.h"
#include "views/pages/input_sheet.h"
#include "views/pages/input_sizes.h"

namespace views::pages {

using core::run::LossSpec;
using core::run::Mode;

namespace {

constexpr int kAutomatic = -1;
constexpr int kMeanSquare = -2;

}  // namespace

InputsPage::InputsPage(QWidget* parent) : StagePage(PageId::Inputs, parent) {
  auto* content = new QWidget(this);
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(headingLabel(tr("Inputs of the model"), content));
  layout->addWidget(buildSheet(), 1);
  layout->addWidget(headingLabel(tr("The step"), content));
  layout->addWidget(buildForm());
  setContent(content);
}

QWidget* InputsPage::buildSheet() {
  auto* box = new QWidget(this);
  m_sheet = new InputSheet(box);
  auto* fill = new QPushButton(tr("F&ill… (F2)"), box);
  fill->setToolTip(tr("Edits what fills the current input"));
  connect(fill, &QPushButton::clicked, m_sheet, &InputSheet::editFill);
  auto* file = new QPushButton(tr("Fill from &file…"), box);
  file->setToolTip(tr("A .npy, .pt or .safetensors file for the current input"));
  connect(file, &QPushButton::clicked, m_sheet, &InputSheet::chooseFile);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(fill);
  buttons->addWidget(file);
  buttons->addStretch(1);
  auto* layout = new QVBoxLayout(box);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_sheet, 1);
  layout->addLayout(buttons);
  connect(&m_sheet->model(), &models::InputSheetModel::dimensionsChanged, this,
          [this] { m_sizes->setText(sizesText(m_sheet->model().dimensions())); });
  connect(&m_sheet->model(), &QAbstractItemModel::dataChanged, this, &InputsPage::showMemory);
  return box;
}

QLayout* InputsPage::buildFileRow(QWidget* box) {
  m_file = new QLineEdit(box);
  m_file->setMinimumWidth(300);
  m_file->setPlaceholderText(tr("the file's own examples, or random values of the seed"));
  m_file->setClearButtonEnabled(true);
  m_file->setAccessibleName(tr("Input file"));
  auto* browse = new QPushButton(tr("Choose…"), box);
  connect(browse, &QPushButton::clicked, this, &InputsPage::chooseFile);
  auto* row = new QHBoxLayout;
  row->addWidget(m_file);
  row->addWidget(browse);
  return row;
}

QLayout* InputsPage::buildSizesRow(QWidget* box) {
  m_sizes = new QLineEdit(box);
  m_sizes->setMinimumWidth(300);
  m_sizes->setAccessibleName(tr("Sizes of symbolic dimensions"));
  m_sizesProblem = plainLabel(QString(), box);
  m_sizesProblem->setWordWrap(true);
  m_sizesProblem->setAccessibleName(tr("What is wrong with the sizes"));
  connect(m_sizes, &QLineEdit::textChanged, this, &InputsPage::checkSizes);
  auto* row = new QHBoxLayout;
  row->addWidget(m_sizes);
  row->addWidget(m_sizesProblem);
  return row;
}

QLayout* InputsPage::buildPresetRow(QWidget* box) {
  m_presets = new QComboBox(box);
  m_presets->setEditable(true);
  m_presets->setInsertPolicy(QComboBox::NoInsert);
  m_presets->setMinimumContentsLength(16);
  m_presets->setAccessibleName(tr("Preset"));
  m_presets->lineEdit()->setAccessibleName(tr("Name of the preset"));
  m_presets->lineEdit()->setPlaceholderText(tr("a name for these inputs"));
  connect(m_presets, &QComboBox::textActivated, this, &InputsPage::presetChosen);
  auto* save = new QPushButton(tr("Sa&ve Preset"), box);
  save->setToolTip(tr("Keeps inputs, sizes, seed, mode and loss for this model, by that name"));
  connect(save, &QPushButton::clicked, this, &InputsPage::savePreset);
  auto* forget = new QPushButton(tr("Delete Preset"), box);
  connect(forget, &QPushButton::clicked, this,
          [this] { Q_EMIT presetForgotten(m_presets->currentText().trimmed()); });
  m_presetRemark = plainLabel(QString(), box);
  m_presetRemark->setAccessibleName(tr("What became of the preset"));
  auto* row = new QHBoxLayout;
  row->addWidget(m_presets);
  row->addWidget(save);
  row->addWidget(forget);
  row->addWidget(m_presetRemark, 1);
  return row;
}

QLayout* InputsPage::buildButtons(QWidget* box) {
  auto* applyButton = new QPushButton(tr("Apply and trace again"), box);
  connect(applyButton, &QPushButton::clicked, this, &InputsPage::apply);
  m_try = new QPushButton(tr("Try Eager &Once (Ctrl+Shift+F9)"), box);
  m_try->setToolTip(tr("Runs one eager step with the inputs that are applied"));
  connect(m_try, &QPushButton::clicked, this, [this] { Q_EMIT intended(Intent::TryEager); });
  auto* row = new QHBoxLayout;
  row->addWidget(applyButton);
  row->addWidget(m_try);
  row->addStretch(1);
  return row;
}

QWidget* InputsPage::buildForm() {
  auto* box = new QWidget(this);
  auto* form = new QFormLayout(box);
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  m_mode = new QComboBox(box);
  m_mode->addItem(tr("train if any parameter wants a gradient"));
  m_mode->addItem(tr("train: forward, loss, backward"));
  m_mode->addItem(tr("infer: forward only"));
  connect(m_mode, &QComboBox::currentIndexChanged, this, &InputsPage::showMemory);
  m_loss = new QComboBox(box);
  m_device = new QComboBox(box);
  // What a GPU lacks is a sentence; it must not widen the window.
  m_device->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_device->setMinimumContentsLength(40);
  setDevices({}, {}, tr("The engine has not looked for GPUs yet."));
  m_seed = new QSpinBox(box);
  m_seed->setRange(0, std::numeric_limits<int>::max());
  m_threads = new QSpinBox(box);
  m_threads->setRange(0, 4096);
  m_threads->setSpecialValueText(tr("all (%1)").arg(QThread::idealThreadCount()));
  m_memory = plainLabel(QString(), box);
  m_memory->setWordWrap(true);
  m_memory->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  m_memory->setAccessibleName(tr("Memory of the inputs"));
  const auto labelled = [&](const QString& text, QLayout* row, QWidget* buddy) {
    auto* label = new QLabel(text, box);
    label->setBuddy(buddy);
    form->addRow(label, row);
  };
  auto* fileRow = buildFileRow(box);
  auto* sizesRow = buildSizesRow(box);
  auto* presetRow = buildPresetRow(box);
  labelled(tr("&Preset"), presetRow, m_presets);
  form->addRow(tr("&Mode"), m_mode);
  form->addRow(tr("&Loss"), m_loss);
  labelled(tr("&Input file"), fileRow, m_file);
  labelled(tr("Si&zes"), sizesRow, m_sizes);
  form->addRow(tr("&Device"), m_device);
  form->addRow(tr("&Seed"), m_seed);
  form->addRow(tr("&Threads"), m_threads);
  form->addRow(tr("Memory"), m_memory);
  form->addRow(QString(), buildButtons(box));
  m_tried = plainLabel(QString(), box);
  m_tried->setWordWrap(true);
  m_tried->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  m_tried->setAccessibleName(tr("What the eager step gave"));
  form->addRow(QString(), m_tried);
  return box;
}

std::optional<Notice> InputsPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record()) return std::nullopt;
  return explain(snapshot,
                 {tr("The model was not read yet"), QString(), tr("Read it"), Intent::Reload});
}

void InputsPage::fillLosses(const core::pipeline::CompileRecord& record) {
  m_loss->clear();
  m_loss->addItem(tr("output 0 if it is a scalar, else mean square"), kAutomatic);
  m_loss->addItem(tr("mean square of all float outputs"), kMeanSquare);
  const auto& outputs = record.model.outputs;
  for (int i = 0; i < static_cast<int>(outputs.size()); ++i) {
    const auto& meta = outputs[static_cast<std::size_t>(i)].meta;
    if (meta.numel() != 1 || !core::ir::isFloatingPoint(meta.dtype)) continue;
    m_loss->addItem(tr("output %1, a scalar").arg(i), i);
  }
}

void InputsPage::showLoss(const std::optional<LossSpec>& loss) {
  const int wanted = !loss ? kAutomatic : loss->output.value_or(kMeanSquare);
  m_loss->setCurrentIndex(std::max(0, m_loss->findData(wanted)));
}

void InputsPage::refresh(const Snapshot& snapshot) {
  m_sizes->setEnabled(!dimensions().isEmpty());
  m_sizes->setPlaceholderText(dimensions().isEmpty()
                                  ? tr("every dimension of this model is fixed")
                                  : tr("as in the file; or %1=8").arg(dimensions().front()));
  m_try->setEnabled(!snapshot.busy);
  showMemory();
  // What was typed and not yet applied outlives the news of a run.
  if (m_shownPath == snapshot.modelPath && m_shownOptions == snapshot.options) return;
  m_shownPath = snapshot.modelPath;
  m_shownOptions = snapshot.options;
  m_tried->clear();
  showOptions(snapshot.options);
}

void InputsPage::showOptions(const core::pipeline::CompileOptions& options) {
  const auto* record = snapshot()->record();
  if (!record) return;
  m_sheet->model().setInputs(record->model.inputs, options.fills, options.dims);
  fillLosses(*record);
  m_mode->setCurrentIndex(!options.mode ? 0 : *options.mode == Mode::Train ? 1 : 2);
  showLoss(options.loss);
  m_file->setText(QString::fromStdString(options.inputsPath));
  m_seed->setValue(
      static_cast<int>(std::min<std::uint64_t>(options.seed, std::numeric_limits<int>::max())));
  showDevice(QString::fromStdString(options.device));
  m_threads->setValue(options.threads);
  m_sizes->setText(sizesText(options.dims));
  showMemory();
}

/// Of the form as it stands, applied or not.
void InputsPage::showMemory() {
  const auto shown = snapshot();
  const auto* record = shown ? shown->record() : nullptr;
  if (!record) return;
  m_memory->setText(memoryEstimate(*record, m_sheet->model().bytes(), m_mode->currentIndex() != 2));
}

void InputsPage::setPresets(const QStringList& names) {
  const QString shown = m_presets->currentText();
  m_presets->clear();
  m_presets->addItems(names);
  m_presets->setCurrentIndex(-1);
  m_presets->setEditText(names.contains(shown) ? shown : QString());
}

void InputsPage::showPresetRemark(const QString& sentence) {
  m_presetRemark->setText(sentence);
}

void InputsPage::showTried(const QString& sentence, const QStringList& outputs) {
  constexpr qsizetype kMostShown = 8;
  QStringList lines{sentence};
  lines += outputs.first(std::min(outputs.size(), kMostShown));
  if (outputs.size() > kMostShown) lines << tr("and %1 more").arg(outputs.size() - kMostShown);
  m_tried->setText(lines.join(QChar('\n')));
}

void InputsPage::savePreset() {
  const QString name = m_presets->currentText().trimmed();
  if (name.isEmpty()) {
    showPresetRemark(tr("✕ Type a name first."));
    return m_presets->setFocus();
  }
  if (const auto options = chosenOptions()) Q_EMIT presetSaved(name, *options);
}

QStringList InputsPage::dimensions() const {
  const auto* record = snapshot()->record();
  return record ? models::dimensionNames(record->model) : QStringList();
}

bool InputsPage::checkSizes() {
  const auto sizes = parseSizes(m_sizes->text(), dimensions());
  m_sizesProblem->setText(sizes ? QString()
                                : QStringLiteral("✕ ") + models::showable(sizes.error().message));
  if (sizes) m_sheet->model().setDimensions(*sizes);
  return sizes.has_value();
}

void InputsPage::setDevices(const QStringList& names, const QStringList& titles,
                            const QString& problem) {
  const QString chosen =
      m_device->count() > 0 ? m_device->currentData().toString() : QStringLiteral("cpu");
  m_device->clear();
  m_device->addItem(tr("CPU"), QStringLiteral("cpu"));
  for (int i = 0; i < names.size(); ++i)
    m_device->addItem(names[i] + QStringLiteral(" · ") + models::showable(titles[i].toStdString()),
                      names[i]);
  m_device->setToolTip(problem);
  if (names.isEmpty()) {
    m_device->addItem(tr("cuda: %1").arg(problem), QStringLiteral("cuda"));
    qobject_cast<QStandardItemModel*>(m_device->model())->item(1)->setEnabled(false);
  }
  showDevice(chosen);
}

/// A device that was not found can still stand in the options, of a session from elsewhere.
void InputsPage::showDevice(const QString& name) {
  int index = m_device->findData(name);
  if (index < 0 && name == QStringLiteral("cuda")) index = m_device->findData(QString("cuda:0"));
  if (index < 0) {
    m_device->addItem(name, name);
    index = m_device->count() - 1;
  }
  m_device->setCurrentIndex(index);
}

void InputsPage::chooseFile() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Choose inputs"), m_file->text(),
                                                    tr("Input heads (*.json)"));
  if (!path.isEmpty()) m_file->setText(path);
}

std::optional<core::pipeline::CompileOptions> InputsPage::chosenOptions() {
  if (!checkSizes()) {
    m_sizes->setFocus();
    return std::nullopt;
  }
  if (const int row = m_sheet->model().firstProblem(); row >= 0) {
    m_sheet->showProblem(row);
    return std::nullopt;
  }
  core::pipeline::CompileOptions options = snapshot()->options;
  options.mode.reset();
  if (m_mode->currentIndex() == 1) options.mode = Mode::Train;
  if (m_mode->currentIndex() == 2) options.mode = Mode::Infer;
  const int loss = m_loss->currentData().toInt();
  options.loss.reset();
  if (loss == kMeanSquare) options.loss = LossSpec{};
  if (loss >= 0) options.loss = LossSpec{loss};
  options.inputsPath = m_file->text().toStdString();
  options.dims = *parseSizes(m_sizes->text(), dimensions());
  options.fills = m_sheet->model().fills();
  options.seed = static_cast<std::uint64_t>(m_seed->value());
  options.device = m_device->currentData().toString().toStdString();
  options.threads = m_threads->value();
  return options;
}

void InputsPage::apply() {
  if (const auto options = chosenOptions()) Q_EMIT optionsChosen(*options);
}

}  // namespace views::pages
