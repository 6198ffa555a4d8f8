// Registers the families of meta kernels and holds what they share.
//
// LibTorch keeps the shape functions of about 500 operators in Python. Without them a call on a
// meta tensor ends in an error, so the ones that training graphs meet are written again here. What
// each has to return was read off the CPU kernels, and is held to them by tst_meta_kernels.

#include "core/trace/meta_kernels/meta_kernels.h"

#include <ATen/TensorIterator.h>
#include <ATen/WrapDimUtils.h>

#include <algorithm>
#include <memory>

#include "core/trace/meta_kernels/meta_kernel_torch.h"
#include "core/trace/pointwise_layout.h"

namespace core::trace {
namespace meta {

MetaLibrary::MetaLibrary()
    : m_library(::torch::Library::IMPL, "aten", c10::DispatchKey::Meta, __FILE__, __LINE__) {}

Sizes integers(SymIntArrayRef sizes) {
  return C10_AS_INTARRAYREF_SLOW(sizes).vec();
}

Tensor contiguousLike(const Tensor& tensor) {
  return at::empty(tensor.sizes(), tensor.options());
}

Tensor suggestedLike(const Tensor& tensor) {
  return sizedAs(tensor.sizes(), tensor, tensor.suggest_memory_format());
}

Tensor sized(at::IntArrayRef sizes, const Tensor& options) {
  return at::empty(sizes, options.options());
}

Tensor scalarLike(const Tensor& tensor) {
  return at::empty({}, tensor.options());
}

Tensor sizedAs(at::IntArrayRef sizes, const Tensor& options, at::MemoryFormat format) {
  const bool fits = (format == at::MemoryFormat::ChannelsLast && sizes.size() == 4) ||
                    (format == at::MemoryFormat::ChannelsLast3d && sizes.size() == 5);
  return at::empty(sizes,
                   options.options().memory_format(fits ? format : at::MemoryFormat::Contiguous));
}

Sizes reducedSizes(const Tensor& tensor, at::OptionalIntArrayRef dims, bool keepDim) {
  const bool all = !dims || dims->empty();
  std::vector<bool> reduced(static_cast<std::size_t>(tensor.dim()), all);
  if (!all && tensor.dim() > 0) {
    for (const std::int64_t dim : *dims) {
      reduced[static_cast<std::size_t>(at::maybe_wrap_dim(dim, tensor.dim()))] = true;
    }
  }
  Sizes sizes;
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    if (!reduced[i]) {
      sizes.push_back(tensor.size(static_cast<std::int64_t>(i)));
    } else if (keepDim) {
      sizes.push_back(1);
    }
  }
  return sizes;
}

at::ScalarType sumType(const Tensor& tensor, std::optional<at::ScalarType> asked) {
  if (asked) return *asked;
  return at::isIntegralType(tensor.scalar_type(), true) ? at::kLong : tensor.scalar_type();
}

at::ScalarType floatType(const Tensor& tensor) {
  return at::isIntegralType(tensor.scalar_type(), true) ? at::get_default_dtype_as_scalartype()
                                                        : tensor.scalar_type();
}

at::ScalarType statisticsType(const Tensor& input,
                              std::initializer_list<OptionalTensor> parameters) {
  if (!at::isReducedFloatingType(input.scalar_type())) return input.scalar_type();
  const auto* first = std::find_if(parameters.begin(), parameters.end(), given);
  if (first == parameters.end()) return input.scalar_type();
  return (*first)->scalar_type() == at::kFloat ? at::kFloat : input.scalar_type();
}

Tensor pointwise(at::TensorList operands, at::ScalarType dtype, Tensor out) {
  at::TensorIteratorConfig config;
  config.set_check_mem_overlap(false)
      .check_all_same_dtype(false)
      .check_all_same_device(false)
      .declare_static_dtype_and_device(dtype, at::kMeta)
      .add_owned_output(out);
  for (const Tensor& operand : operands) config.add_owned_const_input(operand);
  Tensor result = config.build().output();
  if (!out.defined()) layOutPointwise(operands.vec(), result);
  return result;
}

bool given(const OptionalTensor& tensor) {
  return tensor && tensor->defined();
}

namespace {

std::unique_ptr<const MetaLibrary> registerAll() {
  auto library = std::make_unique<MetaLibrary>();
  for (auto* add : {addActivations, addAttention, addConvolution, addFourier, addIndexing,
                    addLinearAlgebra, addLosses, addNorms, addPadding, addPointwise, addPooling,
                    addQuantization, addRandom, addReductions, addRefusals, addRnn}) {
    add(*library);
  }
  return library;
}

const MetaLibrary& registeredLibrary() {
  // Never freed: LibTorch's dispatcher may be gone when this module's objects are destroyed.
  static const MetaLibrary* const library = registerAll().release();
  return *library;
}

}  // namespace
}  // namespace meta

void registerMetaKernels() {
  meta::registeredLibrary();
}

std::vector<std::string> ownMetaKernelNames() {
  auto names = meta::registeredLibrary().names();
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace core::trace
