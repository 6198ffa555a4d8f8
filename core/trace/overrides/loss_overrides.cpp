// CTC with the lengths as numbers, and the multi-class margin loss as a pointwise decomposition.
// PyTorch replaces the multi-label one too, but by a body that counts absent labels as label 0; its
// kernel is right and stays.

#include <ATen/core/Reduction.h>

#include <algorithm>
#include <limits>

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

/// One number for each sequence, none below 1, to divide by.
Tensor divisors(const Sizes& lengths, const Tensor& loss) {
  std::vector<Tensor> numbers;
  for (const std::int64_t length : lengths) {
    numbers.push_back(
        at::scalar_tensor(std::max<std::int64_t>(length, 1), loss.options().requires_grad(false)));
  }
  return at::stack(numbers, 0);
}

/// (log_probs, targets, input_lengths, target_lengths, blank, reduction, zero_infinity). The
/// composite puts the lengths into a tensor, whose values a trace does not have.
bool overrideCtc(Stack* stack) {
  const auto arguments = take(stack, 7);
  const Tensor logProbabilities = arguments[0].toTensor();
  const bool isBatched = logProbabilities.dim() == 3;
  const Sizes targetLengths = arguments[3].toIntVector();
  const std::int64_t reduction = arguments[5].toInt();
  const bool zeroInfinity = arguments[6].toBool();
  Tensor loss = std::get<0>(at::_ctc_loss(
      isBatched ? logProbabilities : logProbabilities.unsqueeze(1), arguments[1].toTensor(),
      arguments[2].toIntVector(), targetLengths, arguments[4].toInt(), zeroInfinity));
  if (zeroInfinity) {
    const Tensor isInfinite = loss.eq(at::Scalar(std::numeric_limits<double>::infinity()));
    loss = at::where(isInfinite, at::Scalar(0), loss);
  }
  if (reduction == at::Reduction::Mean) {
    loss = loss.div(divisors(targetLengths, loss)).mean();
  } else if (reduction == at::Reduction::Sum) {
    loss = loss.sum();
  } else if (!isBatched) {
    loss = loss.squeeze(0);
  }
  stack->emplace_back(loss);
  return true;
}

}  // namespace

void enterLosses(Table& table) {
  enter(table, "ctc_loss.IntList", overrideCtc);
  enter(table, "multi_margin_loss", overrideMultiMargin);
}

}  // namespace core::trace::overrides
