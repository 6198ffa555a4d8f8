#pragma once

// The messages between the window and the engine, as plain structs. encode.h and decode.h turn them
// into verified FlatBuffers frames.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/history/kept_run.h"
#include "core/pipeline/compile_options.h"
#include "core/pipeline/compile_record.h"
#include "core/pipeline/operator_table.h"
#include "core/run/profile.h"
#include "core/run/step_search.h"

namespace core::protocol {

/// Work on one model as far as `goal`. The engine answers with Progress, Log and Partial replies,
/// then one Done or one Failure.
struct CompileRequest {
  std::string modelPath;
  pipeline::Goal goal = pipeline::Goal::Partition;
  pipeline::CompileOptions options;
};

/// What can be found out about a step beside its measurement.
enum class Question {
  Profile,     ///< where its time goes
  Difference,  ///< where compiled first computes something else than eager
  EagerStep,   ///< whether eager runs at all with these inputs
};

/// Runs the model to answer one question. The engine answers with Progress and Log replies, then
/// one Answer or one Failure.
struct QuestionRequest {
  Question question = Question::Profile;
  std::string modelPath;
  pipeline::CompileOptions options;
};

/// Stops the request of that id; it ends with Failure{Cancelled}.
struct CancelRequest {
  std::uint64_t target = 0;
};

/// Asks for the table of operators. The engine answers with one Operators reply, or a Failure.
struct OperatorsRequest {};

/// Asks for an Alive reply at once, also while work runs.
struct PingRequest {};

struct ShutdownRequest {};

struct Request {
  std::uint64_t id = 0;
  std::variant<CompileRequest, CancelRequest, PingRequest, ShutdownRequest, OperatorsRequest,
               QuestionRequest>
      body;
};

/// Sent once at start, with id 0.
struct HelloReply {
  std::uint32_t protocolVersion = 0;
  std::string programVersion;
  std::int64_t processId = 0;
};

struct AliveReply {};

struct ProgressReply {
  pipeline::Stage stage = pipeline::Stage::Load;
  double fraction = 0;  ///< of the whole request, in [0, 1]
  std::string sentence;
};

struct LogReply {
  LogEntry entry;
};

/// The record so far: sent when a stage is done, so that the window can show it.
struct PartialReply {
  pipeline::CompileRecordPtr record;
};

struct DoneReply {
  pipeline::CompileRecordPtr record;
  /// What a measurement in the record is true for; empty if there is none.
  std::optional<history::RunConditions> conditions = {};
};

/// One eager step.
struct TriedStep {
  double seconds = 0;
  std::optional<double> lossValue;   ///< of a training step
  std::vector<std::string> outputs;  ///< "f32[8, 10], mean of |x| 0.31"
};

/// The answer to a QuestionRequest, of the kind that was asked.
struct AnswerReply {
  std::variant<run::Profile, run::StepSearch, TriedStep> answer;
};

/// The request failed in `stage`; `record` has what was finished before, and may be null.
struct FailureReply {
  pipeline::Stage stage = pipeline::Stage::Load;
  Error error;
  pipeline::CompileRecordPtr record;
};

struct OperatorsReply {
  std::vector<pipeline::OperatorRow> rows;
};

/// A device besides the CPU that a model can run on.
struct DeviceChoice {
  std::string name;   ///< "cuda:0", as CompileOptions::device wants it
  std::string title;  ///< "NVIDIA H200"
};

/// Sent once, with id 0, when the engine has looked for devices.
struct DevicesReply {
  std::vector<DeviceChoice> choices;
  std::string problem;  ///< why there are none, for a person; empty if there are some
};

struct Reply {
  std::uint64_t id = 0;
  std::variant<HelloReply, AliveReply, ProgressReply, LogReply, PartialReply, DoneReply,
               FailureReply, OperatorsReply, DevicesReply, AnswerReply>
      body;
};

}  // namespace core::protocol
