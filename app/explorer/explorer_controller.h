#pragma once

// What a person intends becomes requests and jobs; what they give becomes snapshots. Holds all
// state of the window and no widget.
//
// Two kinds of work: the engine does what needs LibTorch or a compiler; the partition is pure and
// is computed on a pool thread here, so that the budget can be dragged.

#include <QObject>
#include <QUndoStack>

#include "app/explorer/engine_client.h"
#include "app/explorer/jobs/partition_studies.h"
#include "app/explorer/jobs/pool_jobs.h"
#include "views/pages/snapshot.h"

namespace explorer {

class ExplorerController : public QObject {
  Q_OBJECT

 public:
  using Snapshot = views::pages::Snapshot;
  using SnapshotPtr = views::pages::SnapshotPtr;

  explicit ExplorerController(EngineClient* engine, QObject* parent = nullptr);

  const SnapshotPtr& snapshot() const { return m_published; }
  /// Of the model that is shown from now on; already so when modelChanged() is heard.
  const QString& modelPath() const { return m_state.modelPath; }
  QUndoStack* undoStack() { return &m_undo; }
  PartitionStudies* studies() { return &m_studies; }
  EngineClient* engine() { return m_engine; }

  // Intents.
  void openModel(const QString& path, core::pipeline::Goal goal);
  /// Opens a TorchScript module with the person's consent, which holds for this file only. Such a
  /// file does not say what inputs it takes: `inputsPath` has them.
  void openTorchScript(const QString& path, const QString& inputsPath);
  /// Opens a model with exactly these options, as a session remembers them.
  void restoreModel(const QString& path, const core::pipeline::CompileOptions& options);
  void closeModel();
  /// Reads and traces the open model again.
  void reload();
  void makeKernels();
  void run();
  /// Runs the model to answer one question; the answer stands in a snapshot, or is remarked.
  void ask(core::protocol::Question question);
  void cancel();
  /// Options of the inputs page: traces again.
  void setOptions(const core::pipeline::CompileOptions& options);
  /// Before a model is open: the options of the command line.
  void setInitialOptions(const core::pipeline::CompileOptions& options);
  /// Another compile of the open trace log.
  void showCompile(const QString& id);
  void setBudget(double budget);
  void setPartitioner(core::partition::PartitionerKind kind);
  void setCost(const core::partition::CostModel& cost);
  void setPin(const QString& node, views::pages::Pin pin);
  void clearPins();
  /// Goes to a point of the curve: by its budget, or by a limit on the peak.
  void choosePoint(const core::partition::ParetoPoint& point);
  /// The same without a lasting effect; ends with previewed() of the studies.
  void previewPoint(const core::partition::ParetoPoint& point);
  /// Empty: the module has no budget of its own any more.
  void setModuleBudget(const QString& module, std::optional<double> budget);
  /// What undo and redo call: takes the options and partitions again.
  void applyPartition(const core::partition::PartitionOptions& options);

 Q_SIGNALS:
  void snapshotChanged(const views::pages::SnapshotPtr& snapshot);
  /// Another model is shown from now on.
  void modelChanged();
  void progressed(double fraction, const QString& sentence);
  /// All work of the engine is over, well or not.
  void settled();
  void failureShown(const views::pages::Failure& failure);
  void remarked(const QString& sentence);
  void logged(const core::LogEntry& entry);
  /// The eager step that was asked for ran.
  void tried(const core::protocol::TriedStep& step);
  /// A step of the shown model was profiled, by the options of its last measurement.
  void profiled(const std::shared_ptr<const core::run::Profile>& profile,
                const core::ir::GraphPtr& joint);
  /// A measurement ended, and this is what it is true for.
  void measured(const core::history::RunConditions& conditions,
                const std::shared_ptr<const core::run::Measurement>& measurement);

 private:
  void submit(core::pipeline::Goal goal);
  core::pipeline::CompileOptions optionsFor(const QString& path) const;
  void open(const QString& path, core::pipeline::Goal goal,
            const core::pipeline::CompileOptions& options);
  void takeRecord(const core::pipeline::CompileRecordPtr& record);
  void forgetResults();
  void begin();
  void onDone(const core::pipeline::CompileRecordPtr& record);
  void onAnswered(const core::protocol::AnswerReply& reply);
  void onFailed(core::pipeline::Stage stage, const core::Error& error,
                const core::pipeline::CompileRecordPtr& record);
  void pushPartition(core::partition::PartitionOptions options, const QString& text, int mergeId);
  void partition();
  void onPartitioned(core::Result<core::partition::Partition> result);
  void publish();
  void markStale();

  EngineClient* m_engine;
  PoolJobs m_jobs;
  PartitionStudies m_studies;
  QUndoStack m_undo;
  Snapshot m_state;
  SnapshotPtr m_published;
  std::uint64_t m_request = 0;
  core::pipeline::Goal m_goal = core::pipeline::Goal::Partition;
  core::pipeline::CompileOptions m_requested;       ///< options of the request in flight
  core::partition::PartitionOptions m_partitioned;  ///< options of the shown partition
  std::optional<core::partition::PartitionOptions> m_kernelOptions;
  std::optional<core::partition::PartitionOptions> m_measuredOptions;
  std::optional<core::partition::PartitionOptions> m_profiledOptions;
  std::optional<core::partition::PartitionOptions> m_searchedOptions;
};

/// A change of the partition's options as one step of undo. Steps with the same merge number (a
/// slider being dragged) become one.
class PartitionCommand : public QUndoCommand {
 public:
  static constexpr int kNoMerge = -1;

  PartitionCommand(ExplorerController* controller, core::partition::PartitionOptions before,
                   core::partition::PartitionOptions after, const QString& text, int mergeId);
  void undo() override { m_controller->applyPartition(m_before); }
  void redo() override { m_controller->applyPartition(m_after); }
  int id() const override { return m_mergeId; }
  bool mergeWith(const QUndoCommand* newer) override;

 private:
  ExplorerController* m_controller;
  core::partition::PartitionOptions m_before;
  core::partition::PartitionOptions m_after;
  int m_mergeId;
};

}  // namespace explorer
