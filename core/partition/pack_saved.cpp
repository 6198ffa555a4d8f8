#include "core/partition/pack_saved.h"

// Both transformations are one rewriting of the two halves; what differs is which tensors are
// packed, where, and by which calls (SavedPacker). The forward is copied; behind the anchor of a
// packed tensor (behind all placeholders, if that is an input) its calls are written, and its place
// among the saved outputs is taken by the result. The backward gets a placeholder of the packed
// form in its place, and reads the unpacked value, made right before its first use, instead. Scales
// come after the last saved tensor, in front of saved sizes and of tangents.

#include <algorithm>
#include <map>
#include <set>

#include "core/ir/graph_builder.h"
#include "core/ir/op_table.h"
#include "core/ir/value_storage.h"
#include "core/partition/memory_program.h"

namespace core::partition {
namespace {

using ir::Argument;
using ir::Graph;
using ir::GraphBuilder;
using ir::Node;
using ir::NodeId;
using ir::TensorMeta;

constexpr double kLeastMagnitude = 1e-12;  ///< a tensor of zeros has a scale all the same

/// A tensor in its other form: nodes of the half that is being written.
struct Packed {
  NodeId value;
  std::optional<NodeId> scale;
};

class SavedPacker {
 public:
  virtual ~SavedPacker() = default;
  /// `isReturned`: the forward returns the tensor to the user as well.
  virtual bool wants(const Node& node, const SavedTensor& saved, bool isReturned) const = 0;
  /// The forward node behind which the tensor is packed.
  virtual NodeId anchor(const Graph& forward, NodeId id) const = 0;
  virtual Packed pack(GraphBuilder& builder, NodeId value, const Node& node,
                      std::size_t position) const = 0;
  virtual NodeId unpack(GraphBuilder& builder, const Packed& packed, const Node& node) const = 0;
};

TensorMeta withDType(TensorMeta meta, ir::DType dtype) {
  meta.dtype = dtype;
  return meta;
}

/// Casts and copies are written as `aten._to_copy`; PyTorch writes `prims.convert_element_type` and
/// `prims.device_put`, which its C++ dispatcher does not know.
NodeId convert(GraphBuilder& builder, const std::string& name, NodeId value, ir::DType dtype) {
  const TensorMeta meta = withDType(*builder.node(value).tensor(), dtype);
  return builder.addCall(name, "aten._to_copy.default", {value}, {{"dtype", dtype}}, meta);
}

class Quantizer : public SavedPacker {
 public:
  explicit Quantizer(const Quantization& options) : m_options(options) {}

  bool wants(const Node& node, const SavedTensor& saved, bool) const override {
    const auto& allowed = m_options.allowed;
    const bool isPrimal = node.kind == ir::NodeKind::Placeholder;
    return saved.kind != SavedKind::StaticInput && !(m_options.excludePrimals && isPrimal) &&
           std::find(allowed.begin(), allowed.end(), saved.meta.dtype) != allowed.end() &&
           saved.bytes >= m_options.leastBytes && !saved.meta.sizes.empty();
  }
  NodeId anchor(const Graph&, NodeId id) const override { return id; }

  Packed pack(GraphBuilder& builder, NodeId value, const Node& node,
              std::size_t position) const override {
    const std::string suffix = "pos_" + std::to_string(position) + "_" + node.name;
    const std::string quantName = "fp8_quant_" + suffix;
    if (!m_options.scale) return {convert(builder, quantName, value, m_options.dtype), {}};
    const NodeId scale = addScale(builder, value, suffix);
    const auto call = [&](const std::string& step, const char* op, std::vector<Argument> args) {
      return builder.addCall(quantName + step, op, std::move(args), {},
                             withDType(*node.tensor(), ir::DType::F32));
    };
    const NodeId wide = convert(builder, quantName + "_wide", value, ir::DType::F32);
    const NodeId scaled = call("_scaled", "aten.mul.Tensor", {wide, scale});
    const NodeId low = call("_low", "aten.clamp_min.default", {scaled, -largest()});
    const NodeId clamped = call("_clamped", "aten.clamp_max.default", {low, largest()});
    return {convert(builder, quantName, clamped, m_options.dtype), scale};
  }

  NodeId unpack(GraphBuilder& builder, const Packed& packed, const Node& node) const override {
    const ir::DType dtype = node.tensor()->dtype;
    const std::string name = builder.node(packed.value).name;
    if (!packed.scale) return convert(builder, "dequant_" + name, packed.value, dtype);
    const NodeId wide = convert(builder, name + "_wide", packed.value, dtype);
    const NodeId divided =
        builder.addCall(name + "_divided", "aten.div.Tensor", {wide, *packed.scale}, {},
                        withDType(*node.tensor(), ir::DType::F32));
    return convert(builder, "dequant_" + name, divided, dtype);
  }

