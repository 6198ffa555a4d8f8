#pragma once

// What pure C++ must know of operators without a dispatcher: which are views, random, mutable,
// pointwise, and how PyTorch's partitioner classes them (aot-behaviour §3.1, §3.5 of the design).

#include <string_view>

#include "core/ir/graph.h"

namespace core::ir {

/// Facts about one target. Unless said otherwise they hold for the packet, that is for every
/// overload.
struct OpFacts {
  bool pointwise = false;         ///< an overload is tagged `pointwise`
  bool recomputable = false;      ///< cheap enough to be recomputed: PyTorch's list, or pointwise
  bool view = false;              ///< the partitioner's list: `transpose`, `detach` are not in it
  bool random = false;            ///< the partitioner's list; `seeded` is the tag
  bool computeIntensive = false;  ///< matrix products, convolutions, fused attention
  bool seeded = false;            ///< tagged `nondeterministic_seeded`
  bool writesArgument = false;    ///< the schema of this overload is mutable
  bool inplaceView = false;       ///< changes the metadata of its argument (`t_`, `resize_`)
  bool sharesStorage = false;     ///< the result lies in the storage of the first argument
  bool assertion = false;         ///< has no result that matters, but must not be removed
  bool neverMerged = false;       ///< kept by common-subexpression elimination, equal or not
  bool collective = false;        ///< communicates with other processes

  /// May share a kernel with its neighbours, by the partitioner's rough rule.
  bool fusible() const { return recomputable || random; }
};

/// Facts of "aten.mul.Tensor", "getitem", "_operator.mul"; all false for an unknown target.
OpFacts opFacts(std::string_view target);

/// Whether a call draws from the random generator: it is tagged so, and is not a fused attention
/// whose dropout probability is the literal 0 (or absent).
bool drawsRandomNumbers(const Node& node);

/// Whether dead-code elimination must keep a call that nobody reads: it writes, asserts,
/// communicates or draws random numbers.
bool hasSideEffect(const Node& node);

}  // namespace core::ir
