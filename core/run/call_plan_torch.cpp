#include "core/run/call_plan_torch.h"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/jit_type.h>

#include "core/ir/real_scalar.h"
#include "core/torch/tensor_meta_torch.h"

namespace core::run {
namespace {

using c10::IValue;
using c10::TypeKind;

c10::OperatorHandle findOperator(const std::string& target) {
  const std::size_t space = target.find('.');
  const std::size_t overload = target.rfind('.');
  TORCH_CHECK(space != std::string::npos && overload > space, "`", target,
              "` is not the name of an operator");
  const std::string name =
      target.substr(0, space) + "::" + target.substr(space + 1, overload - space - 1);
  const std::string variant = target.substr(overload + 1);
  return c10::Dispatcher::singleton().findSchemaOrThrow(
      name.c_str(), variant == "default" ? "" : variant.c_str());
}

bool isContiguous(const ir::TensorMeta& meta) {
  return meta.strideHints() == ir::contiguousMeta(meta.dtype, meta.sizeHints()).strideHints();
}

/// Converts the arguments of one node. Tensors become TensorSlots.
class ArgumentBinder {
 public:
  ArgumentBinder(const ir::Graph& graph, const ir::Node& node, c10::Device device)
      : m_graph(graph), m_node(node), m_device(device) {}

  void bind(const c10::FunctionSchema& schema, std::vector<IValue>& values,
            std::vector<TensorSlot>& slots) {
    const auto& parameters = schema.arguments();
    TORCH_CHECK(m_node.args.size() <= parameters.size(), "`", m_node.target, "` takes ",
                parameters.size(), " arguments, '", m_node.name, "' gives ", m_node.args.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const ir::Argument* given = argumentFor(parameters[i], i);
      m_slot.reset();
      if (given) {
        values.push_back(value(*given, *parameters[i].real_type()));
      } else {
        TORCH_CHECK(parameters[i].default_value(), "`", m_node.target, "` needs '",
                    parameters[i].name(), "', which '", m_node.name, "' does not give");
        values.push_back(*parameters[i].default_value());
      }
      if (!m_slot) continue;
      m_slot->position = i;
      slots.push_back(std::move(*m_slot));
    }
  }

 private:
  const ir::Argument* argumentFor(const c10::Argument& parameter, std::size_t position) const {
    if (position < m_node.args.size() && !parameter.kwarg_only()) return &m_node.args[position];
    for (const auto& [name, argument] : m_node.kwargs) {
      if (name == parameter.name()) return &argument;
    }
    return nullptr;
  }

  [[noreturn]] void misfit(const c10::Type& type) const {
    TORCH_CHECK(false, "an argument of '", m_node.name, "' does not fit the type ", type.str(),
                " of `", m_node.target, "`");
  }

  /// The value of a symbolic scalar at the graph's sizes; empty for a tensor.
  std::optional<at::Scalar> symbolicValue(ir::NodeId id) const {
    const ir::SymMeta* sym = m_graph.node(id).sym();
    if (!sym) return std::nullopt;
    return sym->isFloat ? at::Scalar(ir::numberOf(*sym)) : at::Scalar(sym->size.hint());
  }

  IValue value(const ir::Argument& argument, const c10::Type& type) {
    // An undefined tensor was recorded as None.
    if (argument.isNone())
      return type.kind() == TypeKind::TensorType ? IValue(at::Tensor()) : IValue();
    if (const auto optional = type.cast<c10::OptionalType>()) {
      return value(argument, *optional->getElementType());
    }
    if (argument.isNode()) {
      if (const auto hint = symbolicValue(argument.node())) return number(*hint, type);
      return tensors(TensorSlot::Kind::Tensor, {argument.node()});
    }
    if (const auto list = type.cast<c10::ListType>()) {
      if (argument.isList()) return listValue(argument.list(), *list->getElementType());
      return listValue({argument}, *list->getElementType());
    }
    return scalar(argument, type);
  }

  IValue scalar(const ir::Argument& argument, const c10::Type& type) const {
    if (const auto* flag = std::get_if<bool>(&argument.value)) return number(*flag, type);
    if (const auto* integer = std::get_if<std::int64_t>(&argument.value)) {
      return number(*integer, type);
    }
    if (const auto* real = std::get_if<double>(&argument.value)) return number(*real, type);
    if (const auto* text = std::get_if<std::string>(&argument.value)) return *text;
    if (const auto* dtype = std::get_if<ir::DType>(&argument.value)) {
      return static_cast<std::int64_t>(torch::scalarType(*dtype));
    }
    if (std::holds_alternative<ir::Device>(argument.value)) return m_device;
    if (std::holds_alternative<ir::Layout>(argument.value)) {
      return static_cast<std::int64_t>(at::kStrided);
    }
    if (const auto* format = std::get_if<ir::MemoryFormat>(&argument.value)) {
      return static_cast<std::int64_t>(torch::memoryFormat(*format));
    }
    misfit(type);
  }

