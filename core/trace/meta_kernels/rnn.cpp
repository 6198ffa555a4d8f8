// oneDNN's fused LSTM layer.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// The last result is oneDNN's workspace. Its size is oneDNN's secret, so it is given as empty, as
// PyTorch's own shape function does; only the backward kernel reads it.
FourTensors rnnLayer(const Tensor& input, const Tensor&, const Tensor&, const Tensor&,
                     const Tensor&, const Tensor& hidden, const Tensor& cell, bool, at::IntArrayRef,
                     std::int64_t, std::int64_t hiddenSize, std::int64_t, bool, bool bidirectional,
                     bool batchFirst, bool) {
  const std::int64_t width = bidirectional ? 2 * hiddenSize : hiddenSize;
  const std::int64_t length = input.size(batchFirst ? 1 : 0);
  const std::int64_t batch = input.size(batchFirst ? 0 : 1);
  const Sizes sizes = batchFirst ? Sizes{batch, length, width} : Sizes{length, batch, width};
  return {sized(sizes, input), contiguousLike(hidden), contiguousLike(cell),
          at::empty({0}, input.options().dtype(at::kByte))};
}

// Gradients are float32 whatever the inputs are. The two biases share one tensor.
std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor> rnnLayerBackward(
    const Tensor& input, const Tensor& weight1, const Tensor& weight2, const Tensor& weight3,
    const Tensor&, const Tensor& hidden, const Tensor& cell, const Tensor&, const Tensor&,
    const Tensor&, const OptionalTensor&, const OptionalTensor&, const OptionalTensor&, bool,
    std::int64_t, std::int64_t, std::int64_t, bool, bool, bool, at::IntArrayRef, bool,
    const Tensor&) {
  const auto gradient = [](const Tensor& tensor) {
    return at::empty(tensor.sizes(), tensor.options().dtype(at::kFloat));
  };
  const Tensor bias = gradient(weight3);
  return {gradient(input),  gradient(weight1), gradient(weight2), bias, bias,
          gradient(hidden), gradient(cell)};
}

}  // namespace

void addRnn(MetaLibrary& library) {
  library.add("mkldnn_rnn_layer", &rnnLayer);
  library.add("mkldnn_rnn_layer_backward", &rnnLayerBackward);
}

}  // namespace core::trace::meta
