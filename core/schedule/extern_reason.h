#pragma once

#include <string>
#include <string_view>

namespace core::schedule {

/// Why an operator without a loop form is called in LibTorch, as a phrase for a person.
std::string externReason(std::string_view target);

}  // namespace core::schedule
