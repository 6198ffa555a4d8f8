// The page that reads in order: inputs, metadata pass, stage 1 (autograd), stage 2 (functional),
// graph. Capturing in two stages gives PyTorch's one-pass order, because functionalization only
// reacts to the calls that it gets.

#include "core/trace/joint_tracer.h"

#include <ATen/ATen.h>

#include <chrono>
#include <set>
#include <string>

#include "core/torch/tensor_meta_torch.h"
#include "core/trace/decompositions/core_decompositions.h"
#include "core/trace/forward_metadata_torch.h"
#include "core/trace/functional_replay_torch.h"
#include "core/trace/graph_writer_torch.h"
#include "core/trace/joint_capture_torch.h"
#include "core/trace/symbolic_trace.h"
#include "core/trace/trace_target.h"

namespace core::trace {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<bool> mutatedInputs(const ForwardMetadata& metadata) {
  std::vector<bool> mutated;
  for (const ir::InputInfo& input : metadata.meta.inputs) mutated.push_back(input.mutatesData);
  return mutated;
}

/// LibTorch's warnings become remarks of the stage, each once.
class WarningLog final : public c10::WarningHandler {
 public:
  explicit WarningLog(const StageContext& context) : m_context(context) {}
  void process(const c10::Warning& warning) override {
    if (m_seen.insert(warning.msg()).second)
      m_context.log(LogLevel::Warning, "trace", "LibTorch: " + warning.msg());
  }

 private:
  const StageContext& m_context;
  std::set<std::string> m_seen;
};

class Tracer {
 public:
  /// `inputs` before any merging.
  Tracer(const load::LoadedModel& model, TracedInputs inputs, const PreparedProgram& program,
         const torch::TraceOptions& options, const StageContext& context)
      : m_model(model),
        m_program(program),
        m_options(options),
        m_context(context),
        m_inputs(std::move(inputs)) {
    for (const TracedInputs::Constant& constant : m_inputs.constants)
      m_constants.push_back(torch::emptyLike(constant.meta, c10::kMeta));
  }

  torch::TraceResult trace() {
    const Clock::time_point start = Clock::now();
    WarningLog warnings(m_context);
    const c10::WarningUtils::WarningHandlerGuard warningGuard(&warnings);
    const at::AutoGradMode gradMode(m_options.mode == run::Mode::Train);
    m_context.progress(0.0, "Trace: inputs and outputs");
    auto metadata = collect();
    m_result.times.metadataPass = secondsSince(start);
    if (!metadata) {
      m_result.error = std::move(metadata).error();
      if (!m_inputs.primals.empty()) writePartial();
    } else {
      m_metadata = std::move(*metadata);
      capture();
    }
    m_result.times.total = secondsSince(start);
    return std::move(m_result);
  }

  /// Of the graph that was traced (see GraphWriter).
  const std::vector<int>& sizesFrom() const { return m_sizesFrom; }

 private:
  /// The metadata pass, repeated after inputs were merged.
  Result<ForwardMetadata> collect() {
    CORE_TRY(ForwardMetadata metadata, collectOnce());
    noteWrites(metadata);
    TracedInputs merged = withoutDuplicates(m_inputs, mutatedInputs(metadata));
    if (merged.primals.size() != m_inputs.primals.size()) {
      m_inputs = std::move(merged);
      CORE_TRY(metadata, collectOnce());
    }
    CORE_TRY(merged, withSyntheticBases(m_inputs, mutatedInputs(metadata)));
    if (merged.merged && merged.primals.size() != m_inputs.primals.size()) {
      m_inputs = std::move(merged);
      forgetReshapedPrimals();
      CORE_TRY(metadata, collectOnce());
    }
    forgetReshapedPrimals();
    return metadata;
  }

  /// To be called before inputs are merged: afterwards only the base is known to be written.
  void noteWrites(const ForwardMetadata& metadata) {
    for (ir::InputBinding& binding : m_inputs.bindings) {
      if (binding.primal < 0) continue;
      const auto primal = static_cast<std::size_t>(binding.primal);
      binding.isWritten = metadata.touched[primal];
      binding.isReshaped = metadata.meta.inputs[primal].mutatesMetadata;
    }
  }

  /// The geometry of an input that stays a primal is the primal's business.
  void forgetReshapedPrimals() {
    for (ir::InputBinding& binding : m_inputs.bindings)
      binding.isReshaped = binding.isReshaped && binding.isView;
  }

  TracedFunction tracedFunction() const {
    return {m_program, m_inputs, m_constants, m_options, m_context};
  }

