// Resolves a program once, so that running it (twice for a trace, hundreds of times for a
// measurement of eager) does no name look-up: names become slots, operators become handles, omitted
// arguments become their defaults. no_grad and autocast regions are higher-order calls in the file;
// they are inlined between two mode changes. A program that returns mutated buffers (an export that
// was functionalized) ends with copies into them instead.

#include <unordered_map>

#include "core/torch/tensor_meta_torch.h"
#include "core/trace/argument_plan_torch.h"
#include "core/trace/program_interpreter_torch.h"

namespace core::trace {
namespace {

constexpr std::string_view kNamespacePrefix = "torch.ops.";
constexpr std::string_view kGradRegion = "torch.ops.higher_order.wrap_with_set_grad_enabled";
constexpr std::string_view kAutocastRegion = "torch.ops.higher_order.wrap_with_autocast";

/// Checks of the exporter that compute nothing.
bool isAssertion(const std::string& target) {
  return target == "torch.ops.aten._assert_tensor_metadata.default" ||
         target == "torch.ops.aten._assert_scalar.default" ||
         target == "torch.ops.aten.sym_constrain_range.default" ||
         target == "torch.ops.aten.sym_constrain_range_for_size.default";
}

/// "torch.ops.aten.add.Tensor" as the dispatcher's name and overload.
std::optional<c10::OperatorHandle> findOperator(std::string_view target) {
  if (!target.starts_with(kNamespacePrefix)) return std::nullopt;
  target.remove_prefix(kNamespacePrefix.size());
  const std::size_t space = target.find('.');
  const std::size_t overload = target.rfind('.');
  if (space == std::string_view::npos || overload == space) return std::nullopt;
  std::string name(target.substr(0, space));
  name += "::";
  name += target.substr(space + 1, overload - space - 1);
  std::string variant(target.substr(overload + 1));
  if (variant == "default") variant.clear();
  return c10::Dispatcher::singleton().findSchema({name, variant});
}

/// The target as PyTorch's dumps write it, without the prefix.
std::string shortTarget(const std::string& target) {
  return target.starts_with(kNamespacePrefix) ? target.substr(kNamespacePrefix.size()) : target;
}

Error unsupported(const load::ExportNode& node, const std::string& why) {
  return Error{
      ErrorCode::UnsupportedOp,
      "Cannot trace `" + shortTarget(node.target) + "`" + nodeLocation(node) + ": " + why + ".",
      {},
      node.name};
}

/// Names of a value definition, flattened; absent ones are empty.
std::vector<std::string> definedNames(const load::ExportArgument& output) {
  if (const auto* tensor = std::get_if<load::TensorName>(&output)) return {tensor->name};
  if (const auto* number = std::get_if<load::SymIntArgument>(&output)) {
    const auto* name = std::get_if<std::string>(&number->value);
    return {name ? *name : std::string()};
  }
  std::vector<std::string> names;
  if (const auto* list = std::get_if<std::vector<load::TensorName>>(&output))
    for (const load::TensorName& tensor : *list) names.push_back(tensor.name);
  if (const auto* list = std::get_if<std::vector<std::optional<load::TensorName>>>(&output))
    for (const auto& tensor : *list) names.push_back(tensor ? tensor->name : std::string());
  if (std::holds_alternative<std::monostate>(output)) names.emplace_back();
  return names;
}

template <typename T>
const T* inputAs(const load::ExportNode& node, std::size_t index) {
  return index < node.inputs.size() ? std::get_if<T>(&node.inputs[index].argument) : nullptr;
}

/// (enabled, sub-graph, ...)
std::optional<RegionMode> gradRegion(const load::ExportNode& node) {
  const bool* enabled = inputAs<bool>(node, 0);
  if (!enabled) return std::nullopt;
  return RegionMode{*enabled, std::nullopt};
}

/// (device type, dtype or None, enabled, cache or None, sub-graph, ...)
std::optional<RegionMode> autocastRegion(const load::ExportNode& node) {
  const std::string* device = inputAs<std::string>(node, 0);
  const ir::DType* dtype = inputAs<ir::DType>(node, 1);
  const bool* enabled = inputAs<bool>(node, 2);
  const bool* cache = inputAs<bool>(node, 3);
  if (!device || !enabled || (*device != "cpu" && *device != "cuda")) return std::nullopt;
  AutocastMode mode;
  mode.device = *device == "cpu" ? c10::kCPU : c10::kCUDA;
  mode.enabled = *enabled;
  if (dtype) mode.dtype = torch::scalarType(*dtype);
  if (cache) mode.cacheCasts = *cache;
  return RegionMode{std::nullopt, mode};
}

class Preparer {
 public:
  explicit Preparer(std::shared_ptr<const load::ExportedProgram> program) {
    m_prepared.program = std::move(program);
  }

