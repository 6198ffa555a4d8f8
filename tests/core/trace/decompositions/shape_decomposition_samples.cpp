// Views, copies of views, reading and writing by index, padding.

#include "tests/core/trace/decompositions/decomposition_samples.h"

namespace decompositiontest {
namespace {

using at::Tensor;
using metatest::Draw;
using metatest::OperatorSample;
using Samples = std::vector<OperatorSample>;

Samples shapeSamples() {
  return {
      {"t",
       [](Draw& d) {
         return at::t(d.input({3, 4}));
       }},
      {"t of a vector", [](Draw& d) { return at::t(d.input({3})); }},
      {"transpose",
       [](Draw& d) {
         return at::transpose(d.input({2, 3, 4}), 0, -1);
       }},
      {"detach",
       [](Draw& d) {
         return at::detach(d.input({3, 4}));
       }},
      {"squeeze",
       [](Draw& d) {
         return at::squeeze(d.input({1, 3, 1}));
       }},
      {"squeeze of one dimension",
       [](Draw& d) {
         return at::squeeze(d.input({1, 3, 1}), -1);
       }},
      {"_unsafe_view",
       [](Draw& d) {
         return at::_unsafe_view(d.input({6, 4}), {3, 8});
       }},
      {"_reshape_alias",
       [](Draw&) {
         return at::_reshape_alias(at::empty({6, 4}), {3, 8}, {8, 1});
       }},
      {"split",
       [](Draw& d) {
         return at::split(d.input({7, 4}), 3)[2];
       }},
      {"split of nothing",
       [](Draw& d) {
         return at::split(d.input({0, 4}), 0)[0];
       }},
      {"unsafe_split",
       [](Draw& d) {
         return at::unsafe_split(d.input({7, 4}), 3)[1];
       }},
      {"unsafe_split_with_sizes",
       [](Draw& d) {
         return at::unsafe_split_with_sizes(d.input({7, 4}), {3, 4})[1];
       }},
      {"unbind",
       [](Draw& d) {
         return at::unbind(d.input({3, 4, 2}), 1)[2];
       }},
      {"stack",
       [](Draw& d) {
         return at::stack({d.input({3, 4}), d.input({3, 4})}, 1);
       }},
      {"stack at the end",
       [](Draw& d) {
         return at::stack({d.input({3}), d.input({3})}, -1);
       }},
      {"stack of numbers",
       [](Draw& d) {
         return at::stack({d.input({}), d.input({})});
       }},
      {"pixel_shuffle",
       [](Draw& d) {
         return at::pixel_shuffle(d.input({2, 8, 3, 2}), 2);
       }},
      {"pixel_unshuffle",
       [](Draw& d) {
         return at::pixel_unshuffle(d.input({2, 2, 6, 4}), 2);
       }},
      {"roll along two",
       [](Draw& d) {
         return at::roll(d.input({3, 4}), {5, -1}, {0, 1});
       }},
      {"roll of nothing",
       [](Draw& d) {
         return at::roll(d.input({0, 4}), {1}, {0});
       }},
      {"rot90",
       [](Draw& d) {
         return at::rot90(d.input({3, 4}), 1, {0, 1});
       }},
      {"rot90 twice",
       [](Draw& d) {
         return at::rot90(d.input({3, 4}), 2, {0, 1});
       }},
      {"rot90 back",
       [](Draw& d) {
         return at::rot90(d.input({3, 4}), -1, {0, 1});
       }},
      {"rot90 around",
       [](Draw& d) {
         return at::rot90(d.input({3, 4}), 4, {0, 1});
       }},
      {"alias_copy",
       [](Draw& d) {
         return at::alias_copy(d.input({3, 4}));
       }},
      {"diagonal_copy",
       [](Draw& d) {
         return at::diagonal_copy(d.input({3, 4}), 1);
       }},
      {"expand_copy",
       [](Draw& d) {
         return at::expand_copy(d.input({3, 1}), {3, 4});
       }},
      {"squeeze_copy",
       [](Draw& d) {
         return at::squeeze_copy(d.input({1, 3, 1}));
       }},
      {"squeeze_copy of one",
       [](Draw& d) {
         return at::squeeze_copy(d.input({1, 3, 1}), 0);
       }},
      {"squeeze_copy of two",
       [](Draw& d) {
         return at::squeeze_copy(d.input({1, 3, 1}), at::IntArrayRef{0, 2});
       }},
      {"t_copy",
       [](Draw& d) {
         return at::t_copy(d.input({3, 4}));
       }},
      {"transpose_copy",
       [](Draw& d) {
         return at::transpose_copy(d.input({3, 4}), 0, 1);
       }},
      {"unfold_copy",
       [](Draw& d) {
         return at::unfold_copy(d.input({5, 2}), 0, 3, 1);
       }},
      {"unsqueeze_copy",
       [](Draw& d) {
         return at::unsqueeze_copy(d.input({3, 4}), 1);
       }},
      {"split_with_sizes_copy",
       [](Draw& d) {
         return at::split_with_sizes_copy(d.input({7, 4}), {3, 4})[1];
       }},
  };
}

Samples indexingSamples() {
  return {
      {"select",
       [](Draw& d) {
         return d.input({3, 4}).select(1, -2);
       }},
      {"slice",
       [](Draw& d) {
         return d.input({5, 4}).slice(0, 1, 5, 2);
       }},
      {"diagonal",
       [](Draw& d) {
         return d.input({3, 4}).diagonal(1);
       }},
      {"select_scatter",
       [](Draw& d) {
         return at::select_scatter(d.input({3, 4}), d.input({3}), 1, -1);
       }},
      {"_unsafe_index",
       [](Draw& d) {
         return at::_unsafe_index(d.input({3, 4}), {std::optional(d.integers(3, {5}))});
       }},
      {"_unsafe_masked_index",
       [](Draw& d) {
         const Tensor index = d.integers(5, {5});
         return at::_unsafe_masked_index(d.input({3}).detach(), index.lt(3), {std::optional(index)},
                                         0.5);
       }},
      {"_unsafe_masked_index_put_accumulate",
       [](Draw& d) {
         const Tensor index = d.integers(5, {5}), values = d.input({5}).detach();
         return at::_unsafe_masked_index_put_accumulate(d.input({3}).detach(), index.lt(3),
                                                        {std::optional(index)}, values);
       }},
      {"embedding, scaled by frequency",
       [](Draw& d) {
         return at::embedding(d.parameter({5, 3}), d.integers(5, {2, 4}), 1, true);
       }},
      {"index_add",
       [](Draw& d) {
         return at::index_add(d.input({5, 3}), 0, d.integers(5, {4}), d.input({4, 3}), 2);
       }},
      {"index_add to a number",
       [](Draw& d) { return at::index_add(d.input({}), 0, d.integers(1, {1}), d.input({})); }},
      {"index_copy",
       [](Draw& d) {
         return at::index_copy(d.input({5, 3}), 0, at::tensor({4, 0}, at::kLong), d.input({2, 3}));
       }},
      {"index_fill",
       [](Draw& d) {
         return at::index_fill(d.input({5, 3}), 0, d.integers(5, {2}), 2);
       }},
      {"index_fill of a tensor",
       [](Draw& d) {
         return at::index_fill(d.input({5, 3}), 1, d.integers(3, {2}), d.input({}));
       }},
      {"tril",
       [](Draw& d) {
         return at::tril(d.input({3, 4}), 1);
       }},
      {"tril of flags",
       [](Draw& d) {
         return at::tril(d.flags({2, 3, 3}));
       }},
      {"triu",
       [](Draw& d) {
         return at::triu(d.input({3, 4}), -1);
       }},
      {"diag_embed",
       [](Draw& d) {
         return at::diag_embed(d.input({2, 3}));
       }},
      {"diag_embed beside the diagonal",
       [](Draw& d) {
         return at::diag_embed(d.input({2, 3}), -1, 0, 2);
       }},
      {"reflection_pad1d",
       [](Draw& d) {
         return at::reflection_pad1d(d.input({2, 5}), {2, 1});
       }},
      {"reflection_pad3d",
       [](Draw& d) {
         return at::reflection_pad3d(d.input({1, 3, 4, 3}), {1, 1, 2, 0, 1, 2});
       }},
      {"replication_pad1d",
       [](Draw& d) {
         return at::replication_pad1d(d.input({2, 5}), {2, 1});
       }},
  };
}

Samples slidingSamples() {
  return {
      {"im2col with holes",
       [](Draw& d) {
         return at::im2col(d.input({2, 3, 6, 5}), {3, 2}, {1, 2}, {1, 0}, {2, 1});
       }},
      {"col2im with padding",
       [](Draw& d) {
         return at::col2im(d.input({12, 9}), {4, 4}, {2, 2}, {1, 1}, {1, 1}, {2, 2});
       }},
  };
}

}  // namespace

std::vector<OperatorSample> shapeDecompositionSamples() {
  Samples samples;
  for (auto more : {shapeSamples, indexingSamples, slidingSamples})
    for (OperatorSample& sample : more()) samples.push_back(std::move(sample));
  return samples;
}

}  // namespace decompositiontest
