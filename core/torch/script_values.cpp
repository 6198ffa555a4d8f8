#include "core/torch/script_values_torch.h"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <torch/csrc/jit/frontend/source_range.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace core::torch {

namespace jit = ::torch::jit;
using c10::IValue;

std::string className(const c10::ClassTypePtr& type) {
  std::string name = type->name() ? type->name()->qualifiedName() : std::string();
  constexpr std::string_view kRoot = "__torch__.";
  if (name.starts_with(kRoot)) name.erase(0, kRoot.size());
  const std::size_t mangle = name.find("___torch_mangle_");
  if (mangle != std::string::npos) name.erase(mangle, name.find('.', mangle) + 1 - mangle);
  return name;
}

std::shared_ptr<const ir::SourceLocation> sourceOf(const jit::Node& node,
                                                   const std::string& function) {
  jit::SourceRange range = node.sourceRange();
  // A saved program knows the lines of the program that it was made from.
  if (const auto original = range.findSourceRangeThatGenerated()) range = *original;
  const auto place = range.file_line_col();
  if (!place || !range.source()) return nullptr;
  ir::SourceLocation source;
  source.file = std::get<0>(*place);
  source.line = static_cast<int>(std::get<1>(*place));
  source.function = function;
  source.code = range.source()->get_line(range.source()->lineno_for_offset(range.start())).str();
  source.code.erase(0, source.code.find_first_not_of(" \t"));
  source.code.erase(source.code.find_last_not_of(" \t\r\n") + 1);
  return std::make_shared<const ir::SourceLocation>(std::move(source));
}

std::string placeText(const jit::Node& node) {
  const auto source = sourceOf(node, {});
  if (!source) return "an unknown line";
  return source->file.substr(source->file.rfind('/') + 1) + ":" + std::to_string(source->line) +
         ": `" + source->code + "`";
}

bool isTensorList(const IValue& value) {
  if (value.isTensorList()) return true;
  if (!value.isList()) return false;
  const c10::ArrayRef<IValue> elements = value.toListRef();
  return std::any_of(elements.begin(), elements.end(),
                     [](const IValue& element) { return element.isTensor(); });
}

IValue listOf(const jit::Node& node, const std::vector<IValue>& values) {
  c10::impl::GenericList made(node.output()->type()->expectRef<c10::ListType>().getElementType());
  for (const IValue& value : values) made.push_back(value);
  return made;
}

std::optional<std::vector<IValue>> packedOrUnpacked(const jit::Node& node,
                                                    const std::vector<IValue>& values) {
  using All = std::vector<IValue>;
  switch (node.kind()) {
    case c10::prim::unchecked_cast: return All{values[0]};
    case c10::prim::TupleConstruct: return All{c10::ivalue::Tuple::create(values)};
    case c10::prim::ListConstruct: return All{listOf(node, values)};
    case c10::prim::TupleUnpack: {
      const auto& elements = values[0].toTupleRef().elements();
      return All(elements.begin(), elements.end());
    }
    case c10::prim::ListUnpack: {
      const c10::ArrayRef<IValue> elements = values[0].toListRef();
      TORCH_CHECK(elements.size() == node.outputs().size(), "a list of ", elements.size(),
                  " elements is unpacked into ", node.outputs().size());
      return All(elements.begin(), elements.end());
    }
    default: return std::nullopt;
  }
}

bool readsData(const c10::FunctionSchema& schema, const std::vector<IValue>& arguments) {
  static const std::set<std::string> kReaders{"aten::Bool",
                                              "aten::Int",
                                              "aten::Float",
                                              "aten::item",
                                              "aten::is_nonzero",
                                              "aten::equal",
                                              "aten::allclose",
                                              "aten::IntImplicit",
                                              "aten::FloatImplicit",
                                              "aten::ScalarImplicit",
                                              "aten::_local_scalar_dense"};
  if (!kReaders.contains(schema.name())) return false;
  bool reads = false;
  for (const IValue& value : arguments)
    forEachTensor(value, [&](const at::Tensor& tensor) { reads = reads || tensor.is_meta(); });
  return reads;
}

ScriptCall exportedCall(const c10::OperatorHandle& op, std::vector<IValue> arguments) {
  static const std::set<std::string> kArithmetic{"aten::add",  "aten::sub",  "aten::mul",
                                                 "aten::div",  "aten::add_", "aten::sub_",
                                                 "aten::mul_", "aten::div_"};
  static constexpr std::size_t kConvolutionArguments = 9;
  auto& dispatcher = c10::Dispatcher::singleton();
  const c10::OperatorName& name = op.operator_name();
  if (name.name == "aten::_convolution") {
    arguments.resize(kConvolutionArguments);
    return {dispatcher.findSchemaOrThrow("aten::convolution", ""), std::move(arguments)};
  }
  constexpr std::string_view kScalar = "Scalar";
  if (!kArithmetic.contains(name.name) || !name.overload_name.starts_with(kScalar))
    return {op, std::move(arguments)};
  const std::string overload = "Tensor" + name.overload_name.substr(kScalar.size());
  const auto found = dispatcher.findSchema({name.name, overload});
  return {found ? *found : op, std::move(arguments)};
}

IValue dispatchedArgument(const c10::Argument& wanted, const IValue& value) {
  if (wanted.name() == "device") return c10::Device(at::kMeta);
  if (value.isScalar() && wanted.type()->kind() == c10::TypeKind::TensorType)
    return at::native::wrapped_scalar_tensor(value.toScalar());
  return value;
}

bool returnsTensors(const c10::FunctionSchema& schema) {
  return std::any_of(schema.returns().begin(), schema.returns().end(), [](const auto& result) {
    return result.type()->isSubtypeOf(*c10::TensorType::get()) ||
           result.type()->isSubtypeOf(*c10::ListType::ofTensors());
  });
}

bool isFoldable(const c10::FunctionSchema& schema, const std::vector<IValue>& values) {
  bool hasTensor = false;
  bool allReal = true;
  for (const IValue& value : values)
    forEachTensor(value, [&](const at::Tensor& tensor) {
      hasTensor = true;
      allReal = allReal && !tensor.is_meta();
    });
  return hasTensor && allReal && !schema.is_mutable();
}

}  // namespace core::torch
