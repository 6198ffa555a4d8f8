#include "tests/aot/program_builder.h"

#include <algorithm>

namespace support {

using namespace core;
using load::ExportArgument;
using load::TensorName;

namespace {

std::vector<std::string> namesIn(const ExportArgument& argument) {
  std::vector<std::string> names;
  if (const auto* one = std::get_if<TensorName>(&argument)) {
    names.push_back(one->name);
  } else if (const auto* list = std::get_if<std::vector<TensorName>>(&argument)) {
    for (const TensorName& element : *list) names.push_back(element.name);
  }
  return names;
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What the calls of a region make, and what they take from outside.
struct RegionNames {
  std::vector<std::string> made, taken;
};

RegionNames namesOf(const load::ExportGraph& body) {
  RegionNames names;
  for (const load::ExportNode& inner : body.nodes) {
    for (const auto& input : inner.inputs)
      for (const std::string& name : namesIn(input.argument))
        if (!holds(names.made, name) && !holds(names.taken, name)) names.taken.push_back(name);
    for (const ExportArgument& output : inner.outputs)
      for (const std::string& name : namesIn(output))
        if (!holds(names.made, name)) names.made.push_back(name);
  }
  return names;
}

}  // namespace

ProgramBuilder& ProgramBuilder::parameter(const std::string& name, std::vector<std::int64_t> sizes,
                                          DType dtype) {
  addState(name, std::move(sizes), dtype, load::InputKind::Parameter);
  return *this;
}

ProgramBuilder& ProgramBuilder::buffer(const std::string& name, std::vector<std::int64_t> sizes,
                                       DType dtype) {
  addState(name, std::move(sizes), dtype, load::InputKind::Buffer);
  return *this;
}

ProgramBuilder& ProgramBuilder::constant(const std::string& name, std::vector<std::int64_t> sizes) {
  addState(name, std::move(sizes), DType::F32, load::InputKind::TensorConstant);
  return *this;
}

ProgramBuilder& ProgramBuilder::input(const std::string& name, std::vector<std::int64_t> sizes,
                                      DType dtype) {
  const ir::TensorMeta meta = ir::contiguousMeta(dtype, sizes);
  addGraphInput(name, {load::InputKind::UserInput, name, {}, true}, meta, false);
  load::InputSet::Input given;
  given.storage = static_cast<int>(m_inputs.storages.size());
  given.meta = meta;
  m_inputs.storages.emplace_back(static_cast<std::size_t>(meta.bytes()));
  m_inputs.inputs.push_back(given);
  return *this;
}

ProgramBuilder& ProgramBuilder::in(const std::string& path, const std::string& className,
                                   int line) {
  m_scope = std::make_shared<ir::ModuleScope>(ir::ModuleScope{path, className});
  m_source = std::make_shared<ir::SourceLocation>(
      ir::SourceLocation{"/src/net.py", line, "forward", "y = f(x)"});
  return *this;
}

ProgramBuilder& ProgramBuilder::call(const std::string& result, const std::string& target,
                                     Inputs inputs) {
  return callWithResults({TensorName{result}}, target, std::move(inputs));
}

ProgramBuilder& ProgramBuilder::call(const std::vector<std::string>& results,
                                     const std::string& target, Inputs inputs) {
  std::vector<ExportArgument> made;
  for (const std::string& result : results) made.push_back(TensorName{result});
  return callWithResults(std::move(made), target, std::move(inputs));
}

ProgramBuilder& ProgramBuilder::callWithResults(std::vector<ExportArgument> results,
                                                const std::string& target, Inputs inputs) {
  auto& nodes = m_nodes ? *m_nodes : m_model.program.graph.nodes;
  nodes.push_back(node(target, std::move(inputs)));
  nodes.back().outputs = std::move(results);
  return *this;
}

ProgramBuilder& ProgramBuilder::openGradRegion(bool enabled) {
  return openRegion("higher_order.wrap_with_set_grad_enabled", {{"enabled", enabled}});
}

ProgramBuilder& ProgramBuilder::openAutocastRegion() {
  return openRegion("higher_order.wrap_with_autocast", {{"device_type", std::string("cpu")},
                                                        {"dtype", DType::BF16},
                                                        {"enabled", true},
                                                        {"cache_enabled", ExportArgument()}});
}

ProgramBuilder& ProgramBuilder::openRegion(const std::string& target, Inputs inputs) {
  m_regions.push_back({target, std::move(inputs), m_nodes, std::make_shared<load::ExportGraph>()});
  m_nodes = &m_regions.back().body->nodes;
  return *this;
}

ProgramBuilder& ProgramBuilder::closeRegion() {
  Region region = std::move(m_regions.back());
  m_regions.pop_back();
  m_nodes = region.outer;
  const auto [made, taken] = namesOf(*region.body);
  region.inputs.push_back({"wrapped_func", load::SubgraphArgument{"submod_0", region.body}});
  for (const std::string& name : taken) {
    region.body->inputs.push_back(TensorName{name});
    region.inputs.push_back({name, TensorName{name}});
  }
  for (const std::string& name : made) region.body->outputs.push_back(TensorName{name});
  return callWithResults(region.body->outputs, region.target, std::move(region.inputs));
}

ProgramBuilder& ProgramBuilder::output(const std::string& name) {
  m_model.program.graph.outputs.push_back(TensorName{name});
  m_model.program.outputSpecs.push_back({load::OutputKind::UserOutput, name, {}});
  return *this;
}

ProgramBuilder& ProgramBuilder::bufferUpdate(const std::string& name, const std::string& target) {
  m_model.program.graph.outputs.push_back(TensorName{name});
  m_model.program.outputSpecs.push_back({load::OutputKind::BufferMutation, name, target});
  return *this;
}

ProgramBuilder& ProgramBuilder::recorded(const std::string& name, const ir::TensorMeta& meta) {
  m_model.program.graph.tensors[name] = {meta, 0, false};
  return *this;
}

ProgramBuilder& ProgramBuilder::forgetRecorded(const std::string& name) {
  m_model.program.graph.tensors.erase(name);
  return *this;
}

ProgramBuilder& ProgramBuilder::symbol(const std::string& name) {
  m_model.program.rangeConstraints[name] = {};
  return *this;
}

load::LoadedModelPtr ProgramBuilder::model() const {
  return std::make_shared<load::LoadedModel>(m_model);
}

void ProgramBuilder::sizeStorages() {
  std::vector<std::int64_t> bytes(m_inputs.storages.size(), 0);
  for (const load::InputSet::Input& input : m_inputs.inputs) {
    std::int64_t last = input.storageOffset;
    for (std::size_t d = 0; d < input.meta.sizes.size(); ++d)
      last += (input.meta.sizes[d].hint() - 1) * input.meta.strides[d].hint();
    std::int64_t& size = bytes[static_cast<std::size_t>(input.storage)];
    if (input.meta.numel() > 0)
      size = std::max(size, (last + 1) * ir::dtypeBytes(input.meta.dtype));
  }
  for (std::size_t i = 0; i < bytes.size(); ++i)
    m_inputs.storages[i].resize(static_cast<std::size_t>(bytes[i]));
}

void ProgramBuilder::addState(const std::string& name, std::vector<std::int64_t> sizes, DType dtype,
                              load::InputKind kind) {
  const ir::TensorMeta meta = ir::contiguousMeta(dtype, sizes);
  const bool isParameter = kind == load::InputKind::Parameter;
  addGraphInput(name, {kind, name, name, true}, meta, isParameter);
  m_model.weights.push_back(
      {name, isParameter, isParameter, static_cast<int>(m_model.storages.size()), meta, 0});
  m_model.storages.push_back({"data/weights/" + name, 0, static_cast<std::uint64_t>(meta.bytes())});
}

void ProgramBuilder::addGraphInput(const std::string& name, load::InputSpec spec,
                                   const ir::TensorMeta& meta, bool requiresGrad) {
  m_model.program.graph.inputs.push_back(TensorName{name});
  m_model.program.graph.tensors[name] = {meta, 0, requiresGrad};
  m_model.program.inputSpecs.push_back(std::move(spec));
}

load::ExportNode ProgramBuilder::node(const std::string& target, Inputs inputs) const {
  load::ExportNode made;
  made.target = "torch.ops." + target;
  made.inputs = std::move(inputs);
  if (m_scope) made.moduleStack.push_back(m_scope);
  made.source = m_source;
  return made;
}

}  // namespace support
