#pragma once

// Work of the partitioner with our own bugs caught, because it runs on pool threads of the window.

#include "core/base/check.h"
#include "core/base/result.h"

namespace explorer {

/// What `work()`, a Result, returns; an Internal error if it broke one of our checks.
template <typename Work>
auto guardedPartition(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const core::InternalError& bug) {
    return core::Error{core::ErrorCode::Internal,
                       "The partitioner broke a promise of its own; please report it.",
                       bug.what(),
                       {}};
  }
}

}  // namespace explorer
