#include "core/protocol/codec.h"

#include "core/base/check.h"
#include "core/protocol/wire_parts.h"

namespace core::protocol {
namespace {

// Graphs nest a handful of levels, arguments by user lists; a frame holds at most this many tables.
constexpr flatbuffers::uoffset_t kMaxDepth = 64;
constexpr flatbuffers::uoffset_t kMaxTables = 50'000'000;

enum class RequestKind : std::uint8_t { Compile, Cancel, Ping, Shutdown, Operators, Question };
enum class ReplyKind : std::uint8_t {
  Hello,
  Alive,
  Progress,
  Log,
  Partial,
  Done,
  Failure,
  Operators,
  Devices,
  Answer
};

Error protocolError(const std::string& what) {
  return {ErrorCode::EngineDied,
          "A message between window and engine is not valid: " + what + ".",
          {},
          {}};
}

template <typename Table>
std::vector<std::uint8_t> frame(const Table& message) {
  flatbuffers::FlatBufferBuilder builder(64 << 10);
  builder.Finish(Table::TableType::Pack(builder, &message));
  const auto length = builder.GetSize();
  std::vector<std::uint8_t> bytes(4 + std::size_t{length});
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(length >> (8 * i));
  std::copy_n(builder.GetBufferPointer(), length, bytes.begin() + 4);
  return bytes;
}

/// Verifies the buffer and unpacks it; null if it is no buffer of that table.
template <typename Table>
std::unique_ptr<Table> unpack(std::span<const std::uint8_t> body) {
  flatbuffers::Verifier verifier(body.data(), body.size(), kMaxDepth, kMaxTables);
  if (!verifier.VerifyBuffer<typename Table::TableType>(nullptr)) return nullptr;
  return std::unique_ptr<Table>(
      flatbuffers::GetRoot<typename Table::TableType>(body.data())->UnPack());
}

template <bool kWrite>
void moveOptions(Ours<kWrite, pipeline::CompileOptions> ours,
                 Wire<kWrite, wire::CompileOptionsT> onWire) {
  if constexpr (kWrite) {
    onWire.mode = ours.mode ? static_cast<int>(*ours.mode) : -1;
    onWire.has_loss = ours.loss.has_value();
    if (ours.loss) onWire.loss_output = ours.loss->output.value_or(-1);
    for (const auto& [name, size] : ours.dims) {
      onWire.dims.push_back(std::make_unique<wire::DimT>());
      onWire.dims.back()->name = name;
      onWire.dims.back()->size = size;
    }
    for (const auto& [name, text] : ours.fills) {
      onWire.fills.push_back(std::make_unique<wire::PairT>());
      onWire.fills.back()->first = name;
      onWire.fills.back()->second = text;
    }
  } else {
    if (onWire.mode >= 0)
      ours.mode = static_cast<run::Mode>(checkedIndex(onWire.mode, 2, "a mode"));
    if (onWire.has_loss) ours.loss.emplace();
    if (ours.loss && onWire.loss_output >= 0) ours.loss->output = onWire.loss_output;
    for (const auto& dim : onWire.dims) {
      if (!dim) throw WireError("a dimension is missing");
      ours.dims[dim->name] = dim->size;
    }
    for (const auto& fill : onWire.fills) {
      if (!fill) throw WireError("a fill is missing");
      ours.fills[fill->first] = fill->second;
    }
  }
  plain<kWrite>(ours.inputsPath, onWire.inputs_path);
  plain<kWrite>(ours.weightsPath, onWire.weights_path);
  plain<kWrite>(ours.logCompile, onWire.log_compile);
  plain<kWrite>(ours.allowTorchScript, onWire.allow_torchscript);
  table<kWrite>(ours.partition, onWire.partition, movePartitionOptions<kWrite>);
  enumeration<kWrite>(ours.decompositions, onWire.decompositions, 3);
  plain<kWrite>(ours.device, onWire.device);
  plain<kWrite>(ours.threads, onWire.threads);
  plain<kWrite>(ours.seed, onWire.seed);
  plain<kWrite>(ours.learnShapesBytes, onWire.learn_shapes_bytes);
  plain<kWrite>(ours.apart, onWire.apart);
}

template <bool kWrite>
void moveOperator(Ours<kWrite, pipeline::OperatorRow> ours, Wire<kWrite, wire::OperatorT> onWire) {
  plain<kWrite>(ours.coverage.op, onWire.op);
  enumeration<kWrite>(ours.coverage.source, onWire.shapes, 4);
  enumeration<kWrite>(ours.coverage.treatment, onWire.treatment, 6);
  enumeration<kWrite>(ours.coverage.core, onWire.core, 3);
  plain<kWrite>(ours.coverage.whyLeftOut, onWire.why_left_out);
  plain<kWrite>(ours.isDecomposed, onWire.decomposed);
  enumeration<kWrite>(ours.form, onWire.form, 5);
  plain<kWrite>(ours.reason, onWire.reason);
}

template <bool kWrite>
void moveDevice(Ours<kWrite, DeviceChoice> ours, Wire<kWrite, wire::DeviceChoiceT> onWire) {
  plain<kWrite>(ours.name, onWire.name);
  plain<kWrite>(ours.title, onWire.title);
}

struct RequestWriter {
  wire::RequestT& onWire;

