#pragma once

// What a run produced and how long it took: checksums, the check against eager, interleaved times.
// Plain data; no LibTorch.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::run {

enum class Mode { Train, Infer };
enum class Execution { Eager, Compiled };

/// The scalar whose gradient is taken: the sum over float outputs of the mean of squares, in
/// float32, or one scalar output of the model.
struct LossSpec {
  std::optional<int> output;  ///< empty: mean_square
  /// "mean_square" or "output:0".
  std::string text() const { return output ? "output:" + std::to_string(*output) : "mean_square"; }
  bool operator==(const LossSpec&) const = default;
};

/// Fingerprint of a tensor, in float64 over its elements in row-major order.
struct Checksum {
  std::vector<std::int64_t> shape;
  ir::DType dtype = ir::DType::F32;
  double sum = 0;
  double absSum = 0;
  double squareSum = 0;
  std::vector<double> first8;
};

/// A named checksum; empty where there is no tensor (a parameter without gradient).
using NamedChecksum = std::pair<std::string, std::optional<Checksum>>;

/// All that one step produced.
struct StepResult {
  Execution execution = Execution::Eager;
  std::optional<double> lossValue;
  std::vector<std::optional<Checksum>> outputs;
  std::vector<NamedChecksum> gradients;     ///< by parameter name, and "input:<i>"
  std::vector<NamedChecksum> buffersAfter;  ///< by name of the buffer or constant
  std::vector<std::optional<Checksum>> inputsAfter;
  double seconds = 0;
};

/// One tensor of the check (output, gradient, buffer or input after the run).
struct TensorCheck {
  std::string tensor;  ///< "output:0", "gradient:fc1.weight", "buffer:bn.running_mean"
  bool passed = false;
  double maxAbs = 0;        ///< largest |compiled - eager|
  double maxRel = 0;        ///< largest |compiled - eager| / max(|eager|, mean of |eager|)
  double rmseCompiled = 0;  ///< against eager in float64
  double rmseEager = 0;
  std::string reason;  ///< why it failed; empty if it passed
};

struct CheckResult {
  bool passed = false;
  std::vector<TensorCheck> tensors;
  int worst = -1;  ///< index into `tensors`
  std::string sentence;
};

/// Samples of one variant in milliseconds, and their summary.
struct Timing {
  std::vector<double> samplesMs;  ///< in the order taken
  double medianMs = 0, p10Ms = 0, p90Ms = 0, minMs = 0, iqrMs = 0;
  int stepsPerSample = 1;  ///< a sample is the mean of so many steps
  std::int64_t peakBytes = 0;
  std::int64_t savedBytes = 0;
};

enum class Verdict { Faster, Slower, NoDifferenceShown };

/// "faster", "slower", "no difference shown".
const char* verdictName(Verdict verdict);

/// eager median / compiled median, with a 95 % bootstrap interval.
struct Speedup {
  double median = 1;
  double low = 1;
  double high = 1;
  Verdict verdict = Verdict::NoDifferenceShown;
  /// The machine's speed drifted over the rounds; that is divided out of all three figures.
  bool driftRemoved = false;
};

struct CompileTimes {
  double totalMs = 0, traceMs = 0, partitionMs = 0, codegenMs = 0, buildMs = 0;
  int kernelsBuilt = 0;
  int kernelsFromCache = 0;
};

/// The compiled step recorded as one CUDA graph and replayed.
struct GraphReplay {
  CheckResult check;  ///< of the values that a replay gives
  Timing timing;
  int kernels = 0;                 ///< that one replay launches
  std::optional<Speedup> speedup;  ///< over eager; only if the check passed
};

/// Forward, loss and backward compiled as one schedule.
struct WholeStepRun {
  CheckResult check;  ///< of its values
  Timing timing;
  int kernels = 0;
  int externCalls = 0;
  std::optional<Speedup> speedup;  ///< over eager; only if the check passed
};

/// What a device does at best, measured.
struct DeviceCeilings {
  double copyGBs = 0;       ///< read + written by a large copy
  double matmulTflops = 0;  ///< of a large bf16 product of random numbers
};

/// A GPU during a measurement, as NVIDIA's management library and the driver tell.
struct GpuConditions {
  std::string name;
  int smClockMHz = 0;                   ///< right after the samples; 0: not told
  int memoryClockMHz = 0;               ///< likewise
  int temperature = 0;                  ///< of the chip, in degrees Celsius
  double watts = 0;                     ///< drawn
  std::vector<std::string> throttling;  ///< "thermal slowdown", "power cap"; empty: none
  DeviceCeilings ceilings;              ///< in the same run
};

/// What else happened on the machine during the samples.
struct MachineLoad {
  int cores = 0;
  double otherCores = 0;       ///< cores that other programs kept busy, on average
  double stolenCores = 0;      ///< cores that a virtual machine's host gave to others
  std::int64_t throttles = 0;  ///< times that a core was slowed down by heat
};

struct Measurement {
  Mode mode = Mode::Train;
  std::string device = "cpu";
  int threads = 1;
  double budget = 1;
  CheckResult check;
  Timing eager;
  Timing compiled;
  double compiledForwardMs = 0;  ///< medians of the two halves
  double compiledBackwardMs = 0;
  int kernels = 0;
  int externCalls = 0;
  std::optional<Speedup> speedup;  ///< only if the check passed
  CompileTimes compile;
  std::optional<GraphReplay> graph;   ///< on a GPU only
  std::string graphReason;            ///< why a GPU's step could not be one graph
  std::optional<WholeStepRun> whole;  ///< of a training step; on a GPU as graph
  std::string wholeReason;            ///< why such a step could not be one schedule
  std::optional<GpuConditions> gpu;
  MachineLoad load;
};

}  // namespace core::run
