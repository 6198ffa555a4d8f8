// PyTorch's order of primals: parameters, buffers (lifted constants among them), user inputs. Two
// rewrites keep mutation meaningful (aot-behaviour 4.7): a tensor that is passed twice and written
// must be one primal, and views of one storage that overlap and are written must become views of
// one base, so that a write through one is seen through the other.

#include "core/trace/traced_inputs.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/trace/input_overlap.h"
#include "core/trace/lifted_constants.h"

namespace core::trace {
namespace {

using load::InputKind;

Error unfit(const std::string& what) {
  return Error{ErrorCode::InvalidArgument, what, {}, {}};
}

/// Builds the primals, section by section.
class Builder {
 public:
  Builder(const load::LoadedModel& model, const load::InputSet& inputs)
      : m_model(model), m_inputs(inputs) {
    m_result.bindings.resize(model.program.inputSpecs.size(), {-1, false, {}, 0, false, false, {}});
  }

  Result<TracedInputs> build() {
    CORE_TRY_VOID(addState([](InputKind kind) { return kind == InputKind::Parameter; },
                           m_result.parameterOrder, "ParamAOTInput"));
    CORE_TRY_VOID(addConstants());
    CORE_TRY_VOID(addState(
        [](InputKind kind) {
          return kind == InputKind::Buffer || kind == InputKind::TensorConstant;
        },
        m_result.bufferOrder, "BufferAOTInput"));
    CORE_TRY_VOID(addUserInputs());
    return std::move(m_result);
  }

 private:
  const std::vector<load::InputSpec>& specs() const { return m_model.program.inputSpecs; }

  template <typename Wanted>
  Result<void> addState(Wanted wanted, std::vector<std::string>& order, const char* descriptor) {
    for (std::size_t k = 0; k < specs().size(); ++k) {
      const load::InputSpec& spec = specs()[k];
      if (!wanted(spec.kind) || !m_result.bindings[k].attribute.empty()) continue;
      const load::Weight* weight = m_model.findWeight(spec.target);
      if (!weight) return unfit("The file has no data for '" + spec.target + "'.");
      order.push_back(spec.target);
      add(k, statePrimal(spec, *weight, descriptor));
    }
    return {};
  }

  Result<void> addConstants() {
    for (const std::size_t k : attributeConstants(m_model.program)) {
      const load::Weight* weight = m_model.findWeight(specs()[k].target);
      if (!weight) return unfit("The file has no data for '" + specs()[k].target + "'.");
      m_result.bindings[k].attribute =
          "_tensor_constant" + std::to_string(m_result.constants.size());
      m_result.constants.push_back({k, weight->meta});
    }
    return {};
  }

  Primal statePrimal(const load::InputSpec& spec, const load::Weight& weight,
                     const char* descriptor) {
    Primal primal;
    primal.meta = weight.meta;
    primal.storageOffset = weight.storageOffset;
    primal.requiresGrad = spec.kind == InputKind::Parameter && weightRequiresGrad(spec, weight);
    primal.isState = true;
    primal.descriptor = std::string(descriptor) + "(target='" + spec.target + "')";
    primal.storage = weight.storage;
    primal.storageBytes = static_cast<std::int64_t>(
        m_model.storages[static_cast<std::size_t>(weight.storage)].length);
    primal.object = objectOf(primal);
    return primal;
  }

  /// The graph's own record of the parameter knows more than the list of weights.
  bool weightRequiresGrad(const load::InputSpec& spec, const load::Weight& weight) const {
    const auto& tensors = m_model.program.graph.tensors;
    const auto found = tensors.find(spec.name);
    return found == tensors.end() ? weight.requiresGrad : found->second.requiresGrad;
  }

  /// Weights that are the same view of the same storage are one tensor (tied weights).
  int objectOf(const Primal& primal) const {
    for (const Primal& earlier : m_result.primals)
      if (earlier.storage == primal.storage && earlier.meta == primal.meta &&
          earlier.storageOffset == primal.storageOffset && primal.meta.numel() > 0)
        return earlier.object;
    return static_cast<int>(m_result.primals.size());
  }

  Result<void> addUserInputs() {
    std::size_t position = 0;
    std::vector<int> objects;
    for (std::size_t k = 0; k < specs().size(); ++k) {
      if (specs()[k].kind == InputKind::Other)
        return Error{ErrorCode::UnsupportedOp,
                     "Input '" + specs()[k].name +
                         "' is of a kind that cannot be traced (a token "
                         "or a custom object).",
                     {},
                     {}};
      if (specs()[k].kind != InputKind::UserInput || !isTensor(k)) continue;
      if (position == m_inputs.inputs.size()) return countError();
      const load::InputSet::Input& input = m_inputs.inputs[position];
      CORE_TRY_VOID(checkInput(specs()[k].name, input));
      Primal primal = userPrimal(input, position);
      primal.object = input.sameObjectAs ? objects[static_cast<std::size_t>(*input.sameObjectAs)]
                                         : static_cast<int>(m_result.primals.size());
      objects.push_back(primal.object);
      add(k, std::move(primal));
      ++position;
    }
    if (position != m_inputs.inputs.size()) return countError();
    return {};
  }

