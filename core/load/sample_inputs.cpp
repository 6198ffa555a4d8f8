#include "core/load/sample_inputs.h"

#include <map>

#include "core/load/read_failure.h"
#include "core/load/saved_tensors.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxVisits = 100'000;

[[noreturn]] void misfit(const std::string& why) {
  failRead(ErrorCode::FormatUnsupported, why + ".");
}

/// The leaves of nested tuples, lists and dicts, in order: how PyTorch flattens a call's arguments.
class Leaves {
 public:
  explicit Leaves(const Pickle& pickle) : m_pickle(pickle) { visit(pickle.root, 0); }

  const std::vector<PickleRef>& refs() const { return m_refs; }

 private:
  void visit(PickleRef ref, int depth) {
    if (depth > kMaxDepth) misfit("they are nested too deeply");
    // Counts containers too: one that holds another twice, many levels deep, is small in the file.
    if (++m_visits > kMaxVisits) misfit("there are too many");
    const PickleValue& value = m_pickle.at(ref);
    if (const auto* tuple = std::get_if<PickleTuple>(&value)) {
      for (const PickleRef element : tuple->elements) visit(element, depth + 1);
    } else if (const auto* list = std::get_if<PickleList>(&value)) {
      for (const PickleRef element : list->elements) visit(element, depth + 1);
    } else if (const auto* dict = std::get_if<PickleDict>(&value)) {
      for (const auto& member : dict->members) visit(member.second, depth + 1);
    } else {
      m_refs.push_back(ref);
    }
  }

  const Pickle& m_pickle;
  std::vector<PickleRef> m_refs;
  std::size_t m_visits = 0;
};

class SampleReader {
 public:
  SampleReader(std::span<const std::byte> record)
      : m_saved(record, "The record of the example inputs") {}

  InputSet read(const ExportedProgram& program) {
    const Pickle& pickle = m_saved.pickle();
    const Leaves leaves(pickle);
    std::vector<const InputSpec*> specs;
    for (const InputSpec& spec : program.inputSpecs) {
      const bool fromUser =
          spec.kind == InputKind::UserInput || spec.kind == InputKind::ConstantInput;
      if (fromUser) specs.push_back(&spec);
    }
    if (specs.size() != leaves.refs().size()) {
      misfit("they are " + std::to_string(leaves.refs().size()) + ", the program takes " +
             std::to_string(specs.size()));
    }
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (specs[i]->kind == InputKind::UserInput) {
        add(leaves.refs()[i], pickle, *specs[i], program);
      }
    }
    return std::move(m_set);
  }

 private:
  void add(PickleRef ref, const Pickle& pickle, const InputSpec& spec,
           const ExportedProgram& program) {
    const auto* tensor = std::get_if<PickleTensor>(&pickle.at(ref));
    if (!tensor) misfit("'" + spec.name + "' is not a tensor");
    const auto expected = program.graph.tensors.find(spec.name);
    if (expected == program.graph.tensors.end() ||
        expected->second.meta.dtype != tensor->meta.dtype ||
        expected->second.meta.sizeHints() != tensor->meta.sizeHints()) {
      misfit("'" + spec.name + "' is " + ir::tensorMetaText(tensor->meta) +
             ", which does not fit the program");
    }
    InputSet::Input input;
    input.storage = storageOf(tensor->storage);
    input.meta = tensor->meta;
    input.storageOffset = tensor->storageOffset;
    input.requiresGrad = tensor->requiresGrad;
    const auto reached = bytesReached(input.meta, input.storageOffset);
    if (!reached || *reached > m_set.storages[static_cast<std::size_t>(input.storage)].size()) {
      misfit("'" + spec.name + "' reaches past the end of its storage");
    }
    const auto [first, isNew] = m_inputByRef.emplace(ref, static_cast<int>(m_set.inputs.size()));
    if (!isNew) input.sameObjectAs = first->second;
    m_set.inputs.push_back(std::move(input));
  }

  int storageOf(const PickleStorage& storage) {
    const auto [found, isNew] =
        m_storageByKey.emplace(storage.key, static_cast<int>(m_set.storages.size()));
    if (!isNew) return found->second;
    const auto bytes = m_saved.bytes(storage);
    m_set.storages.emplace_back(bytes.begin(), bytes.end());
    return found->second;
  }

  SavedTensors m_saved;
  InputSet m_set;
  std::map<std::string, int> m_storageByKey;
  std::map<PickleRef, int> m_inputByRef;
};

}  // namespace

std::optional<InputSet> readSampleInputs(const Pt2Archive& archive, const ExportedProgram& program,
                                         const StageContext& context) {
  const std::string record = "data/sample_inputs/" + archive.programName() + ".pt";
  if (!archive.has(record)) return std::nullopt;
  try {
    const auto bytes = archive.bytes(archive.place(record));
    if (bytes.empty()) return std::nullopt;
    return SampleReader(bytes).read(program);
  } catch (const ReadFailure& failure) {
    context.log(LogLevel::Warning, "load",
                "The example inputs of the archive are not used: " + failure.error.message);
    return std::nullopt;
  }
}

}  // namespace core::load
