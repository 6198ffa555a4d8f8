// Tensors made from nothing, as full, full_like, empty_permuted and arange.start_step. Everything
// is made on the device of the graph.

#include <algorithm>
#include <limits>

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

using Dtype = std::optional<ScalarType>;
using Layout = std::optional<at::Layout>;
using Device = std::optional<at::Device>;
using Pinned = std::optional<bool>;
using Format = std::optional<at::MemoryFormat>;

ScalarType orDefault(Dtype dtype) {
  return dtype.value_or(at::typeMetaToScalarType(at::get_default_dtype()));
}

at::TensorOptions options(Dtype dtype, Layout layout, Device device, Pinned pinned) {
  return at::TensorOptions().dtype(dtype).layout(layout).device(device).pinned_memory(
      pinned.value_or(false));
}

Tensor zeros(const Sizes& sizes, Dtype dtype, Layout layout, Device device, Pinned pinned) {
  const ScalarType type = orDefault(dtype);
  return at::full(sizes, zeroOf(type),
                  options(type, layout.value_or(at::kStrided), device, pinned));
}

Tensor ones(const Sizes& sizes, Dtype dtype, Layout layout, Device device, Pinned pinned) {
  const ScalarType type = orDefault(dtype);
  return at::full(sizes, oneOf(type), options(type, layout.value_or(at::kStrided), device, pinned));
}

Tensor newFull(const Tensor& self, const Sizes& sizes, const Scalar& value, Dtype dtype,
               Layout layout, Device, Pinned pinned) {
  return at::full(sizes, value,
                  options(dtype.value_or(self.scalar_type()), layout.value_or(self.layout()),
                          self.device(), pinned));
}

Tensor newZeros(const Tensor& self, const Sizes& sizes, Dtype dtype, Layout layout, Device device,
                Pinned pinned) {
  return newFull(self, sizes, zeroOf(dtype.value_or(self.scalar_type())), dtype, layout, device,
                 pinned);
}

Tensor newOnes(const Tensor& self, const Sizes& sizes, Dtype dtype, Layout layout, Device device,
               Pinned pinned) {
  return newFull(self, sizes, oneOf(dtype.value_or(self.scalar_type())), dtype, layout, device,
                 pinned);
}

Tensor newEmpty(const Tensor& self, const Sizes& sizes, Dtype dtype, Layout layout, Device,
                Pinned pinned) {
  return at::empty(sizes, options(dtype.value_or(self.scalar_type()),
                                  layout.value_or(self.layout()), self.device(), pinned));
}

Tensor fullLike(const Tensor& self, const Scalar& value, Dtype dtype, Layout layout, Device device,
                Pinned pinned, Format format) {
  return at::full_like(self, value, options(dtype, layout, device, pinned),
                       format.value_or(at::MemoryFormat::Preserve));
}

Tensor zerosLike(const Tensor& self, Dtype dtype, Layout layout, Device device, Pinned pinned,
                 Format format) {
  return fullLike(self, zeroOf(dtype.value_or(self.scalar_type())), dtype, layout, device, pinned,
                  format);
}

Tensor onesLike(const Tensor& self, Dtype dtype, Layout layout, Device device, Pinned pinned,
                Format format) {
  return fullLike(self, oneOf(dtype.value_or(self.scalar_type())), dtype, layout, device, pinned,
                  format);
}

Tensor zero(const Tensor& self) {
  return at::zeros_like(self);
}

/// Dimensions from the outermost to the innermost.
Sizes physicalOrder(const Tensor& self) {
  Sizes order = dimensionRange(0, self.dim());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t a, std::int64_t b) { return self.stride(a) > self.stride(b); });
  return order;
}

Tensor emptyLike(const Tensor& self, Dtype dtype, Layout layout, Device, Pinned pinned,
                 Format format) {
  const auto made = options(dtype.value_or(self.scalar_type()), layout.value_or(self.layout()),
                            self.device(), pinned);
  if (format && *format != at::MemoryFormat::Preserve) return at::empty(self.sizes(), made, format);
  return at::empty_permuted(self.sizes(), physicalOrder(self), made);
}

Tensor fillScalar(const Tensor& self, const Scalar& value) {
  return at::full_like(self, value, at::TensorOptions().pinned_memory(false));
}

Tensor fillTensor(const Tensor& self, const Tensor& value) {
  TORCH_CHECK(value.dim() == 0, "fill: the value must have no dimensions");
  return at::copy(self, value);
}

