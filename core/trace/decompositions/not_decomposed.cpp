#include "core/trace/decompositions/not_decomposed.h"

#include <algorithm>

namespace core::trace {
namespace {

constexpr std::string_view kAttention =
    "PyTorch's body gives the attention weights where the backward kernel needs their log-sum-exp, "
    "so gradients would be wrong";
constexpr std::string_view kRandom =
    "PyTorch's body draws other random numbers than the kernel, so a seed would give another "
    "result than eager";
constexpr std::string_view kPrims =
    "PyTorch's body ends in an operator of prims, which is outside of ATen and has no kernel here";
constexpr std::string_view kReplaced = "it is replaced before autograd, so no call is left";
constexpr std::string_view kOtherDevice =
    "it is a kernel of another device's library, which a trace for the CPU never calls";
constexpr std::string_view kNames = "it takes dimensions by name, which traces do not have";
constexpr std::string_view kDtype = "PyTorch's body has no place for the dtype of the result";
constexpr std::string_view kStorage = "it changes a storage, which traces refuse";
constexpr std::string_view kIndexing =
    "PyTorch's body is index arithmetic around a gather or a scatter, which the kernel does in one "
    "call";
constexpr std::string_view kCopies =
    "PyTorch's body pads and joins its parts one by one, which the kernel does in one call";
constexpr std::string_view kSearch =
    "PyTorch's body compares all pairs or sorts, as the sizes have it; the kernel chooses better";
constexpr std::string_view kBounds =
    "its bounds are tensors on the host, which the kernel reads as numbers";

std::vector<NotDecomposed> build() {
  std::vector<NotDecomposed> table{
      {"aten._chunk_cat.default", kCopies},
      {"aten._scaled_dot_product_flash_attention_for_cpu.default", kAttention},
      {"aten.all.dimname", kNames},
      {"aten.baddbmm.dtype", kDtype},
      {"aten.bernoulli.default", kRandom},
      {"aten.block_diag.default", kCopies},
      {"aten.cudnn_batch_norm.default", kOtherDevice},
      {"aten.cudnn_batch_norm_backward.default", kOtherDevice},
      {"aten.hardshrink.default", kReplaced},
      {"aten.isin.Scalar_Tensor", kSearch},
      {"aten.isin.Tensor_Scalar", kSearch},
      {"aten.isin.Tensor_Tensor", kSearch},
      {"aten.linspace.Scalar_Tensor", kBounds},
      {"aten.linspace.Tensor_Scalar", kBounds},
      {"aten.linspace.Tensor_Tensor", kBounds},
      {"aten.logspace.Scalar_Tensor", kBounds},
      {"aten.logspace.Tensor_Scalar", kBounds},
      {"aten.logspace.Tensor_Tensor", kBounds},
      {"aten.miopen_batch_norm_backward.default", kOtherDevice},
      {"aten.multi_margin_loss.default", kReplaced},
      {"aten.multilabel_margin_loss_forward.default", kIndexing},
      {"aten.renorm.default", kPrims},
      {"aten.resize_as.default", kStorage},
      {"aten.softshrink.default", kReplaced},
      {"aten.special_xlog1py.other_scalar", kPrims},
      {"aten.special_xlog1py.self_scalar", kPrims},
      {"aten.unbind.Dimname", kNames},
      {"aten.upsample_linear1d.default", kReplaced},
      {"aten.xlogy.Scalar_Other", kPrims},
      {"aten.xlogy.Scalar_Self", kPrims},
  };
  std::sort(table.begin(), table.end(),
            [](const NotDecomposed& a, const NotDecomposed& b) { return a.op < b.op; });
  return table;
}

}  // namespace

const std::vector<NotDecomposed>& notDecomposed() {
  static const std::vector<NotDecomposed> table = build();
  return table;
}

const NotDecomposed* findNotDecomposed(std::string_view op) {
  const std::vector<NotDecomposed>& table = notDecomposed();
  const auto found = std::lower_bound(
      table.begin(), table.end(), op,
      [](const NotDecomposed& entry, std::string_view name) { return entry.op < name; });
  return found != table.end() && found->op == op ? &*found : nullptr;
}

}  // namespace core::trace
