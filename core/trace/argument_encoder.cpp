// torch_dispatch hands Python the arguments that differ from their defaults, and the dumps print
// just these. "Differ" is strict about types: 0.0 is not the default 0. An undefined tensor is
// None. The declared type decides how an integer is to be read: as a number, a dtype, a layout or a
// memory format.

#include "core/trace/argument_encoder_torch.h"

#include <ATen/ATen.h>

#include "core/torch/tensor_meta_torch.h"

namespace core::trace {
namespace {

using c10::IValue;
using c10::TypeKind;

bool isUndefined(const IValue& value) {
  return value.isNone() || (value.isTensor() && !value.toTensor().defined());
}

bool sameNumber(const IValue& a, const IValue& b) {
  if (a.isBool() != b.isBool() || a.isDouble() != b.isDouble()) return false;
  return a.toScalar().toDouble() == b.toScalar().toDouble();
}

bool isDefault(const c10::Argument& argument, const IValue& value) {
  const std::optional<IValue>& fallback = argument.default_value();
  if (!fallback) return false;
  if (isUndefined(value) || fallback->isNone()) return isUndefined(value) && fallback->isNone();
  if (value.isTensor()) return false;
  if (value.isScalar() && fallback->isScalar()) return sameNumber(value, *fallback);
  if (value.isTensorList() || value.tagKind() != fallback->tagKind()) return false;
  return value == *fallback;
}

class Encoder {
 public:
  Encoder(const NodeOfTensor& nodes, ir::Device device) : m_nodes(nodes), m_device(device) {}

  ir::Argument encode(const IValue& value, const c10::TypePtr& declared) const {
    c10::TypePtr type = declared;
    if (const auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
    if (isUndefined(value)) return {};
    if (value.isTensor()) return encodeTensor(value.toTensor());
    if (value.isBool()) return value.toBool();
    if (value.isInt()) return encodeInteger(value.toInt(), type->kind());
    if (value.isDouble()) return value.toDouble();
    if (value.isString()) return value.toStringRef();
    if (value.isDevice()) return m_device;
    if (value.isSymInt()) return value.toSymInt().expect_int();
    if (value.isList()) return encodeList(value, type);
    TORCH_CHECK_NOT_IMPLEMENTED(false, "it has an argument of kind ", value.tagKind(),
                                ", which a graph cannot hold");
  }

 private:
  ir::Argument encodeTensor(const at::Tensor& tensor) const {
    const auto found = m_nodes.find(tensor.unsafeGetTensorImpl());
    if (found != m_nodes.end()) return found->second;
    const bool isNumber = tensor.dim() == 0 && !tensor.is_meta();
    TORCH_CHECK_NOT_IMPLEMENTED(isNumber,
                                "it reads a tensor that is no input of the model and was ",
                                "made by no recorded operator");
    const at::Scalar number = tensor.item();
    if (number.isBoolean()) return number.toBool();
    if (number.isIntegral(false)) return number.toLong();
    TORCH_CHECK_NOT_IMPLEMENTED(number.isFloatingPoint(),
                                "it has a complex number, which a graph cannot hold");
    return number.toDouble();
  }

  static ir::Argument encodeInteger(std::int64_t number, TypeKind kind) {
    if (kind == TypeKind::FloatType) return static_cast<double>(number);
    if (kind == TypeKind::LayoutType)
      return static_cast<at::Layout>(number) == at::kStrided ? ir::Layout::Strided
                                                             : ir::Layout::Other;
    if (kind == TypeKind::MemoryFormatType)
      return torch::memoryFormatOf(static_cast<at::MemoryFormat>(number));
    if (kind != TypeKind::ScalarTypeType) return number;
    const auto dtype = torch::dtypeOf(static_cast<at::ScalarType>(number));
    TORCH_CHECK_NOT_IMPLEMENTED(dtype, "a quantized dtype is not supported");
    return *dtype;
  }

  ir::Argument encodeList(const IValue& value, const c10::TypePtr& type) const {
    const auto list = type->cast<c10::ListType>();
    const c10::TypePtr element = list ? list->getElementType() : c10::AnyType::get();
    ir::Argument::List encoded;
    // Lists of numbers are stored unboxed; this makes one value of each.
    const c10::List<IValue> elements = value.toList();
    encoded.reserve(elements.size());
    for (std::size_t i = 0; i < elements.size(); ++i)
      encoded.push_back(encode(elements.get(i), element));
    return encoded;
  }

  const NodeOfTensor& m_nodes;
  ir::Device m_device;
};

}  // namespace

EncodedArguments encodeArguments(const c10::FunctionSchema& schema,
                                 const std::vector<c10::IValue>& values, const NodeOfTensor& nodes,
                                 ir::Device device) {
  const std::vector<c10::Argument>& arguments = schema.arguments();
  std::size_t positional = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!arguments[i].kwarg_only()) positional = i + 1;
  std::size_t written = positional;
  while (written > 0 && isDefault(arguments[written - 1], values[written - 1])) --written;

  const Encoder encoder(nodes, device);
  EncodedArguments encoded;
  for (std::size_t i = 0; i < written; ++i)
    encoded.args.push_back(encoder.encode(values[i], arguments[i].real_type()));
  for (std::size_t i = positional; i < arguments.size(); ++i)
    if (!isDefault(arguments[i], values[i]))
      encoded.kwargs.emplace_back(arguments[i].name(),
                                  encoder.encode(values[i], arguments[i].real_type()));
  return encoded;
}

}  // namespace core::trace
