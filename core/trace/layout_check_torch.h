#pragma once

// Holds the shapes of a trace to those that the exporter recorded.

#include <ATen/core/ivalue.h>

#include <string>
#include <vector>

#include "core/base/stage_context.h"
#include "core/load/exported_program.h"

namespace core::trace {

/// Compares the results of each traced program node with the file's record of them. Symbolic sizes
/// and the strides of dimensions of size 1 do not count.
class LayoutCheck {
 public:
  explicit LayoutCheck(const load::ExportGraph& graph) : m_graph(graph) {}

  void compare(const load::ExportNode& node, const std::vector<c10::IValue>& results);
  /// One remark if anything differed: a warning for sizes, an information for strides alone.
  void report(const StageContext& context) const;

 private:
  void compareOne(const load::ExportNode& node, const std::string& name, const at::Tensor& tensor);

  const load::ExportGraph& m_graph;
  int m_sizes = 0;
  int m_strides = 0;
  std::string m_first;
};

}  // namespace core::trace