  Result<ForwardMetadata> collectOnce() {
    Recorder recorder;
    const TracedFunction function = tracedFunction();
    recorder.limits = function.limits();
    try {
      return collectMetadata(function, recorder);
    } catch (const std::exception& failure) {
      return torchError(failure);
    }
  }

  static Error torchError(const std::exception& failure) {
    const auto* torchError = dynamic_cast<const c10::Error*>(&failure);
    const std::string what = torchError ? torchError->what_without_backtrace() : failure.what();
    const std::string line = what.substr(0, what.find('\n'));
    const bool isNamed =
        dynamic_cast<const c10::NotImplementedError*>(&failure) && line.starts_with("Cannot trace");
    return Error{isNamed ? ErrorCode::UnsupportedOp : ErrorCode::Torch,
                 (isNamed ? "" : "The trace failed: ") + line,
                 failure.what(),
                 {}};
  }

  bool isTraining() const {
    return m_options.mode == run::Mode::Train && needsBackward(m_metadata.meta);
  }

  void capture() {
    m_metadata.meta.isTrain = isTraining();
    if (!m_metadata.meta.isTrain) dropTangents();
    m_context.progress(0.2, "Trace: forward and backward");
    const Clock::time_point start = Clock::now();
    const TracedFunction function = tracedFunction();
    JointCapture joint = captureJoint(
        function, m_metadata,
        m_metadata.meta.isTrain ? CapturePhases::ForwardAndBackward : CapturePhases::ForwardOnly);
    m_result.times.joint = secondsSince(start);
    if (joint.error) m_result.error = joint.error;
    for (const std::string& op : joint.recorder.learnt)
      m_context.log(LogLevel::Info, "trace",
                    "The shapes of `" + op + "` were learnt by running it on zeros on the CPU.");
    finish(joint);
  }

  void dropTangents() {
    m_metadata.tangents.clear();
    m_metadata.meta.tracedTangents.clear();
    m_metadata.meta.tracedTangentDescriptors.clear();
  }

  /// The forward failed: what was recorded up to there is still worth seeing.
  void writePartial() {
    const TracedFunction function = tracedFunction();
    m_metadata = {};
    finish(captureJoint(function, m_metadata, CapturePhases::ForwardOnly));
  }

  void finish(const JointCapture& joint) {
    m_context.progress(0.6, "Trace: functionalize");
    const Clock::time_point start = Clock::now();
    FunctionalCapture functional;
    if (m_options.decompositions == torch::TraceDecompositions::Core)
      functional.recorder.decompositions = &coreDecompositions();
    try {
      replayFunctionally(joint, m_metadata, functional);
      if (!m_result.error) {
        m_result.joint = write(functional, functional.outputs, UnusedNodes::Remove);
      }
    } catch (const std::exception& failure) {
      if (!m_result.error) m_result.error = replayError(functional.recorder, failure);
    }
    if (m_result.error) m_result.joint = writeUnfinished(functional);
    m_result.times.functionalize = secondsSince(start);
  }

  Error replayError(const Recorder& recorder, const std::exception& failure) const {
    const load::ExportNode* node = nullptr;
    if (recorder.fixedTag && recorder.fixedTag->visit >= 0)
      node = m_program.visits[static_cast<std::size_t>(recorder.fixedTag->visit)];
    return traceError(recorder, node, torchError(failure));
  }

  std::shared_ptr<const ir::JointGraph> writeUnfinished(const FunctionalCapture& functional) {
    try {
      return write(functional, {}, UnusedNodes::Keep);
    } catch (const std::exception&) {
      return nullptr;  // the error that ended the trace is told already
    }
  }

  std::shared_ptr<const ir::JointGraph> write(const FunctionalCapture& functional,
                                              const std::vector<at::Tensor>& outputs,
                                              UnusedNodes unused) {
    GraphWriter writer(m_program.visits, m_options.device);
    addPlaceholders(writer, functional);
    for (std::size_t i = 0; i < m_constants.size(); ++i)
      writer.addConstant(m_inputs.bindings[m_inputs.constants[i].input].attribute, m_constants[i]);
    for (const RecordedCall& call : functional.recorder.calls) writer.addCall(call);
    auto joint = std::make_shared<ir::JointGraph>();
    std::vector<std::string> descriptors =
        unused == UnusedNodes::Remove ? outputDescriptors() : std::vector<std::string>();
    joint->graph = writer.finish(outputs, std::move(descriptors), unused, m_context);
    m_result.values.clear();
    for (const ProgramResult& result : functional.programResults)
      if (const std::string* node = writer.nameOf(result.value))
        m_result.values.push_back({result.visit, result.result, *node});
    m_sizesFrom = writer.sizesFrom();
    joint->signature = signature();
    joint->metadata = m_metadata.meta;
    joint->modules = m_model.program.modules;
    return joint;
  }