  Result<PreparedProgram> prepare() {
    const load::ExportedProgram& program = *m_prepared.program;
    SlotNames names;
    for (const load::ExportArgument& input : program.graph.inputs) {
      const auto* tensor = std::get_if<load::TensorName>(&input);
      m_prepared.inputSlots.push_back(tensor ? define(tensor->name, names) : -1);
      if (const auto* number = std::get_if<load::SymIntArgument>(&input))
        if (const auto* name = std::get_if<std::string>(&number->value))
          return Error{ErrorCode::UnsupportedOp,
                       "Input '" + *name +
                           "' is a symbolic integer; export the model with a "
                           "fixed value instead.",
                       {},
                       *name};
    }
    CORE_TRY_VOID(addNodes(program.graph, names));
    CORE_TRY_VOID(addOutputs(program, names));
    m_prepared.slotCount = m_slots;
    markLastUses();
    return std::move(m_prepared);
  }

 private:
  int define(const std::string& name, SlotNames& names) {
    if (name.empty()) return -1;
    names[name] = m_slots;
    return m_slots++;
  }

  Result<void> addNodes(const load::ExportGraph& graph, SlotNames& names) {
    for (const load::ExportNode& node : graph.nodes) {
      if (isAssertion(node.target)) continue;
      if (node.target == kGradRegion || node.target == kAutocastRegion) {
        CORE_TRY_VOID(addRegion(node, names));
      } else {
        CORE_TRY_VOID(addNode(node, names));
      }
    }
    return {};
  }

  Instruction& append(Instruction::Kind kind, const load::ExportNode& node) {
    Instruction& instruction = m_prepared.instructions.emplace_back();
    instruction.kind = kind;
    instruction.node = &node;
    return instruction;
  }

  Instruction& appendVisit(Instruction::Kind kind, const load::ExportNode& node) {
    Instruction& instruction = append(kind, node);
    instruction.visit = static_cast<int>(m_prepared.visits.size());
    m_prepared.visits.push_back(&node);
    return instruction;
  }

  Result<void> addNode(const load::ExportNode& node, SlotNames& names) {
    if (const ScalarOperator* scalar = findScalarOperator(node.target))
      return addScalar(node, *scalar, names);
    const auto op = findOperator(node.target);
    if (!op) return unsupported(node, reasonForUnknown(node.target));
    Instruction& call = appendVisit(Instruction::Kind::Call, node);
    call.op = op;
    CORE_TRY(call.arguments, planArguments(node, op->schema(), names));
    for (const load::ExportArgument& output : node.outputs)
      call.results.push_back(defineAll(output, names));
    if (call.results.size() > op->schema().returns().size())
      return unsupported(node, "the file lists more results than the operator has");
    return {};
  }

  std::vector<int> defineAll(const load::ExportArgument& output, SlotNames& names) {
    std::vector<int> slots;
    for (const std::string& name : definedNames(output)) slots.push_back(define(name, names));
    return slots;
  }

  static std::string reasonForUnknown(const std::string& target) {
    if (target.find(".higher_order.") != std::string::npos)
      return "this higher-order operator is not supported; of these only no_grad and autocast "
             "regions are";
    return "LibTorch 2.11 has no such operator; a custom operator's library is not loaded";
  }

