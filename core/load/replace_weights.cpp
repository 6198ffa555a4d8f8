#include "core/load/replace_weights.h"

#include <cstring>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "core/load/safetensors.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

constexpr std::size_t kNamesShown = 5;

/// Bytes that were laid out anew.
class OwnedBytes final : public MappedFile {
 public:
  explicit OwnedBytes(std::vector<std::byte> bytes) : m_bytes(std::move(bytes)) {}
  std::span<const std::byte> bytes() const override { return m_bytes; }

 private:
  std::vector<std::byte> m_bytes;
};

/// Row-major elements put where `meta` (placed at offset 0) says.
std::vector<std::byte> laidOut(std::span<const std::byte> source, const ir::TensorMeta& meta) {
  const auto item = static_cast<std::size_t>(ir::dtypeBytes(meta.dtype));
  std::vector<std::byte> target(bytesReached(meta, 0).value_or(0));
  std::size_t read = 0;
  forEachElement(meta, [&](std::int64_t place) {
    std::memcpy(target.data() + static_cast<std::size_t>(place) * item, source.data() + read, item);
    read += item;
  });
  return target;
}

/// Names that something is wrong with, and what.
class Complaints {
 public:
  void missing(const std::string& name) { m_missing.push_back("'" + name + "'"); }
  void unexpected(const std::string& name) { m_unexpected.push_back("'" + name + "'"); }
  void different(const std::string& name, const ir::TensorMeta& wanted,
                 const ir::TensorMeta& given) {
    m_different.push_back("'" + name + "' is " + ir::tensorMetaText(given) + ", wanted is " +
                          ir::tensorMetaText(wanted));
  }
  void shared(const std::string& name) { m_shared.push_back("'" + name + "'"); }
  bool any() const {
    return !(m_missing.empty() && m_unexpected.empty() && m_different.empty() && m_shared.empty());
  }

  Error error(const std::string& path) const {
    std::string text = "The weights in '" + path + "' are not this model's.";
    text += list(" Missing: ", m_missing) + list(" Unexpected: ", m_unexpected) +
            list(" Another shape or dtype: ", m_different) +
            list(" In memory that others view too, which cannot be replaced: ", m_shared);
    return {ErrorCode::InvalidArgument, std::move(text), {}, {}};
  }

 private:
  static std::string list(const std::string& title, const std::vector<std::string>& names) {
    if (names.empty()) return {};
    std::string text = title;
    for (std::size_t i = 0; i < names.size() && i < kNamesShown; ++i)
      text += (i > 0 ? ", " : "") + names[i];
    if (names.size() > kNamesShown)
      text += " and " + std::to_string(names.size() - kNamesShown) + " more";
    return text + ".";
  }

  std::vector<std::string> m_missing;
  std::vector<std::string> m_unexpected;
  std::vector<std::string> m_different;
  std::vector<std::string> m_shared;
};

class Replacement {
 public:
  Replacement(const LoadedModel& model, const SafetensorsFile& file)
      : m_file(file), m_model(std::make_shared<LoadedModel>(model)) {
    for (const InputSpec& spec : model.program.inputSpecs)
      if (!spec.persistent || spec.kind == InputKind::TensorConstant) m_kept.insert(spec.target);
    for (const Weight& weight : model.weights) m_alone[weight.name] = true;
    findSharedParts(model);
  }

  Result<LoadedModelPtr> run(const std::string& path) {
    for (const Weight& weight : m_model->weights)
      if (m_file.find(weight.name)) m_nameOf.try_emplace(placeOf(weight), weight.name);
    std::set<std::string> used;
    for (Weight& weight : m_model->weights) replace(weight, used);
    for (const StoredTensor& tensor : m_file.tensors)
      if (!used.contains(tensor.name)) m_complaints.unexpected(tensor.name);
    if (m_complaints.any()) return m_complaints.error(path);
    return LoadedModelPtr(std::move(m_model));
  }

 private:
  /// What makes two weights one: the same view of the same storage.
  using Place = std::tuple<int, std::int64_t, std::vector<std::int64_t>, std::vector<std::int64_t>>;

