#include "core/trace/region_modes_torch.h"

#include <ATen/autocast_mode.h>

namespace core::trace {
namespace {

AutocastMode currentAutocast(c10::DeviceType device) {
  return {device, at::autocast::is_autocast_enabled(device),
          at::autocast::get_autocast_dtype(device), at::autocast::is_autocast_cache_enabled()};
}

void setAutocast(const AutocastMode& mode) {
  at::autocast::set_autocast_enabled(mode.device, mode.enabled);
  if (mode.dtype) at::autocast::set_autocast_dtype(mode.device, *mode.dtype);
  at::autocast::set_autocast_cache_enabled(mode.cacheCasts);
}

}  // namespace

void ActiveRegions::enter(const RegionMode& mode) {
  RegionMode& before = m_before.emplace_back();
  if (mode.gradEnabled) {
    before.gradEnabled = at::GradMode::is_enabled();
    at::GradMode::set_enabled(*mode.gradEnabled);
  }
  if (mode.autocast) {
    before.autocast = currentAutocast(mode.autocast->device);
    at::autocast::increment_nesting();
    setAutocast(*mode.autocast);
  }
}

void ActiveRegions::leave() {
  const RegionMode before = m_before.back();
  m_before.pop_back();
  if (before.gradEnabled) at::GradMode::set_enabled(*before.gradEnabled);
  if (before.autocast) {
    // As in Python: casts of weights are kept until the outermost region ends.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    setAutocast(*before.autocast);
  }
}

ActiveRegions::~ActiveRegions() {
  while (!m_before.empty()) leave();
}

}  // namespace core::trace
