#pragma once

// How the readers of core/load leave when a file is bad: an exception that never crosses the
// stage; loadModel and readInputSet turn it into their Result.

#include <string>

#include "core/base/result.h"

namespace core::load {

struct ReadFailure {
  Error error;
};

[[noreturn]] inline void failRead(ErrorCode code, std::string message) {
  throw ReadFailure{Error{code, std::move(message), {}, {}}};
}

}  // namespace core::load
