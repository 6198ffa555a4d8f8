#include "core/run/tensor_facts_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include <map>

namespace core::run {
namespace {

bool isOutput(const TensorFacts& facts) {
  return facts.name.starts_with("output:");
}

std::map<const c10::TensorImpl*, std::string> stateNames(const torch::BoundTensors& bound) {
  std::map<const c10::TensorImpl*, std::string> names;
  for (const auto& [name, parameter] : bound.parameters())
    names.emplace(parameter.unsafeGetTensorImpl(), "parameter:" + name);
  for (const auto& [name, buffer] : bound.buffers())
    names.emplace(buffer.unsafeGetTensorImpl(), "buffer:" + name);
  return names;
}

bool isPieceOfSplit(const at::Tensor& tensor) {
  const auto* meta = ::torch::autograd::impl::get_view_autograd_meta(tensor);
  return meta && meta->has_bw_view() &&
         meta->get_creation_meta() == ::torch::autograd::CreationMeta::MULTI_OUTPUT_NODE;
}

std::string placeIn(const at::Tensor& tensor, const TensorFacts& owner) {
  const std::int64_t offset = tensor.storage_offset() - owner.tensor.storage_offset();
  return "a view of " + owner.name +
         (offset == 0 ? std::string() : " at element " + std::to_string(offset));
}

/// Looks for the owner among the graph inputs, then among the outputs before `index`.
const TensorFacts* ownerOf(const std::vector<TensorFacts>& facts, std::size_t index) {
  const at::Tensor& tensor = facts[index].tensor;
  const TensorFacts* found = nullptr;
  for (std::size_t k = 0; k < facts.size(); ++k) {
    const TensorFacts& other = facts[k];
    if (!other.tensor.defined() || (isOutput(other) && k >= index)) continue;
    if (tensor.is_same(other.tensor)) return &other;
    const bool better = !found || (isOutput(*found) && !isOutput(other));
    if (better && tensor.numel() > 0 && tensor.is_alias_of(other.tensor)) found = &other;
  }
  return found;
}

void describeMemory(std::vector<TensorFacts>& facts, std::size_t index) {
  TensorFacts& own = facts[index];
  own.gradNode = own.tensor.grad_fn() ? "a node" : "";
  const TensorFacts* owner = ownerOf(facts, index);
  if (!owner) return;
  if (owner->tensor.is_same(own.tensor)) {
    own.memory = owner->name + " itself";
  } else {
    own.memory = placeIn(own.tensor, *owner);
    const bool isFreshView = own.tensor.grad_fn() && !isOutput(*owner) && !owner->written;
    if (isFreshView) own.gradNode = own.tensor.grad_fn()->name();
  }
}

TensorFacts describe(std::string name, const at::Tensor& tensor, bool written) {
  TensorFacts facts;
  facts.name = std::move(name);
  facts.tensor = tensor;
  facts.written = written;
  if (!tensor.defined()) return facts;
  facts.requiresGrad = tensor.requires_grad();
  facts.isLeaf = tensor.is_leaf();
  facts.gradNode = tensor.grad_fn() ? "a node" : "";
  facts.isPieceOfSplit = isPieceOfSplit(tensor);
  return facts;
}

/// Floating-point tensors that a write to an output may change.
bool isReachable(const std::vector<TensorFacts>& facts, const TensorFacts& each) {
  if (!each.tensor.defined() || !each.tensor.is_floating_point()) return false;
  for (const TensorFacts& output : facts) {
    if (!isOutput(output)) return false;
    if (output.tensor.defined() && output.tensor.is_alias_of(each.tensor)) return true;
  }
  return false;
}

/// How often 2 was added to each element; -1 where it is too large to tell.
at::Tensor writesIn(const at::Tensor& before, const at::Tensor& after) {
  constexpr double kLargest = 64;
  const at::Tensor counts = ((after - before) / 2).round();
  return at::where(before.abs() < kLargest, counts, at::full_like(counts, -1));
}

const char* yesNo(bool value) {
  return value ? "yes" : "no";
}

std::string unequal(const char* what, const std::string& compiled, const std::string& eager) {
  const auto shown = [](const std::string& text) { return text.empty() ? "none" : text; };
  return std::string(what) + " is " + shown(compiled) + ", eager's is " + shown(eager);
}

}  // namespace

std::vector<TensorFacts> factsOf(const torch::BoundTensors& bound, const StepTensors& step) {
  std::vector<TensorFacts> facts;
  for (std::size_t i = 0; i < step.outputs.size(); ++i)
    facts.push_back(describe("output:" + std::to_string(i), step.outputs[i], false));
  std::map<const c10::TensorImpl*, std::string> names = stateNames(bound);
  const std::vector<int>& positions = bound.inputPositions();
  for (std::size_t k = 0; k < positions.size(); ++k) {
    const at::Tensor& input = step.graphInputs[static_cast<std::size_t>(positions[k])];
    names.emplace(input.unsafeGetTensorImpl(), "input:" + std::to_string(k));
  }
  for (std::size_t i = 0; i < step.graphInputs.size(); ++i) {
    const at::Tensor& input = step.graphInputs[i];
    if (!input.defined()) continue;
    facts.push_back(describe(names.at(input.unsafeGetTensorImpl()), input, step.written[i]));
  }
  for (std::size_t i = 0; i < step.outputs.size(); ++i)
    if (facts[i].tensor.defined()) describeMemory(facts, i);
  return facts;
}

void ignoreAutograd(std::vector<TensorFacts>& facts) {
  for (TensorFacts& each : facts) {
    each.requiresGrad = false;
    each.isLeaf = true;
    each.gradNode.clear();
  }
}

std::string factsDifference(const TensorFacts& compiled, const TensorFacts& eager) {
  if (compiled.tensor.defined() != eager.tensor.defined())
    return unequal("being a tensor", yesNo(compiled.tensor.defined()),
                   yesNo(eager.tensor.defined()));
  if (compiled.requiresGrad != eager.requiresGrad)
    return unequal("requires_grad", yesNo(compiled.requiresGrad), yesNo(eager.requiresGrad));
  if (compiled.isLeaf != eager.isLeaf)
    return unequal("is_leaf", yesNo(compiled.isLeaf), yesNo(eager.isLeaf));
  // LibTorch's batch norm writes its statistics without raising their version; that is no promise.
  if (eager.written && !compiled.written)
    return unequal("written", yesNo(compiled.written), yesNo(eager.written));
  if (eager.isPieceOfSplit) return {};
  if (compiled.memory != eager.memory) return unequal("memory", compiled.memory, eager.memory);
  if (compiled.gradNode != eager.gradNode)
    return unequal("grad_fn", compiled.gradNode, eager.gradNode);
  return {};
}

WriteEffects writeToOutputs(std::vector<TensorFacts>& facts, const std::vector<bool>& skip) {
  WriteEffects effects;
  std::vector<at::Tensor> before;
  for (const TensorFacts& each : facts)
    before.push_back(isReachable(facts, each) ? each.tensor.detach().clone() : at::Tensor());
  for (std::size_t i = 0; i < facts.size() && isOutput(facts[i]); ++i) {
    at::Tensor& output = facts[i].tensor;
    bool isRefused = false;
    if (!skip[i] && output.defined() && output.is_floating_point()) {
      try {
        output.add_(2);
      } catch (const c10::Error&) {
        isRefused = true;
      }
    }
    effects.refused.push_back(isRefused);
  }
  for (std::size_t i = 0; i < facts.size(); ++i)
    effects.changes.push_back(before[i].defined() ? writesIn(before[i], facts[i].tensor.detach())
                                                  : at::Tensor());
  return effects;
}

}  // namespace core::run
