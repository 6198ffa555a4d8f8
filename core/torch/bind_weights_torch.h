#pragma once

// A model's weights and inputs as tensors that a step may read, write and differentiate.

#include <ATen/core/Tensor.h>

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/load/loaded_model.h"

namespace core::torch {

enum class Precision {
  Native,  ///< the dtypes of the file
  Double,  ///< floating-point tensors as float64: the reference of the numerics check
};

/// Fresh copies of everything a step touches; the mapped file is only read. Aliasing is kept:
/// tensors of one storage share it, tied weights and repeated inputs are the same tensor.
class BoundTensors {
 public:
  /// Throws c10::Error if a storage cannot be made on `device` (in Double: if tensors of several
  /// dtypes share one). `model` and `inputs` must outlive the object.
  BoundTensors(const load::LoadedModel& model, const load::InputSet& inputs, Precision precision,
               c10::Device device = c10::kCPU);

  /// One tensor per graph input, undefined for constants. Inputs that are no leaves are new clones
  /// of theirs in every call, made under the caller's grad mode; those that share a storage are
  /// views of one clone of it.
  std::vector<at::Tensor> graphInputs() const;
  /// The gradient of every parameter by full name, in the program's order; undefined where there is
  /// none. Of tied weights, which share one gradient, only the names that the graph uses have it.
  std::vector<std::pair<std::string, at::Tensor>> parameterGradients() const;
  /// Buffers and lifted tensor constants by full name, in the program's order.
  const std::vector<std::pair<std::string, at::Tensor>>& buffers() const { return m_buffers; }
  /// Parameters by full name, in the program's order.
  const std::vector<std::pair<std::string, at::Tensor>>& parameters() const { return m_parameters; }
  /// Per user input the leaf that collects its gradient, for views of a shared storage the whole of
  /// it; undefined if it needs none.
  const std::vector<at::Tensor>& inputLeaves() const { return m_inputLeaves; }
  /// Per user input its position among the graph inputs.
  const std::vector<int>& inputPositions() const { return m_inputPositions; }

  /// Forgets all gradients, as an optimiser does before a step.
  void clearGradients();
  /// Gives buffers and user inputs their first values again. Native precision only.
  void restoreState();

 private:
  struct Storage {
    at::Tensor bytes;    ///< all of it, as one flat tensor
    at::Tensor initial;  ///< a copy on the device, of what restoreState() writes
  };

  void addStorages(Precision precision);
  void bindState();
  void bindInputs();
  at::Tensor view(std::size_t storage, const ir::TensorMeta& meta, std::int64_t offset) const;
  at::Tensor sameViewOrNew(const load::Weight& weight);
  bool sharesItsClone(const load::InputSet::Input& input) const;
  at::Tensor inputTensor(std::size_t graphInput, const load::InputSet::Input& input,
                         std::map<int, at::Tensor>& wholes);

  const load::LoadedModel& m_model;
  const load::InputSet& m_inputs;
  Precision m_precision;
  c10::Device m_device;
  std::vector<Storage> m_storages;  ///< the model's, then the inputs'
  std::vector<std::pair<const load::Weight*, at::Tensor>> m_weights;
  std::vector<at::Tensor> m_graphInputs;  ///< leaves where graphInputs() clones
  std::vector<bool> m_isClone;            ///< per graph input
  /// Per graph input that is a view of a clone: the view. m_graphInputs has the leaf then.
  std::vector<std::optional<load::InputSet::Input>> m_viewOfClone;
  std::vector<std::optional<int>> m_sameAs;  ///< per graph input: the earlier one that it is
  std::vector<std::pair<std::string, at::Tensor>> m_parameters, m_buffers;
  std::set<std::string> m_unusedParameters;
  std::vector<at::Tensor> m_inputLeaves;
  std::vector<int> m_inputPositions;
};

}  // namespace core::torch
