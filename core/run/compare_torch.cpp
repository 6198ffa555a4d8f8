#include "core/run/compare_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace core::run {
namespace {

constexpr double kRelative = 1e-4;
constexpr double kOfLargest = 1e-5;
constexpr double kErrorFactor = 2;
constexpr double kErrorFactorWide = 3;
constexpr std::int64_t kFewElements = 1'000;
constexpr double kRmseFloor = 1e-5;
constexpr double kRelativeHalf = 2e-2;
/// Tensors below it are judged as if they were that large: zeros may come out as 1e-21.
constexpr double kSmallestScale = 1e-7;

bool isHalf(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
}

/// Elements that are compared at a time: the temporaries of a comparison in float64 take ten times
/// the memory of what is compared.
constexpr std::int64_t kPiece = 1 << 20;

/// The real numbers of a tensor in a row, in their dtype; shares its memory where it is contiguous.
at::Tensor flat(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach();
  const at::Tensor real = plain.is_complex() ? at::view_as_real(plain.resolve_conj()) : plain;
  return real.contiguous().view({-1});
}

at::Tensor pieceOf(const at::Tensor& flat, std::int64_t begin) {
  return flat.slice(0, begin, std::min(begin + kPiece, flat.numel())).to(at::kDouble);
}

double largest(const at::Tensor& piece) {
  return piece.abs().max().item<double>();
}

at::Tensor onlyWhere(const at::Tensor& mask, const at::Tensor& values) {
  return at::where(mask, values, at::zeros({}, at::kDouble));
}

double squares(const at::Tensor& piece) {
  return piece.square().sum().item<double>();
}

bool sameStrides(const at::Tensor& a, const at::Tensor& b) {
  for (std::int64_t i = 0; i < a.dim(); ++i) {
    if (a.size(i) > 1 && a.stride(i) != b.stride(i)) return false;
  }
  return true;
}

std::string shapeText(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.scalar_type() << " " << tensor.sizes() << " strides " << tensor.strides();
  return text.str();
}

/// Why the two cannot be compared; empty if they can.
std::string structuralDifference(const TensorTriple& tensors) {
  if (tensors.compiled.defined() != tensors.eager.defined()) {
    return tensors.eager.defined() ? "the compiled step gives no tensor"
                                   : "eager gives no tensor here";
  }
  if (!tensors.eager.defined()) return {};
  const bool same = tensors.compiled.sizes() == tensors.eager.sizes() &&
                    tensors.compiled.scalar_type() == tensors.eager.scalar_type();
  if (same && (tensors.eager.numel() == 0 || sameStrides(tensors.compiled, tensors.eager))) {
    return {};
  }
  return "compiled is " + shapeText(tensors.compiled) + ", eager is " + shapeText(tensors.eager);
}

bool sameHoles(const at::Tensor& compiled, const at::Tensor& eager) {
  for (std::int64_t begin = 0; begin < eager.numel(); begin += kPiece) {
    const at::Tensor mine = pieceOf(compiled, begin), theirs = pieceOf(eager, begin);
    if (!at::equal(mine.isnan(), theirs.isnan()) ||
        !at::equal(onlyWhere(mine.isinf(), mine), onlyWhere(theirs.isinf(), theirs)))
      return false;
  }
  return true;
}

/// Of the finite elements of a tensor that has some.
struct Extent {
  double largest = 0;
  double mean = 0;
  double rms = 0;
};

Extent extentOf(const at::Tensor& eager) {
  Extent extent;
  for (std::int64_t begin = 0; begin < eager.numel(); begin += kPiece) {
    const at::Tensor piece = pieceOf(eager, begin);
    const at::Tensor magnitude = onlyWhere(piece.isfinite(), piece).abs();
    extent.largest = std::max(extent.largest, largest(magnitude));
    extent.mean += magnitude.sum().item<double>();
    extent.rms += squares(magnitude);
  }
  const auto count = static_cast<double>(eager.numel());
  extent.mean /= count;
  extent.rms = std::sqrt(extent.rms / count);
  return extent;
}

/// Fills the differences from eager; whether every element is close to eager's.
bool measureDifferences(const at::Tensor& compiled, const at::Tensor& eager, const Extent& extent,
                        double noise, TensorCheck& check) {
  const bool half = isHalf(eager);
  const double scale = std::max({extent.largest, noise, kSmallestScale});
  const double floor = std::max({extent.mean, noise, kSmallestScale});
  const double relative = half ? kRelativeHalf : kRelative;
  const double absolute = (half ? kRelativeHalf : kOfLargest) * scale;
  bool close = true;
  for (std::int64_t begin = 0; begin < eager.numel(); begin += kPiece) {
    const at::Tensor theirs = pieceOf(eager, begin);
    const at::Tensor finite = theirs.isfinite();
    const at::Tensor difference = onlyWhere(finite, (pieceOf(compiled, begin) - theirs).abs());
    const at::Tensor magnitude = onlyWhere(finite, theirs.abs());
    check.maxAbs = std::max(check.maxAbs, largest(difference));
    check.maxRel = std::max(check.maxRel, largest(difference / magnitude.clamp_min(floor)));
    close = close && (difference <= magnitude * relative + absolute).all().item<bool>();
  }
  return close;
}

/// The root mean square of the finite elements' errors.
double errorAgainst(const at::Tensor& reference, const at::Tensor& values,
                    const at::Tensor& eager) {
  double sum = 0;
  for (std::int64_t begin = 0; begin < eager.numel(); begin += kPiece) {
    const at::Tensor error = pieceOf(values, begin) - pieceOf(reference, begin);
    sum += squares(onlyWhere(pieceOf(eager, begin).isfinite(), error));
  }
  return std::sqrt(sum / static_cast<double>(eager.numel()));
}

/// Measures on finite elements only; the others were seen to be equal.
void measure(const TensorTriple& tensors, const at::Tensor& compiled, const at::Tensor& eager,
             TensorCheck& check) {
  if (eager.numel() == 0) return;
  const Extent extent = extentOf(eager);
  check.passed = measureDifferences(compiled, eager, extent, tensors.noise, check);
  if (!check.passed && tensors.roundoff > 0)
    check.passed = errorAgainst(eager, compiled, eager) <=
                   tensors.roundoff * std::max(extent.rms, tensors.noise);
  if (!tensors.reference.defined() || tensors.reference.sizes() != tensors.eager.sizes()) return;
  const at::Tensor reference = flat(tensors.reference);
  check.rmseCompiled = errorAgainst(reference, compiled, eager);
  check.rmseEager = errorAgainst(reference, eager, eager);
  const double scale = std::max({extent.largest, tensors.noise, kSmallestScale});
  const bool wide = isHalf(eager) || eager.numel() < kFewElements;
  const double allowed = (wide ? kErrorFactorWide : kErrorFactor) * check.rmseEager +
                         kRmseFloor * std::max(scale, extent.rms);
  check.passed = check.passed || check.rmseCompiled <= allowed;
}

/// Fills the differences between integers, which must be none.
void measureIntegers(const TensorTriple& tensors, TensorCheck& check) {
  check.passed = at::equal(tensors.compiled.detach(), tensors.eager.detach());
  if (check.passed) return;
  check.reason = "integers differ";
  const at::Tensor compiled = flat(tensors.compiled), eager = flat(tensors.eager);
  for (std::int64_t begin = 0; begin < eager.numel(); begin += kPiece)
    check.maxAbs =
        std::max(check.maxAbs, largest(pieceOf(compiled, begin) - pieceOf(eager, begin)));
}

}  // namespace

double largestMagnitude(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.numel() == 0) return 0;
  return extentOf(flat(tensor)).largest;
}

TensorCheck compareTensors(const TensorTriple& tensors) {
  const at::NoGradGuard noGrad;
  TensorCheck check;
  check.tensor = tensors.name;
  check.reason = structuralDifference(tensors);
  if (!check.reason.empty()) return check;
  check.passed = true;
  if (!tensors.eager.defined()) return check;
  if (!tensors.eager.is_floating_point() && !tensors.eager.is_complex()) {
    measureIntegers(tensors, check);
    return check;
  }
  const at::Tensor compiled = flat(tensors.compiled), eager = flat(tensors.eager);
  if (!sameHoles(compiled, eager)) {
    check.passed = false;
    check.reason = "NaN or infinity stands in other places";
    return check;
  }
  measure(tensors, compiled, eager, check);
  if (!check.passed) check.reason = "values differ beyond the tolerance";
  return check;
}

}  // namespace core::run
