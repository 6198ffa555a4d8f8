#pragma once

// The graph to draw, before anything is folded or placed: nodes in lanes with their inputs. It
// hides whether the picture comes from a joint graph, from a partition's two graphs, or from one of
// them.

#include <string>
#include <vector>

#include "core/layout/layout.h"

namespace core::layout {

enum class FlowRole { Call, Parameter, Buffer, Input, Tangent, Saved };

struct FlowNode {
  const ir::Node* node = nullptr;  ///< in a graph of the request
  Lane lane = Lane::Forward;
  FlowRole role = FlowRole::Call;
  std::vector<int> inputs;  ///< flow nodes, once each, in argument order
  int twin = -1;            ///< of a recomputed call: its original
  std::string label;        ///< of placeholders: "conv1.weight", "input 0"
};

/// A value that leaves the graph. Saved tensors are not outputs here, but nets.
struct FlowOutput {
  int value = -1;
  Lane lane = Lane::Forward;
  std::string label;
  bool isGradient = false;
  bool ofState = false;    ///< a gradient of a parameter or buffer
  int primal = -1;         ///< of a gradient: the flow node it is the gradient of, if present
  std::string descriptor;  ///< the output's own; empty if unknown
};

struct Flow {
  std::vector<FlowNode> nodes;  ///< forward in execution order, then backward
  std::vector<FlowOutput> outputs;
  std::vector<int> savedAlone;  ///< of a forward drawn alone: values that it saves
  bool partitioned = false;     ///< crossings are saved tensors
  bool single = false;          ///< one lane, nothing crosses
};

/// InvalidArgument if the request has no graph to draw.
Result<Flow> collectFlow(const LayoutRequest& request);

}  // namespace core::layout