 private:
  /// The largest finite number.
  double largest() const { return m_options.dtype == ir::DType::F8E5M2 ? 57344.0 : 448.0; }

  /// largest / max(|x| along the last dimension), in f64 and then f32.
  NodeId addScale(GraphBuilder& builder, NodeId value, const std::string& suffix) const {
    const std::string name = "fp8_scale_" + suffix;
    const TensorMeta whole = *builder.node(value).tensor();
    std::vector<std::int64_t> sizes = whole.sizeHints();
    TensorMeta reduced = ir::contiguousMeta(whole.dtype, sizes, whole.device);
    reduced.sizes = whole.sizes;
    reduced.sizes.back() = 1;
    sizes.back() = 1;
    reduced.strides = ir::contiguousMeta(whole.dtype, sizes, whole.device).strides;
    const NodeId magnitude = builder.addCall(name + "_abs", "aten.abs.default", {value}, {}, whole);
    const NodeId most =
        builder.addCall(name + "_amax", "aten.amax.default",
                        {magnitude, Argument::List{std::int64_t{-1}}, true}, {}, reduced);
    const NodeId wide = convert(builder, name + "_wide", most, ir::DType::F64);
    const TensorMeta wideMeta = withDType(reduced, ir::DType::F64);
    const NodeId least = builder.addCall(name + "_least", "aten.clamp_min.default",
                                         {wide, kLeastMagnitude}, {}, wideMeta);
    const NodeId inverse =
        builder.addCall(name + "_reciprocal", "aten.reciprocal.default", {least}, {}, wideMeta);
    const NodeId factor =
        builder.addCall(name + "_mul", "aten.mul.Tensor", {inverse, largest()}, {}, wideMeta);
    return convert(builder, name, factor, ir::DType::F32);
  }

  const Quantization& m_options;
};

class Offloader : public SavedPacker {
 public:
  explicit Offloader(const Offload& options) : m_options(options) {}

  bool wants(const Node& node, const SavedTensor& saved, bool isReturned) const override {
    return !isReturned && node.isCall() && node.target != "getitem" &&
           !ir::opFacts(node.target).sharesStorage &&
           saved.meta.device.type != ir::DeviceType::Cpu && saved.meta.isContiguous() &&
           saved.bytes >= m_options.leastBytes;
  }

  NodeId anchor(const Graph& forward, NodeId id) const override {
    NodeId last = id;
    for (NodeId user : forward.users(id)) {
      const Node& node = forward.node(user);
      if (node.kind == ir::NodeKind::Output) continue;
      last = std::max(last, user);
      if (ir::opFacts(node.target).view) last = std::max(last, anchor(forward, user));
    }
    return last;
  }

  Packed pack(GraphBuilder& builder, NodeId value, const Node& node, std::size_t) const override {
    return {move(builder, "cpu_offload_" + node.name, value, {}), {}};
  }
  NodeId unpack(GraphBuilder& builder, const Packed& packed, const Node& node) const override {
    return move(builder, "gpu_reload_" + node.name, packed.value, node.tensor()->device);
  }

 private:
  static NodeId move(GraphBuilder& builder, const std::string& name, NodeId value,
                     ir::Device device) {
    TensorMeta meta = *builder.node(value).tensor();
    meta.device = device;
    return builder.addCall(name, "aten._to_copy.default", {value},
                           {{"device", device}, {"non_blocking", true}}, std::move(meta));
  }

  const Offload& m_options;
};

/// Rewrites both halves of one partition.
class SavedRewriter {
 public:
  SavedRewriter(const ir::JointGraph& joint, const Partition& partition, const SavedPacker& packer)
      : m_joint(joint), m_old(partition), m_packer(packer), m_new(partition) {
    const std::size_t saved = partition.savedTensors.size() + partition.savedSymInts.size();
    m_firstSaved = partition.forward->outputs().size() - saved;
    std::set<NodeId> returned;
    for (std::size_t i = 0; i < m_firstSaved; ++i)
      if (const Argument& output = partition.forward->outputs()[i]; output.isNode())
        returned.insert(output.node());
    for (std::size_t k = 0; k < partition.savedTensors.size(); ++k) {
      const NodeId id = partition.forward->outputs()[m_firstSaved + k].node();
      if (packer.wants(partition.forward->node(id), partition.savedTensors[k],
                       returned.contains(id)))
        m_wanted.push_back(k);
    }
  }

