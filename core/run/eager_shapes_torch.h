#pragma once

// The sizes of a model's outputs where PyTorch's trace and eager disagree about them.

#include <ATen/core/Tensor.h>

#include <vector>

#include "core/base/stage_context.h"
#include "core/load/loaded_model.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::run {

/// PyTorch traces recurrent layers by a Python twin that leaves a dimension of size 1 in the states
/// it returns; the export records those sizes too. Eager is right. For programs with such a layer
/// the sizes are found by running the program on meta tensors, without any replacement.
class EagerShapes {
 public:
  EagerShapes(const trace::PreparedProgram& program, const load::InputSet& inputs,
              const load::LoadedModel& model, const StageContext& context);

  /// Whether the program has a recurrent layer.
  bool isNeeded() const { return m_isNeeded; }

  /// Gives each output its eager sizes where it has as many elements in other dimensions.
  void restore(std::vector<at::Tensor>& outputs) const;

 private:
  bool m_isNeeded;
  std::vector<std::vector<std::int64_t>> m_sizes;  ///< empty where nothing is known
};

}  // namespace core::run
