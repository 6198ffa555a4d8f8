// Pointwise operators, tensors made from nothing, reductions and products.

#include "tests/core/trace/decompositions/decomposition_samples.h"

namespace decompositiontest {
namespace {

using at::Tensor;
using metatest::Draw;
using metatest::OperatorSample;
using Samples = std::vector<OperatorSample>;

Samples pointwiseSamples() {
  return {
      {"addcmul",
       [](Draw& d) {
         return at::addcmul(d.input({3, 4}), d.input({3, 1}), d.input({4}), 0.5);
       }},
      {"addcdiv",
       [](Draw& d) {
         return at::addcdiv(d.input({3, 4}), d.input({3, 1}), d.positive({4}), 0.5);
       }},
      {"lerp",
       [](Draw& d) {
         return at::lerp(d.input({3, 4}), d.input({4}), 0.3);
       }},
      {"lerp by a tensor",
       [](Draw& d) {
         return at::lerp(d.input({3, 4}), d.input({4}), d.positive({3, 1}));
       }},
      {"rsub of a tensor",
       [](Draw& d) {
         return at::rsub(d.input({3, 4}), d.input({4}), 2);
       }},
      {"rsub of a number",
       [](Draw& d) {
         return at::rsub(d.input({3, 4}), 2.0, 0.5);
       }},
      {"native_dropout_backward",
       [](Draw& d) {
         return at::native_dropout_backward(d.input({3, 4}), d.flags({3, 4}), 1.25);
       }},
      {"clamp_min",
       [](Draw& d) {
         return at::clamp_min(d.input({3, 4}), 0.1);
       }},
      {"clamp_min of a tensor",
       [](Draw& d) {
         return at::clamp_min(d.input({3, 4}), d.input({4}));
       }},
      {"clamp_max",
       [](Draw& d) {
         return at::clamp_max(d.input({3, 4}), 0.1);
       }},
      {"clamp_max of a tensor",
       [](Draw& d) {
         return at::clamp_max(d.input({3, 4}), d.input({4}));
       }},
      {"sgn",
       [](Draw& d) {
         return at::sgn(d.input({3, 4}));
       }},
      {"sgn of complex values",
       [](Draw& d) {
         return at::sgn(at::complex(d.input({3, 4}).detach(), d.input({3, 4}).detach()));
       }},
      {"frac",
       [](Draw& d) {
         return at::frac(d.input({3, 4}) * 3);
       }},
      {"deg2rad",
       [](Draw& d) {
         return at::deg2rad(d.input({3, 4}));
       }},
      {"rad2deg",
       [](Draw& d) {
         return at::rad2deg(d.input({3, 4}));
       }},
      {"rad2deg of integers", [](Draw& d) { return at::rad2deg(d.integers(5, {3})); }},
      {"sinc",
       [](Draw& d) {
         return at::sinc(d.input({3, 4}));
       }},
      {"heaviside",
       [](Draw& d) {
         const Tensor values = d.input({3, 4}).detach();
         return at::heaviside(at::where(values.gt(1), 0, values), d.input({4}).detach());
       }},
      {"logaddexp",
       [](Draw& d) {
         return at::logaddexp(d.input({3, 4}), d.input({4}));
       }},
      {"logaddexp2",
       [](Draw& d) {
         return at::logaddexp2(d.input({3, 4}), d.input({4}));
       }},
      {"logit, held",
       [](Draw& d) {
         return at::logit(d.positive({3, 4}), 0.3);
       }},
      {"isposinf and isneginf",
       [](Draw& d) {
         const Tensor values = d.input({3, 4}).detach() / 0;
         return at::logical_or(at::isposinf(values), at::isneginf(values));
       }},
      {"isposinf and isneginf of integers",
       [](Draw& d) {
         const Tensor values = d.integers(4, {3, 4});
         return at::logical_or(at::isposinf(values), at::isneginf(values));
       }},
      {"xlogy",
       [](Draw& d) {
         return at::xlogy(d.input({3, 4}), d.positive({4}));
       }},
      {"xlog1py",
       [](Draw& d) {
         return at::special_xlog1py(d.input({3, 4}), d.positive({4}));
       }},
      {"entr",
       [](Draw& d) {
         return at::special_entr(d.input({3, 4}));
       }},
      {"log_ndtr",
       [](Draw& d) {
         return at::special_log_ndtr(d.input({3, 4}) * 3);
       }},
      {"mvlgamma",
       [](Draw& d) {
         return at::mvlgamma(d.positive({3, 4}) + 2, 3);
       }},
      {"nan_to_num of infinities",
       [](Draw& d) {
         return at::nan_to_num(d.input({3, 4}).detach() / 0, 1.5);
       }},
      {"floor_divide of integers",
       [](Draw& d) {
         return at::floor_divide(d.integers(9, {3, 4}), d.integers(3, {4}) + 1);
       }},
      {"masked_fill",
       [](Draw& d) {
         return at::masked_fill(d.input({3, 4}), d.flags({3, 4}), 2);
       }},
      {"masked_fill of integers",
       [](Draw& d) {
         return at::masked_fill(d.integers(4, {3, 4}), d.flags({4}), 7);
       }},
      {"masked_fill of a tensor",
       [](Draw& d) {
         return at::masked_fill(d.input({3, 4}), d.flags({3, 1}), d.input({}));
       }},
  };
}

Samples creationSamples() {
  return {
      {"zeros and ones",
       [](Draw&) {
         return at::zeros({2, 3}) + at::ones({3}, at::kBool);
       }},
      {"new tensors",
       [](Draw& d) {
         const Tensor x = d.input({3, 4}).detach();
         return x.new_zeros({2, 1}) + x.new_ones({3}) + x.new_full({1}, 2.5);
       }},
      {"tensors like another",
       [](Draw& d) {
         const Tensor x = d.input({3, 4}).detach();
         return at::zeros_like(x) + at::ones_like(x, at::kInt) + at::zero(x);
       }},
      {"unwritten tensors",
       [](Draw& d) {
         const Tensor x = d.input({2, 3, 4, 2}).detach();
         return at::empty_like(x).sum() + x.new_empty({2}).sum() +
                at::empty_like(x, at::TensorOptions(), at::MemoryFormat::Contiguous).sum();
       }},
      {"fill",
       [](Draw& d) {
         return at::fill(d.input({3, 4}), 2.5);
       }},
      {"fill with a tensor",
       [](Draw& d) {
         return at::fill(d.input({3, 4}), d.input({}));
       }},
      {"arange", [](Draw&) { return at::arange(5) + at::arange(2, 7); }},
      {"eye", [](Draw&) { return at::eye(3) + at::eye(3, 3); }},
      {"linspace", [](Draw&) { return at::linspace(-1, 2.5, 7); }},
      {"linspace of integers", [](Draw&) { return at::linspace(0, 10, 5, at::kLong); }},
      {"linspace of one",
       [](Draw&) { return at::linspace(3, 4, 1) + at::linspace(3, 4, 0).sum(); }},
      {"logspace", [](Draw&) { return at::logspace(0, 2, 5, 2.0); }},
  };
}

Samples reductionSamples() {
  return {
      {"sum",
       [](Draw& d) {
         return at::sum(d.input({3, 4}));
       }},
      {"sum of nothing",
       [](Draw& d) {
         return at::sum(d.input({0, 4}));
       }},
      {"all",
       [](Draw& d) {
         return at::all(d.flags({3, 4}));
       }},
      {"all along one",
       [](Draw& d) {
         return at::all(d.flags({3, 4}), 1, true);
       }},
      {"all along two",
       [](Draw& d) {
         return at::all(d.flags({3, 4, 2}), at::IntArrayRef{0, 2});
       }},
      {"all of bytes",
       [](Draw& d) {
         return at::all(d.flags({3, 4}).to(at::kByte));
       }},
      {"aminmax",
       [](Draw& d) {
         const auto [least, most] = at::aminmax(d.input({3, 4}).detach(), 1, true);
         return least + most;
       }},
      {"aminmax over all",
       [](Draw& d) {
         return std::get<1>(at::aminmax(d.input({3, 4}).detach()));
       }},
      {"count_nonzero along two",
       [](Draw& d) {
         return at::count_nonzero(d.flags({3, 4}), at::IntArrayRef{0, 1});
       }},
      {"norm",
       [](Draw& d) {
         return at::norm(d.input({3, 4}), 3);
       }},
      {"norm to double",
       [](Draw& d) {
         return at::norm(d.input({3, 4}), 2, at::kDouble);
       }},
      {"norm along one",
       [](Draw& d) {
         return at::norm(d.input({3, 4}), 1, {1}, true);
       }},
      {"norm along one to double",
       [](Draw& d) {
         return at::norm(d.input({3, 4}), 2, {1}, false, at::kDouble);
       }},
      {"mv",
       [](Draw& d) {
         return at::mv(d.input({3, 4}), d.input({4}));
       }},
      {"addr",
       [](Draw& d) {
         return at::addr(d.input({3, 4}), d.input({3}), d.input({4}), 2, 3);
       }},
      {"addr, the product alone",
       [](Draw& d) {
         return at::addr(d.input({3, 4}), d.input({3}), d.input({4}), 0);
       }},
      {"baddbmm",
       [](Draw& d) {
         return at::baddbmm(d.input({2, 3, 5}), d.input({2, 3, 4}), d.input({2, 4, 5}), 0.5, 2);
       }},
      {"baddbmm, the product alone",
       [](Draw& d) {
         return at::baddbmm(d.input({2, 3, 5}), d.input({2, 3, 4}), d.input({2, 4, 5}), 0);
       }},
      {"cross",
       [](Draw& d) {
         return at::linalg_cross(d.input({2, 3}), d.input({1, 3}));
       }},
      {"_euclidean_dist",
       [](Draw& d) {
         return at::_euclidean_dist(d.input({3, 4}), d.input({5, 4}));
       }},
      {"affine_grid_generator",
       [](Draw& d) {
         return at::affine_grid_generator(d.input({2, 2, 3}), {2, 1, 4, 5}, false);
       }},
      {"affine_grid_generator of volumes",
       [](Draw& d) {
         return at::affine_grid_generator(d.input({2, 3, 4}), {2, 1, 3, 4, 5}, true);
       }},
  };
}

}  // namespace

std::vector<OperatorSample> pointwiseDecompositionSamples() {
  Samples samples;
  for (auto more : {pointwiseSamples, creationSamples, reductionSamples})
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  return samples;
}

}  // namespace decompositiontest
