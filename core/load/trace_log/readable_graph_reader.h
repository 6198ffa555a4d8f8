#pragma once

// Reads a graph that PyTorch printed (`print_readable`), as its logs hold them and as
// core/ir/readable_text.h writes them.

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/ir/graph.h"
#include "core/load/capture/size_expression.h"

namespace core::load {

/// The graph of one printed class. Sizes are evaluated with `symbols`; a symbol that is not among
/// them counts as kAssumedSize, because the text alone does not say. Results of a tuple that the
/// text does not use have no type. Nodes of a graph with tangents are tagged: the backward begins
/// where a tangent is first read. Errors: FormatUnsupported with line and column and what is not
/// understood.
Result<ir::GraphPtr> readReadableGraph(std::string_view text, const SymbolHints& symbols = {});

inline constexpr std::int64_t kAssumedSize = 8;

/// The symbols that the text names ("s77") and `symbols` lacks, in order of their names.
std::vector<std::string> unknownSymbols(std::string_view text, const SymbolHints& symbols);

}  // namespace core::load