  Partition run() {
    if (m_wanted.empty()) return std::move(m_new);
    writeForward();
    writeBackward();
    describe();
    return std::move(m_new);
  }

 private:
  NodeId savedNode(std::size_t k) const {
    return m_old.forward->outputs()[m_firstSaved + k].node();
  }

  void packAnchoredAt(NodeId anchor) {
    for (std::size_t k : m_wanted) {
      const NodeId id = savedNode(k);
      if (m_packer.anchor(*m_old.forward, id) != anchor) continue;
      m_packed[k] =
          m_packer.pack(m_forward, m_copies[id.index], m_old.forward->node(id), m_firstSaved + k);
    }
  }

  void writeForward() {
    const Graph& graph = *m_old.forward;
    m_copies.resize(graph.size());
    const auto copyOf = [&](NodeId id) { return m_copies[id.index]; };
    for (const Node& node : graph.nodes()) {
      const bool isInput = node.kind == ir::NodeKind::Placeholder;
      if (!isInput && node.id.index == graph.placeholders().size())
        for (NodeId input : graph.placeholders()) packAnchoredAt(input);
      if (node.kind == ir::NodeKind::Output) break;
      m_copies[node.id.index] = m_forward.addCopy(node, copyOf);
      if (!isInput) packAnchoredAt(node.id);
    }
    std::vector<Argument> outputs;
    std::vector<std::string> descriptors = graph.outputDescriptors();
    const std::size_t tensorsEnd = m_firstSaved + m_old.savedTensors.size();
    for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
      if (i == tensorsEnd) addScales(outputs, descriptors);
      const bool isPacked = i >= m_firstSaved && m_packed.contains(i - m_firstSaved);
      outputs.push_back(isPacked ? Argument(m_packed.at(i - m_firstSaved).value)
                                 : ir::mapNodes(graph.outputs()[i], copyOf));
    }
    if (tensorsEnd == graph.outputs().size()) addScales(outputs, descriptors);
    for (std::size_t i = m_firstSaved; i < descriptors.size(); ++i)
      descriptors[i] = "SavedForBackwardsAOTOutput(idx=" + std::to_string(i - m_firstSaved) + ")";
    m_forward.setOutputs(std::move(outputs), std::move(descriptors), graph.outputNode().meta);
    m_new.forward = std::move(m_forward).freeze();
  }

  void addScales(std::vector<Argument>& outputs, std::vector<std::string>& descriptors) const {
    for (const auto& [k, packed] : m_packed) {
      if (!packed.scale) continue;
      outputs.push_back(*packed.scale);
      if (!descriptors.empty()) descriptors.emplace_back();
    }
  }

  NodeId packedInput(GraphBuilder& builder, NodeId forwardNode) const {
    const Node& node = m_new.forward->node(forwardNode);
    return builder.addPlaceholder(node.name, node.value);
  }

  void writeInputs(GraphBuilder& builder, std::vector<NodeId>& copies) {
    const Graph& graph = *m_old.backward;
    std::map<std::string, std::size_t> byName;
    for (std::size_t k : m_wanted) byName[m_old.savedTensors[k].name] = k;
    const std::size_t savedEnd = m_old.savedTensors.size() + m_old.savedSymInts.size();
    const auto& inputs = graph.placeholders();
    for (std::size_t i = 0; i <= inputs.size(); ++i) {
      if (i == savedEnd)
        for (const auto& [k, packed] : m_packed)
          if (packed.scale) m_inputs[k].scale = packedInput(builder, *packed.scale);
      if (i == inputs.size()) break;
      const Node& node = graph.node(inputs[i]);
      if (const auto found = byName.find(node.name); found != byName.end())
        m_inputs[found->second].value = packedInput(builder, m_packed.at(found->second).value);
      else
        copies[node.id.index] = builder.addPlaceholder(node.name, node.value, node.meta);
    }
  }

  void writeBackward() {
    const Graph& graph = *m_old.backward;
    GraphBuilder builder;
    std::vector<NodeId> copies(graph.size());
    writeInputs(builder, copies);
    std::map<NodeId, std::size_t> packed;  // the backward's old input -> saved tensor
    for (std::size_t k : m_wanted) packed[*graph.find(m_old.savedTensors[k].name)] = k;
    const auto unpack = [&](NodeId input) {
      const auto found = packed.find(input);
      if (found == packed.end()) return;
      copies[input.index] = m_packer.unpack(builder, m_inputs.at(found->second), graph.node(input));
      packed.erase(found);
    };
    const auto copyOf = [&](NodeId id) { return copies[id.index]; };
    for (const Node& node : graph.nodes()) {
      if (node.kind == ir::NodeKind::Placeholder) continue;
      ir::forEachInput(node, unpack);
      if (node.kind != ir::NodeKind::Output) copies[node.id.index] = builder.addCopy(node, copyOf);
    }
    std::vector<Argument> outputs;
    for (const Argument& output : graph.outputs()) outputs.push_back(ir::mapNodes(output, copyOf));
    builder.setOutputs(std::move(outputs), graph.outputDescriptors(), graph.outputNode().meta);
    m_new.backward = std::move(builder).freeze();
  }

