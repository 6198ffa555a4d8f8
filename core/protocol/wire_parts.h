#pragma once

// Private to core/protocol: the moves between our structs and the wire structs, by file.

#include "core/pipeline/compile_options.h"
#include "core/pipeline/compile_record.h"
#include "core/protocol/messages.h"
#include "core/protocol/wire_transfer.h"

namespace core::protocol {

inline constexpr int kDTypes = static_cast<int>(ir::DType::F8E5M2) + 1;  ///< dtypes there are

// wire_graph.cpp
template <bool kWrite>
void moveTensor(Ours<kWrite, ir::TensorMeta> ours, Wire<kWrite, wire::TensorT> onWire);
template <bool kWrite>
void moveSize(Ours<kWrite, ir::Size> ours, Wire<kWrite, wire::SizeT> onWire);
template <bool kWrite>
void moveScope(Ours<kWrite, ir::ModuleScope> ours, Wire<kWrite, wire::ScopeT> onWire);
void writeGraph(const ir::Graph& graph, wire::GraphT& onWire);
ir::GraphPtr readGraph(const wire::GraphT& onWire);
void writeJoint(const ir::JointGraph& joint, wire::JointT& onWire);
ir::JointGraph readJoint(const wire::JointT& onWire);

// wire_partition.cpp
template <bool kWrite>
void movePartitionOptions(Ours<kWrite, partition::PartitionOptions> ours,
                          Wire<kWrite, wire::PartitionOptionsT> onWire);
void writePartition(const partition::Partition& partition, wire::PartitionT& onWire);
partition::Partition readPartition(const wire::PartitionT& onWire);

// wire_schedule.cpp
void writeHalf(const pipeline::CompiledHalf& half, wire::HalfT& onWire);
pipeline::CompiledHalf readHalf(const wire::HalfT& onWire);

// wire_record.cpp
template <bool kWrite>
void moveLogEntry(Ours<kWrite, LogEntry> ours, Wire<kWrite, wire::LogEntryT> onWire);
template <bool kWrite>
void moveError(Ours<kWrite, Error> ours, Wire<kWrite, wire::ErrorT> onWire);
void writeRecord(const pipeline::CompileRecord& record, wire::RecordT& onWire);
pipeline::CompileRecord readRecord(const wire::RecordT& onWire);

// wire_answer.cpp
template <bool kWrite>
void moveConditions(Ours<kWrite, history::RunConditions> ours,
                    Wire<kWrite, wire::RunConditionsT> onWire);
void writeAnswer(const AnswerReply& reply, wire::AnswerT& onWire);
AnswerReply readAnswer(const wire::AnswerT& onWire);

inline constexpr int kStageCount = 8;
inline constexpr int kQuestionCount = 3;

}  // namespace core::protocol
