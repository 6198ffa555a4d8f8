#include "core/trace/lifted_constants.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <variant>

namespace core::trace {
namespace {

/// How the top level of a program reads one of its inputs.
struct Reads {
  bool isLifted = false;
  bool isReadOtherwise = false;
  std::size_t first = 0;  ///< position of the first reading node
};

using ReadsByName = std::unordered_map<std::string, Reads>;

void noteReads(const load::ExportArgument& argument, bool byLift, std::size_t position,
               ReadsByName& reads) {
  const auto note = [&](const load::TensorName& tensor) {
    Reads& mine = reads[tensor.name];
    if (!mine.isLifted && !mine.isReadOtherwise) mine.first = position;
    (byLift ? mine.isLifted : mine.isReadOtherwise) = true;
  };
  if (const auto* one = std::get_if<load::TensorName>(&argument)) note(*one);
  if (const auto* list = std::get_if<std::vector<load::TensorName>>(&argument))
    for (const load::TensorName& tensor : *list) note(tensor);
  if (const auto* list = std::get_if<std::vector<std::optional<load::TensorName>>>(&argument))
    for (const auto& tensor : *list)
      if (tensor) note(*tensor);
}

ReadsByName readsOf(const load::ExportGraph& graph) {
  ReadsByName reads;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const bool byLift = graph.nodes[i].target == "torch.ops.aten.lift_fresh_copy.default";
    for (const auto& input : graph.nodes[i].inputs) noteReads(input.argument, byLift, i, reads);
  }
  for (const load::ExportArgument& output : graph.outputs)
    noteReads(output, false, graph.nodes.size(), reads);
  return reads;
}

}  // namespace

std::vector<std::size_t> attributeConstants(const load::ExportedProgram& program) {
  const ReadsByName reads = readsOf(program.graph);
  std::vector<std::size_t> found;
  for (std::size_t k = 0; k < program.inputSpecs.size(); ++k) {
    const load::InputSpec& spec = program.inputSpecs[k];
    const bool isNested = spec.target.find('.') != std::string::npos;
    const auto read = reads.find(spec.name);
    if (spec.kind == load::InputKind::TensorConstant && isNested && read != reads.end() &&
        read->second.isLifted && !read->second.isReadOtherwise)
      found.push_back(k);
  }
  std::sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    const auto& specs = program.inputSpecs;
    return reads.at(specs[a].name).first < reads.at(specs[b].name).first;
  });
  return found;
}

}  // namespace core::trace
