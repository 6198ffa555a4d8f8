// The file's argument union and the dispatcher's types agree but for two habits of the exporter: a
// Python number stands where a schema wants a tensor (`x + 1` is add.Tensor), and an int stands
// where it wants a float. A number becomes a tensor marked as a wrapped number, which keeps
// PyTorch's promotion rules and is printed as the number again.

#include "core/trace/argument_plan_torch.h"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>

#include "core/torch/tensor_meta_torch.h"

namespace core::trace {
namespace {

using c10::IValue;
using c10::TypeKind;
using Kind = ArgumentPlan::Kind;

c10::TypePtr withoutOptional(const c10::TypePtr& type) {
  const auto optional = type->cast<c10::OptionalType>();
  return optional ? optional->getElementType() : type;
}

/// Element type of a list type; null for others.
c10::TypePtr elementType(const c10::TypePtr& type) {
  const auto list = type->cast<c10::ListType>();
  return list ? list->getElementType() : nullptr;
}

ArgumentPlan constant(IValue value) {
  ArgumentPlan plan;
  plan.constant = std::move(value);
  return plan;
}

/// Visits the alternatives of load::ExportArgument.
class Planner {
 public:
  Planner(const c10::TypePtr& type, const SlotNames& names)
      : m_type(withoutOptional(type)), m_names(names) {}

  Result<ArgumentPlan> operator()(std::monostate) const { return constant(IValue()); }
  Result<ArgumentPlan> operator()(const load::TensorName& tensor) const {
    ArgumentPlan plan;
    plan.kind = Kind::Slot;
    CORE_TRY(plan.slot, slot(tensor.name));
    return plan;
  }
  Result<ArgumentPlan> operator()(const std::vector<load::TensorName>& tensors) const {
    const c10::TypePtr element = elementType(m_type);
    ArgumentPlan plan;
    plan.kind = element && element->kind() == TypeKind::OptionalType ? Kind::OptionalTensors
                                                                     : Kind::Tensors;
    for (const load::TensorName& tensor : tensors) {
      CORE_TRY(const int place, slot(tensor.name));
      plan.slots.push_back(place);
    }
    return plan;
  }
  Result<ArgumentPlan> operator()(
      const std::vector<std::optional<load::TensorName>>& tensors) const {
    ArgumentPlan plan;
    plan.kind = Kind::OptionalTensors;
    for (const std::optional<load::TensorName>& tensor : tensors) {
      int place = -1;
      if (tensor) {
        CORE_TRY(place, slot(tensor->name));
      }
      plan.slots.push_back(place);
    }
    return plan;
  }
  Result<ArgumentPlan> operator()(bool value) const { return number(value); }
  Result<ArgumentPlan> operator()(std::int64_t value) const {
    if (m_type->kind() == TypeKind::FloatType) return constant(static_cast<double>(value));
    return number(value);
  }
  Result<ArgumentPlan> operator()(double value) const { return number(value); }
  Result<ArgumentPlan> operator()(const std::string& value) const { return constant(value); }
  Result<ArgumentPlan> operator()(const std::vector<bool>& values) const {
    c10::List<bool> list;
    for (const bool value : values) list.push_back(value);
    return constant(list);
  }
  Result<ArgumentPlan> operator()(const std::vector<std::int64_t>& values) const {
    const c10::TypePtr element = elementType(m_type);
    if (element && element->kind() == TypeKind::FloatType)
      return constant(std::vector<double>(values.begin(), values.end()));
    return constant(values);
  }
  Result<ArgumentPlan> operator()(const std::vector<double>& values) const {
    return constant(values);
  }
  Result<ArgumentPlan> operator()(const std::vector<std::string>& values) const {
    return constant(values);
  }
  Result<ArgumentPlan> operator()(const load::SymIntArgument& value) const {
    if (const auto* literal = std::get_if<std::int64_t>(&value.value)) return (*this)(*literal);
    ArgumentPlan plan;
    plan.kind = Kind::Slot;
    plan.wrapNumber = m_type->kind() == TypeKind::TensorType;
    CORE_TRY(plan.slot, slot(std::get<std::string>(value.value)));
    return plan;
  }
  Result<ArgumentPlan> operator()(const std::vector<load::SymIntArgument>& values) const {
    ArgumentPlan plan;
    plan.kind = Kind::Integers;
    for (const load::SymIntArgument& value : values) {
      const auto* literal = std::get_if<std::int64_t>(&value.value);
      int place = -1;
      if (!literal) {
        CORE_TRY(place, slot(std::get<std::string>(value.value)));
      }
      plan.slots.push_back(place);
      plan.literals.push_back(literal ? *literal : 0);
    }
    return plan;
  }
  Result<ArgumentPlan> operator()(ir::DType dtype) const {
    ArgumentPlan plan = constant(static_cast<std::int64_t>(torch::scalarType(dtype)));
    if (ir::isFloatingPoint(dtype)) plan.kind = Kind::FloatType;
    return plan;
  }
  Result<ArgumentPlan> operator()(ir::MemoryFormat format) const {
    return constant(static_cast<std::int64_t>(torch::memoryFormat(format)));
  }
  Result<ArgumentPlan> operator()(ir::Layout layout) const {
    if (layout != ir::Layout::Strided) return unsupported("a tensor layout other than strided");
    return constant(static_cast<std::int64_t>(at::kStrided));
  }
  Result<ArgumentPlan> operator()(ir::Device) const {
    ArgumentPlan plan;
    plan.kind = Kind::Device;
    return plan;
  }
  Result<ArgumentPlan> operator()(const load::SubgraphArgument&) const {
    return unsupported("a sub-graph");
  }
  Result<ArgumentPlan> operator()(const load::UnsupportedArgument& argument) const {
    return unsupported("an argument of kind '" + argument.kind + "'");
  }

 private:
  ArgumentPlan number(const at::Scalar& value) const {
    if (m_type->kind() == TypeKind::TensorType)
      return constant(at::native::wrapped_scalar_tensor(value));
    return constant(IValue(value));
  }

  Result<int> slot(const std::string& name) const {
    const auto found = m_names.find(name);
    if (found != m_names.end()) return found->second;
    return Error{ErrorCode::ArchiveCorrupt,
                 "The program uses '" + name + "' before it is defined.",
                 {},
                 name};
  }

  static Error unsupported(const std::string& what) {
    return Error{ErrorCode::UnsupportedOp, "it has " + what + ", which is not supported", {}, {}};
  }

  c10::TypePtr m_type;
  const SlotNames& m_names;
};

}  // namespace

Result<ArgumentPlan> planArgument(const load::ExportArgument& argument, const c10::TypePtr& type,
                                  const SlotNames& names) {
  return std::visit(Planner(type, names), argument);
}

}  // namespace core::trace