  void describe() {
    for (const auto& [k, packed] : m_packed) become(m_new.savedTensors[k], packed.value);
    for (const auto& [k, packed] : m_packed) {
      if (!packed.scale) continue;
      m_new.savedTensors.emplace_back();
      become(m_new.savedTensors.back(), *packed.scale);
    }
    sumBytes();
    addDonated();
    m_new.peakBytes = memoryProgram(*m_new.forward, *m_new.backward,
                                    m_new.savedTensors.size() + m_new.savedSymInts.size())
                          .peak();
  }

  void become(SavedTensor& saved, NodeId id) const {
    const Node& node = m_new.forward->node(id);
    saved = {node.name, *node.tensor(), node.bytes(), SavedKind::Activation, {}, false};
  }

  void sumBytes() {
    m_new.savedBytesTotal = m_new.savedBytesStaticInputs = m_new.savedBytesInputs = 0;
    m_new.savedBytesActivations = m_new.savedBytesUniqueStorage = m_new.savedBytesNewStorage = 0;
    const Graph& graph = *m_new.forward;
    const std::vector<int> storages = ir::valueStorages(graph, m_joint.signature.primalStorage);
    std::set<int> ofInputs, seen;
    for (NodeId id : graph.placeholders()) ofInputs.insert(storages[id.index]);
    for (SavedTensor& saved : m_new.savedTensors) {
      const int storage = storages[graph.find(saved.name)->index];
      saved.sharesStorageWithEarlier = !seen.insert(storage).second;
      m_new.savedBytesTotal += saved.bytes;
      if (saved.kind == SavedKind::StaticInput) m_new.savedBytesStaticInputs += saved.bytes;
      if (saved.kind == SavedKind::Input) m_new.savedBytesInputs += saved.bytes;
      if (saved.kind == SavedKind::Activation) m_new.savedBytesActivations += saved.bytes;
      if (saved.sharesStorageWithEarlier) continue;
      m_new.savedBytesUniqueStorage += saved.bytes;
      if (!ofInputs.contains(storage)) m_new.savedBytesNewStorage += saved.bytes;
    }
  }

  /// What packing made belongs to nobody else.
  void addDonated() {
    std::set<int> donated(m_old.donatedIndices.begin(), m_old.donatedIndices.end());
    const auto syms = m_old.savedSymInts.size();
    for (std::size_t k : m_wanted) donated.insert(static_cast<int>(syms + k));
    for (std::size_t k = m_old.savedTensors.size(); k < m_new.savedTensors.size(); ++k)
      donated.insert(static_cast<int>(syms + k));
    m_new.donatedIndices.assign(donated.begin(), donated.end());
  }

  const ir::JointGraph& m_joint;
  const Partition& m_old;
  const SavedPacker& m_packer;
  Partition m_new;
  std::size_t m_firstSaved = 0;
  std::vector<std::size_t> m_wanted;  ///< saved tensors that are packed
  GraphBuilder m_forward;
  std::vector<NodeId> m_copies;            ///< of the forward's nodes
  std::map<std::size_t, Packed> m_packed;  ///< by saved tensor, in the forward
  std::map<std::size_t, Packed> m_inputs;  ///< the same in the backward
};

}  // namespace

Result<Partition> quantizeSaved(const ir::JointGraph& joint, const Partition& partition,
                                const Quantization& options) {
  if (options.dtype != ir::DType::F8E5M2 && options.dtype != ir::DType::F8E4M3)
    return Error{ErrorCode::InvalidArgument,
                 "Saved tensors can be quantized to f8e5m2 and f8e4m3, not to " +
                     std::string(ir::dtypeName(options.dtype)) + ".",
                 {},
                 {}};
  return SavedRewriter(joint, partition, Quantizer(options)).run();
}

Result<Partition> offloadSaved(const ir::JointGraph& joint, const Partition& partition,
                               const Offload& options) {
  return SavedRewriter(joint, partition, Offloader(options)).run();
}

}  // namespace core::partition
