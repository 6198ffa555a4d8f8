#include "core/load/weights_reader.h"

#include <set>

#include "core/load/argument_reader.h"
#include "core/load/json_value.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxConfigBytes = 16 * 1024 * 1024;

class WeightsReader {
 public:
  WeightsReader(const Pt2Archive& archive, const StageContext& context, LoadedModel& model)
      : m_archive(archive), m_context(context), m_model(model) {}

  void read() {
    readConfig("weights");
    readConfig("constants");
    checkSignature();
  }

 private:
  void readConfig(const std::string& kind) {
    const std::string folder = "data/" + kind + "/";
    const std::string record = folder + m_archive.programName() + "_" + kind + "_config.json";
    if (!m_archive.has(record)) return;
    const JsonDocument document(m_archive.text(record, kMaxConfigBytes), record, JsonLimits{});
    readDocument(document, [&](const JsonValue& root) {
      root.at("config").forEachMember([&](const std::string& name, const JsonValue& entry) {
        readWeight(name, entry, folder);
      });
    });
  }

  void readWeight(const std::string& name, const JsonValue& entry, const std::string& folder) {
    const auto description = entry.find("tensor_meta");
    const bool pickled = entry.at("use_pickle").boolean();
    if (pickled || !description) {
      m_context.log(LogLevel::Warning, "load",
                    "'" + name + "' is a pickled object and is not read.");
      return;
    }
    if (!m_names.insert(name).second) entry.fail("is both a weight and a constant");
    const ExportTensor tensor = readTensorMeta(*description);
    Weight weight;
    weight.name = name;
    weight.isParameter = entry.at("is_param").boolean();
    weight.requiresGrad = tensor.requiresGrad;
    weight.meta = tensor.meta;
    weight.storageOffset = tensor.storageOffset;
    weight.storage = storageOf(folder + entry.at("path_name").string());
    const StoragePlace& place = m_model.storages[static_cast<std::size_t>(weight.storage)];
    const auto reached = bytesReached(weight.meta, weight.storageOffset);
    if (!reached || *reached > place.length) {
      failRead(ErrorCode::ArchiveCorrupt,
               "The tensor '" + name + "' (" + ir::tensorMetaText(weight.meta) +
                   ") reaches past the end of its record '" + place.entry + "' of " +
                   std::to_string(place.length) + " bytes.");
    }
    m_model.weights.push_back(std::move(weight));
  }

  int storageOf(const std::string& record) {
    const auto found = m_storageByRecord.find(record);
    if (found != m_storageByRecord.end()) return found->second;
    const int index = static_cast<int>(m_model.storages.size());
    m_model.storages.push_back(m_archive.place(record));
    m_storageByRecord.emplace(record, index);
    return index;
  }

  void checkSignature() const {
    for (const InputSpec& spec : m_model.program.inputSpecs) {
      const bool bound = spec.kind == InputKind::Parameter || spec.kind == InputKind::Buffer ||
                         spec.kind == InputKind::TensorConstant;
      if (bound) checkBound(spec);
    }
  }

  void checkBound(const InputSpec& spec) const {
    const Weight* weight = m_model.findWeight(spec.target);
    if (!weight) {
      failRead(ErrorCode::ArchiveCorrupt,
               "The program needs '" + spec.target + "', but the archive holds no such tensor.");
    }
    const auto value = m_model.program.graph.tensors.find(spec.name);
    if (value == m_model.program.graph.tensors.end()) return;
    const ir::TensorMeta& expected = value->second.meta;
    if (expected.dtype != weight->meta.dtype || expected.sizeHints() != weight->meta.sizeHints()) {
      failRead(ErrorCode::ArchiveCorrupt,
               "The program expects '" + spec.target + "' to be " + ir::tensorMetaText(expected) +
                   ", but the archive holds " + ir::tensorMetaText(weight->meta) + ".");
    }
  }

  const Pt2Archive& m_archive;
  const StageContext& m_context;
  LoadedModel& m_model;
  std::map<std::string, int> m_storageByRecord;
  std::set<std::string> m_names;
};

}  // namespace

void readWeights(const Pt2Archive& archive, const StageContext& context, LoadedModel& model) {
  WeightsReader(archive, context, model).read();
}

}  // namespace core::load
