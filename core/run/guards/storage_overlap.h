#pragma once

// Which inputs share elements: the part of a call's identity that sizes and strides do not show.

#include <string>
#include <vector>

#include "core/run/guards/call_facts.h"

namespace core::run {

/// The inputs that share their memory with another one, split by whether elements are shared too.
/// Positions in CallFacts::tensors, ascending. The same tensor passed twice does not overlap itself
/// here: that is a matter of identity.
struct StorageOverlap {
  std::vector<int> overlapping;
  std::vector<int> apart;
  bool operator==(const StorageOverlap&) const = default;
};

/// O(n log n) where few overlap: only views whose ranges of memory meet are compared.
StorageOverlap storageOverlap(const CallFacts& facts);

/// "check_overlapping(overlapping=[x, y], non_overlapping=[z])", PyTorch's guard.
std::string overlapText(const StorageOverlap& overlap, const CallFacts& facts);

}  // namespace core::run
