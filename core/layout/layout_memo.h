#pragma once

// What layouts of one view share: pictures of lanes that are drawn once, and the graph made ready.

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "core/layout/lane_graph.h"

namespace core::layout {

/// Makes equal blocks cost one, and a layout after a click cost what the click changed. What it
/// returns is a function of the arguments alone. May be used by several threads.
class LayoutMemo {
 public:
  /// `most`: numbers that are kept before all is forgotten.
  explicit LayoutMemo(std::size_t most = kMostNumbers) : m_most(most) {}

  /// What drawLane() draws.
  std::shared_ptr<const LanePicture> pictureOf(LaneInput input);

  /// The graph of the request made ready, if it was the last one asked for; else null.
  std::shared_ptr<const SceneParts> partsOf(const LayoutRequest& request) const;
  void keepParts(const LayoutRequest& request, std::shared_ptr<const SceneParts> parts);

  /// Pictures that were drawn, for tests and figures.
  std::size_t drawn() const;

 private:
  static constexpr std::size_t kMostNumbers = 16'000'000;  // 64 MiB

  std::size_t m_most;
  mutable std::mutex m_mutex;
  std::map<LaneInput, std::shared_ptr<const LanePicture>> m_pictures;
  std::size_t m_numbers = 0;
  std::size_t m_drawn = 0;
  LayoutRequest m_request;
  std::shared_ptr<const SceneParts> m_parts;
};

}  // namespace core::layout
