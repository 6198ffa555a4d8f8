#pragma once

// The real tensors beside the shape-only ones of a TorchScript program that is being read.

#include <ATen/core/Tensor.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/ir/ir.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "core/load/loaded_model.h"
#include "core/torch/script_values_torch.h"

namespace core::torch {

/// Runs every recorded call on data as eager does, so that what the program reads out of tensors is
/// known. Nothing of the module or the inputs is written: it works on copies.
class ScriptReals {
 public:
  explicit ScriptReals(const load::InputSet& inputs);

  /// `twins`: the shape-only user inputs, in order.
  void takeInputs(const std::vector<at::Tensor>& twins);
  /// `twin` stands for a tensor of the module.
  void takeState(const at::Tensor& twin, const at::Tensor& real);
  /// `results` are what the call gave for shape-only tensors.
  void run(const ScriptCall& call, const std::vector<c10::IValue>& results);
  /// What the node, which takes data out of tensors, gives for the real ones. Throws
  /// c10::NotImplementedError if random numbers were drawn before: another run draws others.
  std::vector<c10::IValue> read(const ::torch::jit::Node& node, std::vector<c10::IValue> stack);

  /// Everything that was read, in order: "net.py:9: `if x.sum() > 0:` reads True".
  const std::vector<std::string>& decisions() const { return m_decisions; }

 private:
  at::Tensor copyOf(const at::Tensor& real);
  c10::IValue real(const c10::IValue& value) const;
  void pair(const c10::IValue& twin, const c10::IValue& real);

  const load::InputSet& m_inputs;
  std::unordered_map<const void*, at::Tensor> m_realOf;    ///< by the twin's address
  std::unordered_map<const void*, at::Tensor> m_storages;  ///< copies by the original's address
  std::vector<at::Tensor> m_alive;  ///< twins and originals go by address, so none is freed
  std::vector<std::string> m_decisions;
  bool m_drewNumbers = false;
};

}  // namespace core::torch
