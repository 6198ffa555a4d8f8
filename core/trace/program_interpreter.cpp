// The loop over a prepared program. Calls are boxed: arguments go on a stack and the dispatcher
// does what it does for Python, so autograd and the recording mode see them alike.

#include "core/trace/program_interpreter_torch.h"

#include <ATen/ATen.h>
#include <ATen/InferSize.h>
#include <ATen/ScalarOps.h>
#include <ATen/TensorUtils.h>

#include "core/torch/device_failure.h"
#include "core/trace/trace_target.h"

namespace core::trace {
namespace {

using c10::IValue;

std::string firstLine(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

class Run {
 public:
  Run(const PreparedProgram& prepared, const InterpretOptions& options)
      : m_prepared(prepared),
        m_options(options),
        m_slots(static_cast<std::size_t>(prepared.slotCount)) {}

  void bindInputs(const std::vector<at::Tensor>& inputs) {
    for (std::size_t i = 0; i < m_prepared.inputSlots.size(); ++i)
      if (m_prepared.inputSlots[i] >= 0) slot(m_prepared.inputSlots[i]) = inputs.at(i);
  }

  /// Throws what the operators throw.
  void execute(const Instruction& instruction) {
    switch (instruction.kind) {
      case Instruction::Kind::Call:
        if (m_options.onNode) m_options.onNode(instruction.visit, *instruction.node);
        call(instruction);
        if (m_options.onResults) m_options.onResults(*instruction.node, m_stack);
        break;
      case Instruction::Kind::Scalar:
        if (m_options.onNode) m_options.onNode(instruction.visit, *instruction.node);
        scalar(instruction);
        break;
      case Instruction::Kind::Copy: {
        const at::NoGradGuard noGrad;
        call(instruction);
        break;
      }
      case Instruction::Kind::EnterRegion: m_regions.enter(regionHere(instruction.region)); break;
      case Instruction::Kind::LeaveRegion: m_regions.leave(); break;
    }
    for (const int dead : instruction.lastUses) slot(dead) = IValue();
  }

  std::vector<IValue> outputs() const {
    std::vector<IValue> values;
    for (const ArgumentPlan& plan : m_prepared.outputs) values.push_back(value(plan));
    return values;
  }

 private:
  /// The autocast of a region is that of the device that the program runs on, or is traced for.
  RegionMode regionHere(RegionMode region) const {
    if (!region.autocast) return region;
    if (m_options.device.is_cuda()) region.autocast->device = c10::kCUDA;
    // A trace keeps the state of its target's autocast in the CPU's place (traced_autocast.cpp).
    if (m_options.device.is_meta() && traceTarget().isCuda) region.autocast->device = c10::kCPU;
    return region;
  }

  IValue& slot(int index) { return m_slots[static_cast<std::size_t>(index)]; }
  const IValue& slot(int index) const { return m_slots[static_cast<std::size_t>(index)]; }

  IValue value(const ArgumentPlan& plan) const {
    switch (plan.kind) {
      case ArgumentPlan::Kind::Constant: return plan.constant;
      case ArgumentPlan::Kind::Slot:
        if (plan.wrapNumber) return at::native::wrapped_scalar_tensor(slot(plan.slot).toScalar());
        return slot(plan.slot);
      case ArgumentPlan::Kind::Tensors: {
        c10::List<at::Tensor> list;
        list.reserve(plan.slots.size());
        for (const int place : plan.slots) list.push_back(slot(place).toTensor());
        return list;
      }
      case ArgumentPlan::Kind::OptionalTensors: {
        c10::List<std::optional<at::Tensor>> list;
        list.reserve(plan.slots.size());
        for (const int place : plan.slots)
          list.push_back(place < 0 ? std::optional<at::Tensor>()
                                   : std::optional<at::Tensor>(slot(place).toTensor()));
        return list;
      }
      case ArgumentPlan::Kind::Integers: {
        std::vector<std::int64_t> list;
        for (std::size_t i = 0; i < plan.slots.size(); ++i)
          list.push_back(plan.slots[i] < 0 ? plan.literals[i] : slot(plan.slots[i]).toInt());
        return list;
      }
      case ArgumentPlan::Kind::Device: return m_options.device;
      case ArgumentPlan::Kind::FloatType:
        return m_options.floatAsDouble ? IValue(static_cast<std::int64_t>(at::kDouble))
                                       : plan.constant;
    }
    TORCH_INTERNAL_ASSERT(false, "unknown kind of argument");
  }

  /// A program that was exported on the CPU views what its kernels laid out; a GPU's lay some
  /// results out otherwise, and what cannot be viewed there is copied, as a reshape does.
  const c10::OperatorHandle& operatorOf(const Instruction& instruction) const {
    static const auto reshape = c10::Dispatcher::singleton().findSchemaOrThrow("aten::reshape", "");
    static const c10::OperatorName view("aten::view", "");
    const bool isForCuda = m_options.device.is_cuda() || traceTarget().isCuda;
    if (!isForCuda || instruction.op->operator_name() != view) return *instruction.op;
    const at::Tensor& tensor = m_stack[0].toTensor();
    const auto sizes = at::infer_size_dv(m_stack[1].toIntVector(), tensor.numel());
    return at::detail::computeStride(tensor.sizes(), tensor.strides(), sizes) ? *instruction.op
                                                                              : reshape;
  }

  void call(const Instruction& instruction) {
    m_stack.clear();
    for (const ArgumentPlan& plan : instruction.arguments) m_stack.push_back(value(plan));
    operatorOf(instruction).callBoxed(&m_stack);
    for (std::size_t i = 0; i < instruction.results.size(); ++i)
      bind(instruction.results[i], m_stack.at(i));
  }

  void bind(const std::vector<int>& slots, const IValue& result) {
    if (!result.isList()) {
      if (!slots.empty() && slots.front() >= 0) slot(slots.front()) = result;
      return;
    }
    const c10::ArrayRef<IValue> elements = result.toListRef();
    TORCH_CHECK(elements.size() == slots.size(), "the operator returned ", elements.size(),
                " tensors where the model expects ", slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i] >= 0) slot(slots[i]) = elements[i];
  }

  void scalar(const Instruction& instruction) {
    std::vector<at::Scalar> operands;
    for (const ArgumentPlan& plan : instruction.arguments)
      operands.push_back(value(plan).toScalar());
    bind(instruction.results.front(), evaluateScalar(*instruction.scalar, operands));
  }

  const PreparedProgram& m_prepared;
  const InterpretOptions& m_options;
  std::vector<IValue> m_slots;
  ActiveRegions m_regions;
  ::torch::jit::Stack m_stack;
};

Error callError(const Instruction& instruction, const std::exception& failure) {
  const auto* torchError = dynamic_cast<const c10::Error*>(&failure);
  const std::string what = torchError ? torchError->what_without_backtrace() : failure.what();
  Error error;
  error.code = dynamic_cast<const c10::NotImplementedError*>(&failure) ? ErrorCode::UnsupportedOp
                                                                       : ErrorCode::Torch;
  const load::ExportNode* node = instruction.node;
  const std::string name = node ? node->target : "torch.ops.aten.copy_.default";
  if (const auto* device = dynamic_cast<const c10::AcceleratorError*>(&failure)) {
    error.code = ErrorCode::DeviceUnavailable;
    torch::noteCudaError(device->get_error_code(), firstLine(what));
  }
  error.message = "`" + name.substr(name.find("ops.") == std::string::npos ? 0 : 10) + "` failed" +
                  (node ? nodeLocation(*node) : "") + ": " + firstLine(what);
  error.details = failure.what();
  if (node) error.node = node->name;
  return error;
}

}  // namespace

std::string nodeLocation(const load::ExportNode& node) {
  std::string text;
  if (!node.moduleStack.empty()) {
    const ir::ModuleScope& scope = *node.moduleStack.back();
    text += " in module '" + scope.path + "' (" + scope.className + ")";
  }
  if (node.source) {
    text += " at " + node.source->file.substr(node.source->file.rfind('/') + 1) + ":" +
            std::to_string(node.source->line);
    if (!node.source->code.empty()) text += " `" + node.source->code + "`";
  }
  return text;
}

Result<std::vector<IValue>> interpret(const PreparedProgram& prepared,
                                      const std::vector<at::Tensor>& inputs,
                                      const InterpretOptions& options,
                                      const StageContext& context) {
  Run run(prepared, options);
  run.bindInputs(inputs);
  for (const Instruction& instruction : prepared.instructions) {
    if (context.stopRequested()) return context.checkCancelled("run").error();
    try {
      run.execute(instruction);
    } catch (const std::exception& failure) {
      return callError(instruction, failure);
    }
  }
  return run.outputs();
}

}  // namespace core::trace
