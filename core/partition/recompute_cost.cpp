#include "core/partition/recompute_cost.h"

#include <algorithm>
#include <array>

namespace core::partition {
namespace {

using ir::Graph;
using ir::Node;
using Sizes = std::vector<std::int64_t>;

/// Sizes of the i-th positional argument, which must be a tensor.
std::optional<Sizes> argumentSizes(const Graph& graph, const Node& node, std::size_t i) {
  if (i >= node.args.size() || !node.args[i].isNode()) return std::nullopt;
  const ir::TensorMeta* meta = graph.node(node.args[i].node()).tensor();
  return meta ? std::optional(meta->sizeHints()) : std::nullopt;
}

double product(const Sizes& sizes, std::size_t from = 0) {
  double result = 1;
  for (std::size_t i = from; i < sizes.size(); ++i) result *= static_cast<double>(sizes[i]);
  return result;
}

/// (.., m, k) x (.., k, n) with the matrices at `first` and `first + 1`.
double matrixProduct(const Graph& graph, const Node& node, std::size_t first) {
  const auto a = argumentSizes(graph, node, first);
  const auto b = argumentSizes(graph, node, first + 1);
  if (!a || !b || a->size() < 2 || b->size() != a->size()) return 0;
  return 2 * product(*a) * static_cast<double>(b->back());
}

double firstProduct(const Graph& graph, const Node& node) {
  return matrixProduct(graph, node, 0);
}

/// addmm and baddbmm have the bias in front.
double biasedProduct(const Graph& graph, const Node& node) {
  return matrixProduct(graph, node, 1);
}

/// The sizes of the result, or of a tuple's first element.
std::optional<Sizes> resultSizes(const Node& node) {
  if (const ir::TensorMeta* meta = node.tensor()) return meta->sizeHints();
  const ir::TupleMeta* tuple = node.tuple();
  if (!tuple || tuple->elements.empty() || !tuple->elements[0]) return std::nullopt;
  return tuple->elements[0]->sizeHints();
}

/// Batch x all weight sizes x spatial sizes of the output (of the input, if transposed). Groups are
/// in the weight's second size already.
double convolution(const Graph& graph, const Node& node) {
  const auto input = argumentSizes(graph, node, 0);
  const auto weight = argumentSizes(graph, node, 1);
  const auto output = resultSizes(node);
  if (!input || !weight || !output || input->size() < 2 || output->size() < 2) return 0;
  const std::string_view packet = ir::opPacket(node.target);
  const bool mayTranspose = packet == "aten.convolution" || packet == "aten._convolution";
  const bool transposed = mayTranspose && node.args.size() > 6 && node.args[6].number() == 1.0;
  const Sizes& spatial = transposed ? *input : *output;
  return 2 * static_cast<double>(input->front()) * product(*weight) * product(spatial, 2);
}

/// Queries [B, H, Sq, D], keys [B, H, Sk, D], values [B, H, Sk, Dv]; causality is ignored.
double attention(const Graph& graph, const Node& node) {
  const auto query = argumentSizes(graph, node, 0);
  const auto key = argumentSizes(graph, node, 1);
  const auto value = argumentSizes(graph, node, 2);
  if (!query || !key || !value || query->size() != 4 || key->size() != 4 || value->size() != 4)
    return 0;
  const double scores = static_cast<double>((*query)[0]) * static_cast<double>((*query)[1]) *
                        static_cast<double>((*query)[2]) * static_cast<double>((*key)[2]);
  return 2 * scores * static_cast<double>((*query)[3] + (*value)[3]);
}

/// The same with layout [B, S, H, D].
double attentionSequenceFirst(const Graph& graph, const Node& node) {
  const auto query = argumentSizes(graph, node, 0);
  const auto key = argumentSizes(graph, node, 1);
  const auto value = argumentSizes(graph, node, 2);
  if (!query || !key || !value || query->size() != 4 || key->size() != 4 || value->size() != 4)
    return 0;
  const double scores = static_cast<double>((*query)[0]) * static_cast<double>((*query)[2]) *
                        static_cast<double>((*query)[1]) * static_cast<double>((*key)[1]);
  return 2 * scores * static_cast<double>((*query)[3] + (*value)[3]);
}

struct Formula {
  std::string_view packet;
  double (*flops)(const Graph&, const Node&);
};

constexpr std::array kFormulas{
    Formula{"aten.mm", firstProduct},
    Formula{"aten.bmm", firstProduct},
    Formula{"aten._scaled_mm", firstProduct},
    Formula{"aten.addmm", biasedProduct},
    Formula{"aten.baddbmm", biasedProduct},
    Formula{"aten.convolution", convolution},
    Formula{"aten._convolution", convolution},
    Formula{"aten.cudnn_convolution", convolution},
    Formula{"aten._slow_conv2d_forward", convolution},
    Formula{"aten._scaled_dot_product_flash_attention", attention},
    Formula{"aten._scaled_dot_product_efficient_attention", attention},
    Formula{"aten._scaled_dot_product_cudnn_attention", attention},
    Formula{"aten._flash_attention_forward", attentionSequenceFirst},
    Formula{"aten._efficient_attention_forward", attentionSequenceFirst},
};

}  // namespace

double flopCount(const Graph& graph, const Node& node) {
  if (!node.isCall()) return 0;
  const std::string_view packet = ir::opPacket(node.target);
  for (const Formula& formula : kFormulas)
    if (formula.packet == packet) return formula.flops(graph, node);
  return 0;
}

double recomputeCost(const Graph& graph, const Node& node) {
  return std::max(flopCount(graph, node), 1.0);
}

}  // namespace core::partition
