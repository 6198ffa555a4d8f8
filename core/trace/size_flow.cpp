// PyTorch computes a call's shape with Python code per operator, and its tracer knows a size again
// only if that code handed the same object on. Most code does: the sizes of the result are taken
// from an operand. The tables below name the operators that compute a size anew even where it stays
// the same (a convolution's height, a slice's length), those that prefer another operand than the
// first, and those whose result has the sizes that are written in the arguments. A view follows
// PyTorch's own walk over the two shapes. Measured on PyTorch 2.11's shape functions.

#include "core/trace/size_flow.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace core::trace {
namespace {

/// Which dimensions an operator computes anew.
enum class NewSizes { All, FromThird, AtDimension, AfterDimension };

const std::map<std::string_view, NewSizes>& newSizes() {
  static const std::map<std::string_view, NewSizes> table = {
      {"aten.arange", NewSizes::All},
      {"aten.tril", NewSizes::All},
      {"aten.triu", NewSizes::All},
      {"aten.repeat", NewSizes::All},
      {"aten.diagonal", NewSizes::All},
      {"aten.eye", NewSizes::All},
      {"aten.constant_pad_nd", NewSizes::All},
      {"aten.convolution", NewSizes::FromThird},
      {"aten.max_pool2d_with_indices", NewSizes::FromThird},
      {"aten.max_pool3d_with_indices", NewSizes::FromThird},
      {"aten.avg_pool2d", NewSizes::FromThird},
      {"aten.avg_pool3d", NewSizes::FromThird},
      {"aten.reflection_pad2d", NewSizes::FromThird},
      {"aten.replication_pad2d", NewSizes::FromThird},
      {"aten.pixel_shuffle", NewSizes::FromThird},
      {"aten.upsample_nearest2d", NewSizes::FromThird},
      {"aten.upsample_bilinear2d", NewSizes::FromThird},
      {"aten.cat", NewSizes::AtDimension},
      {"aten.cumsum", NewSizes::AtDimension},
      {"aten.index_select", NewSizes::AtDimension},
      {"aten.roll", NewSizes::AtDimension},
      {"aten.slice", NewSizes::AtDimension},
      {"aten.unfold", NewSizes::AtDimension},
      {"aten.stack", NewSizes::AfterDimension},
  };
  return table;
}

/// The operand whose sizes the result takes first, among the tensors.
const std::map<std::string_view, std::size_t>& preferredOperand() {
  static const std::map<std::string_view, std::size_t> table = {
      {"aten._adaptive_avg_pool2d_backward", 1},
      {"aten._scaled_dot_product_flash_attention_for_cpu_backward", 1},
      {"aten.avg_pool2d_backward", 1},
      {"aten.convolution_backward", 1},
      {"aten.embedding", 1},
      {"aten.gather", 1},
      {"aten.masked_fill", 1},
      {"aten.max_pool2d_with_indices_backward", 1},
      {"aten.native_layer_norm_backward", 3},
      {"aten.nll_loss_backward", 1},
  };
  return table;
}

constexpr auto kShapeIsWritten = std::to_array<std::string_view>(
    {"aten.as_strided", "aten.empty", "aten.expand", "aten.full", "aten.new_empty", "aten.new_full",
     "aten.new_ones", "aten.new_zeros", "aten.ones", "aten.rand", "aten.randn",
     "aten.select_backward", "aten.slice_backward", "aten.zeros"});

bool isView(std::string_view packet) {
  return packet == "aten.view" || packet == "aten._unsafe_view";
}

std::size_t wrapped(std::int64_t dimension, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  return static_cast<std::size_t>(dimension < 0 ? dimension + size : dimension);
}

std::int64_t integerArgument(const ir::Node& node, std::size_t index, std::int64_t otherwise) {
  return index < node.args.size() ? node.args[index].integer().value_or(otherwise) : otherwise;
}

void take(const SeenSize& from, SeenSize& to) {
  if (to.object == kFixed && to.moves() && from.values == to.values) to.object = from.object;
}

void takeFrom(const SeenShape& from, SeenShape& to) {
  for (std::size_t d = 0; d < to.size() && d < from.size(); ++d) take(from[d], to[d]);
}

// ---- views
// ---------------------------------------------------------------------------------------

SeenSize merged(const SeenSize& a, const SeenSize& b) {
  SeenSize product = a;
  product.object = kFixed;
  for (std::size_t k = 0; k < product.values.size(); ++k) product.values[k] *= b.values[k];
  return product;
}

bool isMultiple(const SeenSize& a, const SeenSize& b) {
  for (std::size_t k = 0; k < a.values.size(); ++k)
    if (b.values[k] == 0 || a.values[k] % b.values[k] != 0) return false;
  return true;
}

SeenSize quotient(const SeenSize& a, const SeenSize& b) {
  SeenSize result = a;
  result.object = kFixed;
  for (std::size_t k = 0; k < result.values.size(); ++k) result.values[k] /= b.values[k];
  return result;
}

/// PyTorch's walk (_reshape_view_helper): a dimension that fits stays; else dimensions are merged
/// until they can be split into the wanted length, whose object is the argument's.
void flowView(SeenShape shape, const SeenShape& wanted, SeenShape& result) {
  std::size_t at = 0;
  for (std::size_t d = 0; d < result.size() && at < shape.size(); ++d) {
    SeenSize& length = result[d];
    const bool isOne = !length.moves() && length.values.front() == 1;
    if (isOne && shape[at].values != length.values) continue;
    if (shape[at].values != length.values) {
      while (!isMultiple(shape[at], length) && at + 1 < shape.size()) {
        shape[at] = merged(shape[at], shape[at + 1]);
        shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at) + 1);
      }
      if (!isMultiple(shape[at], length)) return;
      if (shape[at].values != length.values) {
        const SeenSize rest = quotient(shape[at], length);
        shape[at] = d < wanted.size() ? wanted[d] : length;
        shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
      }
    }
    take(shape[at], length);
    ++at;
  }
}

