// Each kernel has a list of conditions, and the kernels an order: cuDNN first on 9.0 and 10.0, then
// flash, then the memory-efficient one. The first whose conditions all hold is taken; else the
// attention is spelled out.

#include "core/trace/overrides/attention_choice_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>

namespace core::trace::overrides {
namespace {

constexpr int kAmpere = 80;
constexpr int kHopper = 90;
constexpr int kBlackwell = 100;
constexpr std::int64_t kFlashWidth = 256;
constexpr std::int64_t kCudnnWidth = 128;
constexpr std::int64_t kCudnnWidthHopper = 256;

bool isHalf(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kHalf || tensor.scalar_type() == at::kBFloat16;
}

bool prefersCudnn(int capability) {
  return capability == kHopper || capability == kBlackwell;
}

/// Batches of sequences of one dtype, none of them empty.
bool isDense(const AttentionCall& call) {
  const std::array<const at::Tensor*, 3> all{&call.query, &call.key, &call.value};
  return std::all_of(all.begin(), all.end(), [&](const at::Tensor* tensor) {
    return tensor->dim() == 4 && tensor->scalar_type() == call.query.scalar_type() &&
           tensor->size(0) == call.query.size(0) && tensor->size(2) > 0;
  });
}

bool hasSameHeads(const AttentionCall& call) {
  return call.query.size(1) == call.key.size(1) && call.query.size(1) == call.value.size(1);
}

/// The heads of keys and values agree, and divide those of the queries.
bool hasGroupedHeads(const AttentionCall& call) {
  return call.key.size(1) == call.value.size(1) && call.key.size(1) > 0 &&
         call.query.size(1) % call.key.size(1) == 0;
}

bool headsFit(const AttentionCall& call) {
  return call.groupsQueries ? hasGroupedHeads(call) : hasSameHeads(call);
}

/// Widths lie next to each other in memory; a width of 1 may lie anywhere if `ignoreSingle`.
bool hasDenseWidths(const AttentionCall& call, bool ignoreSingle) {
  const auto isDenseWidth = [&](const at::Tensor& tensor) {
    return tensor.stride(-1) == 1 || (ignoreSingle && tensor.size(-1) == 1);
  };
  return isDenseWidth(call.query) && isDenseWidth(call.key) && isDenseWidth(call.value) &&
         (!call.mask.defined() || call.mask.stride(-1) == 1 || call.mask.size(-1) == 1);
}

bool maskFits(const AttentionCall& call) {
  if (!call.mask.defined()) return true;
  const auto dims = call.mask.dim();
  if (dims != 2 && dims != 4) return false;
  const auto broadcasts = [&](std::int64_t dim, std::int64_t size) {
    return call.mask.size(dim) == 1 || call.mask.size(dim) == size;
  };
  if (!broadcasts(-2, call.query.size(2)) || !broadcasts(-1, call.key.size(2))) return false;
  return dims == 2 || (broadcasts(0, call.query.size(0)) && broadcasts(1, call.query.size(1)));
}

bool canUseFlash(const AttentionCall& call, int capability) {
  const std::int64_t width = call.query.size(3);
  const bool sameWidths = width == call.key.size(3) && width == call.value.size(3);
  const bool squareIfCausal = !call.causal || call.query.size(2) == call.key.size(2);
  return capability >= kAmpere && isHalf(call.query) && headsFit(call) && !call.mask.defined() &&
         sameWidths && width <= kFlashWidth && squareIfCausal && hasDenseWidths(call, true);
}

/// Widths that the matrix units take.
bool hasAlignedWidths(const AttentionCall& call, int capability) {
  const std::int64_t alignment = isHalf(call.query) ? 8 : capability >= kAmpere ? 4 : 1;
  const auto fits = [&](std::int64_t width) { return width > 0 && width % alignment == 0; };
  return fits(call.query.size(3)) && fits(call.value.size(3)) &&
         call.query.size(3) == call.key.size(3);
}

bool canUseEfficient(const AttentionCall& call, int capability) {
  const bool knowsType = call.query.scalar_type() == at::kFloat ||
                         call.query.scalar_type() == at::kHalf ||
                         (call.query.scalar_type() == at::kBFloat16 && capability >= kAmpere);
  return knowsType && hasSameHeads(call) && maskFits(call) && hasDenseWidths(call, false) &&
         hasAlignedWidths(call, capability);
}

bool canUseCudnn(const AttentionCall& call, int capability) {
  const std::int64_t most = capability == kHopper ? kCudnnWidthHopper : kCudnnWidth;
  const auto fits = [&](std::int64_t width) { return width % 8 == 0 && width <= most; };
  const bool sameWidths = call.query.size(3) == call.key.size(3);
  const bool isLongEnough = call.key.size(2) > 1 && (call.query.size(2) > 1 || call.dropout == 0);
  const bool causalFits = !call.causal || call.query.size(2) <= call.key.size(2);
  return capability >= kAmpere && isHalf(call.query) && headsFit(call) && maskFits(call) &&
         sameWidths && fits(call.query.size(3)) && fits(call.value.size(3)) && isLongEnough &&
         causalFits && !(call.mask.defined() && call.mask.requires_grad()) &&
         hasDenseWidths(call, true);
}

}  // namespace

AttentionKernel cudaAttentionKernel(const AttentionCall& call, int capability) {
  if (!isDense(call)) return AttentionKernel::Math;
  if (prefersCudnn(capability) && canUseCudnn(call, capability)) return AttentionKernel::Cudnn;
  if (canUseFlash(call, capability)) return AttentionKernel::Flash;
  if (canUseEfficient(call, capability)) return AttentionKernel::Efficient;
  return AttentionKernel::Math;
}

}  // namespace core::trace::overrides
