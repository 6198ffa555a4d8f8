#pragma once

// Collects the calls of a TorchScript program as exported programs, one a segment.

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/api/module.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/torch/torch_module.h"

namespace core::torch {

/// Where a call stands in the program.
struct ScriptPlace {
  std::vector<std::shared_ptr<const ir::ModuleScope>> modules;  ///< outermost first
  std::shared_ptr<const ir::SourceLocation> source;             ///< null if unknown
};

/// A program is recorded with shape-only (meta) tensors. Every tensor has a name; a segment that
/// reads a tensor of an earlier one gets it as an input, and the earlier one returns it.
class ScriptProgram {
 public:
  ScriptProgram(const std::string& path, const ::torch::jit::Module& module,
                const load::InputSet& inputs);

  /// The shape-only twin of a parameter, buffer or constant of the module.
  at::Tensor stateTwin(const at::Tensor& real);
  /// The shape-only user inputs, in order.
  const std::vector<at::Tensor>& userInputs() const { return m_userInputs; }
  /// A value whose origin is open (a branch was taken, but nobody knows which): an input of the
  /// segments that read it.
  at::Tensor boundaryValue(const at::Tensor& like);
  bool isKnown(const at::Tensor& tensor) const;

  /// Appends a call to the running segment. `results` are what it returned.
  void addCall(const c10::FunctionSchema& schema, const std::vector<c10::IValue>& arguments,
               const std::vector<c10::IValue>& results, const ScriptPlace& place);
  /// Ends the running segment and begins the next.
  void beginSegment(const std::string& breakReason, const std::string& nextTitle);
  /// The tensor is read behind the running segment: that segment returns it.
  void keep(const at::Tensor& tensor);

  /// The segments that compute something. `outputs` are the results of the program.
  std::vector<ScriptSegment> finish(const std::vector<at::Tensor>& outputs);

 private:
  enum class Origin { Parameter, Buffer, Constant, UserInput, Boundary, Call };
  /// What is known of a named tensor.
  struct Named {
    std::string name;
    std::string target;  ///< of state: its full name
    Origin origin = Origin::Call;
    int order = 0;  ///< among those of its origin
    std::size_t segment = 0;
    at::Tensor tensor;
  };
  struct Segment {
    std::string title;
    std::string breakReason;
    std::vector<load::ExportNode> nodes;
    std::set<std::string> inputs;      ///< names made elsewhere
    std::vector<std::string> outputs;  ///< names read elsewhere, in order of their first use
  };

  void addState(const std::string& name, const at::Tensor& real, Origin origin);
  int storageOf(const at::Tensor& real);
  const std::string& define(const at::Tensor& tensor, Origin origin);
  const std::string& use(const at::Tensor& tensor);
  void addOutput(std::size_t segment, const std::string& name);
  load::ExportArgument argument(const c10::IValue& value, const c10::TypePtr& type);
  load::ExportArgument listArgument(const c10::IValue& value);
  load::ExportArgument result(const c10::IValue& value);
  load::LoadedModelPtr modelOf(const Segment& segment, const std::string& name, bool isWhole) const;
  std::vector<const Named*> inputsOf(const Segment& segment, bool isWhole) const;

  std::string m_path;
  load::LoadedModel m_base;  ///< storages and weights, shared by all segments
  const load::InputSet& m_inputs;
  std::vector<at::Tensor> m_userInputs;
  std::map<std::string, Named> m_named;
  std::unordered_map<const c10::TensorImpl*, std::string> m_nameOf;
  std::unordered_map<const c10::TensorImpl*, at::Tensor> m_twinOf;
  std::vector<at::Tensor> m_alive;  ///< names go by address, so nothing is freed
  std::map<const void*, int> m_storages;
  std::vector<Segment> m_segments;
  int m_count = 0;
};

}  // namespace core::torch
