// Losses and their backwards.

#include <ATen/core/Reduction.h>

#include <algorithm>

#include "core/trace/meta_kernels/meta_kernel_torch.h"

namespace core::trace::meta {
namespace {

bool isReduced(std::int64_t reduction) {
  return reduction != at::Reduction::None;
}

TwoTensors nllLoss2d(const Tensor& self, const Tensor& target, const OptionalTensor&,
                     std::int64_t reduction, SymInt) {
  return {isReduced(reduction) ? scalarLike(self) : sized(target.sizes(), self), scalarLike(self)};
}

Tensor binaryCrossEntropy(const Tensor& self, const Tensor&, const OptionalTensor&,
                          std::int64_t reduction) {
  return isReduced(reduction) ? scalarLike(self) : at::empty_like(self);
}

Tensor huberLoss(const Tensor& self, const Tensor& target, std::int64_t reduction, double) {
  const auto dtype = at::result_type(self, target);
  return isReduced(reduction) ? at::empty({}, self.options().dtype(dtype))
                              : pointwise({self, target}, dtype);
}

std::int64_t sampleCount(const Tensor& self) {
  return self.dim() == 2 ? self.size(0) : 1;
}

Tensor lossPerSample(const Tensor& self, std::int64_t reduction, bool isBatched) {
  return isReduced(reduction) || !isBatched ? scalarLike(self) : sized({sampleCount(self)}, self);
}

Tensor multiMarginLoss(const Tensor& self, const Tensor& target, const at::Scalar&,
                       const at::Scalar&, const OptionalTensor&, std::int64_t reduction) {
  return lossPerSample(self, reduction, target.dim() > 0);
}

TwoTensors multiLabelMarginLoss(const Tensor& self, const Tensor& target, std::int64_t reduction) {
  return {lossPerSample(self, reduction, target.dim() > 1), sized(target.sizes(), self)};
}

// The table of path probabilities: one state per label and one blank around each.
TwoTensors ctcResults(const Tensor& logProbabilities, std::int64_t longestTarget) {
  const bool batched = logProbabilities.dim() == 3;
  const std::int64_t batch = batched ? logProbabilities.size(1) : 1;
  return {sized({batch}, logProbabilities),
          sized({batch, logProbabilities.size(0), 2 * longestTarget + 1}, logProbabilities)};
}

TwoTensors ctcLoss(const Tensor& logProbabilities, const Tensor&, at::IntArrayRef,
                   at::IntArrayRef targetLengths, std::int64_t, bool) {
  const auto longest = std::max_element(targetLengths.begin(), targetLengths.end());
  return ctcResults(logProbabilities, longest == targetLengths.end() ? 0 : *longest);
}

TwoTensors ctcLossByTensors(const Tensor& logProbabilities, const Tensor& targets, const Tensor&,
                            const Tensor&, std::int64_t, bool) {
  // The CPU reads the longest target from the lengths. Padded targets are an upper bound, and the
  // one that PyTorch's own shape function takes.
  TORCH_CHECK_NOT_IMPLEMENTED(targets.dim() == 2,
                              "_ctc_loss.Tensor: the shape of its result depends on the values of "
                              "target_lengths; give padded targets or lengths as integers");
  return ctcResults(logProbabilities, targets.size(1));
}

}  // namespace

void addLosses(MetaLibrary& library) {
  library.add("nll_loss2d_forward", &nllLoss2d);
  library.add("binary_cross_entropy", &binaryCrossEntropy);
  library.add("huber_loss", &huberLoss);
  library.add("multi_margin_loss", &multiMarginLoss);
  library.add("multilabel_margin_loss_forward", &multiLabelMarginLoss);
  library.add("_ctc_loss", &ctcLoss);
  library.add("_ctc_loss.Tensor", &ctcLossByTensors);
  library.addBoxed<likeArguments<1>>({"nll_loss2d_backward", "binary_cross_entropy_backward"});
  library.addBoxed<contiguousLikeArguments<1>>({"_ctc_loss_backward", "_ctc_loss_backward.Tensor",
                                                "mse_loss_backward", "smooth_l1_loss_backward",
                                                "huber_loss_backward", "multi_margin_loss_backward",
                                                "multilabel_margin_loss_backward"});
}

}  // namespace core::trace::meta
