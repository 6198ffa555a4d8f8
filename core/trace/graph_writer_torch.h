#pragma once

// From recorded calls to a graph of the IR, in the vocabulary of PyTorch's graph dumps.

#include <ATen/core/Tensor.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/stage_context.h"
#include "core/ir/graph.h"
#include "core/trace/argument_encoder_torch.h"
#include "core/trace/dispatch_recorder_torch.h"
#include "core/trace/node_names.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::trace {

/// Unused nodes: removed for a finished graph, kept to show how far an unfinished one got.
enum class UnusedNodes { Remove, Keep };

class GraphWriter {
 public:
  /// `visits` are the program nodes that tags point to; `device` is the one the graph is for.
  GraphWriter(const std::vector<const load::ExportNode*>& visits, ir::Device device)
      : m_visits(visits), m_device(device) {}

  void addPlaceholder(const std::string& name, const at::Tensor& value,
                      const std::string& descriptor, ir::PartitionerTag tag);
  /// Calls that read `value` read the attribute `target`, by a `get_attr` node each.
  void addConstant(const std::string& target, const at::Tensor& value);
  /// One node, and a `getitem` per result if there are several. Throws for arguments that the IR
  /// cannot hold.
  void addCall(const RecordedCall& call);
  /// Ends the graph: removes unused nodes, gives backward nodes the module of their forward node
  /// and moves sequence numbers so that the smallest is 0. Undefined outputs are None.
  ir::GraphPtr finish(const std::vector<at::Tensor>& outputs, std::vector<std::string> descriptors,
                      UnusedNodes unused, const StageContext& context);
  /// The node that made a recorded value; null if there is none in the finished graph.
  const std::string* nameOf(const at::Tensor& value) const;
  /// For each node of the finished graph the number of the program's node whose operator computed
  /// the sizes among the arguments itself; -1: the program wrote them, or it is a backward node.
  const std::vector<int>& sizesFrom() const { return m_sizesFrom; }

 private:
  struct Draft {
    ir::Node node;  ///< arguments refer to drafts by position
    bool backward = false;
    bool mustStay = false;
    bool removed = false;
    int sizesFrom = -1;
  };
  /// Where a program node came from.
  struct Provenance {
    std::shared_ptr<const ir::ModuleScope> module;
    std::shared_ptr<const ir::SourceLocation> source;
    std::string exportedOp;
  };

  Draft& append(std::string_view candidate, ir::NodeKind kind, std::string target);
  bool readConstants(const RecordedCall& call);
  EncodedArguments encoded(const RecordedCall& call) const;
  void tagDraft(Draft& draft, const CallTag& tag) const;
  void bind(const at::Tensor& tensor, ir::NodeId node);
  void addResults(const RecordedCall& call, ir::NodeId node);
  ir::ValueMeta tupleMeta(const std::vector<at::Tensor>& tensors) const;
  void removeUnused(const std::vector<ir::Argument>& outputs, const StageContext& context);
  void inheritProvenance();
  void rebaseSequences();
  ir::GraphPtr build(std::vector<ir::Argument> outputs, std::vector<std::string> descriptors);

  const std::vector<const load::ExportNode*>& m_visits;
  ir::Device m_device;
  std::vector<Draft> m_drafts;
  std::unordered_map<const c10::TensorImpl*, ir::NodeId> m_nodeOf;
  std::unordered_map<const c10::TensorImpl*, std::string> m_constants;  ///< their targets
  NodeNames m_names;
  std::vector<int> m_sizesFrom;
};

}  // namespace core::trace
