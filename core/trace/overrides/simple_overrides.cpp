// Dropout and the small list operators; and the composites that no trace can hold.

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

[[noreturn]] void refuse(const char* op) {
  const RefusedOp* refused = refusedOp(op);
  TORCH_CHECK_NOT_IMPLEMENTED(false, refused ? refusalError(op, *refused).message : op);
}

}  // namespace

void enterSimple(Table& table) {
  enter(table, "dropout", overrideDropout);
  enter(table, "unsafe_chunk", overrideUnsafeChunk);
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
