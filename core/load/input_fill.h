#pragma once

// What one input of a step holds, as a person writes it: "zeros", "range:0..9,i64", "x.npy,grad".

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/result.h"
#include "core/ir/tensor_meta.h"

namespace core::load {

enum class FillKind {
  Example,  ///< the file's example, else random values: what stands there without a fill
  Random,   ///< normal; integers are 0 or 1
  Zeros,
  Ones,
  Range,  ///< even between two numbers, both included for integers
  File,   ///< a tensor of a .npy, .pt or .safetensors file
};

struct InputFill {
  FillKind kind = FillKind::Example;
  double low = 0, high = 1;           ///< of Range
  std::string path;                   ///< of File
  std::optional<std::uint64_t> seed;  ///< of Random and Range; empty: the step's seed
  std::optional<ir::DType> dtype;     ///< empty: the model's
  std::optional<bool> requiresGrad;   ///< empty: as the model was exported

  bool operator==(const InputFill&) const = default;
};

/// Fills by the input's name, in the form of inputFillText().
using InputFills = std::map<std::string, std::string>;

/// Reads WHAT{,PROPERTY}: `example`, `random`, `zeros`, `ones`, `range:LOW..HIGH` or the path of a
/// file, then `seed=N`, a dtype ("f32"), `grad` or `no-grad` in any order. A word without a dot or
/// slash is no path. Errors: InvalidArgument that says what may stand there.
Result<InputFill> parseInputFill(const std::string& text);
std::string inputFillText(const InputFill& fill);

}  // namespace core::load
