#include "tests/core/trace/meta_kernels/operator_sample.h"

#include <torch/csrc/autograd/autograd.h>

#include <numeric>

namespace metatest {
namespace {

// A dense tensor whose dimensions lie in the opposite order.
at::Tensor reversed(const at::Tensor& values) {
  std::vector<int64_t> order(static_cast<std::size_t>(values.dim()));
  std::iota(order.rbegin(), order.rend(), 0);
  return values.permute(order).contiguous().permute(order);
}

at::Tensor inLayout(const at::Tensor& values, Layout layout) {
  switch (layout) {
    case Layout::Contiguous: return values;
    case Layout::ChannelsLast:
      if (values.dim() == 4) return values.contiguous(at::MemoryFormat::ChannelsLast);
      if (values.dim() == 5) return values.contiguous(at::MemoryFormat::ChannelsLast3d);
      return values;
    case Layout::Permuted: return reversed(values);
  }
  return values;
}

}  // namespace

at::Tensor Draw::leaf(at::Tensor values) {
  m_leaves.push_back(values.detach().requires_grad_(true));
  return m_leaves.back();
}

at::Tensor Draw::input(std::initializer_list<int64_t> sizes) {
  return leaf(inLayout(at::randn(sizes).to(m_variant.dtype), m_variant.layout));
}

at::Tensor Draw::positive(std::initializer_list<int64_t> sizes) {
  return leaf(inLayout((at::rand(sizes) * 0.8 + 0.1).to(m_variant.dtype), m_variant.layout));
}

at::Tensor Draw::parameter(std::initializer_list<int64_t> sizes) {
  return leaf(at::randn(sizes).to(m_variant.parameterType));
}

at::Tensor Draw::buffer(std::initializer_list<int64_t> sizes) {
  return at::ones(sizes, m_variant.parameterType);
}

at::Tensor Draw::integers(int64_t end, std::initializer_list<int64_t> sizes) {
  return at::randint(0, end, sizes, at::kLong);
}

at::Tensor Draw::flags(std::initializer_list<int64_t> sizes) {
  return at::randint(0, 2, sizes, at::kLong).to(at::kBool);
}

void runSample(const OperatorSample& sample, const Variant& variant) {
  at::manual_seed(1);
  Draw draw(variant);
  const at::Tensor output = sample.run(draw);
  if (!output.requires_grad()) return;
  const at::Tensor real = output.is_complex() ? at::view_as_real(output) : output;
  if (!real.is_floating_point()) return;
  // One gradient that is laid out like the output and one that is a number expanded to its size.
  for (const at::Tensor& gradient :
       {at::ones_like(real), at::ones({}, real.options()).expand_as(real)}) {
    torch::autograd::grad({real}, draw.leaves(), {gradient}, /*retain_graph=*/true, false,
                          /*allow_unused=*/true);
  }
}

}  // namespace metatest