  Result<std::vector<ArgumentPlan>> planArguments(const load::ExportNode& node,
                                                  const c10::FunctionSchema& schema,
                                                  const SlotNames& names) {
    std::vector<ArgumentPlan> plans;
    plans.reserve(schema.arguments().size());
    for (const c10::Argument& wanted : schema.arguments()) {
      const load::ExportArgument* given = nullptr;
      for (const load::ExportNode::Input& input : node.inputs)
        if (input.name == wanted.name()) given = &input.argument;
      if (!given && !wanted.default_value())
        return unsupported(node, "the file does not give its argument '" + wanted.name() + "'");
      if (!given) {
        plans.emplace_back().constant = *wanted.default_value();
        continue;
      }
      auto plan = planArgument(*given, wanted.real_type(), names);
      if (!plan) {
        if (plan.error().code != ErrorCode::UnsupportedOp) return plan.error();
        return unsupported(node, plan.error().message);
      }
      plans.push_back(std::move(*plan));
    }
    return plans;
  }

  Result<void> addScalar(const load::ExportNode& node, const ScalarOperator& scalar,
                         SlotNames& names) {
    Instruction& instruction = appendVisit(Instruction::Kind::Scalar, node);
    instruction.scalar = &scalar;
    for (const load::ExportNode::Input& input : node.inputs) {
      CORE_TRY(ArgumentPlan plan, planArgument(input.argument, c10::NumberType::get(), names));
      instruction.arguments.push_back(std::move(plan));
    }
    if (instruction.arguments.size() != scalar.operands || node.outputs.size() != 1)
      return unsupported(node, "it does not have the arguments of a scalar operator");
    instruction.results.push_back(defineAll(node.outputs.front(), names));
    return {};
  }

  /// A region's modes come before its sub-graph, the sub-graph's inputs after it.
  Result<void> addRegion(const load::ExportNode& node, SlotNames& names) {
    const std::optional<RegionMode> mode =
        node.target == kGradRegion ? gradRegion(node) : autocastRegion(node);
    std::size_t at = 0;
    while (at < node.inputs.size() &&
           !std::holds_alternative<load::SubgraphArgument>(node.inputs[at].argument))
      ++at;
    if (!mode || at == node.inputs.size())
      return unsupported(node, "its arguments are not those of a region");
    const load::ExportGraph& body =
        *std::get<load::SubgraphArgument>(node.inputs[at].argument).graph;
    if (body.inputs.size() + at + 1 != node.inputs.size())
      return unsupported(node, "it does not give the region all its inputs");
    SlotNames inner;
    for (std::size_t i = 0; i < body.inputs.size(); ++i) {
      CORE_TRY(const ArgumentPlan plan,
               planArgument(node.inputs[at + 1 + i].argument, c10::AnyType::get(), names));
      const std::vector<std::string> formal = definedNames(body.inputs[i]);
      if (plan.kind != ArgumentPlan::Kind::Slot || formal.size() != 1)
        return unsupported(node, "an input of the region is not a single value");
      inner[formal.front()] = plan.slot;
    }
    append(Instruction::Kind::EnterRegion, node).region = *mode;
    CORE_TRY_VOID(addNodes(body, inner));
    append(Instruction::Kind::LeaveRegion, node);
    return bindRegionResults(node, body, inner, names);
  }

  /// The node lists its results one by one, or as one list.
  Result<void> bindRegionResults(const load::ExportNode& node, const load::ExportGraph& body,
                                 const SlotNames& inner, SlotNames& names) {
    std::vector<std::string> results;
    for (const load::ExportArgument& output : node.outputs)
      for (std::string& name : definedNames(output)) results.push_back(std::move(name));
    if (results.size() > body.outputs.size())
      return unsupported(node, "the region returns fewer values than the file lists");
    for (std::size_t i = 0; i < results.size(); ++i) {
      CORE_TRY(const ArgumentPlan plan, planArgument(body.outputs[i], c10::AnyType::get(), inner));
      if (plan.kind != ArgumentPlan::Kind::Slot)
        return unsupported(node, "a result of the region is not a single value");
      names[results[i]] = plan.slot;
    }
    return {};
  }

