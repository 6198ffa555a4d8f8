// Embeddings, gathers, searches, shifts and index factories.

#include "tests/core/trace/meta_kernels/operator_sample.h"

namespace metatest {
namespace {

using at::Tensor;

Tensor bag(Draw& d, int64_t mode, bool weighted) {
  const Tensor offsets = at::arange(0, 6, 2, at::kLong);
  const Tensor weights = weighted ? d.input({6}) : Tensor();
  return std::get<0>(at::embedding_bag(d.input({10, 4}), d.integers(10, {6}), offsets, false, mode,
                                       false, weights, false, std::nullopt));
}

}  // namespace

std::vector<OperatorSample> indexingSamples() {
  return {
      {"embedding",
       [](Draw& d) {
         return at::embedding(d.input({10, 4}), d.integers(10, {2, 3}));
       }},
      {"embedding_bag, sums", [](Draw& d) { return bag(d, 0, false); }},
      {"embedding_bag, weighted sums", [](Draw& d) { return bag(d, 0, true); }},
      {"embedding_bag, means", [](Draw& d) { return bag(d, 1, false); }},
      {"embedding_bag, maxima", [](Draw& d) { return bag(d, 2, false); }},
      {"embedding_bag without gradients",
       [](Draw& d) {
         return std::get<0>(at::_embedding_bag_forward_only(
             d.input({10, 4}).detach(), d.integers(10, {6}), at::arange(0, 6, 2, at::kLong)));
       }},
      {"embedding_bag with int32 offsets",
       [](Draw& d) {
         return std::get<0>(at::embedding_bag(d.input({10, 4}), d.integers(10, {6}),
                                              at::arange(0, 7, 2, at::kInt), false, 1, false, {},
                                              true, std::nullopt));
       }},
      {"embedding_bag with padding",
       [](Draw& d) {
         return std::get<0>(at::embedding_bag(d.input({10, 4}), d.integers(10, {6}),
                                              at::arange(0, 6, 2, at::kLong), false, 0, false, {},
                                              false, 3));
       }},
      {"index_select",
       [](Draw& d) {
         return at::index_select(d.input({5, 4, 3}), 1, d.integers(4, {3}));
       }},
      {"index_add",
       [](Draw& d) {
         return at::index_add(d.input({5, 4}), 0, d.integers(5, {3}), d.input({3, 4}));
       }},
      {"index_reduce",
       [](Draw& d) {
         return at::index_reduce(d.input({5, 4}), 0, d.integers(5, {3}), d.input({3, 4}), "mean");
       }},
      {"index_select into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::index_select_out(out, d.input({5, 4}).detach(), -1, d.integers(4, {3}));
       }},
      {"take",
       [](Draw& d) {
         return at::take(d.input({3, 4}), d.integers(12, {3, 2}));
       }},
      {"take into a tensor",
       [](Draw& d) {
         Tensor out = at::empty_like(d.input({0})).detach();
         return at::take_out(out, d.input({3, 4}).detach(), d.integers(12, {3, 2}));
       }},
      {"bucketize",
       [](Draw& d) {
         return at::bucketize(d.input({3, 4}).detach(), at::arange(3).to(at::kFloat));
       }},
      {"bucketize to int32",
       [](Draw& d) {
         return at::bucketize(d.input({3, 4}).detach(), at::arange(3).to(at::kFloat), true);
       }},
      {"bucketize a number",
       [](Draw&) { return at::bucketize(at::Scalar(1.5), at::arange(3).to(at::kFloat)); }},
      {"searchsorted",
       [](Draw& d) {
         return at::searchsorted(at::arange(3).to(at::kFloat),
                                 d.input({4}).detach().to(at::kFloat));
       }},
      {"searchsorted for a number",
       [](Draw&) { return at::searchsorted(at::arange(3).to(at::kFloat), at::Scalar(1.5)); }},
      {"masked_scatter",
       [](Draw& d) {
         return at::masked_scatter(d.input({3, 4}), d.flags({3, 4}), d.input({3, 4}));
       }},
      {"unfold",
       [](Draw& d) {
         return d.input({3, 8}).unfold(1, 3, 2);
       }},
      {"repeat_interleave of known length",
       [](Draw& d) {
         return at::repeat_interleave(at::full({3}, 2, at::kLong), std::optional<int64_t>(6)) +
                d.integers(2, {6});
       }},
      {"nonzero_static",
       [](Draw& d) {
         return at::nonzero_static(d.flags({3, 4}), 5);
       }},
      {"tril_indices",
       [](Draw&) { return at::tril_indices(3, 5, 1) + at::tril_indices(3, 5, -1).sum(); }},
      {"triu_indices",
       [](Draw&) { return at::triu_indices(3, 5, 1) + at::triu_indices(3, 5, -4).sum(); }},
      {"flip",
       [](Draw& d) {
         return at::flip(d.input({2, 3, 4, 4}), {1, 3});
       }},
      {"roll",
       [](Draw& d) {
         return at::roll(d.input({2, 3, 4, 4}), 1, 1);
       }},
      {"roll of the flattened tensor",
       [](Draw& d) {
         return at::roll(d.input({3, 4}), 1);
       }},
  };
}

}  // namespace metatest
