#include "core/run/ceilings_torch.h"

#include <ATen/ATen.h>
#include <c10/core/DeviceGuard.h>

#include <functional>
#include <vector>

#include "core/run/device_clock_torch.h"
#include "core/run/statistics.h"
#include "core/torch/guard_torch.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

constexpr std::int64_t kCopyBytes = std::int64_t{1} << 30;
constexpr std::int64_t kExtent = 8192;  ///< of the square matrices
constexpr int kWarmUps = 3;
constexpr int kSamples = 10;

double medianMs(c10::Device device, const std::function<void()>& work) {
  DeviceClock clock(device);
  std::vector<double> samples;
  for (int i = 0; i < kWarmUps + kSamples; ++i) {
    clock.start();
    work();
    const double milliseconds = clock.stopMs();
    if (i >= kWarmUps) samples.push_back(milliseconds);
  }
  return median(samples);
}

}  // namespace

Result<DeviceCeilings> measureCeilings(ir::Device device) {
  return torch::guardTorch("The device's ceilings could not be measured", [&] {
    const c10::Device here = torch::torchDevice(device);
    const c10::DeviceGuard guard(here);
    const at::NoGradGuard noGrad;
    DeviceCeilings ceilings;
    {
      const at::Tensor from =
          at::randint(0, 256, {kCopyBytes}, at::TensorOptions().dtype(at::kByte).device(here));
      at::Tensor to = at::empty_like(from);
      const double ms = medianMs(here, [&] { to.copy_(from); });
      ceilings.copyGBs = 2 * static_cast<double>(kCopyBytes) / ms / 1e6;
    }
    const auto options = at::TensorOptions().dtype(at::kBFloat16).device(here);
    const at::Tensor a = at::randn({kExtent, kExtent}, options);
    const at::Tensor b = at::randn({kExtent, kExtent}, options);
    at::Tensor product = at::empty_like(a);
    const double ms = medianMs(here, [&] { at::mm_out(product, a, b); });
    ceilings.matmulTflops = 2.0 * kExtent * kExtent * kExtent / ms / 1e9;
    return ceilings;
  });
}

}  // namespace core::run
