// Activations and pointwise operators.

#include "tests/core/trace/meta_kernels/operator_sample.h"

namespace metatest {

using at::Tensor;

std::vector<OperatorSample> elementwiseSamples() {
  return {
      {"relu",
       [](Draw& d) {
         return at::relu(d.input({2, 3, 4, 4}));
       }},
      {"relu of a slice",
       [](Draw& d) {
         return at::relu(d.input({2, 3, 4, 4}).slice(2, 0, 4, 2));
       }},
      {"relu of an expanded tensor",
       [](Draw& d) {
         return at::relu(d.input({3, 1}).expand({3, 4}));
       }},
      {"hardtanh",
       [](Draw& d) {
         return at::hardtanh(d.input({2, 3, 4, 4}));
       }},
      {"hardtanh into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::hardtanh_out(out, d.input({3, 4}).detach());
       }},
      {"hardswish",
       [](Draw& d) {
         return at::hardswish(d.input({2, 3, 4, 4}));
       }},
      {"hardswish into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::hardswish_out(out, d.input({3, 4}).detach());
       }},
      {"hardswish with an expanded gradient",
       [](Draw& d) {
         return at::hardswish(d.input({3, 4})).mean(1);
       }},
      {"log_sigmoid",
       [](Draw& d) {
         return at::log_sigmoid(d.input({2, 3, 4, 4}));
       }},
      {"logit",
       [](Draw& d) {
         return at::logit(d.positive({2, 3, 4, 4}));
       }},
      {"logit into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::logit_out(out, d.positive({3, 4}).detach());
       }},
      {"glu",
       [](Draw& d) {
         return at::glu(d.input({4, 6, 2}), 1);
       }},
      {"prelu",
       [](Draw& d) {
         return at::prelu(d.input({2, 3, 4}), d.parameter({3}));
       }},
      {"prelu of images",
       [](Draw& d) {
         return at::prelu(d.input({2, 3, 4, 4}), d.parameter({1}));
       }},
      {"abs",
       [](Draw& d) {
         return at::abs(d.input({2, 3, 4, 4}));
       }},
      {"abs of complex values",
       [](Draw& d) {
         return at::abs(at::complex(d.input({3, 4}), d.input({3, 4})));
       }},
      {"angle",
       [](Draw& d) {
         return at::angle(at::complex(d.input({3, 4}), d.input({3, 4})));
       }},
      {"angle of integers",
       [](Draw& d) {
         return at::angle(d.integers(4, {3, 4}));
       }},
      {"angle into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::angle_out(out, d.input({3, 4}).detach());
       }},
      {"conj",
       [](Draw& d) {
         return at::conj_physical(at::complex(d.input({3, 4}), d.input({3, 4})));
       }},
      {"polar",
       [](Draw& d) {
         return at::polar(d.positive({3, 4}), d.input({3, 4}));
       }},
      {"isnan",
       [](Draw& d) {
         return at::isnan(d.input({2, 3, 4, 4}).detach());
       }},
      {"isnan of integers",
       [](Draw& d) {
         return at::isnan(d.integers(3, {3, 4}));
       }},
      {"nan_to_num",
       [](Draw& d) {
         return at::nan_to_num(d.input({2, 3, 4, 4}));
       }},
      {"frexp",
       [](Draw& d) {
         return std::get<0>(at::frexp(d.input({3, 4})));
       }},
      {"where",
       [](Draw& d) {
         return at::where(d.flags({3, 4}), d.input({3, 4}), d.input({4}));
       }},
      {"where of images",
       [](Draw& d) {
         return at::where(d.flags({2, 3, 4, 4}), d.input({2, 3, 4, 4}), d.input({2, 3, 4, 4}));
       }},
      {"where with a number",
       [](Draw& d) {
         return at::where(d.input({3, 4}) > 0, d.input({3, 4}), at::Scalar(0.));
       }},
      {"where with integers",
       [](Draw& d) {
         return at::where(d.flags({3, 1}), d.input({3, 4}), d.integers(3, {4}));
       }},
      {"where into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::where_out(out, d.flags({3, 4}), d.input({3, 4}).detach(),
                              d.input({4}).detach());
       }},
      {"floor_divide",
       [](Draw& d) {
         return at::floor_divide(d.input({3, 4}).detach(), d.input({4}).detach());
       }},
      {"floor_divide by a number",
       [](Draw& d) {
         return at::floor_divide(d.integers(9, {3, 4}), 2.5);
       }},
      {"floor_divide in place",
       [](Draw& d) {
         Tensor x = d.integers(9, {3, 4});
         return x.floor_divide_(at::Scalar(2));
       }},
      {"rsub",
       [](Draw& d) {
         return at::rsub(d.input({3, 4}), d.input({4}));
       }},
      {"remainder of a number",
       [](Draw& d) {
         return at::remainder(at::Scalar(5), d.positive({3, 4}).detach());
       }},
      {"shift by numbers",
       [](Draw& d) {
         return at::__lshift__(d.integers(9, {3, 4}), 2) + at::__rshift__(d.integers(9, {3, 4}), 1);
       }},
      {"shift by tensors",
       [](Draw& d) {
         return at::__lshift__(d.integers(9, {3, 4}), d.integers(3, {4})) +
                at::__rshift__(d.integers(9, {3, 4}), d.integers(3, {3, 1}));
       }},
      {"logical operators",
       [](Draw& d) {
         const Tensor a = d.input({2, 3, 4, 4}).detach(), b = d.input({4, 4}).detach();
         return at::logical_and(a, b) ^ at::logical_or(a, b) ^ at::logical_xor(a, b) ^
                at::logical_not(a);
       }},
      {"logical operators in place",
       [](Draw& d) {
         Tensor a = d.flags({3, 4});
         return a.logical_and_(d.flags({4})).logical_or_(d.flags({4})).logical_not_();
       }},
      {"fake_quantize",
       [](Draw& d) {
         return at::fake_quantize_per_tensor_affine(d.input({2, 3, 4, 4}), 0.1, 0, 0, 255);
       }},
      {"fake_quantize by channel",
       [](Draw& d) {
         return at::fake_quantize_per_channel_affine(d.input({2, 3, 4, 4}), at::full({3}, 0.1),
                                                     at::zeros({3}, at::kInt), 1, 0, 255);
       }},
      {"fake_quantize by tensors",
       [](Draw& d) {
         return at::fake_quantize_per_tensor_affine(d.input({2, 3, 4, 4}), at::full({1}, 0.1),
                                                    at::zeros({1}, at::kInt), 0, 255);
       }},
      {"learnable fake_quantize",
       [](Draw& d) {
         const Tensor x = d.input({2, 3, 4, 4}), scale = d.positive({1});
         const Tensor zero = at::zeros_like(scale).requires_grad_(true);
         return at::_fake_quantize_learnable_per_tensor_affine(x, scale, zero, 0, 255, 1.0);
       }},
      {"learnable fake_quantize by channel",
       [](Draw& d) {
         const Tensor x = d.input({2, 3, 4, 4}), scale = d.positive({3});
         const Tensor zero = at::zeros_like(scale).requires_grad_(true);
         return at::_fake_quantize_learnable_per_channel_affine(x, scale, zero, 1, 0, 255, 1.0);
       }},
      {"assert",
       [](Draw& d) {
         const Tensor x = at::ones({1}, at::kBool);
         at::_assert_async(x);
         at::_assert_async(x, "never");
         return d.input({1});
       }},
  };
}

}  // namespace metatest
