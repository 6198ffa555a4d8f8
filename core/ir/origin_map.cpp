#include "core/ir/origin_map.h"

#include <algorithm>

namespace core::ir {

OriginMap OriginMap::identity(std::size_t n) {
  OriginMap map;
  map.origins.resize(n);
  for (std::size_t i = 0; i < n; ++i) map.origins[i] = {NodeId{static_cast<std::uint32_t>(i)}};
  return map;
}

OriginMap OriginMap::after(const OriginMap& first) const {
  OriginMap map;
  map.origins.resize(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i) {
    auto& merged = map.origins[i];
    for (NodeId middle : origins[i])
      merged.insert(merged.end(), first.of(middle).begin(), first.of(middle).end());
    std::sort(merged.begin(), merged.end());
    merged.erase(std::unique(merged.begin(), merged.end()), merged.end());
  }
  return map;
}

}  // namespace core::ir
