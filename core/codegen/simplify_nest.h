#pragma once

// The nest that code is written for: the same computation with fewer and better ordered axes.

#include "core/schedule/loop_nest.h"

namespace core::codegen {

/// Which axis the lanes of a vector lie along.
enum class VectorAxis {
  Inner,  ///< the last inner axis: a row is read along itself
  Outer,  ///< the last outer axis: neighbouring rows (columns of a matrix) side by side
  None,   ///< too small: one element at a time
};

struct SimplifiedNest {
  schedule::LoopNest nest;
  VectorAxis vectorAxis = VectorAxis::None;
  /// No op reduces; the axes are `outer` and one inner axis (none if there is a single point).
  bool isPointwise = false;
  /// Outer axes, the last ones, that Accumulates add up over.
  int folded = 0;
};

/// Drops axes of size 1, joins axes that every access walks as one, chooses the vector axis by a
/// cost per element and moves it last in its group. A nest without reductions gets its vector axis
/// as its only inner axis. Folded axes come last among the outer ones, and lanes lie along rows
/// then.
SimplifiedNest simplifyNest(const schedule::LoopNest& nest);

/// Whether each op's value depends on the position along `axis`.
std::vector<bool> dependsOnAxis(const schedule::LoopNest& nest, int axis);

}  // namespace core::codegen
