#include "core/load/capture/capture_words.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace core::load {
namespace {

// In the order of the enums.
constexpr std::array<std::string_view, 2> kLayouts{"strided", "other"};
constexpr std::array<std::string_view, 4> kFormats{"contiguous_format", "preserve_format",
                                                   "channels_last", "channels_last_3d"};

}  // namespace

std::string_view layoutName(ir::Layout layout) {
  return kLayouts[static_cast<std::size_t>(layout)];
}

std::optional<ir::Layout> layoutFromName(std::string_view name) {
  if (name.empty()) return std::nullopt;
  return name == kLayouts[0] ? ir::Layout::Strided : ir::Layout::Other;
}

std::string_view memoryFormatName(ir::MemoryFormat format) {
  return kFormats[static_cast<std::size_t>(format)];
}

std::optional<ir::MemoryFormat> memoryFormatFromName(std::string_view name) {
  const auto* found = std::find(kFormats.begin(), kFormats.end(), name);
  if (found == kFormats.end()) return std::nullopt;
  return static_cast<ir::MemoryFormat>(found - kFormats.begin());
}

std::optional<ir::Device> deviceFromName(std::string_view name) {
  const auto colon = name.find(':');
  const std::string_view type = name.substr(0, colon);
  ir::Device device;
  if (type == "cuda")
    device.type = ir::DeviceType::Cuda;
  else if (type == "meta")
    device.type = ir::DeviceType::Meta;
  else if (type != "cpu")
    return std::nullopt;
  if (colon == std::string_view::npos) return device;
  const std::string_view index = name.substr(colon + 1);
  const auto parsed = std::from_chars(index.data(), index.data() + index.size(), device.index);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == index.data() + index.size();
  if (!whole || device.index < 0) return std::nullopt;
  return device;
}

}  // namespace core::load
