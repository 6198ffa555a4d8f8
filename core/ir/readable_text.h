#pragma once

// A graph as PyTorch prints it (`print_readable` with strides and devices), for people and for logs
// that its tools read:
//
//   class GraphModule(torch.nn.Module):
//       def forward(
//           self,
//           primals_1: "f32[8, 16][16, 1]cpu",  # ParamAOTInput(target='fc1.weight')
//       ):
//           # nn_module: fc1 (Linear) # File: net.py:41 in forward, code: x = self.fc1(x)
//           t: "f32[16, 8][1, 16]cpu" = torch.ops.aten.t.default(primals_1);  primals_1 = None
//           return (t,)

#include <optional>
#include <string>
#include <string_view>

#include "core/ir/graph.h"

namespace core::ir {

/// The whole class. The comment in front of a group of nodes names their module (`nn_module`, or
/// `fwd_nn_module` of a backward node) and the source line; `; x = None` marks a last use.
std::string readableText(const Graph& graph, const std::string& className = "GraphModule");

/// "1e-05", "0.1", "inf": a number as Python prints it.
std::string pythonText(double number);

/// "torch.float32".
std::string pythonName(DType dtype);
/// The inverse of pythonName(), if there is such a dtype.
std::optional<DType> dtypeFromPythonName(std::string_view name);

}  // namespace core::ir
