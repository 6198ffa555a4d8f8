// Fake quantization: rounding in floating point, as training for quantized inference does.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// Arguments: self, then parameters. The mask marks what was not clamped.
void withMask(const c10::OperatorHandle& op, Stack* stack) {
  const Tensor self = ::torch::jit::pop(*stack, op.schema().arguments().size()).front().toTensor();
  stack->emplace_back(at::empty_like(self));
  stack->emplace_back(at::empty_like(self, at::kBool));
}

// Arguments: grad, self, scale, zero_point, then numbers. Half and bfloat16 have float32 gradients
// here.
void learnableBackward(const c10::OperatorHandle& op, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  for (const std::size_t position : {1, 2, 2}) {
    const Tensor& tensor = arguments[position].toTensor();
    const at::ScalarType type = tensor.scalar_type();
    stack->emplace_back(
        at::empty_like(tensor, at::isReducedFloatingType(type) ? at::kFloat : type));
  }
}

}  // namespace

void addQuantization(MetaLibrary& library) {
  library.addBoxed<withMask>({"fake_quantize_per_tensor_affine_cachemask",
                              "fake_quantize_per_channel_affine_cachemask",
                              "_fake_quantize_per_tensor_affine_cachemask_tensor_qparams"});
  library.addBoxed<likeArguments<0>>({"_fake_quantize_learnable_per_tensor_affine",
                                      "_fake_quantize_learnable_per_channel_affine"});
  library.addBoxed<learnableBackward>({"_fake_quantize_learnable_per_tensor_affine_backward",
                                       "_fake_quantize_learnable_per_channel_affine_backward"});
}

}  // namespace core::trace::meta
