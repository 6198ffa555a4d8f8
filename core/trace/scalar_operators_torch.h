#pragma once

// Python's operators on symbolic numbers, as a program's size arithmetic uses them.

#include <ATen/core/ivalue.h>

#include <string_view>
#include <vector>

namespace core::trace {

/// One operator. A null function: it has no such form.
struct ScalarOperator {
  using OnIntegers = std::int64_t (*)(std::int64_t, std::int64_t);
  using OnReals = double (*)(double, double);
  using Predicate = bool (*)(double, double);

  std::string_view target;  ///< "_operator.floordiv"
  std::size_t operands = 2;
  OnIntegers onIntegers = nullptr;  ///< for ints only; a single operand is given twice
  OnReals onReals = nullptr;        ///< once an operand is a float
  Predicate predicate = nullptr;
};

/// Null if there is none of this name.
const ScalarOperator* findScalarOperator(std::string_view target);

/// The operator's value. Throws c10::Error where Python raises, and for an int that overflows.
c10::IValue evaluateScalar(const ScalarOperator& op, const std::vector<at::Scalar>& operands);

}  // namespace core::trace
