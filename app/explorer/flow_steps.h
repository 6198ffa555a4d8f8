#pragma once

// The marks of the stage strip, from the state of the window.

#include "views/pages/snapshot.h"

namespace explorer {

/// One mark per page, for work that goes as far as `goal`.
std::array<views::pages::FlowStep, views::pages::kPageCount> flowSteps(
    const views::pages::Snapshot& snapshot, core::pipeline::Goal goal);

}  // namespace explorer
