#pragma once

// What the files of decompositions share. A body runs on shape-only tensors below autograd while
// the recorder listens, so each call it makes becomes a node: calls must come in PyTorch's order.
// C++ leaves the order of operands open, hence a statement of its own for every call but the last
// of an expression.

#include <ATen/ATen.h>

#include <array>
#include <initializer_list>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/trace/overrides/override_torch.h"

namespace core::trace::decompositions {

using at::Scalar;
using at::ScalarType;
using at::Tensor;
using c10::IValue;
using overrides::number;
using overrides::Sizes;
using overrides::Stack;
using overrides::Table;
using Flags = std::vector<bool>;
using Indices = c10::List<std::optional<Tensor>>;

/// Numbers of an expression as Python writes them: 1_n is an integer, 0.5_n a float.
inline Tensor operator""_n(unsigned long long value) {
  return number(static_cast<std::int64_t>(value));
}
inline Tensor operator""_n(long double value) {
  return number(static_cast<double>(value));
}

/// `number / x` and `base ** x` of Python's tensors.
Tensor divided(const Scalar& dividend, const Tensor& x);

/// A tensor filled with `value` on the device of the graph.
Tensor filled(at::IntArrayRef sizes, const Scalar& value, std::optional<ScalarType> dtype);
/// 0 or 1 as a number of that dtype.
Scalar zeroOf(ScalarType dtype);
Scalar oneOf(ScalarType dtype);
/// The numbers from `start` up to `end`, 64 bit integers unless `dtype` is given.
Tensor range(const Scalar& start, const Scalar& end, std::optional<ScalarType> dtype = {});

/// Dimensions of size 1 appended until there are `rank`.
Tensor unsqueezeTo(Tensor x, std::int64_t rank);
/// `dim` counted from the front.
std::int64_t wrapped(std::int64_t dim, std::int64_t rank);
/// `[first, last)`.
Sizes dimensionRange(std::int64_t first, std::int64_t last);
/// What at::Reduction says: the mean, the sum, or the loss itself.
Tensor reduced(const Tensor& loss, std::int64_t reduction);

/// Half precision is computed in float.
ScalarType computingType(ScalarType dtype);

enum class Promotion { Keep, IntegersToFloat };

/// Casts operands to the type that PyTorch computes a pointwise operator in, and results back.
class Opmath {
 public:
  /// Undefined operands are left out.
  explicit Opmath(std::initializer_list<Tensor*> operands, Promotion kind = Promotion::Keep);
  Tensor back(const Tensor& result) const;

 private:
  ScalarType m_result = ScalarType::Float;
};

/// One argument off the stack. An optional tensor that is not given is undefined.
template <typename T>
T argumentOf(const IValue& value) {
  if constexpr (std::is_same_v<T, Tensor>) {
    return overrides::tensorOrNone(value);
  } else if constexpr (std::is_same_v<T, std::vector<Tensor>>) {
    return value.toTensorVector();
  } else if constexpr (std::is_same_v<T, Sizes>) {
    return value.isNone() ? Sizes() : value.toIntVector();
  } else if constexpr (std::is_same_v<T, Scalar>) {
    return value.toScalar();
  } else if constexpr (std::is_same_v<T, ScalarType>) {
    return value.toScalarType();
  } else if constexpr (std::is_same_v<T, std::string>) {
    return value.toStringRef();
  } else if constexpr (std::is_same_v<T, Flags>) {
    const auto list = value.toBoolList();
    return Flags(list.begin(), list.end());
  } else if constexpr (std::is_same_v<T, Indices>) {
    return value.to<Indices>();
  } else {
    return value.to<T>();
  }
}

inline void pushResult(Stack* stack, Tensor result) {
  stack->emplace_back(std::move(result));
}
inline void pushResult(Stack* stack, std::vector<Tensor> results) {
  stack->emplace_back(std::move(results));
}
template <typename... T>
void pushResult(Stack* stack, std::tuple<T...> results) {
  std::apply([stack](auto&... each) { (stack->emplace_back(std::move(each)), ...); }, results);
}

template <auto kBody>
struct Boxed;

/// A typed body as one that works on the stack.
template <typename Result, typename... Arguments, Result (*kBody)(Arguments...)>
struct Boxed<kBody> {
  static bool call(Stack* stack) {
    const std::vector<IValue> values = overrides::take(stack, sizeof...(Arguments));
    callWith(stack, values, std::index_sequence_for<Arguments...>{});
    return true;
  }

 private:
  template <std::size_t... kIndex>
  static void callWith(Stack* stack, [[maybe_unused]] const std::vector<IValue>& values,
                       std::index_sequence<kIndex...>) {
    pushResult(stack, kBody(argumentOf<std::remove_cvref_t<Arguments>>(values[kIndex])...));
  }
};

/// Enters a body for each of the operators ("gelu_backward"), which have its arguments.
template <auto kBody>
void enter(Table& table, std::initializer_list<const char*> operators) {
  for (const char* op : operators) overrides::enter(table, op, &Boxed<kBody>::call);
}

void enterActivations(Table& table);
void enterActivationGradients(Table& table);
void enterCreation(Table& table);
void enterIndexing(Table& table);
void enterLikelihood(Table& table);
void enterLinearAlgebra(Table& table);
void enterLosses(Table& table);
void enterNorms(Table& table);
void enterPadding(Table& table);
void enterPointwise(Table& table);
void enterReductions(Table& table);
void enterShapes(Table& table);
void enterSlidingBlocks(Table& table);
void enterSoftmax(Table& table);

}  // namespace core::trace::decompositions
