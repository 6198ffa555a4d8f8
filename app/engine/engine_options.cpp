#include "app/engine/engine_options.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include <CLI/CLI.hpp>

#include "core/load/capture/call_profile.h"
#include "core/partition/machine_peaks.h"

namespace engine {
namespace {

using core::pipeline::Decompositions;
using core::run::Mode;

[[noreturn]] void reject(const std::string& option, const std::string& text,
                         const std::string& wanted) {
  throw CLI::ValidationError(option, "'" + text + "' is not " + wanted);
}

template <typename T>
T numberOf(const std::string& option, const std::string& text, const std::string& wanted) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) reject(option, text, wanted);
  return value;
}

core::run::LossSpec lossOf(const std::string& text) {
  constexpr std::string_view kOutput = "output:";
  if (text == "mean_square") return {};
  if (!text.starts_with(kOutput)) reject("--loss", text, "mean_square or output:<i>");
  return {numberOf<int>("--loss", text.substr(kOutput.size()), "an output's index")};
}

double fractionOf(const std::string& option, const std::string& text) {
  const double value = numberOf<double>(option, text, "a number from 0 to 1");
  if (!(value >= 0 && value <= 1)) reject(option, text, "a number from 0 to 1");
  return value;
}

/// "0.5" is the budget of the whole graph, "layer1=0.5" that of one module.
void addBudget(EngineOptions& options, const std::string& text) {
  const auto equals = text.rfind('=');
  if (equals == std::string::npos) {
    options.budgets.push_back(fractionOf("--budget", text));
    options.compile.partition.budget = options.budgets.back();
  } else {
    options.compile.partition.moduleBudgets.push_back(
        {text.substr(0, equals), fractionOf("--budget", text.substr(equals + 1))});
  }
}

/// "4096", "512K", "1.5G": bytes, with binary prefixes.
std::int64_t bytesOf(const std::string& option, const std::string& text) {
  constexpr std::string_view kPrefixes = "KMGT";
  const std::string wanted = "a number of bytes such as 512M or 1.5G";
  std::string digits = text;
  double scale = 1;
  if (const auto prefix = digits.empty() ? std::string_view::npos : kPrefixes.find(digits.back());
      prefix != std::string_view::npos) {
    scale = std::pow(1024.0, static_cast<double>(prefix + 1));
    digits.pop_back();
  }
  const double bytes = numberOf<double>(option, digits, wanted) * scale;
  if (!(bytes >= 0 && bytes < 9e18)) reject(option, text, wanted);
  return static_cast<std::int64_t>(bytes);
}

/// "flops", "roofline", "measured" or "profile:FILE".
void setCost(core::partition::CostModel& cost, const std::string& text) {
  using core::partition::CostModelKind;
  constexpr std::string_view kProfile = "profile:";
  if (text.starts_with(kProfile)) {
    auto profile = core::load::readCallProfile(text.substr(kProfile.size()));
    if (!profile) throw CLI::ValidationError("--cost", profile.error().message);
    cost.kind = CostModelKind::Profile;
    cost.profile = std::make_shared<const core::partition::CallProfile>(std::move(*profile));
    return;
  }
  if (text != "flops" && text != "roofline" && text != "measured")
    reject("--cost", text, "flops, roofline, measured or profile:FILE");
  cost.kind = text == "flops" ? CostModelKind::Flops : CostModelKind::Roofline;
  if (text == "measured") cost.peaks = core::partition::measureMachinePeaks();
}

void addDim(EngineOptions& options, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) reject("--dim", text, "NAME=N");
  options.compile.dims[text.substr(0, equals)] =
      numberOf<std::int64_t>("--dim", text.substr(equals + 1), "a size");
}

/// "x=zeros", "x=photo.npy,grad".
void addFill(EngineOptions& options, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) reject("--input", text, "NAME=FILL");
  const std::string fill = text.substr(equals + 1);
  if (const auto parsed = core::load::parseInputFill(fill); !parsed)
    throw CLI::ValidationError("--input", parsed.error().message);
  options.compile.fills[text.substr(0, equals)] = fill;
}

