#pragma once

// The symbolic dimensions of a model's inputs: which there are, other sizes to trace at, and inputs
// of such sizes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/trace/traced_inputs.h"

namespace core::trace {

/// A symbol that is the whole size of some input's dimension. Where the program has a multiple of
/// its own symbol there ("4*s77 + 1"), the dimension gets a symbol of a new name, as PyTorch's
/// tracer gives it, and takes every `step`-th size.
struct InputSymbol {
  std::string name;       ///< as the exported program calls it ("s77"), or new
  std::int64_t hint = 0;  ///< its value at the example inputs
  std::int64_t min = 2;   ///< smallest size allowed by the program
  std::int64_t max = 0;   ///< largest
  std::size_t primal = 0;
  int dimension = 0;  ///< of that primal: where the symbol is read
  std::int64_t step = 1;
  std::string recorded{};  ///< the program's expression of the dimension; empty: the name
};

/// A symbol that stays a number, and why.
struct SpecialisedSymbol {
  std::string name;
  std::string reason;
  std::optional<std::int64_t> value{};  ///< empty if no input has a dimension of just this size
  std::string source{};                 ///< the line of the model that asks for it, if known
};

struct SymbolicInputs {
  std::vector<InputSymbol> symbols;            ///< in order of primals and dimensions
  std::vector<SpecialisedSymbol> specialised;  ///< by name
  /// Sizes of the program's tensors and scalars that are more than a symbol, each once: as
  /// PyTorch recorded them ("((s1 - 1)//2) + 1").
  std::vector<std::string> expressions{};

  /// The symbol at `index` becomes one that stays a number.
  void specialise(std::size_t index, std::string reason, std::string source = {});
};

/// What `inputs` (before any merging) tell about the program's symbols.
SymbolicInputs symbolicInputs(const load::LoadedModel& model, const TracedInputs& inputs);

/// Values of the symbols for each trace: the hints; for each symbol, the hints with that one
/// changed; two with all changed. Changed values lie in the symbol's range; where it has room they
/// are no divisors or multiples of each other, of the hints, or of any size in `inputs`, so that
/// numbers that are equal by chance at the hints part. If a symbol has fewer than three sizes to
/// change to, the result is empty and `tooNarrow` is its index. Where it has room, the program's
/// expressions of the symbols have other values, and none below 2, in every trace that moves their
/// symbol.
std::vector<std::vector<std::int64_t>> symbolAssignments(const SymbolicInputs& found,
                                                         const TracedInputs& inputs,
                                                         std::size_t& tooNarrow);

/// The expressions that may be below 2 although no symbol is below its least size.
std::vector<std::string> unboundedSizes(const SymbolicInputs& found);

/// The inputs at other values of the symbols; dense layouts keep their order of dimensions.
TracedInputs resized(const load::LoadedModel& model, const TracedInputs& inputs,
                     const std::vector<InputSymbol>& symbols,
                     const std::vector<std::int64_t>& values);

}  // namespace core::trace
