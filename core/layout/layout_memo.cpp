#include "core/layout/layout_memo.h"

namespace core::layout {
namespace {

/// How many numbers an entry holds, roughly.
std::size_t numbersIn(const LaneInput& input, const LanePicture& picture) {
  return 2 * input.elements.size() + 7 * input.joins.size() + 5 * picture.graph.vertices.size() +
         4 * picture.graph.segments.size();
}

bool haveEqualParts(const LayoutRequest& a, const LayoutRequest& b) {
  return a.joint == b.joint && a.partition == b.partition &&
         a.options.picture == b.options.picture && a.options.foldViews == b.options.foldViews;
}

}  // namespace

std::shared_ptr<const LanePicture> LayoutMemo::pictureOf(LaneInput input) {
  {
    const std::lock_guard lock(m_mutex);
    const auto known = m_pictures.find(input);
    if (known != m_pictures.end()) return known->second;
  }
  const auto picture = std::make_shared<const LanePicture>(drawLane(input));
  const std::size_t numbers = numbersIn(input, *picture);
  const std::lock_guard lock(m_mutex);
  ++m_drawn;
  if (m_numbers + numbers > m_most) {
    m_pictures.clear();
    m_numbers = 0;
  }
  if (m_pictures.emplace(std::move(input), picture).second) m_numbers += numbers;
  return picture;
}

std::shared_ptr<const SceneParts> LayoutMemo::partsOf(const LayoutRequest& request) const {
  const std::lock_guard lock(m_mutex);
  return m_parts && haveEqualParts(m_request, request) ? m_parts : nullptr;
}

void LayoutMemo::keepParts(const LayoutRequest& request, std::shared_ptr<const SceneParts> parts) {
  const std::lock_guard lock(m_mutex);
  m_request = request;
  m_request.memo.reset();  // it would keep itself
  m_parts = std::move(parts);
}

std::size_t LayoutMemo::drawn() const {
  const std::lock_guard lock(m_mutex);
  return m_drawn;
}

}  // namespace core::layout
