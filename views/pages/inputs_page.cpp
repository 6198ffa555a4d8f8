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
  m_inputs = new DataTable(tr("Inputs of the model"), content);
  auto* layout = new QVBoxLayout(content);
  layout->addWidget(headingLabel(tr("Inputs of the model"), content));
  layout->addWidget(m_inputs, 1);
  layout->addWidget(headingLabel(tr("The step"), content));
  layout->addWidget(buildForm());
  setContent(content);
}

QWidget* InputsPage::buildForm() {
  auto* box = new QWidget(this);
  auto* form = new QFormLayout(box);
  form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
  m_mode = new QComboBox(box);
  m_mode->addItem(tr("train if any parameter wants a gradient"));
  m_mode->addItem(tr("train: forward, loss, backward"));
  m_mode->addItem(tr("infer: forward only"));
  m_loss = new QComboBox(box);
  m_file = new QLineEdit(box);
  m_file->setMinimumWidth(300);
  m_file->setPlaceholderText(tr("the file's own examples, or random values of the seed"));
  m_file->setClearButtonEnabled(true);
  auto* browse = new QPushButton(tr("Choose…"), box);
  connect(browse, &QPushButton::clicked, this, &InputsPage::chooseFile);
  auto* fileRow = new QHBoxLayout;
  fileRow->addWidget(m_file);
  fileRow->addWidget(browse);
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
  auto* applyButton = new QPushButton(tr("Apply and trace again"), box);
  connect(applyButton, &QPushButton::clicked, this, &InputsPage::apply);
  m_sizes = new QLineEdit(box);
  m_sizes->setMinimumWidth(300);
  m_sizes->setAccessibleName(tr("Sizes of symbolic dimensions"));
  m_sizesProblem = plainLabel(QString(), box);
  m_sizesProblem->setWordWrap(true);
  m_sizesProblem->setAccessibleName(tr("What is wrong with the sizes"));
  connect(m_sizes, &QLineEdit::textChanged, this, &InputsPage::checkSizes);
  auto* sizesRow = new QHBoxLayout;
  sizesRow->addWidget(m_sizes);
  sizesRow->addWidget(m_sizesProblem);
  auto* sizesLabel = new QLabel(tr("Si&zes"), box);
  sizesLabel->setBuddy(m_sizes);
  m_try = new QPushButton(tr("Try Eager &Once (Ctrl+Shift+F9)"), box);
  m_try->setToolTip(tr("Runs one eager step with the inputs that are applied"));
  connect(m_try, &QPushButton::clicked, this, [this] { Q_EMIT intended(Intent::TryEager); });
  form->addRow(tr("&Mode"), m_mode);
  form->addRow(tr("&Loss"), m_loss);
  auto* fileLabel = new QLabel(tr("&Input file"), box);
  fileLabel->setBuddy(m_file);
  form->addRow(fileLabel, fileRow);
  form->addRow(sizesLabel, sizesRow);
  form->addRow(tr("&Device"), m_device);
  form->addRow(tr("&Seed"), m_seed);
  form->addRow(tr("&Threads"), m_threads);
  form->addRow(tr("Memory"), m_memory);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(applyButton);
  buttons->addWidget(m_try);
  buttons->addStretch(1);
  form->addRow(QString(), buttons);
  m_file->setAccessibleName(tr("Input file"));
  m_memory->setAccessibleName(tr("Memory of the inputs"));
  return box;
}

std::optional<Notice> InputsPage::missing(const Snapshot& snapshot) const {
  if (snapshot.record()) return std::nullopt;
  return explain(snapshot,
                 {tr("The model was not read yet"), QString(), tr("Read it"), Intent::Reload});
}

void InputsPage::fillLosses(const Snapshot& snapshot) {
  m_loss->clear();
  m_loss->addItem(tr("output 0 if it is a scalar, else mean square"), kAutomatic);
  m_loss->addItem(tr("mean square of all float outputs"), kMeanSquare);
  const auto& outputs = snapshot.record()->model.outputs;
  for (int i = 0; i < static_cast<int>(outputs.size()); ++i) {
    const auto& meta = outputs[static_cast<std::size_t>(i)].meta;
    if (meta.numel() != 1 || !core::ir::isFloatingPoint(meta.dtype)) continue;
    m_loss->addItem(tr("output %1, a scalar").arg(i), i);
  }
  const auto& loss = snapshot.options.loss;
  const int wanted = !loss ? kAutomatic : loss->output.value_or(kMeanSquare);
  m_loss->setCurrentIndex(std::max(0, m_loss->findData(wanted)));
}

void InputsPage::refresh(const Snapshot& snapshot) {
  const auto& options = snapshot.options;
  m_inputs->setTable(models::portTable(snapshot.index->record(), models::Port::Inputs));
  m_mode->setCurrentIndex(!options.mode ? 0 : *options.mode == Mode::Train ? 1 : 2);
  fillLosses(snapshot);
  m_file->setText(QString::fromStdString(options.inputsPath));
  m_seed->setValue(
      static_cast<int>(std::min<std::uint64_t>(options.seed, std::numeric_limits<int>::max())));
  showDevice(QString::fromStdString(options.device));
  m_threads->setValue(options.threads);
  m_sizes->setEnabled(!dimensions().isEmpty());
  m_sizes->setPlaceholderText(dimensions().isEmpty()
                                  ? tr("every dimension of this model is fixed")
                                  : tr("as in the file; or %1=8").arg(dimensions().front()));
  m_sizes->setText(sizesText(options.dims));
  m_try->setEnabled(!snapshot.busy);
  const bool trains = !options.mode || *options.mode == Mode::Train;
  m_memory->setText(memoryEstimate(*snapshot.record(), trains));
}

QStringList InputsPage::dimensions() const {
  const auto* record = snapshot()->record();
  return record ? models::dimensionNames(record->model) : QStringList();
}

bool InputsPage::checkSizes() {
  const auto sizes = parseSizes(m_sizes->text(), dimensions());
  m_sizesProblem->setText(sizes ? QString()
                                : QStringLiteral("✕ ") + models::showable(sizes.error().message));
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

void InputsPage::apply() {
  if (!checkSizes()) return m_sizes->setFocus();
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
  options.seed = static_cast<std::uint64_t>(m_seed->value());
  options.device = m_device->currentData().toString().toStdString();
  options.threads = m_threads->value();
  Q_EMIT optionsChosen(options);
}

}  // namespace views::pages
