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

at::Tensor asDouble(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach();
  const at::Tensor real = plain.is_complex() ? at::view_as_real(plain.resolve_conj()) : plain;
  return real.to(at::kDouble).contiguous().view({-1});
}

double rootMeanSquare(const at::Tensor& flat) {
  return flat.numel() == 0 ? 0 : std::sqrt(flat.square().mean().item<double>());
}

double largest(const at::Tensor& flat) {
  return flat.numel() == 0 ? 0 : flat.abs().max().item<double>();
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

/// Measures on finite elements only; the others were seen to be equal.
void measure(const TensorTriple& tensors, TensorCheck& check) {
  const at::Tensor compiled = asDouble(tensors.compiled);
  const at::Tensor eager = asDouble(tensors.eager);
  const at::Tensor finite = eager.isfinite();
  const at::Tensor zero = at::zeros({}, at::kDouble);
  const at::Tensor difference = at::where(finite, (compiled - eager).abs(), zero);
  const at::Tensor magnitude = at::where(finite, eager.abs(), zero);
  const double scale = std::max({largest(magnitude), tensors.noise, kSmallestScale});
  check.maxAbs = largest(difference);
  const double typical = magnitude.numel() == 0 ? 0 : magnitude.mean().item<double>();
  const double floor = std::max({typical, tensors.noise, kSmallestScale});
  check.maxRel = largest(difference / magnitude.clamp_min(floor));
  const double relative = isHalf(tensors.eager) ? kRelativeHalf : kRelative;
  const double absolute = (isHalf(tensors.eager) ? kRelativeHalf : kOfLargest) * scale;
  check.passed =
      difference.numel() == 0 || (difference <= magnitude * relative + absolute).all().item<bool>();
  if (!tensors.reference.defined() || tensors.reference.sizes() != tensors.eager.sizes()) return;
  const at::Tensor reference = asDouble(tensors.reference);
  check.rmseCompiled = rootMeanSquare(at::where(finite, compiled - reference, zero));
  check.rmseEager = rootMeanSquare(at::where(finite, eager - reference, zero));
  const bool wide = isHalf(tensors.eager) || eager.numel() < kFewElements;
  const double allowed = (wide ? kErrorFactorWide : kErrorFactor) * check.rmseEager +
                         kRmseFloor * std::max(scale, rootMeanSquare(magnitude));
  check.passed = check.passed || check.rmseCompiled <= allowed;
}

}  // namespace

double largestMagnitude(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.numel() == 0) return 0;
  const at::Tensor flat = asDouble(tensor);
  return largest(at::where(flat.isfinite(), flat, at::zeros({}, at::kDouble)));
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
    check.passed = at::equal(tensors.compiled.detach(), tensors.eager.detach());
    if (!check.passed) {
      check.maxAbs = largest(asDouble(tensors.compiled) - asDouble(tensors.eager));
      check.reason = "integers differ";
    }
    return check;
  }
  const at::Tensor compiled = asDouble(tensors.compiled);
  const at::Tensor eager = asDouble(tensors.eager);
  const bool sameHoles =
      at::equal(compiled.isnan(), eager.isnan()) &&
      at::equal(at::where(compiled.isinf(), compiled, at::zeros({}, at::kDouble)),
                at::where(eager.isinf(), eager, at::zeros({}, at::kDouble)));
  if (!sameHoles) {
    check.passed = false;
    check.reason = "NaN or infinity stands in other places";
    return check;
  }
  measure(tensors, check);
  if (!check.passed) check.reason = "values differ beyond the tolerance";
  return check;
}

}  // namespace core::run
