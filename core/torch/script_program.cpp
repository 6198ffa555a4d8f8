#include "core/torch/script_program_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <filesystem>

#include "core/torch/tensor_meta_torch.h"

namespace core::torch {
namespace {

using c10::IValue;
using c10::TypeKind;

/// The bytes of a tensor's storage, which it keeps.
class StorageBytes final : public load::MappedFile {
 public:
  explicit StorageBytes(const at::Tensor& tensor) : m_storage(tensor.storage()) {}
  std::span<const std::byte> bytes() const override {
    return {static_cast<const std::byte*>(m_storage.data()), m_storage.nbytes()};
  }

 private:
  c10::Storage m_storage;
};

c10::TypePtr withoutOptional(const c10::TypePtr& type) {
  const auto optional = type->cast<c10::OptionalType>();
  return optional ? optional->getElementType() : type;
}

std::string exportTarget(const c10::FunctionSchema& schema) {
  std::string name = schema.name();
  name.replace(name.find("::"), 2, ".");
  std::string target("torch.ops.");
  target.append(name).append(".");
  return target.append(schema.overload_name().empty() ? "default" : schema.overload_name());
}

}  // namespace

ScriptProgram::ScriptProgram(const std::string& path, const ::torch::jit::Module& module,
                             const load::InputSet& inputs)
    : m_path(path), m_inputs(inputs), m_segments(1) {
  m_base.path = path;
  m_base.name = std::filesystem::path(path).stem().string();
  std::error_code ignored;
  m_base.fileBytes = std::filesystem::file_size(path, ignored);
  for (const auto& parameter : module.named_parameters())
    addState(parameter.name, parameter.value, Origin::Parameter);
  for (const auto& buffer : module.named_buffers())
    addState(buffer.name, buffer.value, Origin::Buffer);
  for (const load::InputSet::Input& input : inputs.inputs) {
    at::Tensor tensor = emptyLike(input.meta, at::kMeta);
    if (input.requiresGrad) tensor.requires_grad_(true);
    m_userInputs.push_back(tensor);
    define(tensor, Origin::UserInput);
  }
}

void ScriptProgram::addState(const std::string& name, const at::Tensor& real, Origin origin) {
  TORCH_CHECK(real.layout() == at::kStrided, "'", name, "' is no strided tensor");
  load::Weight weight;
  weight.name = name;
  weight.isParameter = origin == Origin::Parameter;
  weight.requiresGrad = real.requires_grad();
  weight.meta = tensorMeta(real, {});
  weight.storageOffset = real.storage_offset();
  weight.storage = storageOf(real);
  m_base.weights.push_back(std::move(weight));
  at::Tensor& twin = m_twinOf[real.unsafeGetTensorImpl()];
  if (!twin.defined()) twin = emptyLike(tensorMeta(real, {}), at::kMeta);
  if (real.requires_grad()) twin.requires_grad_(true);
  m_alive.push_back(real);
  if (isKnown(twin)) return;
  Named& named = m_named.at(define(twin, origin));
  named.target = name;
}

int ScriptProgram::storageOf(const at::Tensor& real) {
  const auto [known, isNew] = m_storages.try_emplace(real.storage().unsafeGetStorageImpl(),
                                                     static_cast<int>(m_base.storages.size()));
  if (isNew)
    m_base.storages.push_back({std::string("storage_").append(std::to_string(known->second)), 0,
                               real.storage().nbytes(), std::make_shared<StorageBytes>(real)});
  return known->second;
}

at::Tensor ScriptProgram::stateTwin(const at::Tensor& real) {
  const auto found = m_twinOf.find(real.unsafeGetTensorImpl());
  if (found != m_twinOf.end()) return found->second;
  const std::string name = std::string("_tensor_constant").append(std::to_string(m_twinOf.size()));
  const at::Tensor data = real.detach();
  addState(name, data, Origin::Constant);
  const at::Tensor twin = m_twinOf.at(data.unsafeGetTensorImpl());
  m_twinOf[real.unsafeGetTensorImpl()] = twin;
  m_alive.push_back(real);
  return twin;
}

at::Tensor ScriptProgram::boundaryValue(const at::Tensor& like) {
  at::Tensor value = emptyLike(tensorMeta(like, {}), at::kMeta);
  if (like.requires_grad()) value.requires_grad_(true);
  define(value, Origin::Boundary);
  return value;
}

bool ScriptProgram::isKnown(const at::Tensor& tensor) const {
  return m_nameOf.contains(tensor.unsafeGetTensorImpl());
}

const std::string& ScriptProgram::define(const at::Tensor& tensor, Origin origin) {
  Named named;
  named.order = m_count++;
  named.name = std::string("v").append(std::to_string(named.order));
  named.origin = origin;
  named.segment = m_segments.size() - 1;
  named.tensor = tensor;
  m_alive.push_back(tensor);
  m_nameOf[tensor.unsafeGetTensorImpl()] = named.name;
  return m_named.emplace(named.name, named).first->first;
}

void ScriptProgram::addOutput(std::size_t segment, const std::string& name) {
  std::vector<std::string>& outputs = m_segments[segment].outputs;
  if (std::find(outputs.begin(), outputs.end(), name) == outputs.end()) outputs.push_back(name);
}

const std::string& ScriptProgram::use(const at::Tensor& tensor) {
  const auto found = m_nameOf.find(tensor.unsafeGetTensorImpl());
  TORCH_CHECK(found != m_nameOf.end(), "a tensor of the program has an unknown origin");
  const Named& named = m_named.at(found->second);
  const bool isHere = named.origin == Origin::Call && named.segment + 1 == m_segments.size();
  if (!isHere) m_segments.back().inputs.insert(named.name);
  if (!isHere && named.origin == Origin::Call) addOutput(named.segment, named.name);
  return found->second;
}

void ScriptProgram::keep(const at::Tensor& tensor) {
  const auto found = m_nameOf.find(tensor.unsafeGetTensorImpl());
  if (found == m_nameOf.end()) return;
  const Named& named = m_named.at(found->second);
  if (named.origin == Origin::Call) addOutput(named.segment, named.name);
}

load::ExportArgument ScriptProgram::argument(const IValue& value, const c10::TypePtr& type) {
  const TypeKind kind = withoutOptional(type)->kind();
  if (value.isNone()) return std::monostate{};
  if (value.isTensor()) return load::TensorName{use(value.toTensor())};
  if (value.isBool()) return value.toBool();
  if (value.isInt() && kind == TypeKind::ScalarTypeType) {
    const auto dtype = dtypeOf(static_cast<at::ScalarType>(value.toInt()));
    if (!dtype) return load::UnsupportedArgument{"as_scalar_type"};
    return *dtype;
  }
  if (value.isInt() && kind == TypeKind::LayoutType)
    return value.toInt() == static_cast<std::int64_t>(at::kStrided) ? ir::Layout::Strided
                                                                    : ir::Layout::Other;
  if (value.isInt() && kind == TypeKind::MemoryFormatType)
    return memoryFormatOf(static_cast<at::MemoryFormat>(value.toInt()));
  if (value.isInt()) return value.toInt();
  if (value.isDouble()) return value.toDouble();
  if (value.isString()) return value.toStringRef();
  if (value.isDevice()) return ir::Device{};
  if (value.isList()) return listArgument(value);
  return load::UnsupportedArgument{value.tagKind()};
}

load::ExportArgument ScriptProgram::listArgument(const IValue& value) {
  if (value.isIntList()) return value.toIntVector();
  if (value.isDoubleList()) return value.toDoubleVector();
  if (value.isBoolList()) {
    const auto list = value.toBoolList();
    return std::vector<bool>(list.begin(), list.end());
  }
  if (value.isTensorList()) {
    std::vector<load::TensorName> names;
    for (const at::Tensor& tensor : value.toTensorVector()) names.push_back({use(tensor)});
    return names;
  }
  std::vector<std::optional<load::TensorName>> names;
  for (const IValue& element : value.toListRef()) {
    if (!element.isTensor() && !element.isNone()) return load::UnsupportedArgument{"as_list"};
    names.emplace_back();
    if (element.isTensor() && element.toTensor().defined())
      names.back() = load::TensorName{use(element.toTensor())};
  }
  return names;
}

load::ExportArgument ScriptProgram::result(const IValue& value) {
  if (value.isTensor() && value.toTensor().defined())
    return load::TensorName{define(value.toTensor(), Origin::Call)};
  if (!value.isTensorList()) return std::monostate{};
  std::vector<load::TensorName> names;
  for (const at::Tensor& tensor : value.toTensorVector())
    names.push_back({define(tensor, Origin::Call)});
  return names;
}

void ScriptProgram::addCall(const c10::FunctionSchema& schema, const std::vector<IValue>& arguments,
                            const std::vector<IValue>& results, const ScriptPlace& place) {
  load::ExportNode node;
  node.target = exportTarget(schema);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const c10::Argument& wanted = schema.arguments()[i];
    node.inputs.push_back({wanted.name(), argument(arguments[i], wanted.real_type())});
  }
  for (const IValue& value : results) node.outputs.push_back(result(value));
  const auto* first =
      node.outputs.empty() ? nullptr : std::get_if<load::TensorName>(&node.outputs.front());
  if (first) node.name = first->name;
  node.moduleStack = place.modules;
  node.source = place.source;
  m_segments.back().nodes.push_back(std::move(node));
}