/// An option whose words stand for the enumerators of an enum.
template <typename T>
void addWords(CLI::App& command, const std::string& name, const std::string& description,
              const std::map<std::string, T>& words, std::function<void(T)> use) {
  command
      .add_option_function<std::string>(
          name, [words, use](const std::string& word) { use(words.at(word)); }, description)
      ->check(CLI::IsMember(words));
}

void addTracing(CLI::App& command, EngineOptions& options, bool calling) {
  addWords<Mode>(command, "--mode",
                 "what to trace and run (default: train if a parameter or an input learns)",
                 {{"train", Mode::Train}, {"infer", Mode::Infer}},
                 [&options](Mode mode) { options.compile.mode = mode; });
  command
      .add_option_function<std::vector<std::string>>(
          "--inputs",
          [&options](const std::vector<std::string>& paths) {
            options.inputSets = paths;
            options.compile.inputsPath = paths.front();
          },
          "an input head (.json) with its .bin beside it (default: the model's samples)" +
              std::string(calling ? "; several are called in turn" : ""))
      ->expected(1, calling ? 1000 : 1);
  command.add_option("--weights", options.compile.weightsPath,
                     "a safetensors file whose weights replace the model's");
  command.add_flag("--allow-torchscript", options.compile.allowTorchScript,
                   "opens TorchScript files too, which may run code that they hold");
  command.add_option("--device", options.compile.device, "cpu, cuda or cuda:N")
      ->capture_default_str();
  command.add_option("--seed", options.compile.seed, "given to the generator before the forward")
      ->capture_default_str();
  command.add_option("--threads", options.compile.threads, "threads (default: all cores)")
      ->check(CLI::Range(1, 4096));
  command.add_option_function<std::vector<std::string>>(
      "--dim",
      [&options](const std::vector<std::string>& dims) {
        for (const std::string& dim : dims) addDim(options, dim);
      },
      "NAME=N gives a symbolic dimension a size (default: the example's)");
  command
      .add_option_function<std::vector<std::string>>(
          "--input",
          [&options](const std::vector<std::string>& fills) {
            for (const std::string& fill : fills) addFill(options, fill);
          },
          "NAME=FILL fills one input: example, random, zeros, ones, range:LOW..HIGH, or a .npy, "
          ".pt or .safetensors file; then ,seed=N ,f32 ,grad or ,no-grad (repeatable)")
      ->allow_extra_args(false);
  command.add_option("--preset", options.preset,
                     "takes inputs, sizes, seed, mode and loss from a preset of this model");
  command.add_option("--save-preset", options.savedPreset,
                     "keeps these inputs, sizes, seed, mode and loss as a preset of this model");
  command
      .add_option_function<std::int64_t>(
          "--learn-shapes",
          [&options](std::int64_t mebibytes) {
            options.compile.learnShapesBytes = mebibytes << 20;
          },
          "lets an operator without a shape function be run on zeros on the CPU, up to so many MiB")
      ->check(CLI::Range(1, 1 << 20));
  addWords<Decompositions>(command, "--decompositions",
                           "none, core (ATen's, while tracing) or fusion (ours, for kernels)",
                           {{"none", Decompositions::None},
                            {"core", Decompositions::Core},
                            {"fusion", Decompositions::Fusion}},
                           [&options](Decompositions d) { options.decompositions = d; });
  addWords<bool>(command, "--half-rounding",
                 "where kernels round to half precision: operator (after each, as eager does) or "
                 "store (default: operator on the CPU, store on a GPU)",
                 {{"operator", true}, {"store", false}},
                 [&options](bool each) { options.compile.roundsLikeEager = each; });
}

/// "f8e5m2", or "f8e5m2=1M" with the fewest bytes that are worth it.
void setQuantization(core::partition::Quantization& quantization, const std::string& text) {
  const auto equals = text.find('=');
  const auto dtype = core::ir::dtypeFromName(text.substr(0, equals));
  using core::ir::DType;
  if (dtype != DType::F8E5M2 && dtype != DType::F8E4M3)
    reject("--quantize", text, "f8e5m2 or f8e4m3fn, with =BYTES or without");
  quantization.dtype = *dtype;
  if (equals != std::string::npos)
    quantization.leastBytes = bytesOf("--quantize", text.substr(equals + 1));
}

