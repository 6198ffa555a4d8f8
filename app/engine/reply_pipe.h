#pragma once

// What a request is answered through: whole frames on the descriptor that was stdout when the
// process began.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "core/protocol/codec.h"

namespace engine {

class ReplyPipe {
 public:
  /// Whatever prints to stdout (a library, a kernel) must not break the protocol: from here on it
  /// goes to stderr.
  ReplyPipe();

  /// From any thread. Ends the process if the window is gone.
  void send(const core::protocol::Reply& reply);

 private:
  int m_descriptor;
  std::mutex m_mutex;
};

/// Progress and remarks of one request, told at most ten times a second.
class RequestProgress {
 public:
  /// `pipe` must outlive the object.
  RequestProgress(ReplyPipe& pipe, std::uint64_t id) : m_pipe(pipe), m_id(id) {}

  /// Of the request; the object must outlive it.
  core::StageContext context(std::stop_token stop);
  /// Said at once: if the process dies in this stage, the window must name the right one.
  void begin(core::pipeline::Stage stage);

 private:
  ReplyPipe& m_pipe;
  std::uint64_t m_id;
  core::pipeline::Stage m_stage = core::pipeline::Stage::Load;
  double m_reached = 0;
  std::chrono::steady_clock::time_point m_last;
};

}  // namespace engine
