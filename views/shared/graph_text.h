#pragma once

// A joint graph as text for other programs. No Qt.

#include <string>

#include "views/shared/filter_subjects.h"

namespace views::shared {

/// DOT for Graphviz: one box a node, forward and backward as clusters, saved tensors bold, every
/// text quoted. Every edge of the graph is there.
std::string dotText(const FilterSubjects& subjects);

/// JSON: {"format", "version", "nodes": [{"name", "op", "parts", "inputs", "dtype", "shape",
/// "bytes", "module", "source", "saved", "recomputed"}], "outputs": [names]}, nodes in graph order.
std::string jsonText(const FilterSubjects& subjects);

}  // namespace views::shared
