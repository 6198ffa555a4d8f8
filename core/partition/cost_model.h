#pragma once

// What a call costs, by one of three models. Every figure that is shown names its model.

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/ir/graph.h"

namespace core::partition {

enum class CostModelKind {
  Flops,     ///< operations by formula; a call without a formula counts 1 (PyTorch's estimator)
  Roofline,  ///< the slower of operations at peak speed and bytes at peak bandwidth, plus overhead
  Profile,   ///< seconds measured per call; a call that was not measured: the roofline
};

/// What the machine can do at best; the initial values are a modest CPU core's.
struct MachinePeaks {
  double flopsPerSecond = 5e10;
  double bytesPerSecond = 1e10;
  double secondsPerCall = 2e-6;  ///< overhead of a call

  bool operator==(const MachinePeaks&) const = default;
};

/// Measured seconds by the name of the call in the joint graph.
using CallProfile = std::map<std::string, double, std::less<>>;

struct CostModel {
  CostModelKind kind = CostModelKind::Flops;
  MachinePeaks peaks;
  std::shared_ptr<const CallProfile> profile;  ///< of Profile; may be null

  bool operator==(const CostModel&) const = default;

  /// The model of times: this one, or the roofline where this one counts operations only.
  CostModelKind timeKind() const {
    return kind == CostModelKind::Flops ? CostModelKind::Roofline : kind;
  }
};

/// "FLOPs", "roofline", "profile".
std::string_view costModelName(CostModelKind kind);

/// Bytes that a call reads and writes: its inputs, each once, and its result. A view moves none.
std::int64_t bytesMoved(const ir::Graph& graph, const ir::Node& node);

/// Estimated seconds of one call by `model.timeKind()`, at the example sizes; 0 for views, members
/// of tuples and anything that is no call.
double secondsOf(const CostModel& model, const ir::Graph& graph, const ir::Node& node);

/// What the knapsack is to save: FLOPs, at least 1, as PyTorch; or seconds.
double recomputeCost(const CostModel& model, const ir::Graph& graph, const ir::Node& node);

}  // namespace core::partition
