// Dropout, shrinking activations and list operators; and the composites that no trace can hold.

#include <algorithm>

#include "core/trace/overrides/override_torch.h"
#include "core/trace/refused_ops.h"

namespace core::trace::overrides {
namespace {

// (input, p, train). Outside of training a clone stays behind.
bool overrideDropout(Stack* stack) {
  const auto arguments = take(stack, 3);
  const Tensor input = arguments[0].toTensor();
  const double probability = arguments[1].toDouble();
  const bool drops = arguments[2].toBool() && probability != 0;
  stack->emplace_back(drops ? std::get<0>(at::native_dropout(input, probability, true))
                            : input.clone());
  return true;
}

// (self, chunks, dim)
bool overrideUnsafeChunk(Stack* stack) {
  const auto arguments = take(stack, 3);
  const Tensor self = arguments[0].toTensor();
  const std::int64_t chunks = arguments[1].toInt(), dim = arguments[2].toInt();
  TORCH_CHECK(chunks > 0, "unsafe_chunk: the number of chunks must be positive, got ", chunks);
  const std::int64_t extent = self.size(dim);
  const std::int64_t chunk = (extent + chunks - 1) / chunks;
  if (chunk == 0 && extent == 0) {
    const Sizes empty(static_cast<std::size_t>(chunks), 0);
    stack->emplace_back(at::unsafe_split_with_sizes(self, empty, dim));
  } else {
    stack->emplace_back(at::unsafe_split(self, chunk, dim));
  }
  return true;
}

// (self, lambd)
bool overrideHardshrink(Stack* stack) {
  const auto arguments = take(stack, 2);
  const Tensor self = arguments[0].toTensor();
  stack->emplace_back(at::where(at::abs(self).le(arguments[1].toScalar()), at::Scalar(0), self));
  return true;
}

// (self, lambd). The product with 0 keeps NaN.
bool overrideSoftshrink(Stack* stack) {
  const auto arguments = take(stack, 2);
  const Tensor self = arguments[0].toTensor();
  const at::Scalar threshold = arguments[1].toScalar();
  const Tensor isOutside = at::abs(self).gt(threshold);
  const Tensor shrunk = self.sub(at::sign(self).mul(number(threshold)));
  stack->emplace_back(at::where(isOutside, shrunk, self.mul(number(std::int64_t{0}))));
  return true;
}

// (sequences, batch_first, padding_value, padding_side)
bool overridePadSequence(Stack* stack) {
  if (::torch::jit::peek(*stack, 3, 4).toStringRef() != "right") return false;
  const auto arguments = take(stack, 4);
  const auto sequences = arguments[0].toTensorVector();
  TORCH_CHECK(!sequences.empty(), "pad_sequence: received an empty list of sequences");
  const bool batchFirst = arguments[1].toBool();
  const double padding = arguments[2].toDouble();
  std::int64_t longest = 0;
  for (const Tensor& sequence : sequences) longest = std::max(longest, sequence.size(0));
  const auto count = static_cast<std::int64_t>(sequences.size());
  Sizes sizes = batchFirst ? Sizes{count, longest} : Sizes{longest, count};
  const auto trailing = sequences[0].sizes().slice(1);
  sizes.insert(sizes.end(), trailing.begin(), trailing.end());
  Tensor padded = sequences[0].new_full(sizes, padding);
  for (std::int64_t i = 0; i < count; ++i) {
    const Tensor& sequence = sequences[static_cast<std::size_t>(i)];
    Sizes pads(2 * trailing.size() + 2, 0);
    pads.back() = longest - sequence.size(0);
    const Tensor row = at::constant_pad_nd(sequence, pads, padding);
    padded = at::select_scatter(padded, row, batchFirst ? 0 : 1, i);
  }
  stack->emplace_back(padded);
  return true;
}

[[noreturn]] void refuse(const char* op) {
  const RefusedOp* refused = refusedOp(op);
  TORCH_CHECK_NOT_IMPLEMENTED(false, refused ? refusalError(op, *refused).message : op);
}

}  // namespace

void enterSimple(Table& table) {
  enter(table, "dropout", overrideDropout);
  enter(table, "unsafe_chunk", overrideUnsafeChunk);
  enter(table, "hardshrink", overrideHardshrink);
  enter(table, "softshrink", overrideSoftshrink);
  enter(table, "pad_sequence", overridePadSequence);
}

// These read values before any operator that the tracer sees.
void enterRefusals(Table& table) {
  enter(table, "lstm.data", [](Stack*) -> bool { refuse("aten.lstm.data"); });
  enter(table, "gru.data", [](Stack*) -> bool { refuse("aten.gru.data"); });
  enter(table, "rnn_tanh.data", [](Stack*) -> bool { refuse("aten.rnn_tanh.data"); });
  enter(table, "rnn_relu.data", [](Stack*) -> bool { refuse("aten.rnn_relu.data"); });
  enter(table, "combinations", [](Stack*) -> bool { refuse("aten.combinations.default"); });
  enter(table, "tensor_split.tensor_indices_or_sections",
        [](Stack*) -> bool { refuse("aten.tensor_split.tensor_indices_or_sections"); });
}

}  // namespace core::trace::overrides
