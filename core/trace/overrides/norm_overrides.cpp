// Batch norm says in its schema that it mutates the running statistics only in its "legit" forms,
// so functionalization needs those. Group norm keeps channels_last on the CPU only.

#include "core/trace/overrides/override_torch.h"
#include "core/trace/trace_target.h"

namespace core::trace::overrides {
namespace {

constexpr std::size_t kMean = 3;
constexpr std::size_t kVariance = 4;
constexpr std::size_t kTraining = 5;

void callOn(Stack* stack, const char* name, const char* overload) {
  c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).callBoxed(stack);
}

// (input, weight, bias, running_mean, running_var, training, momentum, eps)
bool overrideBatchNorm(Stack* stack) {
  const auto first = stack->end() - 8;
  const bool training = first[kTraining].toBool();
  const bool hasMean = tensorOrNone(first[kMean]).defined();
  TORCH_CHECK(hasMean == tensorOrNone(first[kVariance]).defined(),
              "native_batch_norm: running_mean and running_var must be given together");
  if (!hasMean) {
    stack->erase(first + kMean, first + kVariance + 1);
    callOn(stack, "aten::_native_batch_norm_legit", "no_stats");
  } else if (training) {
    callOn(stack, "aten::_native_batch_norm_legit", "");
  } else {
    stack->erase(first + kTraining);
    callOn(stack, "aten::_native_batch_norm_legit_no_training", "");
  }
  return true;
}

// (input, num_groups, weight, bias, eps, cudnn_enabled). For other devices than the CPU the
// composite makes the input contiguous first, whatever its layout.
bool overrideGroupNorm(Stack* stack) {
  const auto arguments = ::torch::jit::last(*stack, 6);
  const Tensor& input = arguments[0].toTensor();
  const bool isContiguous = input.suggest_memory_format() == at::MemoryFormat::Contiguous;
  if (isContiguous || traceTarget().isCuda) return false;
  const std::int64_t groups = arguments[1].toInt();
  if (input.size(1) % groups != 0) return false;
  const std::int64_t batch = input.size(0), channels = input.size(1);
  const std::int64_t positions = batch * channels == 0 ? 0 : input.numel() / (batch * channels);
  const Tensor result = std::get<0>(at::native_group_norm(
      input.contiguous(input.suggest_memory_format()), tensorOrNone(arguments[2]),
      tensorOrNone(arguments[3]), batch, channels, positions, groups, arguments[4].toDouble()));
  ::torch::jit::drop(*stack, 6);
  stack->emplace_back(result);
  return true;
}

}  // namespace

void enterNorms(Table& table) {
  enter(table, "native_batch_norm", overrideBatchNorm);
  enter(table, "group_norm", overrideGroupNorm);
}

}  // namespace core::trace::overrides