  bool isTensor(std::size_t k) const {
    return std::holds_alternative<load::TensorName>(m_model.program.graph.inputs[k]);
  }

  Error countError() const {
    std::size_t wanted = 0;
    for (std::size_t k = 0; k < specs().size(); ++k)
      wanted += specs()[k].kind == InputKind::UserInput && isTensor(k);
    return unfit("The model takes " + std::to_string(wanted) + " tensors, but " +
                 std::to_string(m_inputs.inputs.size()) + " were given.");
  }

  Result<void> checkInput(const std::string& name, const load::InputSet::Input& input) const {
    const auto& tensors = m_model.program.graph.tensors;
    const auto found = tensors.find(name);
    if (found == tensors.end()) return {};
    const ir::TensorMeta& wanted = found->second.meta;
    bool fits = wanted.dtype == input.meta.dtype && wanted.rank() == input.meta.rank();
    for (int d = 0; fits && d < wanted.rank(); ++d) {
      const ir::Size& size = wanted.sizes[static_cast<std::size_t>(d)];
      fits =
          size.isSymbolic() || size.hint() == input.meta.sizes[static_cast<std::size_t>(d)].hint();
    }
    if (!fits)
      return unfit("Input '" + name + "' is " + tensorMetaText(input.meta) +
                   ", but the model was exported for " + tensorMetaText(wanted) + ".");
    return {};
  }

  Primal userPrimal(const load::InputSet::Input& input, std::size_t position) const {
    Primal primal;
    primal.meta = input.meta;
    primal.storageOffset = input.storageOffset;
    primal.requiresGrad = input.requiresGrad;
    primal.isLeaf = input.isLeaf;
    primal.descriptor = "PlainAOTInput(idx=" + std::to_string(position) + ")";
    primal.storage = static_cast<int>(m_model.storages.size()) + input.storage;
    primal.storageBytes = static_cast<std::int64_t>(
        m_inputs.storages[static_cast<std::size_t>(input.storage)].size());
    return primal;
  }

  void add(std::size_t input, Primal primal) {
    m_result.bindings[input].primal = static_cast<int>(m_result.primals.size());
    m_result.primals.push_back(std::move(primal));
  }

