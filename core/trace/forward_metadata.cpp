// PyTorch finds mutations and aliases by running the forward under functionalization. On meta
// tensors with autograd on, plain facts tell the same: an input is mutated if any call writes to a
// tensor on its storage, and an output's kind follows from storage identity, views, bases and
// grad_fn. The order of the tests below is PyTorch's; the first match counts.

#include "core/trace/forward_metadata_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/variable.h>

#include <unordered_map>

#include "core/torch/tensor_meta_torch.h"

namespace core::trace {
namespace {

using StorageId = const c10::StorageImpl*;

StorageId storageOf(const at::Tensor& tensor) {
  return tensor.storage().unsafeGetStorageImpl();
}

at::Tensor baseOf(const at::Tensor& view) {
  return at::Tensor(view._base());
}

bool writes(const c10::AliasInfo* alias) {
  if (!alias) return false;
  if (alias->isWrite()) return true;
  for (const c10::AliasInfo& contained : alias->containedTypes())
    if (writes(&contained)) return true;
  return false;
}

struct WriteCount {
  int all = 0;
  int withoutGrad = 0;
  int reshapes = 0;  ///< not counted in `all`
};

/// Writes of data per storage; `t_` and the like change the geometry only.
std::unordered_map<StorageId, WriteCount> countWrites(const Recorder& recorder) {
  std::unordered_map<StorageId, WriteCount> counts;
  for (const RecordedCall& call : recorder.calls) {
    const c10::FunctionSchema& schema = call.op.schema();
    if (!schema.is_mutable()) continue;
    const bool reshapes = call.op.hasTag(at::Tag::inplace_view);
    for (std::size_t i = 0; i < call.arguments.size(); ++i) {
      if (!writes(schema.arguments()[i].alias_info())) continue;
      forEachTensor(call.arguments[i], [&](const at::Tensor& tensor) {
        WriteCount& count = counts[storageOf(tensor)];
        (reshapes ? count.reshapes : count.all) += 1;
        count.withoutGrad += call.gradEnabled || reshapes ? 0 : 1;
      });
    }
  }
  return counts;
}

/// `requiresGrad` is asked after the forward: a buffer that a value with gradient was written to
/// requires grad by then.
ir::InputInfo inputInfo(const Primal& primal, bool requiresGrad, bool changedGeometry,
                        WriteCount writesToIt) {
  ir::InputInfo info;
  info.requiresGrad = requiresGrad;
  info.isLeaf = primal.isLeaf;
  info.mutatesData = writesToIt.all > 0;
  info.mutatesMetadata = changedGeometry;
  info.mutationsHiddenFromAutograd = writesToIt.all == 0;
  info.mutationsUnderNoGrad = writesToIt.all > 0 && writesToIt.withoutGrad == writesToIt.all;
  // PyTorch keeps a write under no_grad in the graph even if the geometry changed too; its `copy_`
  // then fails, because the two geometries differ.
  const bool staysInGraph =
      info.mutatesData && !info.mutatesMetadata &&
      (!info.requiresGrad || info.mutationsHiddenFromAutograd || info.mutationsUnderNoGrad);
  if (staysInGraph) {
    info.mutationType = ir::MutationType::MutatedInGraph;
  } else if (info.mutatesData || info.mutatesMetadata) {
    info.mutationType = ir::MutationType::MutatedOutGraph;
  }
  return info;
}

bool isMultiOutputView(const at::Tensor& tensor) {
  const auto* meta = ::torch::autograd::impl::get_view_autograd_meta(tensor);
  return meta && meta->has_bw_view() &&
         meta->get_creation_meta() == ::torch::autograd::CreationMeta::MULTI_OUTPUT_NODE;
}

bool sameGeometry(const at::Tensor& a, const at::Tensor& b) {
  return storageOf(a) == storageOf(b) && a.sizes() == b.sizes() && a.strides() == b.strides() &&
         a.storage_offset() == b.storage_offset();
}

/// Decides the kind of each output.
class OutputClassifier {
 public:
  OutputClassifier(const std::vector<at::Tensor>& inputs, const std::vector<at::Tensor>& outputs)
      : m_inputs(inputs), m_outputs(outputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      m_inputOfStorage[storageOf(inputs[i])] = static_cast<int>(i);
    for (const at::Tensor& output : outputs) {
      if (!output.defined()) continue;
      ++m_onStorage[storageOf(output)];
      if (isMultiOutputView(output)) ++m_multiOutputViews[storageOf(output)];
    }
  }

  ir::OutputInfo classify(std::size_t index) {
    const at::Tensor& output = m_outputs[index];
    ir::OutputInfo info;
    info.isTensor = output.defined();
    if (!info.isTensor) return info;
    info.requiresGrad = output.requires_grad();
    info.isUnfollowedView = output.is_view() && output.requires_grad() && !output.grad_fn();
    info.meta = torch::tensorMeta(output, {});
    info.storageOffset = output.storage_offset();
    if (const auto input = m_inputOfStorage.find(storageOf(output));
        input != m_inputOfStorage.end()) {
      info.baseIndex = input->second;
      info.type = aliasOfInput(output);
    } else if (output.is_view() && output.requires_grad() && output._base().requires_grad()) {
      classifyView(index, info);
    } else if (!output.requires_grad()) {
      classifyTwin(output, info);
    }
    return info;
  }

