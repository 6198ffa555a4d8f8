// Sorted by their first element, a view can only meet those before it whose range is still open.
// PyTorch asks the same question outside its symbolic engine, because asked there each pair of
// views left guards on sizes behind (15,000 of them for a hundred views).

#include "core/run/guards/storage_overlap.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/trace/input_overlap.h"

namespace core::run {
namespace {

struct Range {
  std::int64_t begin = 0;
  std::int64_t end = 0;  ///< one past the last element
  std::size_t tensor = 0;
};

Range rangeOf(const TensorFacts& facts, std::size_t tensor) {
  Range range{facts.storageOffset, facts.storageOffset + 1, tensor};
  for (std::size_t d = 0; d < facts.meta.sizes.size(); ++d) {
    const std::int64_t size = facts.meta.sizes[d].hint();
    if (size == 0) return {facts.storageOffset, facts.storageOffset, tensor};
    range.end += (size - 1) * facts.meta.strides[d].hint();
  }
  return range;
}

trace::StridedView viewOf(const TensorFacts& facts) {
  return {facts.meta.sizeHints(), facts.meta.strideHints(), facts.storageOffset};
}

/// Marks the members of one storage that share elements.
void markOverlapping(const CallFacts& facts, std::vector<Range> members, std::set<int>& marked) {
  std::sort(members.begin(), members.end(), [](const Range& a, const Range& b) {
    return std::pair(a.begin, a.tensor) < std::pair(b.begin, b.tensor);
  });
  std::vector<Range> open;
  for (const Range& range : members) {
    std::erase_if(open, [&](const Range& other) { return other.end <= range.begin; });
    const TensorFacts& mine = facts.tensors[range.tensor];
    for (const Range& other : open) {
      const TensorFacts& theirs = facts.tensors[other.tensor];
      if (mine.object == theirs.object || !trace::mayOverlap(viewOf(mine), viewOf(theirs)))
        continue;
      marked.insert(static_cast<int>(range.tensor));
      marked.insert(static_cast<int>(other.tensor));
    }
    open.push_back(range);
  }
}

}  // namespace

StorageOverlap storageOverlap(const CallFacts& facts) {
  std::map<int, std::vector<Range>> byStorage;
  std::map<int, std::set<int>> objects;
  for (std::size_t i = 0; i < facts.tensors.size(); ++i) {
    byStorage[facts.tensors[i].storage].push_back(rangeOf(facts.tensors[i], i));
    objects[facts.tensors[i].storage].insert(facts.tensors[i].object);
  }
  std::set<int> marked;
  std::set<int> sharing;
  for (const auto& [storage, members] : byStorage) {
    if (objects[storage].size() < 2) continue;
    for (const Range& member : members) sharing.insert(static_cast<int>(member.tensor));
    markOverlapping(facts, members, marked);
  }
  StorageOverlap result;
  for (const int tensor : sharing)
    (marked.contains(tensor) ? result.overlapping : result.apart).push_back(tensor);
  return result;
}

std::string overlapText(const StorageOverlap& overlap, const CallFacts& facts) {
  const auto names = [&](const std::vector<int>& tensors) {
    std::string text;
    for (const int tensor : tensors)
      text.append(text.empty() ? "" : ", ")
          .append(facts.tensors[static_cast<std::size_t>(tensor)].name);
    return "[" + text + "]";
  };
  return "check_overlapping(overlapping=" + names(overlap.overlapping) +
         ", non_overlapping=" + names(overlap.apart) + ")";
}

}  // namespace core::run
