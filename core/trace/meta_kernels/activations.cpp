// Activations and their backwards.

#include <ATen/WrapDimUtils.h>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor prelu(const Tensor& self, const Tensor& weight) {
  return pointwise({self, weight}, self.scalar_type());
}

// The weight's gradient arrives unreduced; autograd sums it afterwards.
TwoTensors preluBackward(const Tensor& grad, const Tensor& self, const Tensor& weight) {
  const Tensor result = pointwise({self, weight, grad}, self.scalar_type());
  return {result, at::empty_like(result, weight.scalar_type())};
}

// The CPU keeps exp(-|x|) in the second result; CUDA leaves it empty.
TwoTensors logSigmoidForward(const Tensor& self) {
  return {contiguousLike(self), contiguousLike(self)};
}

TwoTensors rreluFunctional(const Tensor& self, const Tensor& noise, const at::Scalar&,
                           const at::Scalar&, bool, std::optional<at::Generator>) {
  return {at::empty_like(self), at::empty_like(noise)};
}

}  // namespace

void addActivations(MetaLibrary& library) {
  library.addBoxed<likeArguments<0>>({"relu", "hardtanh", "hardswish", "logit"});
  library.addBoxed<pointwiseOut<0>>({"hardtanh.out", "hardswish.out", "logit.out"});
  library.addBoxed<pointwiseArguments<0, 1>>({"hardtanh_backward", "hardswish_backward"});
  library.addBoxed<contiguousLikeArguments<1>>({"log_sigmoid_backward", "glu_backward"});
  library.addBoxed<contiguousLikeArguments<0>>({"rrelu_with_noise"});
  library.add("rrelu_with_noise_functional", &rreluFunctional);
  library.add("log_sigmoid_forward", &logSigmoidForward);
  library.add("_prelu_kernel", &prelu);
  library.add("_prelu_kernel_backward", &preluBackward);
}

}  // namespace core::trace::meta
