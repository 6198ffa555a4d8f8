#pragma once

// Exported programs made in a test, without a file.

#include <algorithm>
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

  ProgramBuilder() { m_model.name = "made_in_a_test"; }

  ProgramBuilder& parameter(const std::string& name, std::vector<std::int64_t> sizes,
                            core::ir::DType dtype = core::ir::DType::F32) {
    addState(name, std::move(sizes), dtype, core::load::InputKind::Parameter);
    return *this;
  }
  ProgramBuilder& buffer(const std::string& name, std::vector<std::int64_t> sizes,
                         core::ir::DType dtype = core::ir::DType::F32) {
    addState(name, std::move(sizes), dtype, core::load::InputKind::Buffer);
    return *this;
  }
  ProgramBuilder& input(const std::string& name, std::vector<std::int64_t> sizes,
                        core::ir::DType dtype = core::ir::DType::F32) {
    const core::ir::TensorMeta meta = core::ir::contiguousMeta(dtype, sizes);
    addGraphInput(name, {core::load::InputKind::UserInput, name, {}, true}, meta, false);
    core::load::InputSet::Input given;
    given.storage = static_cast<int>(m_inputs.storages.size());
    given.meta = meta;
    m_inputs.storages.emplace_back(static_cast<std::size_t>(meta.bytes()));
    m_inputs.inputs.push_back(given);
    return *this;
  }
  /// Nodes from here on belong to this module and source line.
  ProgramBuilder& in(const std::string& path, const std::string& className, int line) {
    m_scope = std::make_shared<core::ir::ModuleScope>(core::ir::ModuleScope{path, className});
    m_source = std::make_shared<core::ir::SourceLocation>(
        core::ir::SourceLocation{"/src/net.py", line, "forward", "y = f(x)"});
    return *this;
  }
  /// `target` as "aten.mul.Tensor"; `result` names its one tensor.
  ProgramBuilder& call(const std::string& result, const std::string& target, Inputs inputs) {
    return callWithResults({core::load::TensorName{result}}, target, std::move(inputs));
  }
  /// A call with several results, or with a list.
  ProgramBuilder& callWithResults(std::vector<core::load::ExportArgument> results,
                                  const std::string& target, Inputs inputs) {
    auto& nodes = m_nodes ? *m_nodes : m_model.program.graph.nodes;
    nodes.push_back(node(target, std::move(inputs)));
    nodes.back().outputs = std::move(results);
    return *this;
  }
  /// A call with several results, each a tensor.
  ProgramBuilder& call(const std::vector<std::string>& results, const std::string& target,
                       Inputs inputs) {
    std::vector<core::load::ExportArgument> made;
    for (const std::string& result : results) made.push_back(core::load::TensorName{result});
    return callWithResults(std::move(made), target, std::move(inputs));
  }
  /// A torch.no_grad (or enable_grad) region around `body`, which adds the region's calls; the
  /// region takes `arguments` under their own names and returns the body's value `inner` as
  /// `result`.
  template <typename Body>
  ProgramBuilder& gradRegion(const std::string& result, bool enabled,
                             const std::vector<std::string>& arguments, const std::string& inner,
                             Body&& body) {
    return region(result, "higher_order.wrap_with_set_grad_enabled", {{"enabled", enabled}},
                  arguments, inner, body);
  }
  /// The same for `with torch.autocast("cpu", torch.bfloat16)`.
  template <typename Body>
  ProgramBuilder& autocastRegion(const std::string& result,
                                 const std::vector<std::string>& arguments,
                                 const std::string& inner, Body&& body) {
    return region(result, "higher_order.wrap_with_autocast",
                  {{"device_type", std::string("cpu")},
                   {"dtype", core::ir::DType::BF16},
                   {"enabled", true},
                   {"cache_enabled", core::load::ExportArgument()}},
                  arguments, inner, body);
  }
  /// Calls up to closeRegion() form a torch.no_grad (or enable_grad) region. It takes what it reads
  /// under the same names, and hands out all that it makes.
  void openRegion(bool gradEnabled) {
    m_regions.push_back({gradEnabled, m_nodes, std::make_shared<core::load::ExportGraph>()});
    m_nodes = &m_regions.back().body->nodes;
  }
  void closeRegion() {
    const OpenRegion region = m_regions.back();
    m_regions.pop_back();
    m_nodes = region.outer;
    std::vector<std::string> made, taken;
    const auto note = [](std::vector<std::string>& names, const std::string& name) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const core::load::ExportNode& inner : region.body->nodes) {
      for (const auto& input : inner.inputs)
        for (const std::string& name : namesIn(input.argument))
          if (std::find(made.begin(), made.end(), name) == made.end()) note(taken, name);
      for (const auto& output : inner.outputs)
        for (const std::string& name : namesIn(output)) note(made, name);
    }
    Inputs inputs{{"enabled", region.gradEnabled},
                  {"wrapped_func", core::load::SubgraphArgument{"submod_0", region.body}}};
    for (const std::string& name : taken) {
      region.body->inputs.push_back(core::load::TensorName{name});
      inputs.push_back({name, core::load::TensorName{name}});
    }
    std::vector<core::load::ExportArgument> results;
    for (const std::string& name : made) results.push_back(core::load::TensorName{name});
    region.body->outputs = results;
    callWithResults(std::move(results), "higher_order.wrap_with_set_grad_enabled",
                    std::move(inputs));
  }
  ProgramBuilder& output(const std::string& name) {
    m_model.program.graph.outputs.push_back(core::load::TensorName{name});
    m_model.program.outputSpecs.push_back({core::load::OutputKind::UserOutput, name, {}});
    return *this;
  }
  /// The program returns `name` as the new value of buffer `target`.
  ProgramBuilder& bufferUpdate(const std::string& name, const std::string& target) {
    m_model.program.graph.outputs.push_back(core::load::TensorName{name});
    m_model.program.outputSpecs.push_back({core::load::OutputKind::BufferMutation, name, target});
    return *this;
  }

  /// What the file says about a value.
  ProgramBuilder& recorded(const std::string& name, const core::ir::TensorMeta& meta) {
    m_model.program.graph.tensors[name] = {meta, 0, false};
    return *this;
  }
  ProgramBuilder& symbol(const std::string& name) {
    m_model.program.rangeConstraints[name] = {};
    return *this;
  }

  core::load::LoadedModelPtr model() const {
    return std::make_shared<core::load::LoadedModel>(m_model);
  }
  core::load::InputSet& inputs() { return m_inputs; }
  /// Makes each input storage just large enough for its views.
  void sizeStorages() {
    std::vector<std::int64_t> bytes(m_inputs.storages.size(), 0);
    for (const core::load::InputSet::Input& input : m_inputs.inputs) {
      std::int64_t last = input.storageOffset;
      for (std::size_t d = 0; d < input.meta.sizes.size(); ++d)
        last += (input.meta.sizes[d].hint() - 1) * input.meta.strides[d].hint();
      std::int64_t& size = bytes[static_cast<std::size_t>(input.storage)];
      if (input.meta.numel() > 0)
        size = std::max(size, (last + 1) * core::ir::dtypeBytes(input.meta.dtype));
    }
    for (std::size_t i = 0; i < bytes.size(); ++i)
      m_inputs.storages[i].resize(static_cast<std::size_t>(bytes[i]));
  }

 private:
  struct OpenRegion {
    bool gradEnabled = false;
    std::vector<core::load::ExportNode>* outer = nullptr;
    std::shared_ptr<core::load::ExportGraph> body;
  };

  static std::vector<std::string> namesIn(const core::load::ExportArgument& argument) {
    std::vector<std::string> names;
    if (const auto* one = std::get_if<core::load::TensorName>(&argument)) {
      names.push_back(one->name);
    } else if (const auto* list = std::get_if<std::vector<core::load::TensorName>>(&argument)) {
      for (const auto& element : *list) names.push_back(element.name);
    }
    return names;
  }
  template <typename Body>
  ProgramBuilder& region(const std::string& result, const std::string& target, Inputs inputs,
                         const std::vector<std::string>& arguments, const std::string& inner,
                         Body& body) {
    auto graph = std::make_shared<core::load::ExportGraph>();
    for (const std::string& argument : arguments)
      graph->inputs.push_back(core::load::TensorName{argument});
    std::vector<core::load::ExportNode>* const outer = std::exchange(m_nodes, &graph->nodes);
    body(*this);
    m_nodes = outer;
    graph->outputs.push_back(core::load::TensorName{inner});
    inputs.reserve(inputs.size() + 1 + arguments.size());
    inputs.push_back({"wrapped_func", core::load::SubgraphArgument{"submod_0", graph}});
    for (const std::string& argument : arguments)
      inputs.push_back({argument, core::load::TensorName{argument}});
    return call(result, target, std::move(inputs));
  }
  void addState(const std::string& name, std::vector<std::int64_t> sizes, core::ir::DType dtype,
                core::load::InputKind kind) {
    const core::ir::TensorMeta meta = core::ir::contiguousMeta(dtype, sizes);
    const bool isParameter = kind == core::load::InputKind::Parameter;
    addGraphInput(name, {kind, name, name, true}, meta, isParameter);
    m_model.weights.push_back(
        {name, isParameter, isParameter, static_cast<int>(m_model.storages.size()), meta, 0});
    m_model.storages.push_back(
        {"data/weights/" + name, 0, static_cast<std::uint64_t>(meta.bytes())});
  }
  void addGraphInput(const std::string& name, core::load::InputSpec spec,
                     const core::ir::TensorMeta& meta, bool requiresGrad) {
    m_model.program.graph.inputs.push_back(core::load::TensorName{name});
    m_model.program.graph.tensors[name] = {meta, 0, requiresGrad};
    m_model.program.inputSpecs.push_back(std::move(spec));
  }
  core::load::ExportNode node(const std::string& target, Inputs inputs) const {
    core::load::ExportNode made;
    made.target = "torch.ops." + target;
    made.inputs = std::move(inputs);
    if (m_scope) made.moduleStack.push_back(m_scope);
    made.source = m_source;
    return made;
  }

  core::load::LoadedModel m_model;
  core::load::InputSet m_inputs;
  std::vector<core::load::ExportNode>* m_nodes = nullptr;  ///< of the innermost region, if any
  std::vector<OpenRegion> m_regions;
  std::shared_ptr<const core::ir::ModuleScope> m_scope;
  std::shared_ptr<const core::ir::SourceLocation> m_source;
};

/// The value named `name`, as an argument.
inline core::load::TensorName value(const std::string& name) {
  return {name};
}

}  // namespace support
