#pragma once

// CORE_CHECK: promises that only our own bugs can break. A broken one throws InternalError, which
// is caught once, in the pipeline, and reported with the stage and the graph.

#include <stdexcept>
#include <string>

namespace core {

/// A broken internal promise; never thrown for bad input.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void throwInternalError(const char* file, int line, const char* condition,
                                     const std::string& message);

}  // namespace core

#define CORE_CHECK(condition, message) \
  (static_cast<bool>(condition)        \
       ? static_cast<void>(0)          \
       : ::core::throwInternalError(__FILE__, __LINE__, #condition, (message)))
