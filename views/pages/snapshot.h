#pragma once

// All that pages show, as one immutable value; and what they ask for in return.

#include <QString>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "core/partition/pareto_curve.h"
#include "core/pipeline/compile_options.h"
#include "core/pipeline/compile_record.h"
#include "core/run/profile.h"
#include "core/run/step_search.h"
#include "views/models/partition_study.h"
#include "views/models/record_index.h"

namespace views::pages {

/// The pages, in the order of the flow.
enum class PageId { Start, Model, Inputs, Joint, Partition, Kernels, Run, Compare };
inline constexpr int kPageCount = 8;
inline constexpr std::array<PageId, kPageCount> kPages = {
    PageId::Start,     PageId::Model,   PageId::Inputs, PageId::Joint,
    PageId::Partition, PageId::Kernels, PageId::Run,    PageId::Compare};

/// "joint": the word of the command line.
QString pageWord(PageId page);
/// "Joint": the title on screen.
QString pageTitle(PageId page);
std::optional<PageId> pageFromWord(const QString& word);

enum class StepState { NotYet, Busy, Done, Stale, Failed };

/// The mark of one step in the stage strip.
struct FlowStep {
  StepState state = StepState::NotYet;
  QString detail;  ///< "412", "0.62"
};

/// Why the last work stopped.
struct Failure {
  core::pipeline::Stage stage = core::pipeline::Stage::Load;
  core::Error error;
};

struct Snapshot {
  /// Never null; empty if nothing is open.
  models::RecordIndexPtr index = std::make_shared<models::RecordIndex>(nullptr);
  QString modelPath;  ///< of the model that is open or being opened; empty: none
  core::pipeline::CompileOptions options;
  std::array<FlowStep, kPageCount> steps;  ///< by PageId
  std::optional<Failure> failure;
  bool busy = false;          ///< the engine works
  bool partitioning = false;  ///< a partition is being computed in the window
  bool kernelsStale = false;  ///< made with other options than the current ones
  bool measurementStale = false;
  bool canUndo = false;
  /// Where the time of a step went, and where compiled first differs; null until asked for.
  std::shared_ptr<const core::run::Profile> profile;
  std::shared_ptr<const core::run::StepSearch> search;
  bool profileStale = false;
  bool searchStale = false;
  /// Never null: what the window computed beside the shown partition.
  models::PartitionStudyPtr study = std::make_shared<models::PartitionStudy>();

  const core::pipeline::CompileRecord* record() const { return index->record().get(); }
};

using SnapshotPtr = std::shared_ptr<const Snapshot>;

/// What a person can ask for from a page.
enum class Intent { OpenFile, Reload, MakeKernels, Run, Cancel, Profile, FindDifference, TryEager };

/// How a value is pinned from the inspector.
enum class Pin { Save, Recompute, Auto };

/// The pin of a value in `options`.
Pin pinOf(const core::partition::PartitionOptions& options, const std::string& name);
/// `options` with the value pinned that way, and no other way.
core::partition::PartitionOptions withPin(core::partition::PartitionOptions options,
                                          const std::string& name, Pin pin);

/// `options` that lead to a point of the curve.
core::partition::PartitionOptions withPoint(core::partition::PartitionOptions options,
                                            const core::partition::ParetoPoint& point);
/// `options` with the budget of one module; empty: it has none of its own.
core::partition::PartitionOptions withModuleBudget(core::partition::PartitionOptions options,
                                                   const std::string& module,
                                                   std::optional<double> budget);

/// True if both give the same partition.
bool samePartition(const core::partition::PartitionOptions& a,
                   const core::partition::PartitionOptions& b);

}  // namespace views::pages
