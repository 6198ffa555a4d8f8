#pragma once

// Which nodes get a box of their own, and in whose box the others are shown.

#include <vector>

#include "core/layout/flow.h"

namespace core::layout {

struct Folding {
  /// For each flow node the one whose box shows it: itself, or the maker of the value it views. A
  /// parameter, a buffer or a saved tensor of a graph drawn alone is itself and a badge, not a box.
  std::vector<int> home;

  bool isFolded(int node) const { return home[node] != node; }
};

/// True for placeholders that are badges on their readers.
bool isBadge(const FlowNode& node);
/// getitem and copies into inputs fold always, view operators (`aten.view`, `aten.t` …) if
/// `foldViews`; so does the bookkeeping of buffers (`num_batches_tracked + 1`).
Folding foldFlow(const Flow& flow, bool foldViews);

/// Where the value that `reader` takes from `input` is made, seen through folded nodes.
struct ValueSource {
  int home = -1;
  int crossing = -1;        ///< the forward value that crosses to the backward on the way, or -1
  std::vector<int> passed;  ///< the folded nodes on the way, the reader's input first
};
ValueSource resolveInput(const Flow& flow, const Folding& folding, int reader, int input);

}  // namespace core::layout