void ScriptProgram::beginSegment(const std::string& breakReason, const std::string& nextTitle) {
  m_segments.back().breakReason = breakReason;
  m_segments.emplace_back().title = nextTitle;
}

std::vector<const ScriptProgram::Named*> ScriptProgram::inputsOf(const Segment& segment,
                                                                 bool isWhole) const {
  std::vector<const Named*> inputs;
  for (const auto& [name, named] : m_named) {
    const bool ofProgram = named.origin != Origin::Call && named.origin != Origin::Boundary;
    if (segment.inputs.contains(name) || (isWhole && ofProgram)) inputs.push_back(&named);
  }
  std::sort(inputs.begin(), inputs.end(), [](const Named* a, const Named* b) {
    return std::pair(a->origin, a->order) < std::pair(b->origin, b->order);
  });
  return inputs;
}

load::LoadedModelPtr ScriptProgram::modelOf(const Segment& segment, const std::string& name,
                                            bool isWhole) const {
  auto model = std::make_shared<load::LoadedModel>(m_base);
  model->name = name;
  load::ExportGraph& graph = model->program.graph;
  load::InputSet samples;
  const auto describe = [&](const Named& named) {
    graph.tensors[named.name] = {tensorMeta(named.tensor, {}), 0, named.tensor.requires_grad()};
  };
  for (const Named* named : inputsOf(segment, isWhole)) {
    graph.inputs.push_back(load::TensorName{named->name});
    describe(*named);
    const auto kind = named->origin == Origin::Parameter  ? load::InputKind::Parameter
                      : named->origin == Origin::Buffer   ? load::InputKind::Buffer
                      : named->origin == Origin::Constant ? load::InputKind::TensorConstant
                                                          : load::InputKind::UserInput;
    model->program.inputSpecs.push_back({kind, named->name, named->target, true});
    if (kind != load::InputKind::UserInput) continue;
    load::InputSet::Input sample;
    sample.meta = tensorMeta(named->tensor, {});
    sample.requiresGrad = named->tensor.requires_grad();
    sample.storage = static_cast<int>(samples.storages.size());
    samples.storages.emplace_back(named->tensor.storage().nbytes());
    samples.inputs.push_back(sample);
  }
  graph.nodes = segment.nodes;
  for (const std::string& output : segment.outputs) {
    graph.outputs.push_back(load::TensorName{output});
    describe(m_named.at(output));
    model->program.outputSpecs.push_back({load::OutputKind::UserOutput, output, {}});
  }
  model->sampleInputs = isWhole ? m_inputs : samples;
  std::set<std::pair<std::string, std::string>> seen;
  for (const load::ExportNode& node : segment.nodes)
    for (const auto& scope : node.moduleStack)
      if (seen.emplace(scope->path, scope->className).second)
        model->program.modules.push_back(*scope);
  return model;
}

std::vector<ScriptSegment> ScriptProgram::finish(const std::vector<at::Tensor>& outputs) {
  const bool isWhole = m_segments.size() == 1;
  for (const at::Tensor& output : outputs) {
    TORCH_CHECK(isKnown(output), "a result of the program has an unknown origin");
    if (isWhole) {
      m_segments.front().outputs.push_back(m_nameOf.at(output.unsafeGetTensorImpl()));
    } else {
      keep(output);
    }
  }
  std::vector<ScriptSegment> segments;
  for (const Segment& segment : m_segments) {
    if (segment.nodes.empty() && !isWhole) continue;
    const std::string name =
        isWhole ? m_base.name : m_base.name + "_segment_" + std::to_string(segments.size() + 1);
    segments.push_back({modelOf(segment, name, isWhole), segment.title, segment.breakReason});
  }
  return segments;
}

}  // namespace core::torch
