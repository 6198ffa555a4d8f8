#pragma once

// Questions about a step, answered for the window.

#include "app/engine/reply_pipe.h"
#include "core/pipeline/open_model.h"

namespace engine {

/// Runs the model and sends one Answer or one Failure.
void serveQuestion(ReplyPipe& pipe, core::pipeline::OpenModel& open, std::uint64_t id,
                   const core::protocol::QuestionRequest& request, std::stop_token stop);

}  // namespace engine
