#include "app/explorer/jobs/partition_studies.h"

#include <utility>

#include "app/explorer/jobs/guarded_partition.h"
#include "core/partition/memory_timeline.h"
#include "core/partition/partition_joint.h"

namespace explorer {

using core::Result;
using core::partition::Partition;
using core::partition::PartitionOptions;
using core::partition::ValueAnswer;
using views::models::Reference;
using views::models::TimelinePtr;

namespace {

const QString kCurve = QStringLiteral("curve");
const QString kTimeline = QStringLiteral("timeline");
const QString kDefault = QStringLiteral("default");
const QString kPreview = QStringLiteral("preview");
const QString kWhy = QStringLiteral("why");
constexpr std::size_t kMaxMeasured = 8;
constexpr qint64 kPreviewPatienceMs = 150;  ///< a preview that takes longer gives way to the next

core::StageContext contextOf(std::stop_token stop) {
  core::StageContext context;
  context.stop = std::move(stop);
  return context;
}

/// The options that the curve depends on: without what chooses a point of it.
PartitionOptions curveOptions(PartitionOptions options) {
  options.partitioner = core::partition::PartitionerKind::MinCut;
  options.budget = 1;
  options.peakLimit.reset();
  options.moduleBudgets.clear();
  return options;
}

bool sameCurve(const PartitionOptions& a, const PartitionOptions& b) {
  return a.solver == b.solver && a.save == b.save && a.recompute == b.recompute && a.cost == b.cost;
}

TimelinePtr timelineOf(const views::models::PartitionPtr& partition) {
  if (!partition) return nullptr;
  return std::make_shared<const core::partition::MemoryTimeline>(
      core::partition::memoryTimeline(*partition));
}

}  // namespace

PartitionStudies::PartitionStudies(QObject* parent)
    : QObject(parent), m_published(std::make_shared<const views::models::PartitionStudy>()) {}

void PartitionStudies::follow(const core::pipeline::CompileRecordPtr& record,
                              const PartitionOptions& options) {
  const JointPtr joint = record ? record->joint : nullptr;
  if (joint != m_joint) startOver(joint);
  if (!joint) return publish();
  const bool isNewCurve = !m_study.curve && !m_study.curveBusy && m_study.curveProblem.isEmpty();
  if (isNewCurve || !sameCurve(curveOptions(options), m_curveOptions)) startCurve(options);
  if (record->partition && record->partition != m_partition) {
    m_previous = m_partition ? m_partition : record->partition;
    m_partition = record->partition;
    startTimeline();
  }
  takeMeasurement(*record);
  publish();
}

void PartitionStudies::startOver(const JointPtr& joint) {
  for (const QString& tag : {kCurve, kTimeline, kDefault, kPreview, kWhy}) m_jobs.stop(tag);
  m_joint = joint;
  m_nextPreview.reset();
  m_sketcher = joint ? std::make_shared<core::partition::PartitionSketcher>(joint) : nullptr;
  m_partition = m_previous = m_default = m_kept = nullptr;
  m_measurement = nullptr;
  const Reference reference = m_study.reference;
  m_study = {};
  if (reference != Reference::Kept) m_study.reference = reference;
  if (joint) startDefault();
}

void PartitionStudies::startCurve(const PartitionOptions& options) {
  m_curveOptions = curveOptions(options);
  m_study.curveBusy = true;
  m_study.curveProblem.clear();
  m_jobs.run(
      kCurve,
      [joint = m_joint, wanted = m_curveOptions](std::stop_token stop) {
        return guardedPartition([&] {
          return core::partition::paretoCurve(*joint, wanted, contextOf(std::move(stop)),
                                              core::partition::PeakPlans::With);
        });
      },
      [this](Result<core::partition::ParetoCurve> curve) {
        m_study.curveBusy = false;
        m_study.curve = nullptr;
        if (curve) {
          m_study.curve = std::make_shared<const core::partition::ParetoCurve>(std::move(*curve));
          m_sketcher->useCurve(m_study.curve, m_curveOptions);
        } else {
          m_study.curveProblem = QString::fromStdString(curve.error().message);
        }
        publish();
        Q_EMIT changed();
      });
}

void PartitionStudies::startTimeline() {
  const PartitionPtr other = otherPartition();
  m_study.other = other;
  m_jobs.run(
      kTimeline,
      [now = m_partition, other](std::stop_token) {
        return std::pair{timelineOf(now), timelineOf(other)};
      },
      [this](std::pair<TimelinePtr, TimelinePtr> timelines) {
        m_study.timeline = timelines.first;
        m_study.otherTimeline = timelines.second;
        publish();
        Q_EMIT changed();
      });
}

void PartitionStudies::startDefault() {
  PartitionOptions options;
  options.partitioner = core::partition::PartitionerKind::Default;
  m_jobs.run(
      kDefault,
      [joint = m_joint, options](std::stop_token stop) {
        return guardedPartition([&] {
          return core::partition::partition(*joint, options, contextOf(std::move(stop)));
        });
      },
      [this](Result<Partition> partition) {
        if (!partition) return;  // What stops the default stops the shown one, which says so.
        m_default = std::make_shared<const Partition>(std::move(*partition));
        if (m_study.reference == Reference::PyTorchDefault) compareWith(m_study.reference);
      });
}

PartitionStudies::PartitionPtr PartitionStudies::otherPartition() const {
  switch (m_study.reference) {
    case Reference::Previous: return m_previous;
    case Reference::PyTorchDefault: return m_default;
    case Reference::Kept: return m_kept;
  }
  return nullptr;
}

void PartitionStudies::compareWith(Reference reference) {
  m_study.reference = reference;
  if (m_partition) startTimeline();
  publish();
  Q_EMIT changed();
}

void PartitionStudies::keep() {
  m_kept = m_partition;
  compareWith(Reference::Kept);
}

void PartitionStudies::takeMeasurement(const core::pipeline::CompileRecord& record) {
  if (!record.measurement || record.measurement == m_measurement || !record.partition) return;
  m_measurement = record.measurement;
  views::models::MeasuredRun run{views::models::placeOf(*record.partition),
                                 record.measurement->compiled.medianMs,
                                 record.measurement->compiled.peakBytes, record.partition->options};
  const auto& compiled = record.measurement->compiled;
  if (compiled.savedBytes > 0) run.place.savedBytes = compiled.savedBytes;
  if (compiled.peakBytes > 0) run.place.peakBytes = compiled.peakBytes;
  m_study.measured.push_back(run);
  if (m_study.measured.size() > kMaxMeasured) m_study.measured.erase(m_study.measured.begin());
}

void PartitionStudies::preview(const PartitionOptions& options) {
  if (!m_joint) return;
  if (m_jobs.running(kPreview) && m_previewTime.elapsed() < kPreviewPatienceMs) {
    m_nextPreview = options;
    return;
  }
  m_nextPreview.reset();
  m_previewTime.start();
  m_jobs.run(
      kPreview,
      [sketcher = m_sketcher, options](std::stop_token stop) {
        return guardedPartition(
            [&] { return sketcher->sketch(options, contextOf(std::move(stop))); });
      },
      [this](Result<Partition> partition) {
        // What cannot be had is explained when it is chosen, not while it is dragged over.
        if (partition) {
          Q_EMIT previewed(std::make_shared<const Partition>(std::move(*partition)));
        }
        if (m_nextPreview) preview(*std::exchange(m_nextPreview, std::nullopt));
      });
}

void PartitionStudies::stopPreview() {
  m_nextPreview.reset();
  m_jobs.stop(kPreview);
}

void PartitionStudies::askWhy(const QString& name) {
  m_jobs.stop(kWhy);
  if (!m_joint || !m_partition || name.isEmpty()) return;
  m_jobs.run(
      kWhy,
      [joint = m_joint, partition = m_partition, name](std::stop_token stop) {
        return guardedPartition([&] {
          return core::partition::whyValue(*joint, *partition, name.toStdString(),
                                           contextOf(std::move(stop)));
        });
      },
      [this, name](Result<ValueAnswer> answer) { Q_EMIT answered(name, answer); });
}

bool PartitionStudies::isBusy() const {
  return m_jobs.running(kCurve) || m_jobs.running(kTimeline) || m_jobs.running(kDefault);
}

void PartitionStudies::publish() {
  m_published = std::make_shared<const views::models::PartitionStudy>(m_study);
}

}  // namespace explorer