  std::vector<at::Tensor> bases;
  std::vector<int> baseOutputs;

 private:
  /// Outputs on the storage that are not pieces of a split.
  int ordinaryAliases(const at::Tensor& output) {
    return m_onStorage[storageOf(output)] - m_multiOutputViews[storageOf(output)];
  }

  ir::OutputType aliasOfInput(const at::Tensor& output) {
    if (output.grad_fn() && ordinaryAliases(output) == 0) return ir::OutputType::NonAlias;
    for (const at::Tensor& input : m_inputs)
      if (input.is_same(output)) return ir::OutputType::IsInput;
    return ir::OutputType::AliasOfInput;
  }

  void classifyView(std::size_t index, ir::OutputInfo& info) {
    const at::Tensor& output = m_outputs[index];
    if (m_onStorage[storageOf(output)] == 1 || ordinaryAliases(output) <= 1) {
      info.type = ir::OutputType::UnsafeViewAlias;
      return;
    }
    const at::Tensor base = baseOf(output);
    // Of an output that is returned repeatedly, PyTorch takes the last.
    for (std::size_t k = m_outputs.size(); k-- > 0;) {
      if (!m_outputs[k].defined() || !m_outputs[k].is_same(base)) continue;
      info.type = ir::OutputType::AliasOfIntermediateBaseIsUserOutput;
      info.baseIndex = static_cast<int>(k);
      return;
    }
    info.type = ir::OutputType::AliasOfIntermediate;
    for (std::size_t k = 0; k < bases.size(); ++k)
      if (bases[k].is_same(base)) info.baseIndex = static_cast<int>(k);
    if (info.baseIndex) return;
    info.type = ir::OutputType::AliasOfIntermediateSaveAsOutput;
    info.baseIndex = static_cast<int>(bases.size());
    bases.push_back(base);
    baseOutputs.push_back(static_cast<int>(index));
  }

  /// Needs no gradient, but another output of the same geometry does: a detached twin.
  void classifyTwin(const at::Tensor& output, ir::OutputInfo& info) {
    if (m_onStorage[storageOf(output)] < 2) return;
    for (std::size_t k = 0; k < m_outputs.size(); ++k) {
      const at::Tensor& other = m_outputs[k];
      if (!other.defined() || !other.requires_grad() || !sameGeometry(other, output)) continue;
      info.type = ir::OutputType::AliasOfIntermediateBaseIsUserOutput;
      info.baseIndex = static_cast<int>(k);
      return;
    }
  }

