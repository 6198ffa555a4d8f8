#pragma once

// Exported programs made in a test, without a file.

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/load/loaded_model.h"

namespace support {

/// Appends values and calls in order; a value is named by its text.
class ProgramBuilder {
 public:
  using Inputs = std::vector<core::load::ExportNode::Input>;
  using DType = core::ir::DType;

  ProgramBuilder() { m_model.name = "made_in_a_test"; }

  ProgramBuilder& parameter(const std::string& name, std::vector<std::int64_t> sizes,
                            DType dtype = DType::F32);
  ProgramBuilder& buffer(const std::string& name, std::vector<std::int64_t> sizes,
                         DType dtype = DType::F32);
  /// A lifted tensor constant; "head.two" is one of the submodule `head`.
  ProgramBuilder& constant(const std::string& name, std::vector<std::int64_t> sizes);
  ProgramBuilder& input(const std::string& name, std::vector<std::int64_t> sizes,
                        DType dtype = DType::F32);
  /// Nodes from here on belong to this module and source line.
  ProgramBuilder& in(const std::string& path, const std::string& className, int line);

  /// `target` as "aten.mul.Tensor"; `result` names its one tensor.
  ProgramBuilder& call(const std::string& result, const std::string& target, Inputs inputs);
  /// A call with several results, each a tensor.
  ProgramBuilder& call(const std::vector<std::string>& results, const std::string& target,
                       Inputs inputs);
  /// A call with several results, or with a list.
  ProgramBuilder& callWithResults(std::vector<core::load::ExportArgument> results,
                                  const std::string& target, Inputs inputs);

  /// Calls up to closeRegion() form a region. It takes what it reads under the same names, and
  /// hands out all that it makes.
  ProgramBuilder& openGradRegion(bool enabled);
  /// The same for `with torch.autocast("cpu", torch.bfloat16)`.
  ProgramBuilder& openAutocastRegion();
  ProgramBuilder& closeRegion();

  ProgramBuilder& output(const std::string& name);
  /// The program returns `name` as the new value of buffer `target`.
  ProgramBuilder& bufferUpdate(const std::string& name, const std::string& target);

  /// What the file says about a value.
  ProgramBuilder& recorded(const std::string& name, const core::ir::TensorMeta& meta);
  /// The file says nothing about the value.
  ProgramBuilder& forgetRecorded(const std::string& name);
  ProgramBuilder& symbol(const std::string& name);

  core::load::LoadedModelPtr model() const;
  core::load::InputSet& inputs() { return m_inputs; }
  /// Makes each input storage just large enough for its views.
  void sizeStorages();

 private:
  struct Region {
    std::string target;
    Inputs inputs;  ///< those before the body
    std::vector<core::load::ExportNode>* outer = nullptr;
    std::shared_ptr<core::load::ExportGraph> body;
  };

  ProgramBuilder& openRegion(const std::string& target, Inputs inputs);
  void addState(const std::string& name, std::vector<std::int64_t> sizes, DType dtype,
                core::load::InputKind kind);
  void addGraphInput(const std::string& name, core::load::InputSpec spec,
                     const core::ir::TensorMeta& meta, bool requiresGrad);
  core::load::ExportNode node(const std::string& target, Inputs inputs) const;

  core::load::LoadedModel m_model;
  core::load::InputSet m_inputs;
  std::vector<core::load::ExportNode>* m_nodes = nullptr;  ///< of the innermost region, if any
  std::vector<Region> m_regions;
  std::shared_ptr<const core::ir::ModuleScope> m_scope;
  std::shared_ptr<const core::ir::SourceLocation> m_source;
};

/// The value named `name`, as an argument.
inline core::load::TensorName value(const std::string& name) {
  return {name};
}

}  // namespace support