  const load::LoadedModel& m_model;
  const load::InputSet& m_inputs;
  TracedInputs m_result;
};

StridedView viewOf(const Primal& primal) {
  return {primal.meta.sizeHints(), primal.meta.strideHints(), primal.storageOffset};
}

/// Members of each base to make, by position; groups in order of their first member.
std::vector<std::vector<std::size_t>> overlappingGroups(const std::vector<Primal>& primals,
                                                        const std::vector<bool>& mutated) {
  std::map<int, std::vector<std::size_t>> byStorage;
  for (std::size_t i = 0; i < primals.size(); ++i) byStorage[primals[i].storage].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (const auto& [storage, members] : byStorage) {
    const bool written =
        std::any_of(members.begin(), members.end(), [&](std::size_t i) { return mutated[i]; });
    const bool overlap = std::any_of(members.begin(), members.end(), [&](std::size_t i) {
      return std::any_of(members.begin(), members.end(), [&](std::size_t other) {
        return other != i && primals[other].object != primals[i].object &&
               mayOverlap(viewOf(primals[i]), viewOf(primals[other]));
      });
    });
    // As in PyTorch, a member that lies apart from the others becomes a view of the base too.
    if (written && overlap) groups.push_back(members);
  }
  std::sort(groups.begin(), groups.end());
  return groups;
}

/// The base that the members are views of. The file holds no base: if members are columns of rows
/// that all share and that divide the storage, the base has these rows; else it is flat.
Primal syntheticBase(const std::vector<Primal>& primals, const std::vector<std::size_t>& members) {
  const Primal& first = primals[members.front()];
  const std::int64_t elements = first.storageBytes / ir::dtypeBytes(first.meta.dtype);
  const auto leadingStride = [&](std::size_t i) {
    return primals[i].meta.rank() > 1 ? primals[i].meta.strides.front().hint() : 0;
  };
  const std::int64_t row = leadingStride(members.front());
  const bool anyColumns = std::any_of(members.begin(), members.end(), [&](std::size_t i) {
    return primals[i].meta.rank() > 1 && primals[i].meta.sizes[1].hint() < row;
  });
  const bool hasRows = row > 1 && elements % row == 0 && anyColumns &&
                       std::all_of(members.begin(), members.end(),
                                   [&](std::size_t i) { return leadingStride(i) == row; });
  Primal base;
  base.meta = ir::contiguousMeta(first.meta.dtype,
                                 hasRows ? std::vector<std::int64_t>{elements / row, row}
                                         : std::vector<std::int64_t>{elements},
                                 first.meta.device);
  base.descriptor = "ViewBaseAOTInput(base_of=" + first.descriptor + ")";
  base.storage = first.storage;
  base.storageBytes = first.storageBytes;
  for (const std::size_t i : members) {
    base.requiresGrad = base.requiresGrad || primals[i].requiresGrad;
    base.isLeaf = base.isLeaf && primals[i].isLeaf;
  }
  return base;
}

/// A write must reach autograd through one base, so all members are views of one tensor that
/// requires grad, or none requires grad.
Result<void> checkGradients(const std::vector<Primal>& primals,
                            const std::vector<std::size_t>& members) {
  const Primal& first = primals[members.front()];
  for (const std::size_t i : members) {
    const Primal& member = primals[i];
    const bool isLoneLeaf = member.requiresGrad && member.isLeaf;
    if (!isLoneLeaf && member.requiresGrad == first.requiresGrad) continue;
    return Error{ErrorCode::UnsupportedOp,
                 "Inputs that overlap in memory and are written must all be views of one tensor "
                 "that requires grad, or none may require grad: " +
                     member.descriptor + ". Pass copies instead.",
                 {},
                 {}};
  }
  return {};
}

}  // namespace

Result<TracedInputs> tracedInputs(const load::LoadedModel& model, const load::InputSet& inputs) {
  return Builder(model, inputs).build();
}

TracedInputs withoutDuplicates(const TracedInputs& inputs, const std::vector<bool>& mutated) {
  std::map<int, bool> objectMutated;
  for (std::size_t i = 0; i < inputs.primals.size(); ++i) {
    bool& any = objectMutated[inputs.primals[i].object];
    any = any || mutated[i];
  }
  std::map<int, int> uses;
  bool anyMutated = false;
  for (const Primal& primal : inputs.primals)
    anyMutated = anyMutated || (++uses[primal.object] > 1 && objectMutated[primal.object]);
  if (!anyMutated) return inputs;
  TracedInputs result = inputs;
  result.merged = true;
  result.primals.clear();
  std::map<int, int> kept;
  std::vector<int> place;
  for (const Primal& primal : inputs.primals) {
    const auto found = kept.find(primal.object);
    if (found != kept.end()) {
      place.push_back(found->second);
      continue;
    }
    place.push_back(static_cast<int>(result.primals.size()));
    kept.emplace(primal.object, place.back());
    result.primals.push_back(primal);
  }
  for (ir::InputBinding& binding : result.bindings)
    if (binding.primal >= 0) binding.primal = place[static_cast<std::size_t>(binding.primal)];
  return result;
}

Result<TracedInputs> withSyntheticBases(const TracedInputs& inputs,
                                        const std::vector<bool>& mutated) {
  const std::vector<std::vector<std::size_t>> groups = overlappingGroups(inputs.primals, mutated);
  if (groups.empty()) return inputs;
  TracedInputs result = inputs;
  result.merged = true;
  result.primals.clear();
  std::vector<int> place(inputs.primals.size(), -1);
  std::vector<bool> isView(inputs.primals.size(), false);
  for (const std::vector<std::size_t>& group : groups) {
    CORE_TRY_VOID(checkGradients(inputs.primals, group));
    for (const std::size_t i : group) {
      if (inputs.primals[i].meta.dtype != inputs.primals[group.front()].meta.dtype)
        return Error{ErrorCode::UnsupportedOp,
                     "Inputs that overlap in memory and are written differ in dtype: " +
                         inputs.primals[i].descriptor + ". Pass copies instead.",
                     {},
                     {}};
      place[i] = static_cast<int>(result.primals.size());
      isView[i] = true;
    }
    result.primals.push_back(syntheticBase(inputs.primals, group));
  }
  for (std::size_t i = 0; i < inputs.primals.size(); ++i) {
    if (isView[i]) continue;
    place[i] = static_cast<int>(result.primals.size());
    result.primals.push_back(inputs.primals[i]);
  }
  for (ir::InputBinding& binding : result.bindings) {
    if (binding.primal < 0) continue;
    const auto old = static_cast<std::size_t>(binding.primal);
    binding.primal = place[old];
    if (!isView[old]) continue;
    const Primal& member = inputs.primals[old];
    binding = {place[old],         true, member.meta, member.storageOffset, binding.isWritten,
               binding.isReshaped, {}};
  }
  return result;
}

std::vector<int> primalStorages(const TracedInputs& inputs) {
  std::map<int, int> numbers;
  std::vector<int> result;
  for (const Primal& primal : inputs.primals)
    result.push_back(
        numbers.emplace(primal.storage, static_cast<int>(numbers.size())).first->second);
  if (numbers.size() == inputs.primals.size()) result.clear();
  return result;
}

}  // namespace core::trace
