#pragma once

// The options that the subcommands share, with one name and one default each.

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "core/pipeline/compile_options.h"

namespace engine {

/// What a subcommand was asked for. `compile.partition.budget` is the last of `budgets`.
struct EngineOptions {
  std::string model;  ///< the path of the model, or of a joint graph for `partition`
  std::string json;   ///< where to write the result for programs; empty: nowhere
  std::string outFolder;
  bool reproducers = false;      ///< kernels: also programs of their own
  std::string torchTraceFolder;  ///< where `trace` writes a log for tlparse; empty: nowhere
  bool quiet = false;
  bool text = false;   ///< `trace` prints the graphs as PyTorch does
  bool table = false;  ///< `trace` prints which backward calls belong to which forward calls
  std::vector<std::string> why;        ///< values whose fate `partition` is to explain
  bool curve = false;                  ///< `partition` prints all points that a budget can reach
  bool memory = false;                 ///< `partition` prints the memory over program order
  std::string profile;                 ///< where `trace` writes the times of calls; empty: nowhere
  bool checkTrace = false;             ///< trace: replay the graph on real data beside eager
  std::vector<std::string> inputSets;  ///< every --inputs; `compile` has the first
  std::string history;                 ///< the file of runs; empty: the user's own
  std::string preset;                  ///< whose words stand in front of the others
  std::string savedPreset;             ///< the name to keep these options under
  std::string perfetto;                ///< where `profile` writes a timeline; empty: nowhere
  bool keep = false;                   ///< `bench` keeps its run there
  std::string sweepPoint;              ///< "3:7": `bench` measures point 7 of sweep 3
  std::vector<std::string> varied;     ///< what `sweep` varies: "budget=1,0.5"
  std::string with;                    ///< options of `bench` for every point of a sweep
  std::int64_t resume = 0;             ///< the sweep to go on with
  std::vector<std::int64_t> comparedRuns;  ///< of `compare`
  core::run::Execution execution = core::run::Execution::Compiled;
  std::vector<double> budgets;  ///< in the order given; {1} if none was
  /// Empty: none for `trace`, fusion for what makes kernels.
  std::optional<core::pipeline::Decompositions> decompositions;
  core::pipeline::CompileOptions compile;
};

/// The options of a compile that makes kernels: decompositions for fusion unless others were asked
/// for.
core::pipeline::CompileOptions kernelOptions(const EngineOptions& options);

/// Which groups of options a subcommand takes.
struct OptionGroups {
  bool tracing = false;  ///< --mode, --inputs, --device, --seed, --threads, --dim, --decompositions
  bool partitioning = false;  ///< --partitioner, --budget, --solver, --save, --recompute,
                              ///< --peak, --cost, --quantize, --offload
  bool running = false;       ///< --loss
  bool calling = false;       ///< --inputs may be given several times
};

/// Adds the options to `command`; parsing fills `options`. Wrong values end in CLI::ParseError with
/// the option's name.
void addOptions(CLI::App& command, EngineOptions& options, OptionGroups groups);

}  // namespace engine