  static Place placeOf(const Weight& weight) {
    return {weight.storage, weight.storageOffset, weight.meta.sizeHints(),
            weight.meta.strideHints()};
  }

  void findSharedParts(const LoadedModel& model) {
    std::map<int, std::vector<const Weight*>> byStorage;
    for (const Weight& weight : model.weights) byStorage[weight.storage].push_back(&weight);
    for (const auto& [storage, weights] : byStorage)
      for (const Weight* one : weights)
        for (const Weight* other : weights)
          if (placeOf(*one) != placeOf(*other) && overlap(*one, *other)) m_alone[one->name] = false;
  }

  static bool overlap(const Weight& a, const Weight& b) {
    const auto begin = [](const Weight& weight) {
      return static_cast<std::uint64_t>(weight.storageOffset * ir::dtypeBytes(weight.meta.dtype));
    };
    const auto end = [](const Weight& weight) {
      return bytesReached(weight.meta, weight.storageOffset).value_or(UINT64_MAX);
    };
    return begin(a) < end(b) && begin(b) < end(a);
  }

  void replace(Weight& weight, std::set<std::string>& used) {
    const StoredTensor* tensor = m_file.find(weight.name);
    if (!tensor) {
      const auto tied = m_nameOf.find(placeOf(weight));
      if (tied != m_nameOf.end()) tensor = m_file.find(tied->second);
    }
    if (!tensor) {
      if (!m_kept.contains(weight.name)) m_complaints.missing(weight.name);
      return;
    }
    used.insert(tensor->name);
    if (tensor->meta.dtype != weight.meta.dtype ||
        tensor->meta.sizeHints() != weight.meta.sizeHints())
      return m_complaints.different(weight.name, weight.meta, tensor->meta);
    if (!isAlone(weight)) return m_complaints.shared(weight.name);
    weight.storage = storageFor(*tensor, weight.meta);
    weight.storageOffset = 0;
  }

  /// Whether the weight's elements are its own: no two lie in one place, and no other weight views
  /// a part of them. (The very same view is a tied weight, which is fine.)
  bool isAlone(const Weight& weight) const {
    if (bytesReached(weight.meta, 0).value_or(0) < static_cast<std::uint64_t>(weight.meta.bytes()))
      return false;
    return m_alone.at(weight.name);
  }

  /// The tensor's bytes in the layout of `meta`; tensors asked for twice are one storage.
  int storageFor(const StoredTensor& tensor, const ir::TensorMeta& meta) {
    const auto [known, isNew] =
        m_storages.try_emplace({tensor.name, meta.strideHints()}, m_model->storages.size());
    if (!isNew) return static_cast<int>(known->second);
    StoragePlace place;
    place.entry = tensor.name;
    place.length = static_cast<std::uint64_t>(tensor.meta.bytes());
    if (meta.isContiguous()) {
      place.offset = tensor.offset;
      place.file = m_file.file;
    } else {
      std::vector<std::byte> bytes =
          laidOut(m_file.file->bytes().subspan(tensor.offset, place.length), meta);
      place.length = bytes.size();
      place.file = std::make_shared<OwnedBytes>(std::move(bytes));
    }
    m_model->storages.push_back(std::move(place));
    return static_cast<int>(known->second);
  }

  const SafetensorsFile& m_file;
  std::shared_ptr<LoadedModel> m_model;
  std::set<std::string> m_kept;         ///< weights that may be absent
  std::map<std::string, bool> m_alone;  ///< by weight: none other views a part of its elements
  std::map<Place, std::string> m_nameOf;
  std::map<std::pair<std::string, std::vector<std::int64_t>>, std::size_t> m_storages;
  Complaints m_complaints;
};

}  // namespace

Result<LoadedModelPtr> withWeightsOf(const LoadedModelPtr& model, const std::string& path) {
  CORE_TRY(const SafetensorsFile file, readSafetensors(path));
  return Replacement(*model, file).run(path);
}

}  // namespace core::load
