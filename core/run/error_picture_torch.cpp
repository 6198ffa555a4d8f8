#include "core/run/error_picture_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace core::run {
namespace {

constexpr int kMostPositions = 8;

at::Tensor asDouble(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().cpu();
  return (plain.is_complex() ? at::view_as_real(plain.resolve_conj()) : plain).to(at::kDouble);
}

std::int64_t countTrue(const at::Tensor& mask) {
  return mask.sum().item<std::int64_t>();
}

/// Where NaN or an infinity stands in one and not in the other.
std::vector<std::vector<std::int64_t>> positionsApart(const at::Tensor& compiled,
                                                      const at::Tensor& eager) {
  const at::Tensor bothFinite = compiled.isfinite().logical_and(eager.isfinite());
  const at::Tensor bothNan = compiled.isnan().logical_and(eager.isnan());
  const at::Tensor alike = bothFinite.logical_or(bothNan).logical_or(compiled.eq(eager));
  const at::Tensor where = alike.logical_not().nonzero().contiguous();
  std::vector<std::vector<std::int64_t>> positions;
  const std::int64_t count = std::min<std::int64_t>(where.size(0), kMostPositions);
  for (std::int64_t i = 0; i < count; ++i) {
    const at::Tensor row = where[i];
    const auto* first = row.const_data_ptr<std::int64_t>();
    positions.emplace_back(first, first + row.numel());
  }
  return positions;
}

}  // namespace

ErrorPicture errorPicture(const at::Tensor& compiledTensor, const at::Tensor& eagerTensor) {
  const at::NoGradGuard noGrad;
  const at::Tensor compiled = asDouble(compiledTensor);
  const at::Tensor eager = asDouble(eagerTensor);
  ErrorPicture picture;
  picture.compiledNans = countTrue(compiled.isnan());
  picture.compiledInfinities = countTrue(compiled.isinf());
  picture.eagerNans = countTrue(eager.isnan());
  picture.eagerInfinities = countTrue(eager.isinf());
  picture.notFinite = positionsApart(compiled, eager);
  const at::Tensor finite = compiled.isfinite().logical_and(eager.isfinite());
  const at::Tensor magnitude = eager.masked_select(finite).abs();
  if (magnitude.numel() == 0) return picture;
  const at::Tensor difference =
      (compiled.masked_select(finite) - eager.masked_select(finite)).abs();
  const at::Tensor floor = magnitude.mean().clamp_min(std::pow(10.0, ErrorPicture::kSmallest));
  const at::Tensor relative = (difference / at::maximum(magnitude, floor)).contiguous();
  const double* values = relative.const_data_ptr<double>();
  for (std::int64_t i = 0; i < relative.numel(); ++i) {
    if (values[i] == 0) {
      ++picture.equal;
      continue;
    }
    const int decade = static_cast<int>(std::floor(std::log10(values[i])));
    const int last = ErrorPicture::kDecades - 1;
    ++picture
          .decades[static_cast<std::size_t>(std::clamp(decade - ErrorPicture::kSmallest, 0, last))];
  }
  return picture;
}

}  // namespace core::run