  /// Training: primals_1 .., tangents_1 ..; inference: arg0_1 ...
  void addPlaceholders(GraphWriter& writer, const FunctionalCapture& functional) const {
    const bool train = m_options.mode == run::Mode::Train && m_metadata.meta.isTrain;
    for (std::size_t i = 0; i < functional.primals.size(); ++i)
      writer.addPlaceholder(
          train ? "primals_" + std::to_string(i + 1) : "arg" + std::to_string(i) + "_1",
          functional.primals[i], m_inputs.primals[i].descriptor, ir::PartitionerTag::IsForward);
    for (std::size_t i = 0; i < functional.tangents.size(); ++i)
      writer.addPlaceholder("tangents_" + std::to_string(i + 1), functional.tangents[i],
                            m_metadata.meta.tracedTangentDescriptors[i],
                            ir::PartitionerTag::IsBackward);
  }

  std::vector<std::string> outputDescriptors() const {
    std::vector<std::string> descriptors;
    for (const int i : m_metadata.meta.mutatedRuntimeIndices)
      descriptors.push_back(mutationDescriptor(m_inputs.primals[static_cast<std::size_t>(i)]));
    const std::size_t userOutputs = m_program.outputs.size();
    for (std::size_t i = 0; i < m_metadata.meta.outputs.size(); ++i)
      descriptors.push_back(i < userOutputs ? outputDescriptor(static_cast<int>(i))
                                            : "MetadataMutationAOTOutput(idx=" +
                                                  std::to_string(i - userOutputs) + ")");
    for (const int output : m_metadata.baseOutputs) descriptors.push_back(baseDescriptor(output));
    if (!m_metadata.meta.isTrain) return descriptors;
    for (const Primal& primal : m_inputs.primals)
      descriptors.push_back(primal.requiresGrad ? "GradAOTOutput(grad_of=" + primal.descriptor + ")"
                                                : "None");
    return descriptors;
  }

  ir::JointSignature signature() const {
    ir::JointSignature result;
    result.parameterOrder = m_inputs.parameterOrder;
    result.bufferOrder = m_inputs.bufferOrder;
    result.numPrimals = static_cast<int>(m_inputs.primals.size());
    result.numForwardOutputs =
        static_cast<int>(m_metadata.meta.mutatedRuntimeIndices.size() +
                         m_metadata.meta.outputs.size() + m_metadata.baseOutputs.size());
    result.primalStorage = primalStorages(m_inputs);
    result.inputBindings = m_inputs.bindings;
    return result;
  }

  const load::LoadedModel& m_model;
  const PreparedProgram& m_program;
  const torch::TraceOptions& m_options;
  const StageContext& m_context;
  TracedInputs m_inputs;
  std::vector<at::Tensor> m_constants;  ///< one per constant of the inputs, on meta
  ForwardMetadata m_metadata;
  torch::TraceResult m_result;
  std::vector<int> m_sizesFrom;
};

/// The trace with symbolic sizes, where the model has any.
Result<JointGraphPtr> withSymbolicSizes(const load::LoadedModel& model, const TracedInputs& inputs,
                                        const PreparedProgram& program,
                                        const torch::TraceOptions& options,
                                        const StageContext& context, BaseTrace base) {
  context.progress(0.8, "Trace: symbolic sizes");
  const StageContext quiet{context.stop, {}, {}};
  const TraceAt traceAt = [&](const TracedInputs& other) -> Result<JointGraphPtr> {
    torch::TraceResult traced = Tracer(model, other, program, options, quiet).trace();
    if (traced.error) return *std::move(traced.error);
    return std::move(traced.joint);
  };
  return withSymbols(model, inputs, std::move(base), traceAt, context);
}

}  // namespace

torch::TraceResult traceJoint(const load::LoadedModel& model, const load::InputSet& inputs,
                              const PreparedProgram& program, const torch::TraceOptions& options,
                              const StageContext& context) {
  const Clock::time_point start = Clock::now();
  const TargetScope target({options.device.type == ir::DeviceType::Cuda, options.capability});
  const auto traced = tracedInputs(model, inputs);
  if (!traced) return {nullptr, {}, traced.error(), {}};
  Tracer tracer(model, *traced, program, options, context);
  torch::TraceResult result = tracer.trace();
  if (result.error || model.program.rangeConstraints.empty()) return result;
  auto symbolic = withSymbolicSizes(model, *traced, program, options, context,
                                    {result.joint, tracer.sizesFrom()});
  if (symbolic) {
    result.joint = std::move(*symbolic);
  } else {
    result.error = symbolic.error();
  }
  result.times.total = secondsSince(start);
  return result;
}

}  // namespace core::trace
