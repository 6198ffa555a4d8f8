#pragma once

// Studies beside the shown partition, on pool threads of the window: the curve of all partitions,
// memory over program order, PyTorch's default partition, previews while the budget is dragged, and
// the answer to "why?". Late results of an older model are dropped.

#include <QElapsedTimer>
#include <QObject>

#include "app/explorer/jobs/pool_jobs.h"
#include "core/base/result.h"
#include "core/partition/partition_sketcher.h"
#include "core/partition/why_saved.h"
#include "core/pipeline/compile_record.h"
#include "views/models/partition_study.h"

namespace explorer {

class PartitionStudies : public QObject {
  Q_OBJECT

 public:
  using JointPtr = std::shared_ptr<const core::ir::JointGraph>;
  using PartitionPtr = views::models::PartitionPtr;

  explicit PartitionStudies(QObject* parent = nullptr);

  /// Never null.
  const views::models::PartitionStudyPtr& study() const { return m_published; }
  /// Looks at what is shown now and starts the studies that it needs. `record` may be null.
  void follow(const core::pipeline::CompileRecordPtr& record,
              const core::partition::PartitionOptions& options);
  /// Chooses what the shown partition is compared with.
  void compareWith(views::models::Reference reference);
  /// Remembers the shown partition, to be compared with later ones.
  void keep();
  /// Partitions by `options` without a lasting effect; ends with previewed(), unless a newer
  /// preview or stopPreview() comes. While one is computed, the newest wish waits for it: a finger
  /// that does not rest would else stop every preview. The partition has no graphs.
  void preview(const core::partition::PartitionOptions& options);
  void stopPreview();
  /// Ends with answered().
  void askWhy(const QString& name);
  bool isBusy() const;

 Q_SIGNALS:
  void changed();
  void previewed(const views::models::PartitionPtr& partition);
  void answered(const QString& name, const core::Result<core::partition::ValueAnswer>& answer);

 private:
  void startOver(const JointPtr& joint);
  void startCurve(const core::partition::PartitionOptions& options);
  void startTimeline();
  void startDefault();
  void takeMeasurement(const core::pipeline::CompileRecord& record);
  PartitionPtr otherPartition() const;
  void publish();

  PoolJobs m_jobs;
  JointPtr m_joint;
  std::shared_ptr<core::partition::PartitionSketcher> m_sketcher;  ///< of `m_joint`
  QElapsedTimer m_previewTime;  ///< since the running preview began
  std::optional<core::partition::PartitionOptions> m_nextPreview;
  PartitionPtr m_partition;
  PartitionPtr m_previous;
  PartitionPtr m_default;
  PartitionPtr m_kept;
  std::shared_ptr<const core::run::Measurement> m_measurement;
  core::partition::PartitionOptions m_curveOptions;
  views::models::PartitionStudy m_study;
  views::models::PartitionStudyPtr m_published;
};

}  // namespace explorer
