#pragma once

// Which operators can be traced, and how: plain rows, one for each operator of ATen.

#include <string>

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
  Recorded,        ///< becomes a node
  TakenApart,      ///< becomes the nodes of the operators it is made of
  Functionalized,  ///< writes to an argument: becomes the form that returns a new value
  Replaced,        ///< becomes what PyTorch's Python replaces it by
  Whole,           ///< becomes a node, though it could be taken apart
  Refused,         ///< ends the trace with a sentence of its own
};

/// What `--decompositions core` does with a call.
enum class InCoreTable {
  No,       ///< the table does not name the operator
  Yes,      ///< it becomes the calls of its decomposition
  LeftOut,  ///< PyTorch's table names it, ours does not
};

struct OperatorCoverage {
  std::string op;  ///< "aten.add.Tensor"
  ShapeSource source = ShapeSource::Nobody;
  Treatment treatment = Treatment::Recorded;
  std::string why;  ///< for a refused operator: the reason
  InCoreTable core = InCoreTable::No;
  std::string whyLeftOut{};  ///< for an operator that is left out of the core table: the reason
};

}  // namespace core::trace
