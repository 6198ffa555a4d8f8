#pragma once

// The modes that a region of a program sets for the calls inside: gradients on or off, autocast.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

namespace core::trace {

/// `with torch.autocast(...)`.
struct AutocastMode {
  c10::DeviceType device = c10::kCPU;
  bool enabled = true;
  std::optional<at::ScalarType> dtype;  ///< empty: the device's default
  bool cacheCasts = true;
};

/// One region; what it does not set stays as it is.
struct RegionMode {
  std::optional<bool> gradEnabled;
  std::optional<AutocastMode> autocast;
};

/// The regions that a run is in. Leaving one, and the end of the object, gives this thread the
/// modes back that it had before.
class ActiveRegions {
 public:
  ActiveRegions() = default;
  ~ActiveRegions();
  ActiveRegions(const ActiveRegions&) = delete;
  ActiveRegions& operator=(const ActiveRegions&) = delete;

  void enter(const RegionMode& mode);
  void leave();

 private:
  std::vector<RegionMode> m_before;  ///< per region, how to restore what it changed
};

}  // namespace core::trace
