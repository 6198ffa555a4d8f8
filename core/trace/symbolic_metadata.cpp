#include "core/trace/symbolic_metadata.h"

namespace core::trace {
namespace {

class SymbolicMetadata {
 public:
  SymbolicMetadata(const std::vector<SymbolSample>& samples, SampleFitter& fitter)
      : m_samples(samples), m_fitter(fitter) {}

  ir::ViewAndMutationMeta fitted() {
    ir::ViewAndMutationMeta result = m_samples.front().joint->metadata;
    requireSameCounts(result);
    for (std::size_t i = 0; i < result.outputs.size() && !m_fitter.failure(); ++i)
      fitOutput(i, result.outputs[i]);
    for (std::size_t i = 0; i < result.tracedTangents.size() && !m_fitter.failure(); ++i) {
      m_fitter.at("tangent " + std::to_string(i + 1));
      std::vector<ir::TensorMeta> seen;
      for (const SymbolSample& sample : m_samples)
        seen.push_back(sample.joint->metadata.tracedTangents[i]);
      result.tracedTangents[i] = m_fitter.tensor(seen);
    }
    return result;
  }

 private:
  void requireSameCounts(const ir::ViewAndMutationMeta& base) {
    std::vector<bool> isEqual;
    for (const SymbolSample& sample : m_samples) {
      const ir::ViewAndMutationMeta& other = sample.joint->metadata;
      isEqual.push_back(other.outputs.size() == base.outputs.size() &&
                        other.tracedTangents.size() == base.tracedTangents.size());
    }
    m_fitter.at("the graph");
    m_fitter.require(isEqual, " has other outputs");
  }

  void fitOutput(std::size_t index, ir::OutputInfo& output) {
    m_fitter.at("output " + std::to_string(index + 1));
    std::vector<bool> isEqual;
    std::vector<ir::TensorMeta> seen;
    for (const SymbolSample& sample : m_samples) {
      const ir::OutputInfo& other = sample.joint->metadata.outputs[index];
      isEqual.push_back(other.type == output.type && other.baseIndex == output.baseIndex &&
                        other.storageOffset == output.storageOffset &&
                        other.meta.has_value() == output.meta.has_value());
      if (other.meta) seen.push_back(*other.meta);
    }
    m_fitter.require(isEqual, " is another view");
    if (m_fitter.failure() || !output.meta) return;
    output.meta = m_fitter.tensor(seen);
  }

  const std::vector<SymbolSample>& m_samples;
  SampleFitter& m_fitter;
};

}  // namespace

ir::ViewAndMutationMeta fittedMetadata(const std::vector<SymbolSample>& samples,
                                       SampleFitter& fitter) {
  return SymbolicMetadata(samples, fitter).fitted();
}

/// User outputs follow the inputs that are written back.
void markDynamicDimensions(ir::JointGraph& joint) {
  const std::vector<ir::Argument>& returned = joint.graph->outputs();
  std::size_t at = joint.metadata.mutatedRuntimeIndices.size();
  for (ir::OutputInfo& output : joint.metadata.outputs) {
    const ir::Argument& value = returned[at++];
    const ir::TensorMeta* tensor =
        value.isNode() ? joint.graph->node(value.node()).tensor() : nullptr;
    if (!tensor) continue;
    for (int d = 0; d < tensor->rank(); ++d)
      if (tensor->sizes[static_cast<std::size_t>(d)].isSymbolic()) output.dynamicDims.push_back(d);
  }
}

}  // namespace core::trace
