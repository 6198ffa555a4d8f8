#include "app/explorer/flow_steps.h"

#include <algorithm>

#include "views/models/showable_text.h"

namespace explorer {

using core::pipeline::CompileRecord;
using core::pipeline::Goal;
using core::pipeline::Stage;
using views::pages::FlowStep;
using views::pages::PageId;
using views::pages::Snapshot;
using views::pages::StepState;

namespace {

/// The page that a stage's failure belongs to.
PageId pageOf(Stage stage) {
  switch (stage) {
    case Stage::Load: return PageId::Model;
    case Stage::Trace: return PageId::Joint;
    case Stage::Partition: return PageId::Partition;
    case Stage::Schedule:
    case Stage::Codegen:
    case Stage::Build: return PageId::Kernels;
    case Stage::Run:
    case Stage::Measure: return PageId::Run;
  }
  return PageId::Model;
}

PageId lastPageOf(Goal goal) {
  switch (goal) {
    case Goal::Inspect: return PageId::Inputs;
    case Goal::Partition: return PageId::Partition;
    case Goal::Kernels:
    case Goal::Build: return PageId::Kernels;
    case Goal::Measure: return PageId::Compare;
  }
  return PageId::Partition;
}

FlowStep done(const QString& detail = QString()) {
  return {StepState::Done, detail};
}

FlowStep partitionStep(const core::pipeline::CompileOptions& options) {
  const bool minCut = options.partition.partitioner == core::partition::PartitionerKind::MinCut;
  return done(minCut ? QString::number(options.partition.budget, 'g', 3)
                     : QStringLiteral("default"));
}

FlowStep runStep(const core::run::Measurement& measurement, bool stale) {
  FlowStep step{measurement.check.passed ? StepState::Done : StepState::Failed, QString()};
  if (measurement.check.passed && measurement.speedup) {
    step.detail = QString::number(measurement.speedup->median, 'f', 2) + QStringLiteral("×");
  }
  if (stale) step.state = StepState::Stale;
  return step;
}

FlowStep finishedStep(const Snapshot& snapshot, const CompileRecord& record, PageId page) {
  switch (page) {
    case PageId::Start: return {};
    case PageId::Model:
    case PageId::Inputs: return done();
    case PageId::Joint:
      return record.joint ? done(views::models::countText(
                                static_cast<std::int64_t>(record.joint->graph->size())))
                          : FlowStep();
    case PageId::Partition: return record.partition ? partitionStep(snapshot.options) : FlowStep();
    case PageId::Kernels: {
      if (!record.forward) return {};
      const auto& steps = snapshot.index->kernels();
      const auto generated = std::count_if(steps.begin(), steps.end(), [](const auto& entry) {
        return entry.kind == views::models::StepKind::Generated;
      });
      FlowStep step = done(QString::number(generated));
      if (snapshot.kernelsStale) step.state = StepState::Stale;
      return step;
    }
    case PageId::Run:
      return record.measurement ? runStep(*record.measurement, snapshot.measurementStale)
                                : FlowStep();
    case PageId::Compare:
      return record.measurement
                 ? FlowStep{snapshot.measurementStale ? StepState::Stale : StepState::Done, {}}
                 : FlowStep();
  }
  return {};
}

}  // namespace

std::array<FlowStep, views::pages::kPageCount> flowSteps(const Snapshot& snapshot, Goal goal) {
  std::array<FlowStep, views::pages::kPageCount> steps;
  if (snapshot.modelPath.isEmpty()) return steps;
  for (const PageId page : views::pages::kPages) {
    FlowStep& step = steps[static_cast<std::size_t>(page)];
    if (snapshot.record()) step = finishedStep(snapshot, *snapshot.record(), page);
    const bool wanted = page != PageId::Start && page <= lastPageOf(goal);
    if (snapshot.busy && wanted && step.state == StepState::NotYet) step.state = StepState::Busy;
  }
  const auto& failure = snapshot.failure;
  if (failure && failure->error.code != core::ErrorCode::Cancelled) {
    steps[static_cast<std::size_t>(pageOf(failure->stage))].state = StepState::Failed;
  }
  return steps;
}

}  // namespace explorer
