// Losses, reductions, order statistics, linear algebra and Fourier transforms.

#include "tests/core/trace/meta_kernels/operator_sample.h"

namespace metatest {
namespace {

using at::Tensor;

constexpr auto kNone = at::Reduction::None;

std::vector<OperatorSample> lossSamples() {
  return {
      {"cross_entropy of images",
       [](Draw& d) {
         return at::cross_entropy_loss(d.input({2, 4, 3, 3}), d.integers(4, {2, 3, 3}));
       }},
      {"cross_entropy of images, unreduced",
       [](Draw& d) {
         return at::cross_entropy_loss(d.input({2, 4, 3, 3}), d.integers(4, {2, 3, 3}), {}, kNone);
       }},
      {"binary_cross_entropy of images",
       [](Draw& d) {
         return at::binary_cross_entropy(d.positive({2, 3, 4, 4}),
                                         d.positive({2, 3, 4, 4}).detach());
       }},
      {"binary_cross_entropy",
       [](Draw& d) {
         return at::binary_cross_entropy(d.positive({3, 4}), d.positive({3, 4}).detach());
       }},
      {"binary_cross_entropy, unreduced",
       [](Draw& d) {
         return at::binary_cross_entropy(d.positive({3, 4}), d.positive({3, 4}).detach(),
                                         d.positive({3, 4}).detach(), kNone);
       }},
      {"huber_loss of images",
       [](Draw& d) {
         return at::huber_loss(d.input({2, 3, 4, 4}), d.input({2, 3, 4, 4}));
       }},
      {"huber_loss",
       [](Draw& d) {
         return at::huber_loss(d.input({3, 4}), d.input({3, 4}));
       }},
      {"huber_loss, unreduced",
       [](Draw& d) {
         return at::huber_loss(d.input({3, 4}), d.input({3, 4}), kNone);
       }},
      {"mse_loss of images",
       [](Draw& d) {
         return at::mse_loss(d.input({2, 3, 4, 4}), d.input({2, 3, 4, 4}));
       }},
      {"mse_loss",
       [](Draw& d) {
         return at::mse_loss(d.input({3, 4}), d.input({3, 4}));
       }},
      {"mse_loss, unreduced",
       [](Draw& d) {
         return at::mse_loss(d.input({3, 4}), d.input({3, 4}), kNone);
       }},
      {"smooth_l1_loss of images",
       [](Draw& d) {
         return at::smooth_l1_loss(d.input({2, 3, 4, 4}), d.input({2, 3, 4, 4}));
       }},
      {"smooth_l1_loss",
       [](Draw& d) {
         return at::smooth_l1_loss(d.input({3, 4}), d.input({3, 4}));
       }},
      {"smooth_l1_loss, unreduced",
       [](Draw& d) {
         return at::smooth_l1_loss(d.input({3, 4}), d.input({3, 4}), kNone);
       }},
      {"multi_margin_loss",
       [](Draw& d) {
         return at::multi_margin_loss(d.input({3, 4}), d.integers(4, {3}));
       }},
      {"multi_margin_loss, unreduced",
       [](Draw& d) {
         return at::multi_margin_loss(d.input({3, 4}), d.integers(4, {3}), 1, 1, {}, kNone);
       }},
      {"multilabel_margin_loss",
       [](Draw& d) {
         return at::multilabel_margin_loss(d.input({3, 4}), d.integers(4, {3, 4}));
       }},
      {"multilabel_margin_loss, unreduced",
       [](Draw& d) {
         return at::multilabel_margin_loss(d.input({3, 4}), d.integers(4, {3, 4}), kNone);
       }},
      {"ctc_loss",
       [](Draw& d) {
         return at::ctc_loss(at::log_softmax(d.input({6, 2, 5}), 2), d.integers(4, {2, 3}) + 1,
                             at::IntArrayRef{6, 6}, at::IntArrayRef{3, 2});
       }},
      {"ctc_loss by tensors",
       [](Draw& d) {
         return std::get<0>(at::_ctc_loss(at::log_softmax(d.input({6, 2, 5}), 2),
                                          d.integers(4, {2, 3}) + 1, at::full({2}, 6, at::kLong),
                                          at::full({2}, 3, at::kLong)));
       }},
  };
}

std::vector<OperatorSample> reductionSamples() {
  return {
      {"var",
       [](Draw& d) {
         return d.input({3, 4, 2}).var(1);
       }},
      {"var over all",
       [](Draw& d) {
         return d.input({3, 4}).var();
       }},
      {"var over two, kept",
       [](Draw& d) {
         return at::var(d.input({3, 4, 2}), at::IntArrayRef{0, -1}, std::optional<at::Scalar>(0),
                        true);
       }},
      {"std",
       [](Draw& d) {
         return d.input({3, 4, 2}).std(1);
       }},
      {"var_mean",
       [](Draw& d) {
         auto [a, b] = at::var_mean(d.input({3, 4}), {1}, std::optional<at::Scalar>(0));
         return a + b;
       }},
      {"std_mean",
       [](Draw& d) {
         auto [a, b] = at::std_mean(d.input({3, 4}), {1}, std::optional<at::Scalar>(1), true);
         return a + b;
       }},
      {"var into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::var_out(out, d.input({3, 4}).detach(), {0}, std::optional<at::Scalar>(1));
       }},
      {"std into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::std_out(out, d.input({3, 4}).detach(), {0}, std::optional<at::Scalar>(1));
       }},
      {"max over all",
       [](Draw& d) {
         return d.input({3, 4}).max();
       }},
      {"min over all",
       [](Draw& d) {
         return d.input({3, 4}).min();
       }},
      {"max into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::max_out(out, d.input({3, 4}).detach());
       }},
      {"min into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::min_out(out, d.input({3, 4}).detach());
       }},
      {"max of integers",
       [](Draw& d) {
         return at::max(d.integers(9, {3, 4}));
       }},
      {"prod",
       [](Draw& d) {
         return d.positive({3, 4}).prod();
       }},
      {"prod of integers",
       [](Draw& d) {
         return d.integers(3, {3, 4}).to(at::kInt).prod();
       }},
      {"trace",
       [](Draw& d) {
         return at::trace(d.input({3, 3}));
       }},
      {"trace of integers",
       [](Draw& d) {
         return at::trace(d.integers(3, {3, 3}).to(at::kInt));
       }},
      {"nansum",
       [](Draw& d) {
         return at::nansum(d.input({3, 4}), {1});
       }},
      {"nansum over all",
       [](Draw& d) {
         return at::nansum(d.input({3, 4}));
       }},
      {"count_nonzero",
       [](Draw& d) {
         return at::count_nonzero(d.input({3, 4}).detach());
       }},
      {"count_nonzero of columns",
       [](Draw& d) {
         return at::count_nonzero(d.input({3, 4}).detach(), at::IntArrayRef{0});
       }},
      {"logsumexp",
       [](Draw& d) {
         return at::logsumexp(d.input({3, 4}), {1});
       }},
      {"logsumexp, kept",
       [](Draw& d) {
         return at::logsumexp(d.input({3, 4}), at::IntArrayRef{0, 1}, true);
       }},
      {"logsumexp of integers",
       [](Draw& d) {
         return at::logsumexp(d.integers(3, {3, 4}), {1});
       }},
      {"median over all", [](Draw& d) { return d.input({5}).median(); }},
      {"nanmedian over all", [](Draw& d) { return d.input({5}).nanmedian(); }},
      {"median",
       [](Draw& d) {
         return std::get<0>(d.input({3, 5, 2}).median(1));
       }},
      {"median, kept",
       [](Draw& d) {
         return std::get<0>(d.input({3, 5, 2}).median(-1, true));
       }},
      {"nanmedian",
       [](Draw& d) {
         return std::get<0>(d.input({3, 5}).nanmedian(1));
       }},
      {"kthvalue",
       [](Draw& d) {
         return std::get<0>(d.input({3, 5, 2}).kthvalue(2, 1));
       }},
      {"mode",
       [](Draw& d) {
         return std::get<0>(at::mode(d.input({3, 5, 2}), 1));
       }},
      {"histc",
       [](Draw& d) {
         return at::histc(d.input({3, 5}).detach(), 7);
       }},
      {"histogram",
       [](Draw& d) {
         return std::get<0>(at::histogram(d.input({3, 5}).detach(), 4));
       }},
      {"segment_reduce",
       [](Draw& d) {
         return at::segment_reduce(d.input({6, 2}), "mean", at::tensor({2, 4}, at::kLong), {}, {},
                                   0, false, 1.0);
       }},
      {"segment_reduce by offsets",
       [](Draw& d) {
         return at::segment_reduce(d.input({6, 2}), "sum", {}, {},
                                   at::tensor({0, 1, 3, 6}, at::kLong));
       }},
      {"logcumsumexp",
       [](Draw& d) {
         return at::logcumsumexp(d.input({3, 4}), 1);
       }},
      {"cummax",
       [](Draw& d) {
         return std::get<0>(at::cummax(d.input({3, 4}), 1));
       }},
      {"cummin",
       [](Draw& d) {
         return std::get<0>(at::cummin(d.input({3, 4}), 0));
       }},
  };
}

