// Convolutions, norms, pooling, attention, recurrent layers, dropout, distributions.

#include "tests/core/trace/meta_kernels/operator_sample.h"

namespace metatest {
namespace {

using at::Tensor;

std::vector<OperatorSample> convolutionSamples() {
  return {
      {"conv1d",
       [](Draw& d) {
         return at::conv1d(d.input({2, 3, 8}), d.input({4, 3, 3}), d.input({4}), 1, 1);
       }},
      {"conv2d",
       [](Draw& d) {
         return at::conv2d(d.input({2, 3, 8, 8}), d.input({4, 3, 3, 3}), d.input({4}), 2, 1);
       }},
      {"conv2d of one image",
       [](Draw& d) {
         return at::conv2d(d.input({3, 8, 8}), d.input({4, 3, 3, 3}));
       }},
      {"conv2d by point",
       [](Draw& d) {
         return at::conv2d(d.input({1, 3, 5, 6}), d.input({4, 3, 1, 1}));
       }},
      {"conv2d to one pixel",
       [](Draw& d) {
         return at::conv2d(d.input({2, 3, 4, 4}), d.input({4, 3, 4, 4}));
       }},
      {"conv2d of one channel",
       [](Draw& d) {
         return at::conv2d(d.input({2, 1, 4, 4}), d.input({4, 1, 3, 3}));
       }},
      {"conv2d with a contiguous weight",
       [](Draw& d) {
         return at::conv2d(d.input({2, 3, 8, 8}),
                           at::ones_like(d.input({4, 3, 3, 3})).contiguous().requires_grad_(true),
                           {}, 1, 1);
       }},
      {"conv2d depthwise",
       [](Draw& d) {
         return at::conv2d(d.input({2, 4, 8, 8}), d.input({4, 1, 3, 3}), d.input({4}), 1, 1, 1, 4);
       }},
      {"conv2d dilated",
       [](Draw& d) {
         return at::conv2d(d.input({2, 3, 8, 8}), d.input({4, 3, 3, 3}), {}, 1, 2, 2);
       }},
      {"conv2d, uneven",
       [](Draw& d) {
         return at::conv2d(d.input({2, 3, 9, 7}), d.input({4, 3, 3, 2}), {}, at::IntArrayRef{2, 1},
                           at::IntArrayRef{0, 1});
       }},
      {"conv3d",
       [](Draw& d) {
         return at::conv3d(d.input({1, 2, 4, 4, 4}), d.input({3, 2, 3, 3, 3}), d.input({3}), 1, 1);
       }},
      {"conv3d, batch",
       [](Draw& d) {
         return at::conv3d(d.input({2, 4, 6, 4, 4}), d.input({3, 4, 3, 3, 3}), {}, 2, 1);
       }},
      {"conv_transpose1d",
       [](Draw& d) {
         return at::conv_transpose1d(d.input({2, 4, 5}), d.input({4, 3, 2}), {}, 2);
       }},
      {"conv_transpose2d",
       [](Draw& d) {
         return at::conv_transpose2d(d.input({2, 4, 5, 5}), d.input({4, 3, 2, 2}), d.input({3}), 2);
       }},
      {"conv_transpose2d, grouped",
       [](Draw& d) {
         return at::conv_transpose2d(d.input({2, 4, 5, 5}), d.input({4, 3, 3, 3}), {}, 2, 1, 1, 2,
                                     2);
       }},
      {"conv_transpose3d",
       [](Draw& d) {
         return at::conv_transpose3d(d.input({1, 4, 3, 3, 3}), d.input({4, 2, 2, 2, 2}), {}, 2);
       }},
  };
}

std::vector<OperatorSample> normSamples() {
  return {
      {"batch_norm in training",
       [](Draw& d) {
         return at::batch_norm(d.input({2, 3, 4, 4}), d.parameter({3}), d.parameter({3}),
                               d.buffer({3}), d.buffer({3}), true, 0.1, 1e-5, false);
       }},
      {"batch_norm of rows",
       [](Draw& d) {
         return at::batch_norm(d.input({6, 3}), d.parameter({3}), d.parameter({3}), d.buffer({3}),
                               d.buffer({3}), true, 0.1, 1e-5, false);
       }},
      {"batch_norm of volumes",
       [](Draw& d) {
         return at::batch_norm(d.input({2, 3, 2, 3, 4}), d.parameter({3}), d.parameter({3}),
                               d.buffer({3}), d.buffer({3}), true, 0.1, 1e-5, false);
       }},
      {"batch_norm in evaluation",
       [](Draw& d) {
         return at::batch_norm(d.input({2, 3, 4, 4}), d.parameter({3}), d.parameter({3}),
                               d.buffer({3}), d.buffer({3}), false, 0.1, 1e-5, false);
       }},
      {"batch_norm without affine",
       [](Draw& d) {
         return at::batch_norm(d.input({2, 3, 4, 4}), {}, {}, d.buffer({3}), d.buffer({3}), true,
                               0.1, 1e-5, false);
       }},
      {"batch_norm without statistics",
       [](Draw& d) {
         return at::batch_norm(d.input({2, 3, 4, 4}), {}, {}, {}, {}, true, 0.1, 1e-5, false);
       }},
      {"legit batch_norm",
       [](Draw& d) {
         auto mean = d.buffer({3}), variance = d.buffer({3});
         return std::get<0>(at::_native_batch_norm_legit(d.input({2, 3, 4, 4}), d.parameter({3}),
                                                         d.parameter({3}), mean, variance, true,
                                                         0.1, 1e-5));
       }},
      {"legit batch_norm without statistics",
       [](Draw& d) {
         return std::get<0>(at::_native_batch_norm_legit(d.input({2, 3, 4, 4}), d.parameter({3}),
                                                         d.parameter({3}), true, 0.1, 1e-5));
       }},
      {"legit batch_norm without training",
       [](Draw& d) {
         return std::get<0>(at::_native_batch_norm_legit_no_training(
             d.input({2, 3, 4, 4}), d.parameter({3}), d.parameter({3}), d.buffer({3}),
             d.buffer({3}), 0.1, 1e-5));
       }},
      {"functional batch_norm",
       [](Draw& d) {
         return std::get<0>(at::_native_batch_norm_legit_functional(
             d.input({2, 3, 4, 4}), d.parameter({3}), d.parameter({3}), d.buffer({3}),
             d.buffer({3}), true, 0.1, 1e-5));
       }},
      {"instance_norm",
       [](Draw& d) {
         return at::instance_norm(d.input({2, 3, 4, 4}), d.parameter({3}), d.parameter({3}), {}, {},
                                  true, 0.1, 1e-5, false);
       }},
      {"layer_norm",
       [](Draw& d) {
         return at::layer_norm(d.input({2, 3, 4}), {4}, d.parameter({4}), d.parameter({4}));
       }},
      {"layer_norm over two dimensions",
       [](Draw& d) {
         return at::layer_norm(d.input({2, 3, 4}), {3, 4}, d.parameter({3, 4}),
                               d.parameter({3, 4}));
       }},
      {"layer_norm without affine",
       [](Draw& d) {
         return at::layer_norm(d.input({2, 3, 4}), {4});
       }},
      {"layer_norm without bias",
       [](Draw& d) {
         return at::layer_norm(d.input({2, 3, 4}), {4}, d.parameter({4}));
       }},
      {"layer_norm of a transposed input",
       [](Draw& d) {
         return at::layer_norm(d.input({2, 3, 4}).transpose(0, 1), {4}, d.parameter({4}),
                               d.parameter({4}));
       }},
      {"group_norm",
       [](Draw& d) {
         return at::group_norm(d.input({2, 4, 3, 3}), 2, d.parameter({4}), d.parameter({4}));
       }},
      {"group_norm of a signal",
       [](Draw& d) {
         return at::group_norm(d.input({2, 4, 5}), 2, d.parameter({4}), d.parameter({4}));
       }},
      {"group_norm of volumes",
       [](Draw& d) {
         return at::group_norm(d.input({2, 4, 2, 3, 3}), 4);
       }},
      {"weight_norm",
       [](Draw& d) {
         return at::_weight_norm(d.input({3, 4}), d.parameter({3, 1}), 0);
       }},
      {"weight_norm over the last dimension",
       [](Draw& d) {
         return at::_weight_norm(d.input({3, 4}), d.parameter({1, 4}), 1);
       }},
  };
}

std::vector<OperatorSample> poolingSamples() {
  return {
      {"adaptive_avg_pool2d",
       [](Draw& d) {
         return at::adaptive_avg_pool2d(d.input({2, 3, 8, 8}), {3, 3});
       }},
      {"adaptive_avg_pool2d of one image",
       [](Draw& d) {
         return at::adaptive_avg_pool2d(d.input({3, 8, 8}), {2, 3});
       }},
      {"adaptive_avg_pool3d",
       [](Draw& d) {
         return at::adaptive_avg_pool3d(d.input({2, 3, 4, 4, 4}), {2, 2, 2});
       }},
      {"max_pool3d",
       [](Draw& d) {
         return at::max_pool3d(d.input({2, 2, 4, 4, 4}), 2);
       }},
      {"max_pool3d, rounded up",
       [](Draw& d) {
         return at::max_pool3d(d.input({1, 2, 5, 6, 7}), {3, 2, 2}, {2, 2, 3}, {1, 0, 1}, 1, true);
       }},
      {"max_pool3d of one volume",
       [](Draw& d) {
         return at::max_pool3d(d.input({2, 5, 4, 4}), 2, 1, 0, 2);
       }},
      {"max_unpool2d",
       [](Draw& d) {
         auto [pooled, indices] = at::max_pool2d_with_indices(d.input({2, 3, 4, 4}), 2);
         return at::max_unpool2d(pooled, indices, {4, 4});
       }},
      {"max_unpool3d",
       [](Draw& d) {
         auto [pooled, indices] = at::max_pool3d_with_indices(d.input({2, 3, 4, 4, 4}), 2);
         return at::max_unpool3d(pooled, indices, {4, 4, 4}, {2, 2, 2}, {0, 0, 0});
       }},
      {"fractional_max_pool3d",
       [](Draw& d) {
         const Tensor x = d.input({2, 3, 6, 6, 6});
         const Tensor samples = at::rand({2, 3, 3}).to(x.scalar_type());
         return std::get<0>(at::fractional_max_pool3d(x, {2, 2, 2}, {3, 3, 3}, samples));
       }},
      {"im2col",
       [](Draw& d) {
         return at::im2col(d.input({2, 3, 4, 5}), {2, 2}, {1, 1}, {1, 0}, {1, 2});
       }},
      {"im2col of one image",
       [](Draw& d) {
         return at::im2col(d.input({3, 4, 5}), {2, 2}, {1, 1}, {0, 0}, {1, 1});
       }},
      {"col2im",
       [](Draw& d) {
         return at::col2im(d.input({2, 12, 9}), {4, 4}, {2, 2}, {1, 1}, {0, 0}, {1, 1});
       }},
      {"col2im of one image",
       [](Draw& d) {
         return at::col2im(d.input({12, 9}), {4, 4}, {2, 2}, {1, 1}, {0, 0}, {1, 1});
       }},
      {"grid_sampler_2d",
       [](Draw& d) {
         return at::grid_sampler_2d(d.input({2, 3, 4, 4}), d.input({2, 5, 6, 2}), 0, 0, false);
       }},
      {"grid_sampler_2d of a fixed image",
       [](Draw& d) {
         return at::grid_sampler_2d(d.input({2, 3, 4, 4}).detach(), d.input({2, 5, 6, 2}), 0, 0,
                                    false);
       }},
      {"grid_sampler_3d",
       [](Draw& d) {
         return at::grid_sampler_3d(d.input({2, 3, 4, 4, 4}), d.input({2, 5, 6, 2, 3}), 0, 0,
                                    false);
       }},
      {"channel_shuffle",
       [](Draw& d) {
         return at::channel_shuffle(d.input({2, 4, 3, 3}), 2);
       }},
      {"native_channel_shuffle",
       [](Draw& d) {
         return at::native_channel_shuffle(d.input({2, 4, 3, 3}).detach(), 2);
       }},
      {"reflection_pad2d",
       [](Draw& d) {
         return at::reflection_pad2d(d.input({2, 3, 4, 4}), {1, 2, 0, 1});
       }},
      {"reflection_pad2d of one image",
       [](Draw& d) {
         return at::reflection_pad2d(d.input({3, 4, 4}), {1, 1, 1, 1});
       }},
      {"replication_pad2d",
       [](Draw& d) {
         return at::replication_pad2d(d.input({2, 3, 4, 4}), {1, 2, 0, 1});
       }},
      {"replication_pad3d",
       [](Draw& d) {
         return at::replication_pad3d(d.input({2, 3, 4, 4, 4}), {1, 1, 1, 1, 0, 2});
       }},
  };
}

Tensor heads(Draw& d) {
  return d.input({2, 3, 4, 8});
}
Tensor splitHeads(Draw& d) {
  return d.input({2, 4, 3, 8}).transpose(1, 2);
}

std::vector<OperatorSample> attentionAndRandomSamples() {
  return {
      {"causal attention",
       [](Draw& d) {
         return at::scaled_dot_product_attention(heads(d), heads(d), heads(d), {}, 0, true);
       }},
      {"attention over split heads",
       [](Draw& d) {
         return at::scaled_dot_product_attention(splitHeads(d), splitHeads(d), splitHeads(d));
       }},
      {"attention with a mask",
       [](Draw& d) {
         return at::scaled_dot_product_attention(heads(d), heads(d), heads(d),
                                                 at::ones({4, 4}, at::kBool));
       }},
      {"cross attention",
       [](Draw& d) {
         return at::scaled_dot_product_attention(heads(d), d.input({2, 3, 6, 8}),
                                                 d.input({2, 3, 6, 8}));
       }},
      {"masked softmax",
       [](Draw& d) {
         return at::_masked_softmax(d.input({3, 4}), d.flags({3, 4}), 1, 2);
       }},
      {"lstm",
       [](Draw& d) {
         return std::get<0>(
             at::lstm(d.input({3, 2, 4}),
                      {at::zeros_like(d.input({1, 2, 4})).contiguous(),
                       at::zeros_like(d.input({1, 2, 4})).contiguous()},
                      {d.input({16, 4}), d.input({16, 4}), d.input({16}), d.input({16})}, true, 1,
                      0, true, false, false));
       }},
      {"native_dropout",
       [](Draw& d) {
         return std::get<0>(at::native_dropout(d.input({3, 4, 2, 2}), 0.3, true));
       }},
      {"native_dropout in evaluation",
       [](Draw& d) {
         return std::get<0>(at::native_dropout(d.input({3, 4}), 0.3, false));
       }},
      {"poisson",
       [](Draw& d) {
         return at::poisson(d.positive({3, 4}));
       }},
      {"binomial",
       [](Draw& d) {
         return at::binomial(at::full_like(d.positive({3, 4}), 5).detach(),
                             d.positive({3, 4}).detach());
       }},
      {"gamma",
       [](Draw& d) {
         return at::_standard_gamma(d.positive({3, 4}));
       }},
      {"dirichlet",
       [](Draw& d) {
         return at::_sample_dirichlet(d.positive({3, 4}).detach());
       }},
      {"dirichlet_grad",
       [](Draw& d) {
         return at::_dirichlet_grad(d.positive({3, 4}).detach(), d.positive({3, 4}).detach(),
                                    d.positive({3, 4}).detach());
       }},
      {"multinomial",
       [](Draw& d) {
         return at::multinomial(d.positive({3, 4}).detach(), 2);
       }},
      {"randperm", [](Draw&) { return at::randperm(5, at::kLong); }},
      {"rrelu",
       [](Draw& d) {
         return at::rrelu(d.input({3, 4}), 0.1, 0.3, true);
       }},
      {"functional rrelu",
       [](Draw& d) {
         const Tensor x = d.input({3, 4});
         return std::get<0>(at::rrelu_with_noise_functional(x, at::empty_like(x), 0.1, 0.3, true));
       }},
  };
}

}  // namespace

std::vector<OperatorSample> layerSamples() {
  std::vector<OperatorSample> samples = convolutionSamples();
  for (auto more : {normSamples, poolingSamples, attentionAndRandomSamples}) {
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace metatest
