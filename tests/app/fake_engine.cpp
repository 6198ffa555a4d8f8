// An engine that behaves as it is told: the model's file name is a list of things to do, separated
// by commas, so that a test can have a crash, a hang or garbage at the stage it wants.
//
//   progress:STAGE   reports that stage        partial    sends a record with a partition
//   done             ends well                 fail       ends with an error
//   (a question that is asked of a "done" model is answered with made-up figures)
//   crash            kills itself (SIGKILL)    exit       leaves with code 3
//   hang             sleeps; answers pings     deaf       answers nothing any more, not even pings
//   garbage          writes bytes that are no frame
//   stubborn         like hang, and ignores a cancel
//   late             on cancel, sends a partial record and a result all the same

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <string>
#include <thread>

#include "core/protocol/codec.h"
#include "tests/support/sample_record.h"

namespace {

using namespace core;
using namespace core::protocol;

void writeBytes(const void* data, std::size_t size) {
  const char* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes, size);
    if (written <= 0) std::_Exit(1);
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
}

void send(const Reply& reply) {
  const auto frame = encodeReply(reply);
  writeBytes(frame.data(), frame.size());
}

pipeline::Stage stageFromName(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(pipeline::Stage::Measure); ++i) {
    if (name == pipeline::stageName(static_cast<pipeline::Stage>(i))) {
      return static_cast<pipeline::Stage>(i);
    }
  }
  return pipeline::Stage::Load;
}

const history::RunConditions kConditions{"mlp", "cafe", "a processor", "fake", ""};

/// What the fake is doing: nothing, or one request that hangs.
struct State {
  std::uint64_t hanging = 0;  ///< id of the request that is not over
  bool stubborn = false;
  bool late = false;
};

Error cancelled() {
  return {ErrorCode::Cancelled, "Cancelled.", {}, {}};
}

void obey(State& state, std::uint64_t id, const std::string& order, pipeline::Stage& stage) {
  if (order.starts_with("progress:")) {
    stage = stageFromName(order.substr(9));
    send({id, ProgressReply{stage, 0.5, "Working"}});
  } else if (order == "partial") {
    send({id, PartialReply{support::sampleRecord(support::Filled::Partition)}});
  } else if (order == "done") {
    send({id, DoneReply{support::sampleRecord(support::Filled::Everything), kConditions}});
  } else if (order == "fail") {
    send({id, FailureReply{stage, {ErrorCode::UnsupportedOp, "Cannot trace it.", {}, {}}, {}}});
  } else if (order == "crash") {
    std::raise(SIGKILL);
  } else if (order == "exit") {
    std::_Exit(3);
  } else if (order == "garbage") {
    const std::string garbage = "Segmentation fault? No: a stray printf.\n";
    writeBytes(garbage.data(), garbage.size());
  } else if (order == "deaf") {
    std::this_thread::sleep_for(std::chrono::hours(1));
  } else if (order == "hang" || order == "stubborn" || order == "late") {
    state.hanging = id;
    state.stubborn = order == "stubborn";
    state.late = order == "late";
  }
}

void onCompile(State& state, std::uint64_t id, const CompileRequest& request) {
  pipeline::Stage stage = pipeline::Stage::Load;
  std::stringstream orders(request.modelPath.substr(request.modelPath.rfind('/') + 1));
  for (std::string order; std::getline(orders, order, ',');) obey(state, id, order, stage);
}

AnswerReply answerTo(Question question) {
  switch (question) {
    case Question::Profile: return {support::sampleProfile()};
    case Question::Difference: return {support::sampleSearch()};
    case Question::EagerStep: break;
  }
  return {TriedStep{0.002, 0.5, {"f32[4, 2]"}}};
}

void onQuestion(State& state, std::uint64_t id, const QuestionRequest& request) {
  const std::string orders = request.modelPath.substr(request.modelPath.rfind('/') + 1);
  if (orders.ends_with("done")) return send({id, answerTo(request.question)});
  onCompile(state, id, {request.modelPath, pipeline::Goal::Measure, request.options});
}

void onCancel(State& state, std::uint64_t target) {
  if (state.hanging != target || state.stubborn) return;
  if (state.late) {
    const auto record = support::sampleRecord(support::Filled::Partition);
    send({target, PartialReply{record}});
    send({target, DoneReply{record}});
  } else {
    send({target, FailureReply{pipeline::Stage::Trace, cancelled(), {}}});
  }
  state.hanging = 0;
}

void onRequest(State& state, const Request& request) {
  if (const auto* compile = std::get_if<CompileRequest>(&request.body)) {
    onCompile(state, request.id, *compile);
  } else if (const auto* question = std::get_if<QuestionRequest>(&request.body)) {
    onQuestion(state, request.id, *question);
  } else if (const auto* cancel = std::get_if<CancelRequest>(&request.body)) {
    onCancel(state, cancel->target);
  } else if (std::holds_alternative<OperatorsRequest>(request.body)) {
    pipeline::OperatorRow relu;
    relu.coverage = {"aten.relu.default", trace::ShapeSource::Ours, trace::Treatment::Recorded, ""};
    relu.form = pipeline::KernelForm::Pointwise;
    send({request.id, OperatorsReply{{relu}}});
  } else if (std::holds_alternative<PingRequest>(request.body)) {
    send({request.id, AliveReply{}});
  } else {
    std::_Exit(0);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint32_t version =
      argc > 1 && std::string(argv[1]) == "--old" ? kProtocolVersion + 1 : kProtocolVersion;
  send({0, HelloReply{version, "fake", ::getpid()}});
  FrameReader reader;
  State state;
  std::uint8_t buffer[65536];
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) return 0;
    reader.append({buffer, static_cast<std::size_t>(count)});
    while (true) {
      auto body = reader.next();
      if (!body) return 2;
      if (!body->has_value()) break;
      const auto request = decodeRequest(**body);
      if (!request) return 2;
      onRequest(state, *request);
    }
  }
}
