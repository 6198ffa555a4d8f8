#pragma once

// The guards of one compiled entry: what must hold of a call for the entry to serve it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/joint_graph.h"
#include "core/load/capture/size_tree.h"
#include "core/run/entry_record.h"
#include "core/run/guards/call_facts.h"
#include "core/run/guards/storage_overlap.h"

namespace core::run {

/// Values of the program's symbols in one call.
using SymbolValues = std::map<std::string, std::int64_t, std::less<>>;

/// Whether a call may use an entry.
struct GuardCheck {
  /// Why not, in the sentence of PyTorch ("tensor 'x' size mismatch at index 0. expected 4, actual
  /// 8"); empty: all guards hold.
  std::string miss;
  SymbolValues symbols;  ///< if all hold
};

/// Guards on dtype, device, requires_grad, rank, sizes and strides of each tensor (a size with a
/// symbol in the graph is guarded by the symbol's range only), and on the grad mode. Where the
/// graph writes its inputs also on the identity of arguments and on which share elements; where it
/// takes views of them, on their offset. aot-behaviour §1 rows 9 to 16 and 45 to 49.
class EntryGuards {
 public:
  /// For the entry that was made of `joint`, traced in a call with these facts.
  EntryGuards(CallFacts facts, const ir::JointGraph& joint);

  GuardCheck check(const CallFacts& call) const;
  /// Every guard that check() looks at, in its order.
  std::vector<Guard> list() const;

 private:
  struct Symbol {
    std::string name;
    std::size_t tensor = 0;  ///< where it is read
    std::size_t dimension = 0;
  };

  /// What a size of a tensor must be: a number, or what an expression gives.
  struct Expected {
    std::int64_t number = 0;
    std::optional<load::SizeTree> expression;
  };
  struct ExpectedLayout {
    std::vector<Expected> sizes, strides;
  };

  static std::vector<Expected> expectedOf(const std::vector<ir::Size>& sizes);
  static bool isAs(const Expected& expected, std::int64_t actual, const SymbolValues& symbols);
  void readExpressions();
  void expectGraphSizes(const ir::JointGraph& joint);
  bool mayWrite(const ir::JointGraph& joint) const;
  std::string tensorMiss(std::size_t index, const TensorFacts& actual,
                         const SymbolValues& symbols) const;
  std::string identityMiss(const CallFacts& call) const;
  std::string overlapMiss(const CallFacts& call) const;
  std::string offsetMiss(const CallFacts& call) const;
  std::string wayMiss(const CallFacts& call) const;
  SymbolValues symbolsOf(const CallFacts& call) const;
  void listIdentity(std::vector<Guard>& guards) const;

  CallFacts m_facts;  ///< sizes and strides may be expressions of symbols
  std::vector<Symbol> m_symbols;
  std::vector<ir::SizeGuard> m_sizeGuards;
  // Read once, because a check is to take less than a microsecond.
  std::vector<ExpectedLayout> m_expected;                          ///< by tensor
  std::vector<std::optional<load::SizeComparison>> m_comparisons;  ///< by size guard
  std::vector<bool> m_offsetMatters;                               ///< by tensor
  StorageOverlap m_overlap;
  bool m_writes = false;
};

/// "Float", PyTorch's name of a dtype in guards.
std::string guardName(ir::DType dtype);

}  // namespace core::run