core::ir::DType quantizedDType(const std::string& text) {
  const auto dtype = core::ir::dtypeFromName(text);
  if (!dtype || !core::ir::isFloatingPoint(*dtype))
    reject("--quantize-dtypes", text, "floating-point dtypes: bf16, f16, f32");
  return *dtype;
}

void addPacking(CLI::App& command, core::partition::PartitionOptions& partition) {
  auto* quantize = command.add_option_function<std::string>(
      "--quantize",
      [&partition](const std::string& text) {
        setQuantization(partition.quantize.emplace(), text);
      },
      "keep saved bf16 tensors in 8 bits: f8e5m2 or f8e4m3fn, or f8e5m2=BYTES for those from so "
      "many bytes on (default: 100M); gradients become approximate");
  command
      .add_option_function<std::vector<std::string>>(
          "--quantize-dtypes",
          [&partition](const std::vector<std::string>& names) {
            if (!partition.quantize) return;  // refused by needs(), which is asked after this
            partition.quantize->allowed.clear();
            for (const std::string& name : names)
              partition.quantize->allowed.push_back(quantizedDType(name));
          },
          "dtypes that --quantize takes (default: bf16)")
      ->needs(quantize);
  command.add_option_function<std::string>(
      "--offload",
      [&partition](const std::string& text) {
        partition.offload = core::partition::Offload{bytesOf("--offload", text)};
      },
      "keep saved tensors of a GPU from so many bytes on in the CPU's memory");
}

void addPartitioning(CLI::App& command, EngineOptions& options) {
  auto& partition = options.compile.partition;
  using core::partition::KnapsackSolver;
  using core::partition::PartitionerKind;
  addWords<PartitionerKind>(
      command, "--partitioner", "how the joint graph is split (default: min-cut)",
      {{"min-cut", PartitionerKind::MinCut}, {"default", PartitionerKind::Default}},
      [&partition](PartitionerKind kind) { partition.partitioner = kind; });
  command.add_option_function<std::vector<std::string>>(
      "--budget",
      [&options](const std::vector<std::string>& budgets) {
        for (const std::string& budget : budgets) addBudget(options, budget);
      },
      "activation memory budget from 0 to 1, or MODULE=0.5 (default: 1)");
  addWords<KnapsackSolver>(command, "--solver", "what to recompute under a budget (default: dp)",
                           {{"dp", KnapsackSolver::Dp},
                            {"greedy", KnapsackSolver::Greedy},
                            {"ilp", KnapsackSolver::Ilp}},
                           [&partition](KnapsackSolver solver) { partition.solver = solver; });
  command.add_option("--save", partition.save, "a value that must be saved (repeatable)");
  command.add_option("--recompute", partition.recompute,
                     "a value that must be recomputed (repeatable)");
  command.add_option_function<std::string>(
      "--peak",
      [&partition](const std::string& text) { partition.peakLimit = bytesOf("--peak", text); },
      "most bytes that forward and backward may hold at once (512M), instead of a budget");
  command.add_option_function<std::string>(
      "--cost", [&partition](const std::string& text) { setCost(partition.cost, text); },
      "what recomputing costs: flops, roofline (of a modest core), measured (roofline of this "
      "machine's peaks), or profile:FILE (times of `trace --profile`) (default: flops)");
  addPacking(command, partition);
}

void addRunning(CLI::App& command, EngineOptions& options) {
  command.add_option_function<std::string>(
      "--loss", [&options](const std::string& text) { options.compile.loss = lossOf(text); },
      "mean_square or output:<i> (default: output:0 if that is a scalar float)");
}

}  // namespace

core::pipeline::CompileOptions kernelOptions(const EngineOptions& options) {
  core::pipeline::CompileOptions compile = options.compile;
  compile.decompositions = options.decompositions.value_or(Decompositions::Fusion);
  return compile;
}

void addOptions(CLI::App& command, EngineOptions& options, OptionGroups groups) {
  command.add_option("--json", options.json, "write the result to this file, for programs");
  command.add_flag("--quiet", options.quiet, "no progress on stderr");
  if (groups.tracing) addTracing(command, options, groups.calling);
  if (groups.partitioning) addPartitioning(command, options);
  if (groups.running) addRunning(command, options);
}

}  // namespace engine
