// Fourier transforms.

#include <ATen/WrapDimUtils.h>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor complexToComplex(const Tensor& self, SymIntArrayRef, std::int64_t, bool) {
  return contiguousLike(self);
}

Tensor realToComplex(const Tensor& self, at::IntArrayRef dims, std::int64_t, bool onesided) {
  Sizes sizes = self.sizes().vec();
  if (onesided && !dims.empty()) {
    auto& last = sizes[static_cast<std::size_t>(at::maybe_wrap_dim(dims.back(), self.dim()))];
    last = last / 2 + 1;
  }
  return at::empty(sizes, self.options().dtype(c10::toComplexType(self.scalar_type())));
}

Tensor complexToReal(const Tensor& self, at::IntArrayRef dims, std::int64_t, SymInt lastSize) {
  Sizes sizes = self.sizes().vec();
  if (!dims.empty()) {
    sizes[static_cast<std::size_t>(at::maybe_wrap_dim(dims.back(), self.dim()))] =
        lastSize.expect_int();
  }
  return at::empty(sizes, self.options().dtype(c10::toRealValueType(self.scalar_type())));
}

}  // namespace

void addFourier(MetaLibrary& library) {
  library.add("_fft_c2c", &complexToComplex);
  library.add("_fft_r2c", &realToComplex);
  library.add("_fft_c2r", &complexToReal);
}

}  // namespace core::trace::meta
