#pragma once

// From several traces of one program at different sizes to one joint graph with symbolic sizes.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/trace/symbolic_inputs.h"

namespace core::trace {

using JointGraphPtr = std::shared_ptr<const ir::JointGraph>;

/// A joint graph of plain integers, traced with these values of the symbols.
struct SymbolSample {
  std::vector<std::int64_t> values;
  JointGraphPtr joint;
};

/// Why a symbol must stay a number.
struct FitFailure {
  std::size_t symbol = 0;
  std::string reason;
  std::string source{};  ///< "net.py:41", the line that the call comes from, if known
};

struct FitResult {
  JointGraphPtr joint;  ///< null with a failure
  std::optional<FitFailure> failure;
};

/// The graph of sample 0 with its sizes, strides and integer arguments as expressions of the
/// symbols (and their values there as hints), nodes for the sizes that arguments need, and the
/// outputs' dynamic dimensions. `samples` are as symbolAssignments() orders them; `sizesFrom` is
/// BaseTrace's (empty: unknown), `expressions` SymbolicInputs'. Fails if the graphs differ in more
/// than numbers, or a number is no expression (see FittedInteger and DerivedSizes).
FitResult fitSymbols(const std::vector<InputSymbol>& symbols,
                     const std::vector<SymbolSample>& samples,
                     const std::vector<int>& sizesFrom = {},
                     const std::vector<std::string>& expressions = {});

}  // namespace core::trace
