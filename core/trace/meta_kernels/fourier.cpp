// Fourier transforms, laid out as MKL's: it transforms the last dimensions of a tensor whose batch
// dimensions come first, in the order of their strides, and hands out a view of that result.

#include <ATen/WrapDimUtils.h>

#include <algorithm>
#include <numeric>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Sizes wrapped(at::IntArrayRef dims, const Tensor& self) {
  Sizes result;
  for (const std::int64_t dim : dims) result.push_back(at::maybe_wrap_dim(dim, self.dim()));
  return result;
}

auto byStrideDescending(const Tensor& self) {
  return [strides = self.strides()](std::int64_t a, std::int64_t b) {
    return strides[static_cast<std::size_t>(a)] > strides[static_cast<std::size_t>(b)];
  };
}

// The order of dimensions in memory: batch dimensions by stride, then the transformed ones as
// given.
Sizes storedOrder(const Tensor& self, const Sizes& transformed) {
  Sizes order(static_cast<std::size_t>(self.dim()));
  std::iota(order.begin(), order.end(), 0);
  const auto batchEnd = std::partition(order.begin(), order.end(), [&](std::int64_t dim) {
    return std::find(transformed.begin(), transformed.end(), dim) == transformed.end();
  });
  std::sort(order.begin(), batchEnd, byStrideDescending(self));
  std::copy(transformed.begin(), transformed.end(), batchEnd);
  return order;
}

Tensor transformed(const Tensor& self, const Sizes& sizes, const Sizes& dims,
                   at::ScalarType dtype) {
  Sizes strides(sizes.size());
  std::int64_t stride = 1;
  const Sizes order = storedOrder(self, dims);
  for (auto dim = order.rbegin(); dim != order.rend(); ++dim) {
    const auto index = static_cast<std::size_t>(*dim);
    strides[index] = stride;
    stride *= sizes[index];
  }
  return at::empty_strided(sizes, strides, self.options().dtype(dtype));
}

Tensor complexToComplex(const Tensor& self, SymIntArrayRef dim, std::int64_t, bool) {
  if (dim.empty()) return at::empty_like(self);
  Sizes dims = wrapped(integers(dim), self);
  std::sort(dims.begin(), dims.end(), byStrideDescending(self));
  return transformed(self, self.sizes().vec(), dims, self.scalar_type());
}

Tensor realToComplex(const Tensor& self, at::IntArrayRef dim, std::int64_t, bool onesided) {
  Sizes dims = wrapped(dim, self);
  TORCH_CHECK(!dims.empty(), "_fft_r2c: needs at least one dimension");
  Sizes sizes = self.sizes().vec();
  auto& last = sizes[static_cast<std::size_t>(dims.back())];
  if (onesided) last = last / 2 + 1;
  std::sort(dims.begin(), dims.end() - 1, byStrideDescending(self));
  return transformed(self, sizes, dims, c10::toComplexType(self.scalar_type()));
}

// All but the last dimension are transformed from complex to complex first.
Tensor complexToReal(const Tensor& self, at::IntArrayRef dim, std::int64_t normalization,
                     SymInt lastSize) {
  const Sizes dims = wrapped(dim, self);
  TORCH_CHECK(!dims.empty(), "_fft_c2r: needs at least one dimension");
  const Tensor input =
      dims.size() == 1
          ? self
          : complexToComplex(
                self, c10::fromIntArrayRefSlow(at::IntArrayRef(dims).slice(0, dims.size() - 1)),
                normalization, false);
  Sizes sizes = input.sizes().vec();
  sizes[static_cast<std::size_t>(dims.back())] = lastSize.expect_int();
  return transformed(input, sizes, {dims.back()}, c10::toRealValueType(self.scalar_type()));
}

}  // namespace

void addFourier(MetaLibrary& library) {
  library.add("_fft_c2c", &complexToComplex);
  library.add("_fft_r2c", &realToComplex);
  library.add("_fft_c2r", &complexToReal);
}

}  // namespace core::trace::meta
