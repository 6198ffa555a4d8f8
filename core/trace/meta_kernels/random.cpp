// Dropout and draws from distributions.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

// The mask of an empty input keeps the input's dtype.
TwoTensors dropout(const Tensor& input, double, std::optional<bool>) {
  const at::ScalarType mask = input.numel() == 0 ? input.scalar_type() : at::kBool;
  return {at::empty_like(input), at::empty_like(input, mask)};
}

Tensor multinomial(const Tensor& self, SymInt samples, bool, std::optional<at::Generator>) {
  TORCH_CHECK(self.dim() == 1 || self.dim() == 2,
              "multinomial: the probabilities must have 1 or 2 dimensions, got ", self.dim());
  Sizes sizes = self.sizes().vec();
  sizes.back() = samples.expect_int();
  return at::empty(sizes, self.options().dtype(at::kLong));
}

Tensor& permutation(SymInt count, std::optional<at::Generator>, Tensor& out) {
  out.resize_({count.expect_int()});
  return out;
}

}  // namespace

void addRandom(MetaLibrary& library) {
  library.add("native_dropout", &dropout);
  library.addBoxed<pointwiseArguments<0, 1>>({"native_dropout_backward"});
  library.addBoxed<contiguousLikeArguments<0>>({"poisson", "binomial", "_standard_gamma",
                                                "_standard_gamma_grad", "_sample_dirichlet",
                                                "_dirichlet_grad"});
  library.add("multinomial", &multinomial);
  library.add("randperm.generator_out", &permutation);
}

}  // namespace core::trace::meta
