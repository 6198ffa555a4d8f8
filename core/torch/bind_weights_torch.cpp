#include "core/torch/bind_weights_torch.h"

#include <ATen/ATen.h>
#include <ATen/MemoryOverlap.h>

#include <cstring>
#include <map>
#include <optional>

#include "core/torch/tensor_meta_torch.h"

namespace core::torch {
namespace {

using load::InputKind;

/// The dtype of a storage's tensors, or empty if they disagree.
class StorageDTypes {
 public:
  explicit StorageDTypes(std::size_t count) : m_dtypes(count), m_mixed(count, false) {}

  void note(std::size_t storage, ir::DType dtype) {
    if (m_dtypes[storage] && *m_dtypes[storage] != dtype) m_mixed[storage] = true;
    m_dtypes[storage] = dtype;
  }
  bool isFloating(std::size_t storage) const {
    return m_dtypes[storage] && ir::isFloatingPoint(*m_dtypes[storage]);
  }
  ir::DType dtype(std::size_t storage) const { return *m_dtypes[storage]; }
  bool isMixed(std::size_t storage) const { return m_mixed[storage]; }

 private:
  std::vector<std::optional<ir::DType>> m_dtypes;
  std::vector<bool> m_mixed;
};

/// A copy that is no leaf, with the same sizes and strides: clone() closes the gaps of a tensor
/// that has some. One whose elements share memory cannot be filled in place, and is not kept so.
at::Tensor cloneWithStrides(const at::Tensor& tensor) {
  const bool hasGaps = !tensor.is_non_overlapping_and_dense();
  if (!hasGaps || at::has_internal_overlap(tensor) == at::MemOverlap::Yes) return tensor.clone();
  return at::empty_strided(tensor.sizes(), tensor.strides(), tensor.options()).copy_(tensor);
}

/// Names of the tensors that the graph's nodes and outputs read.
class UsedNames {
 public:
  explicit UsedNames(const load::ExportGraph& graph) {
    for (const load::ExportNode& node : graph.nodes) {
      for (const load::ExportNode::Input& input : node.inputs) add(input.argument);
    }
    for (const load::ExportArgument& output : graph.outputs) add(output);
  }
  bool contains(const std::string& name) const { return m_names.contains(name); }

 private:
  void add(const load::ExportArgument& argument) {
    if (const auto* tensor = std::get_if<load::TensorName>(&argument)) {
      m_names.insert(tensor->name);
    } else if (const auto* list = std::get_if<std::vector<load::TensorName>>(&argument)) {
      for (const load::TensorName& element : *list) m_names.insert(element.name);
    } else if (const auto* some =
                   std::get_if<std::vector<std::optional<load::TensorName>>>(&argument)) {
      for (const auto& element : *some) {
        if (element) m_names.insert(element->name);
      }
    }
  }

