#pragma once

#include <string>

#include "core/ir/graph.h"

namespace core::schedule {

/// Why an operator without a loop form is called in LibTorch, as a phrase for a person.
std::string externReason(const ir::Node& node);

}  // namespace core::schedule
