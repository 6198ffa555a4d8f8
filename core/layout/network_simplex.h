#pragma once

// Values of nodes whose differences are bounded below and cost their length.

#include <vector>

namespace core::layout {

/// Demands value[head] - value[tail] >= length; each unit above it costs `weight`.
struct Distance {
  int tail = 0;
  int head = 0;
  int length = 0;
  int weight = 0;
};

/// Values that satisfy all distances at the least cost, from `values`, which satisfy them already.
/// Nodes that no distance joins with the first one keep their value. Looks at no more than about
/// `work` distances: after that it returns the best values so far.
std::vector<int> shortestValues(const std::vector<Distance>& distances, std::vector<int> values,
                                long long work);

}  // namespace core::layout
