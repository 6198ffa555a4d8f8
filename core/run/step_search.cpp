#include "core/run/step_search.h"

#include <cstdio>

namespace core::run {
namespace {

std::string numberText(double number) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.1e", number);
  return buffer;
}

}  // namespace

std::string StepDifference::text() const {
  std::string sentence = "'" + node + "' (" + target + ")";
  if (!module.empty()) sentence += " in module '" + module + "'";
  if (!source.empty()) sentence += " at " + source;
  sentence += inBackward ? ", in the backward," : ", in the forward,";
  return sentence + " differs from eager by up to " + numberText(maxRel) + " relative, " +
         numberText(maxAbs) + " absolute.";
}

std::string StepSearch::sentence() const {
  const std::string extent = std::to_string(values) + " values of " + std::to_string(steps) +
                             " steps were compared, each computed from eager's values.";
  if (first && kernel)
    return first->text() + " It is one of " + std::to_string(kernel->members.size()) +
           " nodes of a kernel, which were built apart to tell. " + extent;
  if (first) return first->text() + " " + extent;
  if (kernel)
    return kernel->text() + " Built apart, the " + std::to_string(kernel->members.size()) +
           " nodes of this kernel agree: they differ only when they are fused. " + extent;
  return "No step differs from eager. " + extent;
}

}  // namespace core::run
