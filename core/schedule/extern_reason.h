#pragma once

#include <string>
#include <string_view>

#include "core/ir/graph.h"

namespace core::schedule {

/// Why an operator without a loop form is called in LibTorch, as a phrase for a person.
std::string externReason(const ir::Node& node);

/// The same for any call to an operator, whatever its arguments.
std::string externReason(std::string_view target);

}  // namespace core::schedule