Tensor spd(Draw& d) {
  const Tensor x = d.input({2, 3, 3});
  return x.matmul(x.mT()) + 4 * at::eye(3, x.options().requires_grad(false));
}

std::vector<OperatorSample> linearAlgebraSamples() {
  return {
      {"dot", [](Draw& d) { return at::dot(d.input({4}), d.input({4})); }},
      {"vdot",
       [](Draw& d) {
         return at::vdot(at::complex(d.input({4}), d.input({4})),
                         at::complex(d.input({4}), d.input({4})));
       }},
      {"addbmm",
       [](Draw& d) {
         return at::addbmm(d.input({3, 5}), d.input({2, 3, 4}), d.input({2, 4, 5}));
       }},
      {"solve_triangular",
       [](Draw& d) {
         return at::linalg_solve_triangular(spd(d), d.input({2, 3, 2}), true);
       }},
      {"solve_triangular from the right",
       [](Draw& d) {
         return at::linalg_solve_triangular(spd(d), d.input({2, 2, 3}), true, false);
       }},
      {"cholesky", [](Draw& d) { return at::cholesky(spd(d)); }},
      {"cholesky_inverse",
       [](Draw& d) { return at::cholesky_inverse(at::linalg_cholesky(spd(d))); }},
      {"cholesky_solve",
       [](Draw& d) {
         return at::cholesky_solve(d.input({2, 3, 4}), at::linalg_cholesky(spd(d)));
       }},
      {"householder_product",
       [](Draw& d) {
         return at::linalg_householder_product(d.input({2, 4, 3}), d.input({2, 3}));
       }},
      {"eig", [](Draw& d) { return std::get<0>(at::linalg_eig(spd(d).detach())); }},
      {"geqrf",
       [](Draw& d) {
         return std::get<0>(at::geqrf(d.input({2, 4, 3}).detach()));
       }},
      {"ormqr",
       [](Draw& d) {
         return at::ormqr(d.input({4, 3}).detach(), d.input({3}).detach(),
                          d.input({4, 2}).detach());
       }},
      {"integer product",
       [](Draw&) {
         return at::_int_mm(at::ones({32, 16}, at::kChar), at::ones({16, 24}, at::kChar));
       }},
      {"matrix_exp",
       [](Draw& d) {
         return at::linalg_matrix_exp(d.input({2, 3, 3}));
       }},
      {"cdist",
       [](Draw& d) {
         return at::cdist(d.input({3, 4}), d.input({5, 4}));
       }},
      {"cdist of batches",
       [](Draw& d) {
         return at::cdist(d.input({2, 3, 4}), d.input({2, 5, 4}), 1.0);
       }},
      {"cdist of unequal batches",
       [](Draw& d) {
         return at::cdist(d.input({1, 3, 4}), d.input({2, 5, 4}), 3.0);
       }},
      {"pdist",
       [](Draw& d) {
         return at::pdist(d.input({4, 3}));
       }},
      {"fft of a signal",
       [](Draw& d) {
         return at::fft_rfft(d.input({3, 8}));
       }},
      {"fft of an image",
       [](Draw& d) {
         return at::fft_rfft2(d.input({2, 4, 6}));
       }},
      {"fft, real to complex, first dimension",
       [](Draw& d) {
         return at::fft_rfft(d.input({8, 3}), std::nullopt, 0);
       }},
      {"fft of complex values",
       [](Draw& d) {
         return at::fft_fft(at::complex(d.input({3, 8}), d.input({3, 8})));
       }},
      {"fft of complex images",
       [](Draw& d) {
         return at::fft_fft2(at::complex(d.input({2, 4, 6}), d.input({2, 4, 6})));
       }},
      {"fft, first dimension",
       [](Draw& d) {
         return at::fft_fft(at::complex(d.input({8, 3}), d.input({8, 3})), std::nullopt, 0);
       }},
      {"ifft",
       [](Draw& d) {
         return at::fft_ifft(at::complex(d.input({3, 8}), d.input({3, 8})));
       }},
      {"fft to a signal",
       [](Draw& d) {
         return at::fft_irfft(at::complex(d.input({3, 5}), d.input({3, 5})));
       }},
      {"fft to an image",
       [](Draw& d) {
         return at::fft_irfft2(at::complex(d.input({2, 4, 4}), d.input({2, 4, 4})));
       }},
      {"fft, complex to real, first dimension",
       [](Draw& d) {
         return at::fft_irfft(at::complex(d.input({5, 3}), d.input({5, 3})), std::nullopt, 0);
       }},
      {"two-sided fft of a signal",
       [](Draw& d) {
         return at::fft_fft(d.input({3, 8}));
       }},
  };
}

}  // namespace

std::vector<OperatorSample> lossAndReductionSamples() {
  std::vector<OperatorSample> samples = lossSamples();
  for (auto more : {reductionSamples, linearAlgebraSamples}) {
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace metatest
