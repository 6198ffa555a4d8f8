#include "core/trace/trace_target.h"

#include <utility>

namespace core::trace {
namespace {

TraceTarget& current() {
  thread_local TraceTarget target;
  return target;
}

}  // namespace

const TraceTarget& traceTarget() {
  return current();
}

TargetScope::TargetScope(TraceTarget target) : m_before(std::exchange(current(), target)) {}

TargetScope::~TargetScope() {
  current() = m_before;
}

}  // namespace core::trace
