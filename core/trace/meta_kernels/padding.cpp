// Reflection and replication padding, where LibTorch has no shape function of its own.

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

Tensor reflectionPad2d(const Tensor& self, SymIntArrayRef padding) {
  const Sizes pads = integers(padding);
  TORCH_CHECK(pads.size() == 4 && (self.dim() == 3 || self.dim() == 4),
              "reflection_pad2d: expected 3 or 4 dimensions and 4 pads");
  Sizes sizes = self.sizes().vec();
  sizes[sizes.size() - 1] += pads[0] + pads[1];
  sizes[sizes.size() - 2] += pads[2] + pads[3];
  return sizedAs(sizes, self, self.suggest_memory_format());
}

Tensor padBackward(const Tensor&, const Tensor& self, SymIntArrayRef) {
  return suggestedLike(self);
}

}  // namespace

void addPadding(MetaLibrary& library) {
  library.add("reflection_pad2d", &reflectionPad2d);
  library.add("reflection_pad2d_backward", &padBackward);
  library.add("replication_pad2d_backward", &padBackward);
  library.add("replication_pad3d_backward", &padBackward);
}

}  // namespace core::trace::meta
