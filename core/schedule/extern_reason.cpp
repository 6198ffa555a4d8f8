#include "core/schedule/extern_reason.h"

#include <array>

#include "core/ir/op_table.h"

namespace core::schedule {
namespace {

struct ReasonRow {
  std::string_view part;  ///< of the operator's name
  const char* reason;
};

constexpr std::array kReasons{
    ReasonRow{"convolution", "convolutions are left to the library"},
    ReasonRow{"attention", "fused attention is left to the library"},
    ReasonRow{"mm", "matrix products are left to the library"},
    ReasonRow{"addmv", "matrix products are left to the library"},
    ReasonRow{"linear", "matrix products are left to the library"},
    ReasonRow{"pool", "pooling has no loop form here"},
    ReasonRow{"scatter", "scattered writes have no loop form here"},
    ReasonRow{"index_put", "scattered writes have no loop form here"},
    ReasonRow{"index_add", "scattered writes have no loop form here"},
    ReasonRow{"embedding", "scattered sums have no loop form here"},
    ReasonRow{"cat", "joining tensors has no loop form here"},
    ReasonRow{"stack", "joining tensors has no loop form here"},
    ReasonRow{"_backward", "this gradient has no loop form here"},
    ReasonRow{"sort", "sorting has no loop form here"},
    ReasonRow{"topk", "sorting has no loop form here"},
    ReasonRow{"cum", "running sums and products have no loop form here"},
};

constexpr const char* kRandom = "random numbers come from PyTorch's generator";

std::string reasonByName(std::string_view target) {
  for (const ReasonRow& row : kReasons)
    if (target.find(row.part) != std::string_view::npos) return row.reason;
  std::string reason("'");
  reason.append(ir::opPacket(target)).append("' has no loop form here");
  return reason;
}

}  // namespace

std::string externReason(const ir::Node& node) {
  return ir::drawsRandomNumbers(node) ? kRandom : reasonByName(node.target);
}

std::string externReason(std::string_view target) {
  return ir::opFacts(target).seeded ? kRandom : reasonByName(target);
}

}  // namespace core::schedule
