// The negative log-likelihood of classes: a gather of the log-probabilities that the labels name.
// Ignored labels are replaced by class 0 first, so that every index is valid, and masked after.

#include "core/trace/decompositions/decomposition_torch.h"

namespace core::trace::decompositions {
namespace {

std::int64_t channelOf(const Tensor& self) {
  return self.dim() < 2 ? 0 : 1;
}

/// The weights of the classes with a size of 1 for every other dimension of `self`.
Sizes alongChannels(const Tensor& weight, const Tensor& self) {
  Sizes sizes(static_cast<std::size_t>(self.dim()), 1);
  sizes[static_cast<std::size_t>(channelOf(self))] = weight.size(0);
  return sizes;
}

Tensor withoutIgnored(const Tensor& target, std::int64_t ignored, const Tensor& values) {
  const Tensor isCounted = at::ne(target, Scalar(ignored));
  return at::where(isCounted, values, Scalar(std::int64_t{0}));
}

std::tuple<Tensor, Tensor> likelihood(const Tensor& input, const Tensor& target,
                                      const Tensor& weight, std::int64_t reduction,
                                      std::int64_t ignored) {
  const std::int64_t channel = channelOf(input);
  Tensor self = input, classWeight = weight;
  if (weight.defined()) {
    if (input.dim() > 1) classWeight = weight.view(alongChannels(weight, input));
    self = self * classWeight;
  }
  const Tensor index = withoutIgnored(target, ignored, target).unsqueeze(channel);
  const Tensor chosen = -at::gather(self, channel, index).squeeze(channel);
  Tensor loss = withoutIgnored(target, ignored, chosen);
  if (reduction == at::Reduction::None && input.dim() > 1)
    return {loss, self.new_full({}, Scalar(0.0))};

  Tensor total;
  if (weight.defined()) {
    const Tensor spread = classWeight.expand(self.sizes());
    const Tensor counted = at::gather(spread, channel, index).squeeze(channel);
    total = at::sum(withoutIgnored(target, ignored, counted));
  } else {
    total = at::sum(at::ne(target, Scalar(ignored))).to(self.device(), self.scalar_type());
  }
  if (reduction == at::Reduction::Sum) loss = at::sum(loss);
  if (reduction == at::Reduction::Mean) loss = at::sum(loss) / total;
  return {loss, total};
}

Tensor likelihoodGradient(const Tensor& outputGradient, const Tensor& self, const Tensor& labels,
                          const Tensor& weight, std::int64_t reduction, std::int64_t ignored,
                          const Tensor& total) {
  const std::int64_t channel = channelOf(self);
  Tensor grad = outputGradient;
  if (reduction == at::Reduction::Mean) grad = grad / total;
  const Tensor target = labels.unsqueeze(channel);
  const Tensor index = withoutIgnored(target, ignored, target);
  const Tensor zeros = at::zeros_like(self);
  const Tensor chosen = at::scatter(zeros, channel, index, Scalar(-1.0));
  if (chosen.dim() > grad.dim() && grad.dim() > 0) grad = grad.unsqueeze(channel);
  if (weight.defined()) grad = grad * weight.reshape(alongChannels(weight, self));
  return chosen * withoutIgnored(target, ignored, grad);
}

}  // namespace

void enterLikelihood(Table& table) {
  enter<likelihood>(table, {"nll_loss_forward", "nll_loss2d_forward"});
  enter<likelihoodGradient>(table, {"nll_loss_backward", "nll_loss2d_backward"});
}

}  // namespace core::trace::decompositions
