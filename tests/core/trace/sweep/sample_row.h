#pragma once

// The table of operator samples, and one sample of a row as a program of one call.

#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "core/load/loaded_model.h"

namespace sweep {

enum class Layout { Contiguous, ChannelsLast, Permuted, Strided };

/// How the tensors of a row are made.
struct Sample {
  std::int64_t n = 3;
  at::ScalarType dtype = at::kFloat;
  Layout layout = Layout::Contiguous;

  std::string text() const;  ///< "n=3 Float permuted"
};

struct Row {
  std::string op;  ///< "aten.add.Tensor"
  std::vector<std::string> tokens;
  bool isRefused = false;

  /// Has a tensor that takes integers too.
  bool takesIntegers() const;
  std::string text() const;
};

/// The rows of operator_samples.txt. Throws if the file cannot be read.
std::vector<Row> readRows(const std::string& path);

struct Program {
  core::load::LoadedModelPtr model;
  core::load::InputSet inputs;
};

/// One call of the row's operator on inputs that want gradients. Its results are no outputs yet.
/// Throws c10::Error for a row that does not fit the operator's schema.
Program programOf(const Row& row, const Sample& sample);

/// The same program, returning the results that the call gave: per schema result 1 for a tensor,
/// the number of elements for a list, 0 for anything else.
core::load::LoadedModelPtr withOutputs(const core::load::LoadedModel& model,
                                       const std::vector<c10::IValue>& results);

}  // namespace sweep
