// A model whose index is out of range makes a kernel of LibTorch fail on the device, after which no
// process that saw it can use the GPU: gpu_recovery AOT-ENGINE BAD-MODEL GOOD-MODEL. The engine
// must say so, keep what it sent, and end with its own exit code; the next engine must measure a
// model on the same GPU, soon.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

#include "core/gpu/gpu.h"
#include "core/protocol/codec.h"

namespace {

using namespace core::protocol;
using Clock = std::chrono::steady_clock;

constexpr int kSkipped = 77;
constexpr int kDeviceLost = 3;
constexpr double kSoonSeconds = 5;

/// `aot-engine serve` behind two pipes.
class Engine {
 public:
  explicit Engine(const char* program) {
    std::array<int, 2> in{}, out{};
    if (pipe(in.data()) != 0 || pipe(out.data()) != 0) return;
    m_process = fork();
    if (m_process == 0) {
      dup2(in[0], STDIN_FILENO);
      dup2(out[1], STDOUT_FILENO);
      close(in[1]);
      close(out[0]);
      execl(program, program, "serve", nullptr);
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
    m_in = in[1];
    m_out = out[0];
  }

  void send(const Request& request) {
    const auto bytes = encodeRequest(request);
    if (write(m_in, bytes.data(), bytes.size()) < 0) std::perror("write");
  }

  /// Reads to the end of request `id`; false if the stream ends before.
  bool readEnd(std::uint64_t id, Reply& last) {
    for (;;) {
      auto body = m_frames.next();
      if (!body) return false;
      if (body->has_value()) {
        auto reply = decodeReply(**body);
        if (!reply) return false;
        last = std::move(*reply);
        const bool ends = std::holds_alternative<DoneReply>(last.body) ||
                          std::holds_alternative<FailureReply>(last.body);
        if (last.id == id && ends) return true;
        continue;
      }
      std::array<std::uint8_t, 1 << 16> chunk{};
      const ssize_t n = read(m_out, chunk.data(), chunk.size());
      if (n <= 0) return false;
      m_frames.append({chunk.data(), static_cast<std::size_t>(n)});
    }
  }

  /// Waits for its end; the exit code, or -1 if a signal ended it.
  int wait() {
    int status = 0;
    waitpid(m_process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t m_process = -1;
  int m_in = -1;
  int m_out = -1;
  FrameReader m_frames;
};

CompileRequest measure(const char* model) {
  CompileRequest request;
  request.modelPath = model;
  request.goal = core::pipeline::Goal::Measure;
  request.options.device = "cuda";
  return request;
}

int failed(const char* what) {
  std::printf("FAILED: %s\n", what);
  return 1;
}

/// The failing request; 0 if the engine did what it should.
int provoke(const char* program, const char* model) {
  Engine engine(program);
  engine.send({1, measure(model)});
  Reply last;
  if (!engine.readEnd(1, last)) return failed("the engine ended without an answer");
  const auto* failure = std::get_if<FailureReply>(&last.body);
  if (!failure) return failed("an index out of range was not noticed");
  std::printf("failure: %s\n", failure->error.message.c_str());
  if (failure->error.code != core::ErrorCode::DeviceUnavailable)
    return failed("the failure has another code");
  if (!failure->record || !failure->record->joint)
    return failed("what was made before is not kept");
  const int code = engine.wait();
  std::printf("exit code %d\n", code);
  return code == kDeviceLost ? 0 : failed("the engine did not end as it should");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return failed("gpu_recovery AOT-ENGINE BAD-MODEL GOOD-MODEL");
  if (const auto devices = core::gpu::listDevices(); !devices) {
    std::printf("skipped: %s\n", devices.error().message.c_str());
    return kSkipped;
  }
  if (const int code = provoke(argv[1], argv[2]); code != 0) return code;
  const auto start = Clock::now();
  Engine next(argv[1]);
  next.send({1, measure(argv[3])});
  Reply last;
  if (!next.readEnd(1, last) || !std::holds_alternative<DoneReply>(last.body))
    return failed("the next engine cannot use the GPU");
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("the next engine measured a model %.2f s after its start\n", seconds);
  next.send({2, ShutdownRequest{}});
  next.wait();
  return seconds < kSoonSeconds ? 0 : failed("that is too late");
}
