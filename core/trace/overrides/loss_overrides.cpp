// The multi-class margin loss as a pointwise decomposition. PyTorch replaces the multi-label one
// too, but by a body that counts absent labels as label 0; its kernel is right and stays.

#include <ATen/core/Reduction.h>

#include "core/trace/overrides/override_torch.h"

namespace core::trace::overrides {
namespace {

/// (self, target, p, margin, weight, reduction)
bool overrideMultiMargin(Stack* stack) {
  const auto arguments = take(stack, 6);
  const Tensor input = at::atleast_2d(arguments[0].toTensor());
  const Tensor classes = at::atleast_1d(arguments[1].toTensor());
  const at::Scalar power = arguments[2].toScalar();
  Tensor weight = tensorOrNone(arguments[4]);
  const std::int64_t reduction = arguments[5].toInt();
  const std::int64_t count = input.size(1);
  TORCH_CHECK(power.equal(1) || power.equal(2), "multi_margin_loss: p must be 1 or 2");
  TORCH_CHECK(input.dim() == 2 && count != 0,
              "multi_margin_loss: expected a vector or a matrix with classes");
  TORCH_CHECK(classes.dim() == 1 && classes.numel() == input.size(0),
              "multi_margin_loss: expected one target for each of ", input.size(0), " samples");
  if (weight.defined()) weight = at::atleast_1d(weight);

  const Tensor target = classes.unsqueeze(1);
  const Tensor chosen = at::gather(input, 1, target);
  Tensor loss = at::rsub(chosen, arguments[3].toScalar()).add(input).clamp_min(at::Scalar(0));
  if (power.equal(2)) loss = loss.mul(loss);
  if (weight.defined()) loss = loss.mul(at::index(weight, {std::optional<Tensor>(target)}));
  const Tensor positions = at::arange(count, std::nullopt, std::nullopt, input.device(), false);
  loss = at::where(positions.ne(target), loss, at::Scalar(0));
  if (reduction == at::Reduction::Mean) {
    loss = loss.mean();
  } else if (reduction == at::Reduction::Sum) {
    loss = loss.sum().div(number(loss.size(1)));
  } else {
    loss = loss.mean(1);
  }
  stack->emplace_back(loss);
  return true;
}

}  // namespace

void enterLosses(Table& table) {
  enter(table, "multi_margin_loss", overrideMultiMargin);
}

}  // namespace core::trace::overrides
