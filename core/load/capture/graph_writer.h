#pragma once

// Graphs, values and metadata in the form that capture_reader reads.

#include <functional>
#include <map>
#include <string>

#include "core/base/json_writer.h"
#include "core/ir/joint_graph.h"

namespace core::load {

/// Names of nodes that stand for merged ones: removed -> kept.
using Renames = std::map<std::string, std::string, std::less<>>;

void writeTensorMeta(JsonWriter& json, const ir::TensorMeta& meta);
/// The members `shape`, `dtype`, `stride` (and hints of symbolic ones) inside an open object.
void writeTensorMembers(JsonWriter& json, const ir::TensorMeta& meta);
void writeArgument(JsonWriter& json, const ir::Graph& graph, const ir::Argument& argument,
                   const Renames& renames = {});

/// Target and arguments of a call as one text; equal texts are equal calls.
std::string callText(const ir::Graph& graph, const ir::Node& node, const Renames& renames = {});
/// One node with everything that is known of it.
void writeNode(JsonWriter& json, const ir::Graph& graph, const ir::Node& node);
/// The members `num_nodes` ... `op_counts` inside an open object.
void writeCounts(JsonWriter& json, const ir::Graph& graph);
/// A whole graph: counts and nodes.
void writeGraph(JsonWriter& json, const ir::Graph& graph);

void writeMetadata(JsonWriter& json, const ir::ViewAndMutationMeta& metadata);

}  // namespace core::load