// ---- other operators
// -------------------------------------------------------------------------------

/// True for the operators that only move dimensions about.
bool flowPermutation(const SizeFlowCall& call, SeenShape& result) {
  const std::string_view packet = ir::opPacket(call.node.target);
  const std::size_t rank = result.size();
  if (call.inputs.empty() || call.inputs.front().size() != rank) return false;
  SeenShape from = call.inputs.front();
  if (packet == "aten.t") {
    std::reverse(from.begin(), from.end());
  } else if (packet == "aten.transpose") {
    std::swap(from[wrapped(integerArgument(call.node, 1, 0), rank)],
              from[wrapped(integerArgument(call.node, 2, 0), rank)]);
  } else if (packet == "aten.permute") {
    for (std::size_t d = 0; d < rank && d < call.list.size(); ++d)
      from[d] = call.inputs.front()[wrapped(call.list[d].values.front(), rank)];
  } else {
    return false;
  }
  takeFrom(from, result);
  return true;
}

/// Rows from one operand, columns from the next.
bool flowProduct(const SizeFlowCall& call, SeenShape& result) {
  const std::string_view packet = ir::opPacket(call.node.target);
  const bool hasBias = packet == "aten.addmm";
  if (packet != "aten.mm" && packet != "aten.bmm" && !hasBias) return false;
  if (call.inputs.size() < (hasBias ? 3U : 2U) || result.empty()) return false;
  SeenShape from = call.inputs[hasBias ? 1 : 0];
  if (from.empty()) return false;
  from.back() = call.inputs[hasBias ? 2 : 1].back();
  takeFrom(from, result);
  return true;
}

/// Empty if nothing is computed anew.
std::vector<bool> computedAnew(const SizeFlowCall& call, std::size_t rank) {
  std::vector<bool> isNew(rank, false);
  const auto row = newSizes().find(ir::opPacket(call.node.target));
  if (row == newSizes().end() || rank == 0) return isNew;
  const std::size_t dimension = wrapped(integerArgument(call.node, 1, 0), rank);
  for (std::size_t d = 0; d < rank; ++d) switch (row->second) {
      case NewSizes::All: isNew[d] = true; break;
      case NewSizes::FromThird: isNew[d] = d >= 2; break;
      case NewSizes::AtDimension: isNew[d] = d == dimension; break;
      case NewSizes::AfterDimension: isNew[d] = d == dimension + 1; break;
    }
  return isNew;
}

/// The same place counted from the right, as sizes are broadcast; else any dimension of that size.
void flowFromOperands(const std::vector<SeenShape>& operands, SeenSize& size, std::size_t d,
                      std::size_t rank) {
  for (const SeenShape& operand : operands)
    if (operand.size() <= rank && d >= rank - operand.size())
      take(operand[d - (rank - operand.size())], size);
  for (const SeenShape& operand : operands)
    for (const SeenSize& other : operand) take(other, size);
}

}  // namespace

void flowSizes(const SizeFlowCall& call, SeenShape& result) {
  const std::string_view packet = ir::opPacket(call.node.target);
  if (isView(packet)) {
    if (!call.inputs.empty()) flowView(call.inputs.front(), call.list, result);
    return;
  }
  if (flowPermutation(call, result) || flowProduct(call, result)) return;
  if (std::find(kShapeIsWritten.begin(), kShapeIsWritten.end(), packet) != kShapeIsWritten.end())
    takeFrom(call.list, result);
  std::vector<SeenShape> operands = call.inputs;
  const auto preferred = preferredOperand().find(packet);
  if (preferred != preferredOperand().end() && preferred->second < operands.size())
    std::rotate(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(preferred->second),
                operands.end());
  const std::vector<bool> isNew = computedAnew(call, result.size());
  for (std::size_t d = 0; d < result.size(); ++d)
    if (!isNew[d]) flowFromOperands(operands, result[d], d, result.size());
}

}  // namespace core::trace