  /// A number as the schema wants it: a tensor stands for a number as "wrapped number", which keeps
  /// PyTorch's type promotion.
  static IValue number(const at::Scalar& scalar, const c10::Type& type) {
    switch (type.kind()) {
      case TypeKind::TensorType: return at::native::wrapped_scalar_tensor(scalar);
      case TypeKind::FloatType: return scalar.toDouble();
      case TypeKind::IntType:
      case TypeKind::SymIntType: return scalar.toLong();
      case TypeKind::BoolType: return scalar.toBool();
      default: return IValue(scalar);
    }
  }

  IValue listValue(const ir::Argument::List& elements, const c10::Type& type) {
    switch (type.kind()) {
      case TypeKind::TensorType: return tensorList(elements, TensorSlot::Kind::List);
      case TypeKind::OptionalType: return tensorList(elements, TensorSlot::Kind::OptionalList);
      case TypeKind::IntType:
      case TypeKind::SymIntType: {
        std::vector<std::int64_t> list;
        for (const ir::Argument& element : elements) list.push_back(integer(element, type));
        return list;
      }
      case TypeKind::FloatType: {
        std::vector<double> list;
        for (const ir::Argument& element : elements) list.push_back(real(element, type));
        return list;
      }
      case TypeKind::BoolType: {
        c10::List<bool> list;
        for (const ir::Argument& element : elements) list.push_back(integer(element, type) != 0);
        return list;
      }
      default: break;
    }
    if (type.kind() == TypeKind::NumberType) {
      c10::List<at::Scalar> list;
      for (const ir::Argument& element : elements) list.push_back(scalar(element, type).toScalar());
      return list;
    }
    misfit(type);
  }

  std::int64_t integer(const ir::Argument& element, const c10::Type& type) const {
    if (element.isNode()) {
      if (const auto hint = symbolicValue(element.node())) return hint->toLong();
    }
    const auto number = element.number();
    if (!number) misfit(type);
    return element.integer().value_or(static_cast<std::int64_t>(*number));
  }

  double real(const ir::Argument& element, const c10::Type& type) const {
    const auto number = element.number();
    if (!number) misfit(type);
    return *number;
  }

  IValue tensorList(const ir::Argument::List& elements, TensorSlot::Kind kind) {
    std::vector<std::optional<ir::NodeId>> nodes;
    for (const ir::Argument& element : elements) {
      TORCH_CHECK(element.isNode() || (element.isNone() && kind == TensorSlot::Kind::OptionalList),
                  "a list of tensors in '", m_node.name, "' holds something else");
      nodes.push_back(element.isNode() ? std::optional(element.node()) : std::nullopt);
    }
    return tensors(kind, std::move(nodes));
  }

  IValue tensors(TensorSlot::Kind kind, std::vector<std::optional<ir::NodeId>> nodes) {
    m_slot = TensorSlot{0, kind, std::move(nodes)};
    return IValue();
  }

  const ir::Graph& m_graph;
  const ir::Node& m_node;
  c10::Device m_device;
  std::optional<TensorSlot> m_slot;  ///< of the argument that is being converted
};

}  // namespace

CallPlan::CallPlan(const ir::Graph& graph, const ir::Node& node, c10::Device device)
    : m_op(findOperator(node.target)),
      m_device(device),
      m_asInTraining(m_op.operator_name().name == "aten::mkldnn_rnn_layer") {
  ArgumentBinder(graph, node, device).bind(m_op.schema(), m_template, m_slots);
  if (node.target != "aten.bernoulli.p" || !node.tensor() || isContiguous(*node.tensor())) return;
  // The arguments are the same: self, p, generator.
  m_op = findOperator("aten.bernoulli_.float");
  m_drawn = *node.tensor();
}

bool isWorkspace(const ir::TensorMeta& meta) {
  return meta.dtype == ir::DType::U8 && meta.rank() == 1 && meta.sizes[0].hint() == 0;
}

}  // namespace core::run
