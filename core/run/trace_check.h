#pragma once

// What the replay of a joint graph on real data found, against eager.

#include <optional>
#include <string>
#include <vector>

namespace core::run {

/// The first node whose value is not what the graph says, or not what eager computed.
struct TraceMismatch {
  std::string node;    ///< "addmm_3"; empty for a gradient or an output as a whole
  std::string target;  ///< "aten.addmm.default"
  std::string module;  ///< path of the module it belongs to; may be empty
  std::string source;  ///< "net.py:41 `y = f(x)`"; may be empty
  std::string what;    ///< "is f32[8, 16], the graph says f32[8, 17]"

  /// "'addmm_3' (aten.addmm.default) in module 'head' at net.py:41 is …".
  std::string text() const;
};

/// How long eager takes for one call of the joint graph.
struct CallTime {
  std::string name;    ///< of the node
  double seconds = 0;  ///< the median of the replays
};

struct TraceCheck {
  int nodes = 0;      ///< calls that were made again on real data
  int values = 0;     ///< of the program, compared with eager
  int outputs = 0;    ///< user outputs and written inputs, compared with eager
  int gradients = 0;  ///< compared with eager
  std::optional<TraceMismatch> mismatch;
  /// Values that the CPU's kernel, or eager, lays out otherwise than the graph says, one sentence
  /// each. Runs copy such a value into the graph's strides.
  std::vector<std::string> relaid;
  std::vector<CallTime> callTimes;  ///< in graph order; empty unless they were asked for

  /// "258 nodes replayed; 96 values, 2 outputs and 12 gradients agree with eager."
  std::string sentence() const;
};

}  // namespace core::run
