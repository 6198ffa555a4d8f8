#pragma once

// Equal module calls: which are the same but for names, and runs of them as one call.

#include "core/layout/module_calls.h"

namespace core::layout {

/// Fills in ModuleCall::structure, and puts a call around every run of at least three equal calls
/// that follow each other directly ("Block ×12"): its key is "blocks.[0-11]", its path what theirs
/// have in common.
void findRepeats(const Flow& flow, const Folding& folding, ModuleCalls& modules);

}  // namespace core::layout