Tensor arangeFrom(const Scalar& start, const Scalar& end, Dtype dtype, Layout layout, Device device,
                  Pinned pinned) {
  return at::arange(start, end, Scalar(std::int64_t{1}),
                    options(dtype, layout.value_or(at::kStrided), device, pinned));
}

Tensor arange(const Scalar& end, Dtype dtype, Layout layout, Device device, Pinned pinned) {
  return arangeFrom(std::int64_t{0}, end, dtype, layout, device, pinned);
}

/// The smallest integer type whose numbers reach `largest`.
ScalarType indexType(std::int64_t largest) {
  if (largest <= std::numeric_limits<std::uint8_t>::max()) return ScalarType::Byte;
  if (largest <= std::numeric_limits<std::int16_t>::max()) return ScalarType::Short;
  if (largest <= std::numeric_limits<std::int32_t>::max()) return ScalarType::Int;
  return ScalarType::Long;
}

Tensor eyeOf(std::int64_t rows, std::int64_t columns, Dtype dtype, Layout, Device, Pinned) {
  const ScalarType counting = indexType(std::max(rows, columns));
  const Tensor row = range(std::int64_t{0}, rows, counting);
  const Tensor column = range(std::int64_t{0}, columns, counting);
  return at::eq(row.unsqueeze(-1), column).to(orDefault(dtype));
}

Tensor eye(std::int64_t size, Dtype dtype, Layout layout, Device device, Pinned pinned) {
  return eyeOf(size, size, dtype, layout, device, pinned);
}

Scalar minus(const Scalar& a, const Scalar& b) {
  if (a.isIntegral(true) && b.isIntegral(true)) return a.toLong() - b.toLong();
  return a.toDouble() - b.toDouble();
}

/// Counts from both ends, so that the first and the last number are exact.
Tensor linspace(const Scalar& start, const Scalar& end, std::int64_t steps, Dtype dtype,
                Layout layout, Device device, Pinned pinned) {
  const ScalarType type = orDefault(dtype);
  const auto made = options({}, layout.value_or(at::kStrided), device, pinned);
  if (steps == 0) return at::full({0}, Scalar(std::int64_t{0}), made.dtype(type));
  if (steps == 1) return at::full({1}, start, made.dtype(type));
  const ScalarType computing =
      computingType(at::isIntegralType(type, true) ? ScalarType::Long : type);
  const Tensor count = at::arange(Scalar(std::int64_t{0}), Scalar(steps), made);
  const Tensor step = number(minus(end, start).toDouble() / static_cast<double>(steps - 1));
  const Tensor isFirstHalf = at::lt(count, Scalar(static_cast<double>(steps) / 2));
  const Tensor up = count.to(computing) * step;
  const Tensor fromStart = up + number(start);
  const Tensor remaining = number(steps - 1) - count;
  const Tensor down = remaining.to(computing) * step;
  const Tensor fromEnd = number(end) - down;
  return at::where(isFirstHalf, fromStart, fromEnd).to(type);
}

Tensor logspace(const Scalar& start, const Scalar& end, std::int64_t steps, double base,
                Dtype dtype, Layout layout, Device device, Pinned pinned) {
  const ScalarType type = orDefault(dtype);
  const bool integers = at::isIntegralType(type, false);
  const auto bound = [&](const Scalar& value) {
    return integers ? Scalar(value.to<std::int64_t>()) : value;
  };
  const Tensor exponents =
      at::linspace(bound(start), bound(end), steps,
                   options(ScalarType::Double, layout.value_or(at::kStrided), device, pinned));
  return at::pow(Scalar(base), exponents).to(type);
}

}  // namespace

void enterCreation(Table& table) {
  enter<zeros>(table, {"zeros"});
  enter<ones>(table, {"ones"});
  enter<newFull>(table, {"new_full"});
  enter<newZeros>(table, {"new_zeros"});
  enter<newOnes>(table, {"new_ones"});
  enter<newEmpty>(table, {"new_empty"});
  enter<zerosLike>(table, {"zeros_like"});
  enter<onesLike>(table, {"ones_like"});
  enter<zero>(table, {"zero"});
  enter<emptyLike>(table, {"empty_like"});
  enter<fillScalar>(table, {"fill.Scalar"});
  enter<fillTensor>(table, {"fill.Tensor"});
  enter<arange>(table, {"arange"});
  enter<arangeFrom>(table, {"arange.start"});
  enter<eye>(table, {"eye"});
  enter<eyeOf>(table, {"eye.m"});
  enter<linspace>(table, {"linspace"});
  enter<logspace>(table, {"logspace"});
}

}  // namespace core::trace::decompositions