  const std::vector<at::Tensor>& m_inputs;
  const std::vector<at::Tensor>& m_outputs;
  std::unordered_map<StorageId, int> m_inputOfStorage, m_onStorage, m_multiOutputViews;
};

/// The expected layout of a gradient is the value's memory format; its exact strides only if it has
/// that format already, where dimensions of length 1 leave a choice.
at::Tensor tangentLike(const at::Tensor& like) {
  const at::MemoryFormat format = like.suggest_memory_format();
  const at::TensorOptions options = like.options().requires_grad(false);
  return like.is_contiguous(format) ? at::empty_strided(like.sizes(), like.strides(), options)
                                    : at::empty(like.sizes(), options.memory_format(format));
}

void addTangent(ForwardMetadata& result, const at::Tensor& like, const std::string& descriptor) {
  result.tangents.push_back(tangentLike(like));
  result.meta.tracedTangents.push_back(torch::tensorMeta(result.tangents.back(), {}));
  result.meta.tracedTangentDescriptors.push_back("TangentAOTInput(output=" + descriptor + ")");
}

void addTangents(ForwardMetadata& result, const TracedInputs& inputs,
                 const std::vector<at::Tensor>& arguments, const std::vector<at::Tensor>& outputs,
                 const std::vector<at::Tensor>& bases) {
  for (const int i : result.meta.mutatedRuntimeIndices) {
    const auto k = static_cast<std::size_t>(i);
    if (hasTangent(result.meta.inputs[k]))
      addTangent(result, arguments[k], mutationDescriptor(inputs.primals[k]));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (hasTangent(result.meta.outputs[i]))
      addTangent(result, outputs[i], outputDescriptor(static_cast<int>(i)));
  for (std::size_t k = 0; k < bases.size(); ++k)
    addTangent(result, bases[k], baseDescriptor(result.baseOutputs[k]));
}

/// Leaves that require grad may not be written; for inputs that the caller does not hold as leaves
/// a clone stands for the input.
std::vector<at::Tensor> writableArguments(const std::vector<at::Tensor>& primals,
                                          const TracedInputs& inputs) {
  std::vector<at::Tensor> arguments = primals;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (inputs.primals[i].requiresGrad && !inputs.primals[i].isLeaf)
      arguments[i] =
          at::empty_strided(primals[i].sizes(), primals[i].strides(), primals[i].options())
              .requires_grad_(false)
              .copy_(primals[i]);
  return arguments;
}

struct Geometry {
  std::vector<std::int64_t> sizes, strides;
  std::int64_t offset = 0;
  bool operator==(const Geometry&) const = default;
};

Geometry geometryOf(const at::Tensor& tensor) {
  return {tensor.sizes().vec(), tensor.strides().vec(), tensor.storage_offset()};
}

Error movedError(const Primal& primal) {
  return Error{ErrorCode::UnsupportedOp,
               "Cannot trace the program: it moves the input " + primal.descriptor +
                   " to another place of its storage (as_strided_ with an offset). Use operators "
                   "that return views instead.",
               {},
               {}};
}

}  // namespace

Result<ForwardMetadata> collectMetadata(const TracedFunction& function, Recorder& recorder) {
  const TracedInputs& inputs = function.inputs();
  const std::vector<at::Tensor> primals = function.freshPrimals();
  const std::vector<at::Tensor> arguments = writableArguments(primals, inputs);
  std::vector<Geometry> before;
  for (const at::Tensor& argument : arguments) before.push_back(geometryOf(argument));
  const bool gradWasEnabled = at::GradMode::is_enabled();

  std::vector<at::Tensor> outputs;
  {
    const RecordingScope scope(recorder, Overrides::On);
    LayoutCheck check(function.program().program->graph);
    CORE_TRY(outputs, function.run(arguments, recorder, &check));
    check.report(function.context());
  }

  ForwardMetadata result;
  if (at::GradMode::is_enabled() != gradWasEnabled) {
    result.meta.gradEnabledMutation = !gradWasEnabled;
    at::GradMode::set_enabled(gradWasEnabled);
  }
  const auto writesByStorage = countWrites(recorder);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const auto found = writesByStorage.find(storageOf(arguments[i]));
    const WriteCount writes = found == writesByStorage.end() ? WriteCount{} : found->second;
    const bool changed = geometryOf(arguments[i]) != before[i];
    result.touched.push_back(writes.all > 0 || writes.reshapes > 0);
    result.meta.inputs.push_back(
        inputInfo(inputs.primals[i], arguments[i].requires_grad(), changed, writes));
    if (changed) {
      if (arguments[i].storage_offset() != before[i].offset) return movedError(inputs.primals[i]);
      result.meta.inputs.back().metaAfter = torch::tensorMeta(arguments[i], {});
    }
    const ir::MutationType type = result.meta.inputs.back().mutationType;
    if (type == ir::MutationType::NotMutated && writes.reshapes > 0 &&
        inputs.primals[i].requiresGrad && !inputs.primals[i].isLeaf)
      result.reshapedForAWhile.push_back(static_cast<int>(i));
    if (type == ir::MutationType::MutatedOutGraph)
      result.meta.mutatedRuntimeIndices.push_back(static_cast<int>(i));
    if (type == ir::MutationType::MutatedInGraph)
      result.meta.mutatedGraphHandledIndices.push_back(static_cast<int>(i));
    if (inputs.primals[i].isState && !inputs.merged)
      result.meta.staticInputIndices.push_back(static_cast<int>(i));
  }

  OutputClassifier classifier(arguments, outputs);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    result.meta.outputs.push_back(classifier.classify(i));
  result.baseOutputs = classifier.baseOutputs;
  result.meta.intermediateBases = static_cast<int>(classifier.bases.size());
  addTangents(result, inputs, arguments, outputs, classifier.bases);
  return result;
}

bool needsBackward(const ir::ViewAndMutationMeta& meta) {
  for (const ir::OutputInfo& output : meta.outputs) {
    if (!output.requiresGrad) continue;
    const bool isAlias =
        output.type == ir::OutputType::AliasOfInput || output.type == ir::OutputType::IsInput;
    if (!isAlias || !meta.inputs[static_cast<std::size_t>(*output.baseIndex)].requiresGrad)
      return true;
  }
  for (const ir::InputInfo& input : meta.inputs)
    if (input.requiresGrad && input.mutatesData && !input.mutationsUnderNoGrad &&
        !input.mutationsHiddenFromAutograd)
      return true;
  return false;
}

bool hasTangent(const ir::OutputInfo& output) {
  return output.isTensor && output.requiresGrad &&
         (output.type == ir::OutputType::NonAlias ||
          output.type == ir::OutputType::UnsafeViewAlias);
}

bool hasTangent(const ir::InputInfo& input) {
  return input.mutationType == ir::MutationType::MutatedOutGraph && input.mutatesData &&
         input.requiresGrad;
}

std::string outputDescriptor(int index) {
  return "PlainAOTOutput(idx=" + std::to_string(index) + ")";
}

std::string baseDescriptor(int outputOfBase) {
  return "IntermediateBaseAOTOutput(base_of=" + outputDescriptor(outputOfBase) + ")";
}

std::string mutationDescriptor(const Primal& primal) {
  return "InputMutationAOTOutput(mutated_input=" + primal.descriptor + ")";
}

}  // namespace core::trace
