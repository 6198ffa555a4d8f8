// One table of what a trace cannot hold. A graph of fixed shapes has no place for an operator whose
// result sizes follow from values, nor for one that hands a value to the program, which would then
// decide what to do next. The rest are tensors of other kinds than dense ones, and storage tricks.

#include "core/trace/refused_ops.h"

#include <algorithm>
#include <array>

namespace core::trace {
namespace {

constexpr auto kData = ErrorCode::DataDependentShape;
constexpr auto kOther = ErrorCode::UnsupportedOp;
constexpr std::string_view kShape =
    "its output shape depends on data. Replace it by a form of fixed size, such as a mask";
constexpr std::string_view kValue =
    "it hands a tensor's value to the program, which the graph cannot follow. Keep the value in a "
    "tensor";
constexpr std::string_view kStorage =
    "it changes which storage a tensor uses. Use operators that return new tensors or views";
constexpr std::string_view kNoFunctionalForm =
    "LibTorch cannot turn this write into a new value. Use the form without the underscore";
constexpr std::string_view kPacked =
    "packed sequences have lengths that depend on data. Give the recurrent module a padded tensor";
constexpr std::string_view kSparse = "sparse tensors are not supported. Use dense tensors";
constexpr std::string_view kNested =
    "nested tensors are not supported. Pad to a common length instead";
constexpr std::string_view kQuantized =
    "quantized tensors are not supported. Trace the module before it is quantized";
constexpr std::string_view kOneDnn =
    "tensors in oneDNN's own layout are not supported. Use ordinary dense tensors";
constexpr std::string_view kFastPath =
    "it is the fused fast path of inference, which has no gradients and no shape kernel. Export "
    "the "
    "module in training mode";
constexpr std::string_view kOtherDevice =
    "it is a kernel of another device's library. Export the module for the CPU";

// A name that ends in * stands for all that begin so.
constexpr std::array kRefused{
    RefusedOp{"nonzero", kData, kShape},
    RefusedOp{"nonzero_numpy", kData, kShape},
    RefusedOp{"argwhere", kData, kShape},
    RefusedOp{"masked_select", kData, kShape},
    RefusedOp{"_unique", kData, kShape},
    RefusedOp{"_unique2", kData, kShape},
    RefusedOp{"unique_dim", kData, kShape},
    RefusedOp{"unique_consecutive", kData, kShape},
    RefusedOp{"unique_dim_consecutive", kData, kShape},
    RefusedOp{"bincount", kData, kShape},
    RefusedOp{"tensor_split.tensor_indices_or_sections", kData, kShape},
    RefusedOp{"combinations", kData, kShape},
    RefusedOp{"item", kData, kValue},
    RefusedOp{"_local_scalar_dense", kData, kValue},
    RefusedOp{"is_nonzero", kData, kValue},
    RefusedOp{"equal", kData, kValue},
    RefusedOp{"allclose", kData, kValue},
    RefusedOp{"lstm.data", kData, kPacked},
    RefusedOp{"gru.data", kData, kPacked},
    RefusedOp{"rnn_tanh.data", kData, kPacked},
    RefusedOp{"rnn_relu.data", kData, kPacked},
    RefusedOp{"_pack_padded_sequence", kData, kPacked},
    RefusedOp{"_pad_packed_sequence", kData, kPacked},
    RefusedOp{"set_", kOther, kStorage},
    RefusedOp{"resize_", kOther, kStorage},
    RefusedOp{"resize_as_", kOther, kStorage},
    RefusedOp{"polygamma_", kOther, kNoFunctionalForm},
    RefusedOp{"to_sparse*", kOther, kSparse},
    RefusedOp{"_to_sparse*", kOther, kSparse},
    RefusedOp{"_to_dense", kOther, kSparse},
    RefusedOp{"sparse_*", kOther, kSparse},
    RefusedOp{"_sparse_*", kOther, kSparse},
    RefusedOp{"hspmm", kOther, kSparse},
    RefusedOp{"_nested_*", kOther, kNested},
    RefusedOp{"to_padded_tensor", kOther, kNested},
    RefusedOp{"quantize_*", kOther, kQuantized},
    RefusedOp{"dequantize", kOther, kQuantized},
    RefusedOp{"quantized_*", kOther, kQuantized},
    RefusedOp{"int_repr", kOther, kQuantized},
    RefusedOp{"to_mkldnn", kOther, kOneDnn},
    RefusedOp{"mkldnn_reorder_*", kOther, kOneDnn},
    RefusedOp{"_native_multi_head_attention", kOther, kFastPath},
    RefusedOp{"_transformer_encoder_layer_fwd", kOther, kFastPath},
    RefusedOp{"miopen_*", kOther, kOtherDevice},
    RefusedOp{"_cudnn_*", kOther, kOtherDevice},
    RefusedOp{"_lstm_mps", kOther, kOtherDevice},
};

/// "nonzero" of "aten::nonzero" and "aten.nonzero.default".
std::string_view bareName(std::string_view op) {
  for (const std::string_view prefix : {"aten::", "aten."}) {
    if (op.starts_with(prefix)) op.remove_prefix(prefix.size());
  }
  constexpr std::string_view kDefault = ".default";
  if (op.ends_with(kDefault)) op.remove_suffix(kDefault.size());
  return op;
}

bool matches(std::string_view entry, std::string_view name) {
  if (entry.ends_with('*')) return name.starts_with(entry.substr(0, entry.size() - 1));
  return entry == name || entry == name.substr(0, name.find('.'));
}

}  // namespace

const RefusedOp* refusedOp(std::string_view op) {
  const std::string_view name = bareName(op);
  const auto* const found =
      std::find_if(kRefused.begin(), kRefused.end(),
                   [name](const RefusedOp& entry) { return matches(entry.name, name); });
  return found == kRefused.end() ? nullptr : found;
}

bool isDataDependent(std::string_view op) {
  const RefusedOp* refused = refusedOp(op);
  return refused && refused->code == ErrorCode::DataDependentShape;
}

Error refusalError(std::string_view op, const RefusedOp& refused) {
  std::string message = "Cannot trace `";
  message.append(op).append("`: ").append(refused.why).append(".");
  return Error{refused.code, std::move(message), {}, {}};
}

}  // namespace core::trace