  std::set<std::string> m_names;
};

at::Tensor copied(std::span<const std::byte> source) {
  at::Tensor bytes = at::empty({static_cast<std::int64_t>(source.size())}, at::kByte);
  if (!source.empty()) std::memcpy(bytes.data_ptr(), source.data(), source.size());
  return bytes;
}

at::Tensor copiedAsDouble(std::span<const std::byte> source, ir::DType dtype) {
  const auto count = static_cast<std::int64_t>(source.size()) / ir::dtypeBytes(dtype);
  at::Tensor native = at::empty({count}, scalarType(dtype));
  if (count > 0) std::memcpy(native.data_ptr(), source.data(), native.nbytes());
  return native.to(at::kDouble, /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace

BoundTensors::BoundTensors(const load::LoadedModel& model, const load::InputSet& inputs,
                           Precision precision, c10::Device device)
    : m_model(model), m_inputs(inputs), m_precision(precision), m_device(device) {
  addStorages(precision);
  m_graphInputs.resize(model.program.inputSpecs.size());
  m_isClone.resize(m_graphInputs.size(), false);
  m_viewOfClone.resize(m_graphInputs.size());
  m_sameAs.resize(m_graphInputs.size());
  bindState();
  bindInputs();
}

void BoundTensors::addStorages(Precision precision) {
  const std::size_t weights = m_model.storages.size();
  StorageDTypes dtypes(weights + m_inputs.storages.size());
  std::vector<bool> hasState(weights, false);
  for (const load::Weight& weight : m_model.weights) {
    const auto storage = static_cast<std::size_t>(weight.storage);
    dtypes.note(storage, weight.meta.dtype);
    if (!weight.isParameter) hasState[storage] = true;
  }
  for (const load::InputSet::Input& input : m_inputs.inputs) {
    dtypes.note(weights + static_cast<std::size_t>(input.storage), input.meta.dtype);
  }
  for (std::size_t i = 0; i < weights + m_inputs.storages.size(); ++i) {
    const auto source = i < weights ? m_model.storageBytes(static_cast<int>(i))
                                    : std::span<const std::byte>(m_inputs.storages[i - weights]);
    const bool convert = precision == Precision::Double && dtypes.isFloating(i);
    TORCH_CHECK(!convert || !dtypes.isMixed(i), "tensors of several dtypes share one storage");
    Storage& storage = m_storages.emplace_back();
    storage.bytes =
        (convert ? copiedAsDouble(source, dtypes.dtype(i)) : copied(source)).to(m_device);
    const bool isState = i >= weights || hasState[i];
    if (isState && precision == Precision::Native) storage.initial = storage.bytes.clone();
  }
}

at::Tensor BoundTensors::view(std::size_t storage, const ir::TensorMeta& meta,
                              std::int64_t offset) const {
  const bool asDouble = m_precision == Precision::Double && ir::isFloatingPoint(meta.dtype);
  const at::ScalarType dtype = asDouble ? at::kDouble : scalarType(meta.dtype);
  at::Tensor tensor = at::empty({0}, at::TensorOptions().dtype(dtype).device(m_device));
  tensor.set_(m_storages[storage].bytes.storage(), offset, meta.sizeHints(), meta.strideHints());
  return tensor;
}

at::Tensor BoundTensors::sameViewOrNew(const load::Weight& weight) {
  for (const auto& [earlier, tensor] : m_weights) {
    const bool same = earlier->storage == weight.storage && earlier->meta == weight.meta &&
                      earlier->storageOffset == weight.storageOffset && weight.meta.numel() > 0;
    if (same) return tensor;
  }
  m_weights.emplace_back(
      &weight, view(static_cast<std::size_t>(weight.storage), weight.meta, weight.storageOffset));
  return m_weights.back().second;
}

void BoundTensors::bindState() {
  const auto& specs = m_model.program.inputSpecs;
  const auto& tensors = m_model.program.graph.tensors;
  const UsedNames used(m_model.program.graph);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const bool isParameter = specs[i].kind == InputKind::Parameter;
    const bool isBuffer =
        specs[i].kind == InputKind::Buffer || specs[i].kind == InputKind::TensorConstant;
    if (!isParameter && !isBuffer) continue;
    const load::Weight* weight = m_model.findWeight(specs[i].target);
    TORCH_CHECK(weight, "the file has no data for '", specs[i].target, "'");
    at::Tensor tensor = sameViewOrNew(*weight);
    const auto recorded = tensors.find(specs[i].name);
    const bool requiresGrad =
        recorded == tensors.end() ? weight->requiresGrad : recorded->second.requiresGrad;
    if (isParameter && requiresGrad) tensor.requires_grad_(true);
    m_graphInputs[i] = tensor;
    if (isParameter) m_parameters.emplace_back(specs[i].target, tensor);
    if (isParameter && !used.contains(specs[i].name)) m_unusedParameters.insert(specs[i].target);
    if (isBuffer) m_buffers.emplace_back(specs[i].target, tensor);
  }
}

/// Another tensor of the same storage is no leaf either: both must stay views of one tensor.
bool BoundTensors::sharesItsClone(const load::InputSet::Input& input) const {
  if (!input.requiresGrad || input.isLeaf) return false;
  int members = 0;
  for (const load::InputSet::Input& other : m_inputs.inputs)
    members += other.storage == input.storage && !other.sameObjectAs ? 1 : 0;
  return members > 1;
}

at::Tensor BoundTensors::inputTensor(std::size_t graphInput, const load::InputSet::Input& input,
                                     std::map<int, at::Tensor>& wholes) {
  const std::size_t storage = m_model.storages.size() + static_cast<std::size_t>(input.storage);
  if (!sharesItsClone(input)) {
    at::Tensor tensor = view(storage, input.meta, input.storageOffset);
    if (input.requiresGrad) tensor.requires_grad_(true);
    return tensor;
  }
  m_viewOfClone[graphInput] = input;
  at::Tensor& whole = wholes[input.storage];
  if (!whole.defined()) {
    const auto bytes = static_cast<std::int64_t>(
        m_inputs.storages[static_cast<std::size_t>(input.storage)].size());
    const std::int64_t elements = bytes / ir::dtypeBytes(input.meta.dtype);
    whole = view(storage, ir::contiguousMeta(input.meta.dtype, {elements}), 0);
    whole.requires_grad_(true);
  }
  return whole;
}

void BoundTensors::bindInputs() {
  const auto& specs = m_model.program.inputSpecs;
  std::vector<at::Tensor> tensors;
  std::map<int, at::Tensor> wholes;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    const bool isTensor = std::holds_alternative<load::TensorName>(m_model.program.graph.inputs[i]);
    if (specs[i].kind != InputKind::UserInput || !isTensor) continue;
    TORCH_CHECK(tensors.size() < m_inputs.inputs.size(), "the model takes more than the ",
                tensors.size(), " inputs that were given");
    const load::InputSet::Input& input = m_inputs.inputs[tensors.size()];
    const at::Tensor tensor = input.sameObjectAs
                                  ? tensors[static_cast<std::size_t>(*input.sameObjectAs)]
                                  : inputTensor(i, input, wholes);
    if (input.sameObjectAs)
      m_sameAs[i] = m_inputPositions[static_cast<std::size_t>(*input.sameObjectAs)];
    tensors.push_back(tensor);
    m_graphInputs[i] = tensor;
    m_isClone[i] = input.requiresGrad && !input.isLeaf;
    m_inputLeaves.push_back(input.requiresGrad ? tensor : at::Tensor());
    m_inputPositions.push_back(static_cast<int>(i));
  }
  TORCH_CHECK(tensors.size() == m_inputs.inputs.size(), "the model takes ", tensors.size(),
              " inputs, but ", m_inputs.inputs.size(), " were given");
}

std::vector<at::Tensor> BoundTensors::graphInputs() const {
  std::vector<at::Tensor> result = m_graphInputs;
  std::map<const c10::TensorImpl*, at::Tensor> clones;
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (m_sameAs[i]) {
      result[i] = result[static_cast<std::size_t>(*m_sameAs[i])];
    } else if (m_isClone[i]) {
      at::Tensor& clone = clones[m_graphInputs[i].unsafeGetTensorImpl()];
      if (!clone.defined()) clone = cloneWithStrides(m_graphInputs[i]);
      const auto& view = m_viewOfClone[i];
      result[i] = view ? clone.as_strided(view->meta.sizeHints(), view->meta.strideHints(),
                                          view->storageOffset)
                       : clone;
    }
  }
  return result;
}

std::vector<std::pair<std::string, at::Tensor>> BoundTensors::parameterGradients() const {
  std::vector<std::pair<std::string, at::Tensor>> gradients;
  for (const auto& [name, parameter] : m_parameters) {
    gradients.emplace_back(name,
                           m_unusedParameters.contains(name) ? at::Tensor() : parameter.grad());
  }
  return gradients;
}

void BoundTensors::clearGradients() {
  for (at::Tensor& tensor : m_graphInputs) {
    if (!tensor.defined()) continue;
    // A buffer that a parameter was written into belongs to the last step's graph.
    if (!tensor.is_leaf()) tensor.detach_();
    tensor.mutable_grad().reset();
  }
}

void BoundTensors::restoreState() {
  TORCH_CHECK(m_precision == Precision::Native, "only native tensors can be restored");
  const at::NoGradGuard noGrad;
  for (Storage& storage : m_storages)
    if (storage.initial.defined()) storage.bytes.copy_(storage.initial);
}

}  // namespace core::torch
