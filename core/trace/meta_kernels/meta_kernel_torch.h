#pragma once

// What the files of meta kernels share. A meta kernel allocates a result without data, with the
// sizes, strides and dtype that the CPU kernel would give it; it computes nothing.

#include <ATen/ATen.h>
#include <ATen/core/stack.h>
#include <torch/library.h>

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace core::trace::meta {

using at::Tensor;
using c10::SymInt;
using c10::SymIntArrayRef;
using OptionalTensor = std::optional<Tensor>;
using Sizes = std::vector<std::int64_t>;
using TwoTensors = std::tuple<Tensor, Tensor>;
using ThreeTensors = std::tuple<Tensor, Tensor, Tensor>;
using FourTensors = std::tuple<Tensor, Tensor, Tensor, Tensor>;
using Stack = ::torch::jit::Stack;

/// The kernels on their way into LibTorch, with the names of their operators.
class MetaLibrary {
 public:
  MetaLibrary();

  template <typename Function>
  void add(const char* op, Function* kernel) {
    m_library.impl(op, kernel);
    m_names.emplace_back(op);
  }
  /// A kernel that serves several operators, because it finds its operands by position.
  template <c10::BoxedKernel::BoxedKernelFunction* kernel>
  void addBoxed(std::initializer_list<const char*> ops) {
    for (const char* op : ops) {
      m_library.impl(op, ::torch::CppFunction::makeFromBoxedFunction<kernel>());
      m_names.emplace_back(op);
    }
  }
  /// A kernel that only throws; it is not among the names.
  template <c10::BoxedKernel::BoxedKernelFunction* kernel>
  void refuse(std::initializer_list<const char*> ops) {
    for (const char* op : ops) {
      m_library.impl(op, ::torch::CppFunction::makeFromBoxedFunction<kernel>());
    }
  }
  const std::vector<std::string>& names() const { return m_names; }

 private:
  ::torch::Library m_library;
  std::vector<std::string> m_names;
};

Sizes integers(SymIntArrayRef sizes);
/// Contiguous, with the tensor's dtype.
Tensor contiguousLike(const Tensor& tensor);
/// Contiguous or channels_last, as the tensor's strides suggest.
Tensor suggestedLike(const Tensor& tensor);
/// Contiguous, of other sizes.
Tensor sized(at::IntArrayRef sizes, const Tensor& options);
/// Without dimensions.
Tensor scalarLike(const Tensor& tensor);
/// In the layout that the other tensor's strides suggest, where the number of dimensions allows it.
Tensor sizedAs(at::IntArrayRef sizes, const Tensor& options, at::MemoryFormat format);
/// The sizes after a reduction over `dims`; none or empty: over all.
Sizes reducedSizes(const Tensor& tensor, at::OptionalIntArrayRef dims, bool keepDim);
/// The dtype of a sum: int64 for integers and bool, else the tensor's, unless one is asked for.
at::ScalarType sumType(const Tensor& tensor, std::optional<at::ScalarType> asked);
/// The dtype of a floating-point function: the default dtype for integers and bool.
at::ScalarType floatType(const Tensor& tensor);
/// The dtype of a norm's statistics: float32 if a half or bfloat16 input has float32 parameters,
/// else the input's. At most the first defined parameter decides.
at::ScalarType statisticsType(const Tensor& input,
                              std::initializer_list<OptionalTensor> parameters);
/// The result of TensorIterator for these operands: broadcast sizes, strides in their order.
/// Resizes and returns `out` if it is defined.
Tensor pointwise(at::TensorList operands, at::ScalarType dtype, Tensor out = {});
/// Whether an optional argument holds a tensor.
bool given(const OptionalTensor& tensor);

/// One result per position: like that argument, dense dimensions in its order.
template <std::size_t... positions>
void likeArguments(const c10::OperatorHandle& op, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  (stack->emplace_back(at::empty_like(arguments[positions].toTensor())), ...);
}

/// One contiguous result per position, with that argument's sizes and dtype.
template <std::size_t... positions>
void contiguousLikeArguments(const c10::OperatorHandle& op, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  (stack->emplace_back(contiguousLike(arguments[positions].toTensor())), ...);
}

/// A pointwise result over the arguments at these positions, with the first one's dtype.
template <std::size_t... positions>
void pointwiseArguments(const c10::OperatorHandle& op, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  const std::array<Tensor, sizeof...(positions)> operands{arguments[positions].toTensor()...};
  stack->emplace_back(pointwise(operands, operands[0].scalar_type()));
}

/// The same into the last argument, `out`, which keeps its dtype and is returned.
template <std::size_t... positions>
void pointwiseOut(const c10::OperatorHandle& op, Stack* stack) {
  const auto arguments = ::torch::jit::pop(*stack, op.schema().arguments().size());
  const std::array<Tensor, sizeof...(positions)> operands{arguments[positions].toTensor()...};
  Tensor out = arguments.back().toTensor();
  pointwise(operands, out.scalar_type(), out);
  stack->emplace_back(std::move(out));
}

/// Takes its arguments and returns nothing.
inline void noResult(const c10::OperatorHandle& op, Stack* stack) {
  ::torch::jit::drop(*stack, op.schema().arguments().size());
}

void addActivations(MetaLibrary& library);
void addAttention(MetaLibrary& library);
void addConvolution(MetaLibrary& library);
void addFourier(MetaLibrary& library);
void addIndexing(MetaLibrary& library);
void addLinearAlgebra(MetaLibrary& library);
void addLosses(MetaLibrary& library);
void addNorms(MetaLibrary& library);
void addPadding(MetaLibrary& library);
void addPointwise(MetaLibrary& library);
void addPooling(MetaLibrary& library);
void addQuantization(MetaLibrary& library);
void addRandom(MetaLibrary& library);
void addReductions(MetaLibrary& library);
void addRefusals(MetaLibrary& library);
void addRnn(MetaLibrary& library);

}  // namespace core::trace::meta