  Result<void> addOutputs(const load::ExportedProgram& program, const SlotNames& names) {
    for (std::size_t i = 0; i < program.graph.outputs.size(); ++i) {
      CORE_TRY(ArgumentPlan plan,
               planArgument(program.graph.outputs[i], c10::AnyType::get(), names));
      const bool hasSpec = i < program.outputSpecs.size();
      const load::OutputKind kind =
          hasSpec ? program.outputSpecs[i].kind : load::OutputKind::UserOutput;
      if (kind == load::OutputKind::Other)
        return Error{ErrorCode::UnsupportedOp,
                     "Output " + std::to_string(i) +
                         " of the model is of a kind that cannot be "
                         "traced (a token or a gradient).",
                     {},
                     {}};
      if (kind == load::OutputKind::UserOutput || kind == load::OutputKind::LossOutput) {
        m_prepared.outputs.push_back(std::move(plan));
      } else {
        CORE_TRY_VOID(addWriteBack(program, program.outputSpecs[i], std::move(plan), names));
      }
    }
    return {};
  }

  /// The output is the new value of a buffer or an input: copy it there, as the exported module
  /// does.
  Result<void> addWriteBack(const load::ExportedProgram& program, const load::OutputSpec& spec,
                            ArgumentPlan value, const SlotNames& names) {
    for (const load::InputSpec& input : program.inputSpecs) {
      const bool isTarget =
          spec.kind == load::OutputKind::BufferMutation
              ? input.kind == load::InputKind::Buffer && input.target == spec.target
              : input.name == spec.target;
      if (!isTarget) continue;
      Instruction& copy = m_prepared.instructions.emplace_back();
      copy.kind = Instruction::Kind::Copy;
      copy.op = c10::Dispatcher::singleton().findSchemaOrThrow("aten::copy_", "");
      copy.arguments.resize(3);
      copy.arguments[0].kind = ArgumentPlan::Kind::Slot;
      copy.arguments[0].slot = names.at(input.name);
      copy.arguments[1] = std::move(value);
      copy.arguments[2].constant = false;
      return {};
    }
    return Error{ErrorCode::ArchiveCorrupt,
                 "Output '" + spec.name + "' is to be written to '" + spec.target +
                     "', which is no input of the program.",
                 {},
                 spec.name};
  }

  /// Values are released after their last reader, so that an eager run needs no more memory than
  /// PyTorch does. Inputs and outputs live to the end.
  void markLastUses() {
    std::vector<int> last(static_cast<std::size_t>(m_prepared.slotCount), -1);
    const auto note = [&](const ArgumentPlan& plan, int at) {
      if (plan.slot >= 0) last[static_cast<std::size_t>(plan.slot)] = at;
      for (const int slot : plan.slots)
        if (slot >= 0) last[static_cast<std::size_t>(slot)] = at;
    };
    for (std::size_t i = 0; i < m_prepared.instructions.size(); ++i) {
      for (const auto& result : m_prepared.instructions[i].results)
        for (const int slot : result)
          if (slot >= 0) last[static_cast<std::size_t>(slot)] = static_cast<int>(i);
      for (const ArgumentPlan& plan : m_prepared.instructions[i].arguments)
        note(plan, static_cast<int>(i));
    }
    for (const ArgumentPlan& plan : m_prepared.outputs) note(plan, -1);
    for (const int slot : m_prepared.inputSlots)
      if (slot >= 0) last[static_cast<std::size_t>(slot)] = -1;
    for (std::size_t slot = 0; slot < last.size(); ++slot)
      if (last[slot] >= 0)
        m_prepared.instructions[static_cast<std::size_t>(last[slot])].lastUses.push_back(
            static_cast<int>(slot));
  }

  PreparedProgram m_prepared;
  int m_slots = 0;
};

}  // namespace

Result<PreparedProgram> prepareProgram(std::shared_ptr<const load::ExportedProgram> program) {
  return Preparer(std::move(program)).prepare();
}

}  // namespace core::trace
