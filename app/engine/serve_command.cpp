// The engine as the window's child: requests on stdin, replies on stdout.
//
// Two threads. The reader answers pings and cancels at once, also while work runs; the worker takes
// one compile request at a time. Only whole frames are written, under one lock. When stdin ends the
// window is gone, so the process ends too.

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>
#include <variant>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/reply_pipe.h"
#include "app/engine/serve_question.h"
#include "core/gpu/gpu.h"
#include "core/pipeline/compiled_entries.h"
#include "core/pipeline/make_operator_table.h"
#include "core/pipeline/run_conditions.h"
#include "core/torch/expect_cuda.h"
#include "core/torch/torch_module.h"

namespace engine {
namespace {

using namespace core::protocol;

/// The queue between reader and worker.
class RequestQueue {
 public:
  /// What the worker does; the reader answers the other requests itself.
  using Work = std::variant<CompileRequest, OperatorsRequest, QuestionRequest>;

  void push(std::uint64_t id, Work request) {
    const std::lock_guard lock(m_mutex);
    m_waiting.push_back({id, std::move(request)});
    m_changed.notify_one();
  }

  /// Stops the running request of that id. A waiting one is removed; then true is returned, and the
  /// caller answers in its place.
  bool cancel(std::uint64_t id) {
    const std::lock_guard lock(m_mutex);
    if (m_runningId == id) m_stop.request_stop();
    return std::erase_if(m_waiting, [id](const Entry& entry) { return entry.id == id; }) > 0;
  }

  void close() {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_stop.request_stop();
    m_changed.notify_one();
  }

  struct Entry {
    std::uint64_t id = 0;
    Work request;
  };

