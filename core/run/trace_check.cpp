#include "core/run/trace_check.h"

namespace core::run {

std::string TraceMismatch::text() const {
  std::string text = node.empty() ? target : "'" + node + "' (" + target + ")";
  if (!module.empty()) text += " in module '" + module + "'";
  if (!source.empty()) text += " at " + source;
  return text + " " + what;
}

std::string TraceCheck::sentence() const {
  if (mismatch) return "The trace is wrong: " + mismatch->text() + ".";
  return std::to_string(nodes) + " nodes replayed; " + std::to_string(values) + " values, " +
         std::to_string(outputs) + " outputs and " + std::to_string(gradients) +
         " gradients agree with eager.";
}

}  // namespace core::run
