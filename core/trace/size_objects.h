#pragma once

// Sizes that move from trace to trace, as PyTorch's tracer knows them: by object, not by value.

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/ir/graph.h"

namespace core::trace {

/// Index of a SizeObject; kFixed for an integer that no trace moves.
using SizeId = int;
inline constexpr SizeId kFixed = -1;

/// Where a size comes from.
struct SizeObject {
  enum class Kind {
    Read,     ///< dimension `dimension` of tensor `source`
    Product,  ///< the product of `factors`
    Formula   ///< whatever expression of the symbols has these values
  };
  struct Factor {
    SizeId size = kFixed;
    std::int64_t number = 1;  ///< if `size` is kFixed
  };
  Kind kind = Kind::Formula;
  std::vector<std::int64_t> values;  ///< one per trace
  ir::NodeId source;
  int dimension = 0;
  std::vector<Factor> factors;
};

/// One dimension of a tensor in all traces.
struct SeenSize {
  std::vector<std::int64_t> values;
  SizeId object = kFixed;

  bool moves() const;
};
using SeenShape = std::vector<SeenSize>;

/// Says for every moving integer argument of a graph which object PyTorch's tracer would pass.
class SizeObjects {
 public:
  /// The same graph traced at several sizes; `sizesFrom` by node, see BaseTrace.
  SizeObjects(std::vector<const ir::Graph*> graphs, std::vector<int> sizesFrom);

  std::size_t size() const { return m_objects.size(); }
  const SizeObject& operator[](SizeId size) const {
    return m_objects[static_cast<std::size_t>(size)];
  }
  /// The object passed as the n-th integer among the arguments of `node`, lists and keywords
  /// included.
  SizeId argument(ir::NodeId node, std::size_t n) const;
  /// The object with these values that an operand of `node` has, or one of the operator that it is
  /// part of, else the first tensor before it that has one; kFixed if there is none.
  SizeId nearObject(ir::NodeId node, const std::vector<std::int64_t>& values) const;
  /// The object that dimension `dimension` of a placeholder has.
  SizeId ofPlaceholder(ir::NodeId placeholder, int dimension) const;

 private:
  using Shapes = std::vector<SeenShape>;  ///< one per result of a node
  /// Where the arguments of a call may have been read from, the likeliest first.
  struct Sources {
    Shapes operands;  ///< of the call, and of the operator that it is part of
    Shapes results;   ///< of that operator's calls
  };

  const ir::Graph& base() const { return *m_graphs.front(); }
  SizeId add(SizeObject object);
  void readPlaceholder(const ir::Node& node);
  void readCall(const ir::Node& node);
  void groupByOperator();
  void chooseArguments(const ir::Node& node);
  SeenSize chosen(const ir::Node& node, const std::vector<std::int64_t>& values, int position,
                  std::size_t length);
  SizeId fromOperands(const ir::Node& node, const std::vector<std::int64_t>& values, int position,
                      std::size_t length);
  SizeId productOf(const ir::Node& node, const Shapes& shapes,
                   const std::vector<std::int64_t>& values);
  SizeId ofAnyPrimal(const std::vector<std::int64_t>& values);
  Sources sourcesOf(const ir::Node& node) const;
  static SizeId findIn(const Shapes& shapes, const std::vector<std::int64_t>& values, int position,
                       std::size_t length);
  Shapes shapesOf(const std::vector<ir::NodeId>& nodes) const;
  Shapes observed(const ir::Node& node) const;
  std::vector<ir::NodeId> inputsFromOutside(const std::vector<ir::NodeId>& group) const;

  std::vector<const ir::Graph*> m_graphs;
  std::vector<int> m_sizesFrom;
  std::vector<SizeObject> m_objects;
  std::vector<Shapes> m_shapes;               ///< by node
  std::vector<std::vector<SeenSize>> m_args;  ///< by node: its integers
  std::vector<SeenShape> m_lists;             ///< by node: its first list of integers
  std::map<std::int64_t, std::vector<ir::NodeId>> m_forward;  ///< by sequence number
  std::map<int, std::vector<ir::NodeId>> m_groups;            ///< calls of one composite operator
  std::map<std::pair<std::int64_t, std::vector<std::int64_t>>, SizeId> m_products;
};

}  // namespace core::trace