  /// Waits for the next request; false once closed.
  bool take(Entry& entry, std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    m_runningId = 0;
    m_changed.wait(lock, [this] { return m_closed || !m_waiting.empty(); });
    if (m_closed) return false;
    entry = std::move(m_waiting.front());
    m_waiting.pop_front();
    m_runningId = entry.id;
    m_stop = std::stop_source();
    stop = m_stop.get_token();
    return true;
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::deque<Entry> m_waiting;
  std::stop_source m_stop;
  std::uint64_t m_runningId = 0;
  bool m_closed = false;
};

void serveOperators(ReplyPipe& pipe, std::uint64_t id) {
  auto rows = core::pipeline::makeOperatorTable();
  if (rows)
    pipe.send({id, OperatorsReply{std::move(*rows)}});
  else
    pipe.send({id, FailureReply{core::pipeline::Stage::Load, rows.error(), nullptr}});
}

/// A process whose GPU failed cannot use it again; a new one can. What was made is sent already.
void endIfDeviceIsLost() {
  const auto module = core::torch::openTorchModule(0);
  if (!module || (*module)->deviceFailure().empty()) return;
  std::fprintf(stderr, "aot-engine: the GPU cannot be used by this process any more: %s\n",
               (*module)->deviceFailure().c_str());
  std::fflush(nullptr);
  _exit(kDeviceLost);
}

std::optional<core::history::RunConditions> conditionsOf(
    const core::pipeline::CompileRecord& record) {
  if (!record.measurement) return std::nullopt;
  return core::pipeline::runConditions(record, std::string("aot-engine ") + AOT_VERSION);
}

/// Compiles and sends the replies.
void serveCompile(ReplyPipe& pipe, core::pipeline::EntrySession& session, std::uint64_t id,
                  const CompileRequest& request, std::stop_token stop) {
  using core::pipeline::CompileRecordPtr;
  RequestProgress progress(pipe, id);
  const core::StageContext context = progress.context(std::move(stop));
  const auto onPartial = [&](const CompileRecordPtr& record) {
    pipe.send({id, PartialReply{record}});
  };
  // Said at once: if the process dies in this stage, the window must name the right one.
  const auto onStage = [&](core::pipeline::Stage begun) { progress.begin(begun); };
  const auto outcome = session.compile(request.modelPath, request.goal, request.options, context,
                                       onPartial, onStage);
  if (outcome.error)
    pipe.send({id, FailureReply{outcome.stage, *outcome.error, outcome.record}});
  else
    pipe.send({id, DoneReply{outcome.record, conditionsOf(*outcome.record)}});
  if (outcome.error && outcome.error->code == core::ErrorCode::DeviceUnavailable)
    endIfDeviceIsLost();
}

/// The driver's devices; what else a run on one needs is told when it is asked for.
void sendDevices(ReplyPipe& pipe) {
  DevicesReply reply;
  const auto devices = core::gpu::listDevices();
  if (!devices) reply.problem = devices.error().message;
  if (devices)
    for (const core::gpu::DeviceFacts& facts : *devices)
      reply.choices.push_back({"cuda:" + std::to_string(facts.ordinal), facts.name});
  pipe.send({0, std::move(reply)});
}

void work(ReplyPipe& pipe, RequestQueue& queue) {
  sendDevices(pipe);
  core::pipeline::OpenModel open;
  core::pipeline::EntrySession session(open);
  RequestQueue::Entry entry;
  std::stop_token stop;
  while (queue.take(entry, stop)) {
    if (const auto* compile = std::get_if<CompileRequest>(&entry.request))
      serveCompile(pipe, session, entry.id, *compile, stop);
    else if (const auto* question = std::get_if<QuestionRequest>(&entry.request))
      serveQuestion(pipe, open, entry.id, *question, stop);
    else
      serveOperators(pipe, entry.id);
  }
}

/// Acts on one request; false if the process is to end.
bool dispatch(ReplyPipe& pipe, RequestQueue& queue, Request request) {
  if (auto* compile = std::get_if<CompileRequest>(&request.body)) {
    queue.push(request.id, std::move(*compile));
  } else if (const auto* cancel = std::get_if<CancelRequest>(&request.body)) {
    const core::Error error{core::ErrorCode::Cancelled, "The request was cancelled.", {}, {}};
    if (queue.cancel(cancel->target))
      pipe.send({cancel->target, FailureReply{core::pipeline::Stage::Load, error, nullptr}});
  } else if (auto* operators = std::get_if<OperatorsRequest>(&request.body)) {
    queue.push(request.id, *operators);
  } else if (auto* question = std::get_if<QuestionRequest>(&request.body)) {
    queue.push(request.id, std::move(*question));
  } else if (std::holds_alternative<PingRequest>(request.body)) {
    pipe.send({request.id, AliveReply{}});
  } else {
    return false;
  }
  return true;
}

/// Reads until stdin ends, a shutdown is asked for, or the stream makes no sense.
int readRequests(ReplyPipe& pipe, RequestQueue& queue) {
  FrameReader frames;
  std::array<std::uint8_t, 64 << 10> chunk{};
  for (;;) {
    const ssize_t n = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return kDone;
    frames.append({chunk.data(), static_cast<std::size_t>(n)});
    for (;;) {
      auto body = frames.next();
      if (body && !body->has_value()) break;
      auto request = body ? decodeRequest(**body) : core::Result<Request>(body.error());
      if (!request) {
        std::fprintf(stderr, "aot-engine: %s\n", request.error().message.c_str());
        return kFailed;
      }
      if (!dispatch(pipe, queue, std::move(*request))) return kDone;
    }
  }
}

}  // namespace

int serveCommand() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  core::torch::expectCuda();
  ReplyPipe pipe;
  pipe.send({0, HelloReply{kProtocolVersion, AOT_VERSION, getpid()}});
  RequestQueue queue;
  std::thread worker([&] { work(pipe, queue); });
  const int code = readRequests(pipe, queue);
  queue.close();
  // Work in LibTorch or LLVM may not return soon, and nothing waits for it any more.
  worker.detach();
  std::fflush(nullptr);
  _exit(code);
}

}  // namespace engine