  void kind(RequestKind value) const { onWire.kind = static_cast<std::uint8_t>(value); }
  void operator()(const CompileRequest& request) const {
    kind(RequestKind::Compile);
    onWire.model_path = request.modelPath;
    onWire.goal = static_cast<std::uint8_t>(request.goal);
    table<true>(request.options, onWire.options, moveOptions<true>);
  }
  void operator()(const CancelRequest& request) const {
    kind(RequestKind::Cancel);
    onWire.target = request.target;
  }
  void operator()(const PingRequest&) const { kind(RequestKind::Ping); }
  void operator()(const ShutdownRequest&) const { kind(RequestKind::Shutdown); }
  void operator()(const OperatorsRequest&) const { kind(RequestKind::Operators); }
  void operator()(const QuestionRequest& request) const {
    kind(RequestKind::Question);
    onWire.question = static_cast<std::uint8_t>(request.question);
    onWire.model_path = request.modelPath;
    table<true>(request.options, onWire.options, moveOptions<true>);
  }
};

struct ReplyWriter {
  wire::ReplyT& onWire;

  void kind(ReplyKind value) const { onWire.kind = static_cast<std::uint8_t>(value); }
  void record(const pipeline::CompileRecordPtr& value) const {
    if (value) table<true>(*value, onWire.record, writeRecord);
  }
  void operator()(const HelloReply& reply) const {
    kind(ReplyKind::Hello);
    onWire.protocol_version = reply.protocolVersion;
    onWire.program_version = reply.programVersion;
    onWire.process_id = reply.processId;
  }
  void operator()(const AliveReply&) const { kind(ReplyKind::Alive); }
  void operator()(const ProgressReply& reply) const {
    kind(ReplyKind::Progress);
    onWire.stage = static_cast<std::uint8_t>(reply.stage);
    onWire.fraction = reply.fraction;
    onWire.sentence = reply.sentence;
  }
  void operator()(const LogReply& reply) const {
    kind(ReplyKind::Log);
    table<true>(reply.entry, onWire.entry, moveLogEntry<true>);
  }
  void operator()(const PartialReply& reply) const {
    kind(ReplyKind::Partial);
    record(reply.record);
  }
  void operator()(const DoneReply& reply) const {
    kind(ReplyKind::Done);
    record(reply.record);
    optionalTable<true>(reply.conditions, onWire.conditions, moveConditions<true>);
  }
  void operator()(const FailureReply& reply) const {
    kind(ReplyKind::Failure);
    onWire.stage = static_cast<std::uint8_t>(reply.stage);
    table<true>(reply.error, onWire.error, moveError<true>);
    record(reply.record);
  }
  void operator()(const OperatorsReply& reply) const {
    kind(ReplyKind::Operators);
    list<true>(reply.rows, onWire.operators, moveOperator<true>);
  }
  void operator()(const DevicesReply& reply) const {
    kind(ReplyKind::Devices);
    list<true>(reply.choices, onWire.devices, moveDevice<true>);
    onWire.sentence = reply.problem;
  }
  void operator()(const AnswerReply& reply) const {
    kind(ReplyKind::Answer);
    onWire.answer = std::make_unique<wire::AnswerT>();
    writeAnswer(reply, *onWire.answer);
  }
};

Request readRequest(const wire::RequestT& onWire) {
  Request request{onWire.id, PingRequest{}};
  RequestKind kind{};
  enumeration<false>(kind, onWire.kind, 6);
  switch (kind) {
    case RequestKind::Compile: {
      CompileRequest compile;
      compile.modelPath = onWire.model_path;
      enumeration<false>(compile.goal, onWire.goal, 5);
      table<false>(compile.options, onWire.options, moveOptions<false>);
      request.body = std::move(compile);
      break;
    }
    case RequestKind::Cancel: request.body = CancelRequest{onWire.target}; break;
    case RequestKind::Ping: break;
    case RequestKind::Shutdown: request.body = ShutdownRequest{}; break;
    case RequestKind::Operators: request.body = OperatorsRequest{}; break;
    case RequestKind::Question: {
      QuestionRequest question;
      enumeration<false>(question.question, onWire.question, kQuestionCount);
      question.modelPath = onWire.model_path;
      table<false>(question.options, onWire.options, moveOptions<false>);
      request.body = std::move(question);
      break;
    }
  }
  return request;
}

pipeline::CompileRecordPtr readOptionalRecord(const wire::ReplyT& onWire) {
  if (!onWire.record) return nullptr;
  return std::make_shared<const pipeline::CompileRecord>(readRecord(*onWire.record));
}

pipeline::CompileRecordPtr readNeededRecord(const wire::ReplyT& onWire) {
  auto record = readOptionalRecord(onWire);
  if (!record) throw WireError("a record is missing");
  return record;
}

Reply readReply(const wire::ReplyT& onWire) {
  Reply reply{onWire.id, AliveReply{}};
  ReplyKind kind{};
  enumeration<false>(kind, onWire.kind, 10);
  pipeline::Stage stage{};
  enumeration<false>(stage, onWire.stage, kStageCount);
  switch (kind) {
    case ReplyKind::Hello:
      reply.body = HelloReply{onWire.protocol_version, onWire.program_version, onWire.process_id};
      break;
    case ReplyKind::Alive: break;
    case ReplyKind::Progress:
      reply.body = ProgressReply{stage, onWire.fraction, onWire.sentence};
      break;
    case ReplyKind::Log: {
      LogReply log;
      table<false>(log.entry, onWire.entry, moveLogEntry<false>);
      reply.body = std::move(log);
      break;
    }
    case ReplyKind::Partial: reply.body = PartialReply{readNeededRecord(onWire)}; break;
    case ReplyKind::Done: {
      DoneReply done{readNeededRecord(onWire), {}};
      optionalTable<false>(done.conditions, onWire.conditions, moveConditions<false>);
      reply.body = std::move(done);
      break;
    }
    case ReplyKind::Failure: {
      FailureReply failure{stage, {}, readOptionalRecord(onWire)};
      table<false>(failure.error, onWire.error, moveError<false>);
      reply.body = std::move(failure);
      break;
    }
    case ReplyKind::Operators: {
      OperatorsReply operators;
      list<false>(operators.rows, onWire.operators, moveOperator<false>);
      reply.body = std::move(operators);
      break;
    }
    case ReplyKind::Devices: {
      DevicesReply devices{{}, onWire.sentence};
      list<false>(devices.choices, onWire.devices, moveDevice<false>);
      reply.body = std::move(devices);
      break;
    }
    case ReplyKind::Answer: {
      if (!onWire.answer) throw WireError("an answer is missing");
      reply.body = readAnswer(*onWire.answer);
      break;
    }
  }
  return reply;
}

/// Turns what the checks throw into an Error. A graph that breaks the verifier's promises is as
/// invalid as a missing table.
template <typename T, typename Table, typename Read>
Result<T> decode(std::span<const std::uint8_t> body, Read&& read) {
  const auto onWire = unpack<Table>(body);
  if (!onWire) return protocolError("it is no buffer of the schema");
  try {
    return read(*onWire);
  } catch (const WireError& error) {
    return protocolError(error.what());
  } catch (const InternalError& error) {
    return protocolError(error.what());
  }
}

}  // namespace

std::vector<std::uint8_t> encodeRequest(const Request& request) {
  wire::RequestT onWire;
  onWire.id = request.id;
  std::visit(RequestWriter{onWire}, request.body);
  return frame(onWire);
}

std::vector<std::uint8_t> encodeReply(const Reply& reply) {
  wire::ReplyT onWire;
  onWire.id = reply.id;
  std::visit(ReplyWriter{onWire}, reply.body);
  return frame(onWire);
}

Result<Request> decodeRequest(std::span<const std::uint8_t> body) {
  return decode<Request, wire::RequestT>(body, readRequest);
}

Result<Reply> decodeReply(std::span<const std::uint8_t> body) {
  return decode<Reply, wire::ReplyT>(body, readReply);
}

}  // namespace core::protocol
