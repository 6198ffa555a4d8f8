#include "app/engine/reply_pipe.h"

#include <unistd.h>

#include <cerrno>

#include "app/engine/command_output.h"

namespace engine {

using namespace core::protocol;

namespace {
constexpr std::chrono::milliseconds kProgressInterval{100};
}

ReplyPipe::ReplyPipe() : m_descriptor(dup(STDOUT_FILENO)) {
  dup2(STDERR_FILENO, STDOUT_FILENO);
}

void ReplyPipe::send(const Reply& reply) {
  const auto bytes = encodeReply(reply);
  const std::lock_guard lock(m_mutex);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(m_descriptor, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(kDone);
    done += static_cast<std::size_t>(n);
  }
}

core::StageContext RequestProgress::context(std::stop_token stop) {
  core::StageContext context;
  context.stop = std::move(stop);
  context.onProgress = [this](double fraction, const std::string& sentence) {
    m_reached = fraction;
    const auto now = std::chrono::steady_clock::now();
    if (now - m_last < kProgressInterval) return;
    m_last = now;
    m_pipe.send({m_id, ProgressReply{m_stage, fraction, sentence}});
  };
  context.onLog = [this](const core::LogEntry& remark) { m_pipe.send({m_id, LogReply{remark}}); };
  return context;
}

void RequestProgress::begin(core::pipeline::Stage stage) {
  m_stage = stage;
  m_pipe.send({m_id, ProgressReply{stage, m_reached, core::pipeline::stageName(stage)}});
}

}  // namespace engine
