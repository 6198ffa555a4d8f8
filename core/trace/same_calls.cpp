#include "core/trace/same_calls.h"

#include <algorithm>

namespace core::trace {
namespace {

bool hasSameForm(const ir::Argument& mine, const ir::Argument& other) {
  if (mine.value.index() != other.value.index()) return false;
  if (mine.integer() || std::holds_alternative<double>(mine.value)) return true;
  if (!mine.isList()) return mine == other;
  const ir::Argument::List& a = mine.list();
  const ir::Argument::List& b = other.list();
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), hasSameForm);
}

}  // namespace

bool isSameCall(const ir::Node& mine, const ir::Node& other) {
  bool same = mine.kind == other.kind && mine.name == other.name && mine.target == other.target &&
              mine.args.size() == other.args.size() && mine.kwargs.size() == other.kwargs.size() &&
              mine.meta.tag == other.meta.tag &&
              mine.meta.sequenceNumber == other.meta.sequenceNumber;
  for (std::size_t i = 0; same && i < mine.args.size(); ++i)
    same = hasSameForm(mine.args[i], other.args[i]);
  for (std::size_t i = 0; same && i < mine.kwargs.size(); ++i)
    same = mine.kwargs[i].first == other.kwargs[i].first &&
           hasSameForm(mine.kwargs[i].second, other.kwargs[i].second);
  return same;
}

}  // namespace core::trace
