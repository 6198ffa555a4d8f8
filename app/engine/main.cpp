// aot-engine: the compiler without a window. Subcommands for people and scripts, `serve` for the
// window.

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>

#include <CLI/CLI.hpp>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/preset_words.h"

namespace {

using namespace engine;

struct Verb {
  const char* name;
  const char* description;
  const char* example;
  OptionGroups groups;
  int (*run)(const EngineOptions&);
  /// Whether `model` is asked for: a path; for `history` the name of a model.
  enum class Model { Needed, Optional, None } model = Model::Needed;
};

constexpr OptionGroups kTrace{true, true, false};
constexpr OptionGroups kMeasure{true, true, true, true};

constexpr Verb kVerbs[] = {
    {"inspect",
     "says what is in a model file, without running anything",
     "aot-engine inspect resnet18.pt2",
     {true, false, false},
     inspectCommand},
    {"trace", "makes the joint graph and both partitions of it; runs no kernel",
     "aot-engine trace resnet18.pt2 --budget 1 --budget 0.5 --json trace.json", kTrace,
     traceCommand},
    {"partition",
     "partitions a joint graph from a file (a trace result, plain or .gz)",
     "aot-engine partition trace.json --budget 0.3 --json parts.json",
     {false, true, false},
     partitionCommand},
    {"kernels", "writes the generated kernels, and why nodes were fused or not",
     "aot-engine kernels resnet18.pt2 --out kernels", kTrace, kernelsCommand},
    {"assembly",
     "prints the machine code of a generated kernel's source (- is stdin), its loops marked",
     "aot-engine assembly kernels/forward_fused_gelu.cpp",
     {},
     assemblyCommand},
    {"run", "runs a step for each set of inputs, eager or compiled, and prints checksums",
     "aot-engine run resnet18.pt2 --execution compiled --json run.json", kMeasure, runCommand},
    {"bench", "measures compiled against eager: correctness first, then interleaved timing",
     "aot-engine bench resnet18.pt2 --threads 2", kMeasure, benchCommand},
    {"profile", "shows where the time of a step goes, eager and compiled, by operator and kernel",
     "aot-engine profile resnet18.pt2 --perfetto profile.json", kMeasure, profileCommand},
    {"bisect", "finds the first node that the compiled step computes otherwise than eager",
     "aot-engine bisect resnet18.pt2", kMeasure, bisectCommand},
    {"ops",
     "lists the operators: whose shapes, what a trace does with each, whether kernels fuse it",
     "aot-engine ops --json operators.json",
     {},
     opsCommand,
     Verb::Model::None},
    {"devices",
     "lists the devices that a model can run on, and what a run on a GPU lacks",
     "aot-engine devices",
     {},
     devicesCommand,
     Verb::Model::None},
    {"sweep",
     "measures every combination of options, keeps the runs, and goes on where it stopped",
     "aot-engine sweep gpt.pt2 --vary budget=1,0.5,0.2 --vary threads=1,2",
     {},
     sweepCommand,
     Verb::Model::Optional},
    {"history",
     "lists the runs that were kept, of all models or of one",
     "aot-engine history gpt",
     {},
     historyCommand,
     Verb::Model::Optional},
    {"compare",
     "compares two kept runs, by effect",
     "aot-engine compare 3 8",
     {},
     compareCommand,
     Verb::Model::None},
};

/// Options of the verbs that keep runs, and read them.
void addKeeping(CLI::App& command, const std::string& verb, EngineOptions& options) {
  constexpr std::array kOthers{"assembly", "ops", "devices", "partition"};
  if (std::find(kOthers.begin(), kOthers.end(), verb) == kOthers.end())
    command.add_option("--history", options.history,
                       "the file of runs and presets (default: runs.sqlite in your data folder)");
  if (verb == "bench") {
    command.add_flag("--keep", options.keep, "keeps the run, for history and compare");
    command.add_option("--sweep-point", options.sweepPoint, "which point of a sweep this is")
        ->group("");
  }
  if (verb == "sweep") {
    command.add_option("--vary", options.varied,
                       "an option of bench and its values, as budget=1,0.5 (repeatable)");
    command.add_option("--with", options.with, "options of bench for every point, in quotes");
    command.add_option("--resume", options.resume, "goes on with a sweep; failed points run again")
        ->check(CLI::PositiveNumber);
  }
  if (verb == "compare")
    command.add_option("runs", options.comparedRuns, "two ids, as history lists them")
        ->required()
        ->expected(2);
}

/// Of the verbs that compile kernels.
void addFusing(CLI::App& command, const std::string& verb, EngineOptions& options) {
  constexpr std::array kCompiling{"kernels", "run", "bench", "profile", "bisect"};
  if (std::find(kCompiling.begin(), kCompiling.end(), verb) != kCompiling.end())
    command.add_option("--apart", options.compile.apart,
                       "an operator that is to be a kernel of its own (repeatable); compare with "
                       "a bench without it");
}

/// Options that only one verb has.
void addOwnOptions(CLI::App& command, const std::string& verb, EngineOptions& options) {
  using core::run::Execution;
  if (verb == "kernels") {
    command.add_option("--out", options.outFolder, "folder for the sources");
    command.add_flag("--reproducers", options.reproducers,
                     "with --out: also each kernel as a C++ program of its own, which g++ builds");
  }
  if (verb == "trace") {
    command.add_flag("--check", options.checkTrace,
                     "replays the graph node by node on real data and compares it with eager");
    command.add_option("--profile", options.profile,
                       "times every call of the joint graph in eager and writes this file, for "
                       "--cost profile:FILE");
    command.add_flag("--text", options.text,
                     "prints joint, forward and backward graph as PyTorch prints graphs");
    command.add_flag("--table", options.table,
                     "prints sequence numbers with their forward and backward calls");
    command.add_option("--torch-trace", options.torchTraceFolder,
                       "a folder for a log in the form of TORCH_TRACE, which tlparse reads");
    command.add_option("--compile", options.compile.logCompile,
                       "which compile of a log to take, as 0/1 (default: its first)");
  }
  if (verb == "partition") {
    command.add_option("--why", options.why,
                       "explains the fate of a value and what the other one costs (repeatable)");
    command.add_flag("--curve", options.curve,
                     "prints every partition that a budget or a peak limit can reach");
    command.add_flag("--memory", options.memory, "prints the bytes that each call holds");
  }
  addKeeping(command, verb, options);
  addFusing(command, verb, options);
  if (verb == "profile")
    command.add_option("--perfetto", options.perfetto,
                       "writes both steps in Chrome's trace format, which Perfetto opens");
  if (verb == "run")
    command
        .add_option_function<std::string>(
            "--execution",
            [&options](const std::string& word) {
              options.execution = word == "eager" ? Execution::Eager : Execution::Compiled;
            },
            "eager or compiled (default: compiled)")
        ->check(CLI::IsMember({"eager", "compiled"}));
}

/// What the arguments ask for: `run` does it. Parsing again needs a fresh one.
struct Invocation {
  CLI::App app{
      "AOT Explorer's engine: traces, partitions, compiles, runs and measures a PyTorch model.",
      "aot-engine"};
  EngineOptions options;
  std::function<int(const EngineOptions&)> run;
  bool version = false;
};

void buildVerbs(Invocation& invocation) {
  EngineOptions& options = invocation.options;
  invocation.app.require_subcommand(0, 1);
  invocation.app.add_flag("--version", invocation.version,
                          "prints the versions of the program and what it uses");
  for (const Verb& verb : kVerbs) {
    CLI::App* command = invocation.app.add_subcommand(verb.name, verb.description);
    command->footer(std::string("Example: ") + verb.example);
    if (verb.model != Verb::Model::None)
      command->add_option("model", options.model, "the file to work on")
          ->required(verb.model == Verb::Model::Needed);
    addOptions(*command, options, verb.groups);
    addOwnOptions(*command, verb.name, options);
    command->final_callback([&invocation, run = verb.run] { invocation.run = run; });
  }
  invocation.app.add_subcommand("serve", "speaks the window's protocol on stdin and stdout")
      ->final_callback(
          [&invocation] { invocation.run = [](const EngineOptions&) { return serveCommand(); }; });
}

/// Parses `arguments`, which begin behind the program's name; an exit code if nothing is to be run.
std::optional<int> parse(Invocation& invocation, std::vector<std::string> arguments) {
  buildVerbs(invocation);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    invocation.app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return invocation.app.exit(error) == 0 ? kDone : kWrongUse;
  }
  EngineOptions& options = invocation.options;
  if (options.budgets.empty()) options.budgets = {options.compile.partition.budget};
  return std::nullopt;
}

int parseAndRun(const std::vector<std::string>& arguments) {
  Invocation given;
  if (const auto code = parse(given, arguments)) return *code;
  if (given.version) return versionCommand();
  if (!given.run) {
    std::fputs(given.app.help().c_str(), stderr);
    return kWrongUse;
  }
  if (!given.options.savedPreset.empty()) {
    const auto saved = savePreset(given.options, arguments);
    if (!saved) return fail(saved.error());
  }
  if (given.options.preset.empty()) return given.run(given.options);
  auto words = withPreset(given.options, {arguments.begin() + 1, arguments.end()});
  if (!words) return fail(words.error());
  words->insert(words->begin(), arguments.front());
  Invocation whole;
  if (const auto code = parse(whole, *words)) return *code;
  return whole.run(whole.options);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parseAndRun({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    return fail({core::ErrorCode::Internal, error.what(), {}, {}});
  }
}
