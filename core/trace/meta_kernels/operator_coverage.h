#pragma once

// Which operators can be traced, and how: the table that Help shows.

#include <string>
#include <vector>

namespace core::trace {

/// Who says what shape an operator's results have.
enum class ShapeSource {
  Ours,       ///< one of our meta kernels
  LibTorch,   ///< a meta kernel of LibTorch
  Composite,  ///< the operators it is made of
  Nobody,     ///< none: a trace that meets it ends with an error
};

/// What a trace does with a call.
enum class Treatment {
  Recorded,  ///< becomes a node, or the nodes of the operators it is made of
  Replaced,  ///< becomes what PyTorch's Python replaces it by
  Whole,     ///< becomes a node, though it could be taken apart
  Refused,   ///< ends the trace with a sentence of its own
};

struct OperatorCoverage {
  std::string op;  ///< "aten.add.Tensor"
  ShapeSource source = ShapeSource::Nobody;
  Treatment treatment = Treatment::Recorded;
  std::string why;  ///< for a refused operator: the reason
};

/// One row for each ATen operator, sorted by name; forms that write into an `out` argument are left
/// out. Registers our kernels if that was not done.
std::vector<OperatorCoverage> operatorCoverage();

/// "aten.relu.default: ours, recorded".
std::string coverageText(const OperatorCoverage& row);

}  // namespace core::trace
