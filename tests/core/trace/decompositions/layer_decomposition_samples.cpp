// Activations, losses and norms.

#include <limits>

#include "tests/core/trace/decompositions/decomposition_samples.h"

namespace decompositiontest {
namespace {

using at::Tensor;
using metatest::Draw;
using metatest::OperatorSample;
using Samples = std::vector<OperatorSample>;

Samples activationSamples() {
  return {
      {"silu",
       [](Draw& d) {
         return at::silu(d.input({3, 1, 4}));
       }},
      {"silu of nothing",
       [](Draw& d) {
         return at::silu(d.input({0, 4}));
       }},
      {"hardsigmoid",
       [](Draw& d) {
         return at::hardsigmoid(d.input({3, 4}) * 4);
       }},
      {"softplus",
       [](Draw& d) {
         return at::softplus(d.input({3, 4}) * 20);
       }},
      {"softplus, scaled",
       [](Draw& d) {
         return at::softplus(d.input({3, 4}), 2.5, 3);
       }},
      {"mish",
       [](Draw& d) {
         return at::mish(d.input({3, 4}));
       }},
      {"celu",
       [](Draw& d) {
         return at::celu(d.input({3, 4}));
       }},
      {"celu, scaled",
       [](Draw& d) {
         return at::celu(d.input({3, 4}), 0.7);
       }},
      {"elu",
       [](Draw& d) {
         return at::elu(d.input({3, 4}), 0.5, 1.5, 2.0);
       }},
      {"elu from its result",
       [](Draw& d) {
         return at::elu_backward(d.input({3, 4}), 0.5, 1, 1, true, d.input({3, 4}));
       }},
      {"gelu",
       [](Draw& d) {
         return at::gelu(d.input({3, 4}));
       }},
      {"gelu by tanh",
       [](Draw& d) {
         return at::gelu(d.input({3, 4}), "tanh");
       }},
      {"leaky_relu",
       [](Draw& d) {
         return at::leaky_relu(d.input({3, 4}), 0.2);
       }},
      {"sigmoid",
       [](Draw& d) {
         return at::sigmoid(d.input({3, 4}));
       }},
      {"tanh",
       [](Draw& d) {
         return at::tanh(d.input({3, 4}));
       }},
      {"threshold",
       [](Draw& d) {
         return at::threshold(d.input({3, 4}), 0.25, -1);
       }},
      {"softmax",
       [](Draw& d) {
         return at::softmax(d.input({3, 4}), 1);
       }},
      {"log_softmax of one class",
       [](Draw& d) {
         return at::log_softmax(d.input({3, 1}), 1);
       }},
      {"safe softmax",
       [](Draw& d) {
         Tensor scores = d.input({3, 4}).detach().clone();
         scores[1].fill_(-std::numeric_limits<double>::infinity());
         return at::_safe_softmax(scores, 1);
       }},
      {"logsumexp with infinities",
       [](Draw& d) {
         Tensor values = d.input({3, 4}).detach().clone();
         values[0].fill_(-std::numeric_limits<double>::infinity());
         return at::logsumexp(values, at::IntArrayRef{1});
       }},
      {"logsumexp of nothing",
       [](Draw& d) {
         return at::logsumexp(d.input({0, 3}), at::IntArrayRef{0});
       }},
  };
}

Samples lossSamples() {
  return {
      {"cross_entropy with weights and ignored labels",
       [](Draw& d) {
         Tensor labels = d.integers(5, {4});
         labels[1].fill_(-100);
         return at::cross_entropy_loss(d.input({4, 5}), labels, d.positive({5}).detach());
       }},
      {"cross_entropy of one row",
       [](Draw& d) { return at::cross_entropy_loss(d.input({5}), d.integers(5, {})); }},
      {"cross_entropy, unreduced",
       [](Draw& d) {
         return at::cross_entropy_loss(d.input({4, 5}), d.integers(5, {4}), {},
                                       at::Reduction::None);
       }},
      {"cross_entropy, summed",
       [](Draw& d) {
         return at::cross_entropy_loss(d.input({4, 5}), d.integers(5, {4}), {}, at::Reduction::Sum);
       }},
      {"soft_margin_loss",
       [](Draw& d) {
         return at::soft_margin_loss(d.input({4, 5}), d.input({4, 5}).detach());
       }},
      {"soft_margin_loss, summed",
       [](Draw& d) {
         return at::soft_margin_loss(d.input({4, 5}), d.input({4, 5}).detach(), at::Reduction::Sum);
       }},
      {"binary_cross_entropy with weights",
       [](Draw& d) {
         const Tensor target = d.positive({4, 5}).detach();
         return at::binary_cross_entropy(d.positive({4, 5}), target, d.positive({5}).detach());
       }},
      {"binary_cross_entropy_with_logits",
       [](Draw& d) {
         return at::binary_cross_entropy_with_logits(d.input({4, 5}), d.positive({4, 5}).detach());
       }},
      {"binary_cross_entropy_with_logits and weights",
       [](Draw& d) {
         const Tensor target = d.positive({4, 5}).detach();
         return at::binary_cross_entropy_with_logits(
             d.input({4, 5}), target, d.positive({5}).detach(), d.positive({5}).detach());
       }},
      {"smooth_l1_loss, summed",
       [](Draw& d) {
         return at::smooth_l1_loss(d.input({4, 5}), d.input({1, 5}), at::Reduction::Sum, 0.5);
       }},
      {"huber_loss, summed",
       [](Draw& d) {
         return at::huber_loss(d.input({4, 5}), d.input({4, 5}), at::Reduction::Sum, 0.5);
       }},
  };
}

Samples normSamples() {
  return {
      {"batch_norm of one channel",
       [](Draw& d) {
         return at::batch_norm(d.input({3, 1, 4}), d.parameter({1}), d.parameter({1}),
                               d.buffer({1}), d.buffer({1}), true, 0.1, 1e-5, false);
       }},
      {"group_norm without affine",
       [](Draw& d) {
         return at::group_norm(d.input({2, 4, 3}), 2);
       }},
      {"layer_norm of nothing",
       [](Draw& d) {
         return at::layer_norm(d.input({0, 4}), {4}, d.parameter({4}), d.parameter({4}));
       }},
      {"layer_norm over all",
       [](Draw& d) {
         return at::layer_norm(d.input({3, 4}), {3, 4}, d.parameter({3, 4}), d.parameter({3, 4}));
       }},
      {"rms norm",
       [](Draw& d) {
         const Tensor input = d.input({2, 3, 4}).detach();
         return std::get<0>(at::_fused_rms_norm(input, {4}, d.parameter({4}).detach(), 1e-5));
       }},
  };
}

}  // namespace

std::vector<OperatorSample> layerDecompositionSamples() {
  Samples samples;
  for (auto more : {activationSamples, lossSamples, normSamples})
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  return samples;
}

}  // namespace decompositiontest
