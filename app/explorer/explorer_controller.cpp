#include "app/explorer/explorer_controller.h"

#include "app/explorer/flow_steps.h"
#include "app/explorer/jobs/guarded_partition.h"
#include "core/partition/partition_joint.h"

namespace explorer {

using core::Error;
using core::ErrorCode;
using core::Result;
using core::partition::Partition;
using core::partition::PartitionOptions;
using core::pipeline::CompileRecord;
using core::pipeline::CompileRecordPtr;
using core::pipeline::Goal;
using core::pipeline::Stage;
using views::models::RecordIndex;
using views::pages::Failure;
using views::pages::Pin;

namespace {

const QString kPartitionTag = QStringLiteral("partition");

enum MergeId { BudgetMerge = 1 };

/// `newer`, with the parts that it does not have taken from `older`.
CompileRecordPtr merged(const CompileRecordPtr& newer, const CompileRecordPtr& older) {
  if (!newer) return older;
  if (!older) return newer;
  CompileRecord record = *newer;
  if (!record.joint) record.joint = older->joint;
  if (!record.partition) record.partition = older->partition;
  if (!record.forward) record.forward = older->forward;
  if (!record.backward) record.backward = older->backward;
  if (!record.measurement) record.measurement = older->measurement;
  if (!record.entries) record.entries = older->entries;
  return std::make_shared<const CompileRecord>(std::move(record));
}

}  // namespace

ExplorerController::ExplorerController(EngineClient* engine, QObject* parent)
    : QObject(parent), m_engine(engine), m_published(std::make_shared<const Snapshot>()) {
  // Replies to a request that is not ours any more (its model was closed) are dropped.
  connect(engine, &EngineClient::progressed, this,
          [this](std::uint64_t id, Stage, double fraction, const QString& sentence) {
            if (id == m_request) Q_EMIT progressed(fraction, sentence);
          });
  connect(engine, &EngineClient::partial, this,
          [this](std::uint64_t id, const CompileRecordPtr& record) {
            if (id != m_request) return;
            takeRecord(record);
            publish();
          });
  connect(engine, &EngineClient::done, this,
          [this](std::uint64_t id, const CompileRecordPtr& record) {
            if (id == m_request) onDone(record);
          });
  connect(
      engine, &EngineClient::failed, this,
      [this](std::uint64_t id, Stage stage, const Error& error, const CompileRecordPtr& record) {
        if (id == m_request) onFailed(stage, error, record);
      });
  connect(engine, &EngineClient::answered, this,
          [this](std::uint64_t id, const core::protocol::AnswerReply& answer) {
            if (id == m_request) onAnswered(answer);
          });
  connect(engine, &EngineClient::measured, this, &ExplorerController::measured);
  connect(engine, &EngineClient::logged, this, &ExplorerController::logged);
  connect(&m_studies, &PartitionStudies::changed, this, &ExplorerController::publish);
}

void ExplorerController::setInitialOptions(const core::pipeline::CompileOptions& options) {
  m_state.options = options;
  publish();
}

/// Pins, inputs, weights and consent belong to the model that was open.
core::pipeline::CompileOptions ExplorerController::optionsFor(const QString& path) const {
  core::pipeline::CompileOptions options = m_state.options;
  if (m_state.modelPath.isEmpty() || m_state.modelPath == path) return options;
  options.partition.save.clear();
  options.partition.recompute.clear();
  options.partition.moduleBudgets.clear();
  options.inputsPath.clear();
  options.weightsPath.clear();
  options.logCompile.clear();
  options.allowTorchScript = false;
  options.loss.reset();
  return options;
}

void ExplorerController::openModel(const QString& path, Goal goal) {
  open(path, goal, optionsFor(path));
}

void ExplorerController::openTorchScript(const QString& path, const QString& inputsPath) {
  core::pipeline::CompileOptions options = optionsFor(path);
  options.allowTorchScript = true;
  options.inputsPath = inputsPath.toStdString();
  open(path, Goal::Partition, options);
}

void ExplorerController::restoreModel(const QString& path,
                                      const core::pipeline::CompileOptions& options) {
  open(path, Goal::Partition, options);
}

void ExplorerController::open(const QString& path, Goal goal,
                              const core::pipeline::CompileOptions& options) {
  m_jobs.stop(kPartitionTag);
  m_state = Snapshot();
  m_state.options = options;
  m_state.modelPath = path;
  m_undo.clear();
  forgetResults();
  Q_EMIT modelChanged();
  submit(goal);
}

void ExplorerController::closeModel() {
  m_request = 0;
  m_engine->cancel();
  m_jobs.stop(kPartitionTag);
  m_state = Snapshot();
  m_undo.clear();
  forgetResults();
  Q_EMIT modelChanged();
  publish();
}

void ExplorerController::reload() {
  // A copy: opening begins with an empty state.
  const QString path = m_state.modelPath;
  if (!path.isEmpty()) openModel(path, Goal::Partition);
}

void ExplorerController::makeKernels() {
  submit(Goal::Kernels);
}

void ExplorerController::run() {
  submit(Goal::Measure);
}

void ExplorerController::cancel() {
  if (!m_state.busy) return;
  m_engine->cancel();
  Q_EMIT progressed(-1, tr("Cancelling…"));
}

void ExplorerController::setOptions(const core::pipeline::CompileOptions& options) {
  m_state.options = options;
  m_state.index = std::make_shared<const RecordIndex>(nullptr);
  forgetResults();
  submit(Goal::Partition);
}

void ExplorerController::showCompile(const QString& id) {
  core::pipeline::CompileOptions options = m_state.options;
  options.logCompile = id.toStdString();
  setOptions(options);
}

/// Of another model, or of other inputs.
void ExplorerController::forgetResults() {
  m_kernelOptions.reset();
  m_measuredOptions.reset();
  m_profiledOptions.reset();
  m_searchedOptions.reset();
  m_state.profile.reset();
  m_state.search.reset();
}

void ExplorerController::begin() {
  m_requested = m_state.options;
  m_state.busy = true;
  m_state.failure.reset();
  Q_EMIT progressed(0, tr("Starting"));
  publish();
}

void ExplorerController::submit(Goal goal) {
  if (m_state.modelPath.isEmpty()) return;
  m_goal = goal;
  begin();
  m_request = m_engine->submit({m_state.modelPath.toStdString(), goal, m_state.options});
}

void ExplorerController::takeRecord(const CompileRecordPtr& record) {
  if (!record) return;
  m_state.index = std::make_shared<const RecordIndex>(merged(record, m_state.index->record()));
  if (record->partition) m_partitioned = m_requested.partition;
  if (record->forward) m_kernelOptions = m_requested.partition;
  if (record->measurement) m_measuredOptions = m_requested.partition;
  // The person moved on while the engine worked: the shown partition follows the options.
  const bool moved = !views::pages::samePartition(m_partitioned, m_state.options.partition);
  if (record->partition && moved) partition();
}

void ExplorerController::onDone(const CompileRecordPtr& record) {
  m_state.busy = false;
  takeRecord(record);
  publish();
  Q_EMIT settled();
}

void ExplorerController::ask(core::protocol::Question question) {
  if (m_state.modelPath.isEmpty()) return;
  m_goal = Goal::Measure;
  begin();
  m_request = m_engine->ask({question, m_state.modelPath.toStdString(), m_state.options});
}

void ExplorerController::onAnswered(const core::protocol::AnswerReply& reply) {
  m_state.busy = false;
  const auto* step = std::get_if<core::protocol::TriedStep>(&reply.answer);
  if (const auto* profile = std::get_if<core::run::Profile>(&reply.answer)) {
    m_state.profile = std::make_shared<const core::run::Profile>(*profile);
    m_profiledOptions = m_requested.partition;
    const CompileRecordPtr record = m_state.index->record();
    const bool isOfMeasured =
        m_measuredOptions && views::pages::samePartition(*m_measuredOptions, *m_profiledOptions);
    if (isOfMeasured && record && record->joint)
      Q_EMIT profiled(m_state.profile, record->joint->graph);
  } else if (const auto* search = std::get_if<core::run::StepSearch>(&reply.answer)) {
    m_state.search = std::make_shared<const core::run::StepSearch>(*search);
    m_searchedOptions = m_requested.partition;
  }
  publish();
  Q_EMIT settled();
  if (step) Q_EMIT tried(*step);
}

void ExplorerController::onFailed(Stage stage, const Error& error, const CompileRecordPtr& record) {
  m_state.busy = false;
  takeRecord(record);
  m_state.failure = Failure{stage, error};
  publish();
  if (error.code == ErrorCode::Cancelled) {
    Q_EMIT remarked(tr("Cancelled. What was finished is kept."));
  } else {
    Q_EMIT failureShown(*m_state.failure);
  }
  Q_EMIT settled();
}

void ExplorerController::setBudget(double budget) {
  PartitionOptions options = m_state.options.partition;
  options.budget = budget;
  options.peakLimit.reset();
  pushPartition(std::move(options), tr("budget %1").arg(budget), BudgetMerge);
}

void ExplorerController::setPartitioner(core::partition::PartitionerKind kind) {
  PartitionOptions options = m_state.options.partition;
  options.partitioner = kind;
  pushPartition(std::move(options), tr("partitioner"), PartitionCommand::kNoMerge);
}

void ExplorerController::setCost(const core::partition::CostModel& cost) {
  PartitionOptions options = m_state.options.partition;
  options.cost = cost;
  pushPartition(std::move(options), tr("cost model"), PartitionCommand::kNoMerge);
}

void ExplorerController::setPin(const QString& node, Pin pin) {
  pushPartition(views::pages::withPin(m_state.options.partition, node.toStdString(), pin),
                tr("pin of %1").arg(node), PartitionCommand::kNoMerge);
}

void ExplorerController::clearPins() {
  PartitionOptions options = m_state.options.partition;
  options.save.clear();
  options.recompute.clear();
  pushPartition(std::move(options), tr("removing pins"), PartitionCommand::kNoMerge);
}

void ExplorerController::choosePoint(const core::partition::ParetoPoint& point) {
  m_studies.stopPreview();
  PartitionOptions options = views::pages::withPoint(m_state.options.partition, point);
  const QString text = options.peakLimit ? tr("peak limit") : tr("budget %1").arg(options.budget);
  pushPartition(std::move(options), text, BudgetMerge);
}

void ExplorerController::previewPoint(const core::partition::ParetoPoint& point) {
  m_studies.preview(views::pages::withPoint(m_state.options.partition, point));
}

void ExplorerController::setModuleBudget(const QString& module, std::optional<double> budget) {
  pushPartition(
      views::pages::withModuleBudget(m_state.options.partition, module.toStdString(), budget),
      tr("budget of %1").arg(module), PartitionCommand::kNoMerge);
}

void ExplorerController::pushPartition(PartitionOptions options, const QString& text, int mergeId) {
  if (views::pages::samePartition(options, m_state.options.partition)) return;
  m_undo.push(
      new PartitionCommand(this, m_state.options.partition, std::move(options), text, mergeId));
}

void ExplorerController::applyPartition(const PartitionOptions& options) {
  m_state.options.partition = options;
  partition();
  publish();
}

void ExplorerController::partition() {
  const CompileRecordPtr record = m_state.index->record();
  if (!record || !record->joint) return;
  m_state.partitioning = true;
  const auto joint = record->joint;
  const PartitionOptions options = m_state.options.partition;
  m_jobs.run(
      kPartitionTag,
      [joint, options](std::stop_token stop) {
        core::StageContext context;
        context.stop = std::move(stop);
        return guardedPartition(
            [&] { return core::partition::partition(*joint, options, context); });
      },
      [this](Result<Partition> result) { onPartitioned(std::move(result)); });
}

void ExplorerController::onPartitioned(Result<Partition> result) {
  m_state.partitioning = false;
  if (!result) {
    m_state.failure = Failure{Stage::Partition, result.error()};
    publish();
    if (result.error().code != ErrorCode::Cancelled) Q_EMIT failureShown(*m_state.failure);
    return;
  }
  m_partitioned = result->options;
  if (m_state.failure && m_state.failure->stage == Stage::Partition) m_state.failure.reset();
  CompileRecord record = *m_state.index->record();
  record.partition = std::make_shared<const Partition>(std::move(*result));
  m_state.index =
      std::make_shared<const RecordIndex>(std::make_shared<const CompileRecord>(std::move(record)));
  publish();
}

void ExplorerController::publish() {
  markStale();
  m_studies.follow(m_state.index->record(), m_state.options.partition);
  m_state.study = m_studies.study();
  m_state.steps = flowSteps(m_state, m_goal);
  m_state.canUndo = m_undo.canUndo();
  m_published = std::make_shared<const Snapshot>(m_state);
  Q_EMIT snapshotChanged(m_published);
}

void ExplorerController::markStale() {
  const auto differs = [&](const std::optional<PartitionOptions>& made) {
    return made && !views::pages::samePartition(*made, m_state.options.partition);
  };
  m_state.kernelsStale = differs(m_kernelOptions);
  m_state.measurementStale = differs(m_measuredOptions);
  m_state.profileStale = differs(m_profiledOptions);
  m_state.searchStale = differs(m_searchedOptions);
}

PartitionCommand::PartitionCommand(ExplorerController* controller, PartitionOptions before,
                                   PartitionOptions after, const QString& text, int mergeId)
    : QUndoCommand(text),
      m_controller(controller),
      m_before(std::move(before)),
      m_after(std::move(after)),
      m_mergeId(mergeId) {}

bool PartitionCommand::mergeWith(const QUndoCommand* newer) {
  if (newer->id() != id()) return false;
  m_after = static_cast<const PartitionCommand*>(newer)->m_after;
  setText(newer->text());
  return true;
}

}  // namespace explorer
