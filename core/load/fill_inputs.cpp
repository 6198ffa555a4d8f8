// Steps: read what is asked for; read the files, because their sizes are those of symbolic
// dimensions; make inputs of these sizes; put each fill in its place.

#include "core/load/fill_inputs.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <utility>

#include "core/load/capture/size_expression.h"
#include "core/load/element_value.h"
#include "core/load/strided_view.h"
#include "core/load/tensor_file.h"

namespace core::load {
namespace {

/// An input that is to be filled.
struct Wish {
  std::string name;
  std::size_t position = 0;  ///< among the user inputs
  InputFill fill;
  std::optional<FileTensor> file;
};

Error refused(const std::string& what) {
  return {ErrorCode::InvalidArgument, what, {}, {}};
}

std::vector<std::string> inputNames(const LoadedModel& model) {
  std::vector<std::string> names;
  for (const InputSpec& spec : model.program.inputSpecs)
    if (spec.kind == InputKind::UserInput) names.push_back(spec.name);
  return names;
}

Result<std::vector<Wish>> readWishes(const LoadedModel& model, const InputFills& fills) {
  const std::vector<std::string> names = inputNames(model);
  std::vector<Wish> wishes;
  for (const auto& [name, text] : fills) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) {
      std::string known;
      for (const std::string& one : names) known += (known.empty() ? "" : ", ") + one;
      return refused("The model has no input '" + name + "'; it has " + known + ".");
    }
    Wish wish{name, static_cast<std::size_t>(at - names.begin()), {}, {}};
    CORE_TRY(wish.fill, parseInputFill(text));
    if (wish.fill.kind == FillKind::File) {
      CORE_TRY(wish.file, readTensorFile(wish.fill.path, name));
    }
    wishes.push_back(std::move(wish));
  }
  return wishes;
}

/// The wanted sizes, and those that the files have.
Result<DimensionSizes> sizesOf(const LoadedModel& model, const std::vector<Wish>& wishes,
                               DimensionSizes dims) {
  for (const Wish& wish : wishes) {
    const auto tensor = model.program.graph.tensors.find(wish.name);
    if (!wish.file || tensor == model.program.graph.tensors.end()) continue;
    const auto& sizes = tensor->second.meta.sizes;
    const std::vector<std::int64_t> given = wish.file->meta.sizeHints();
    for (std::size_t d = 0; d < sizes.size() && d < given.size(); ++d) {
      const std::string symbol = sizes[d].expression();
      if (!isPlainSymbol(symbol)) continue;
      const auto [known, isNew] = dims.emplace(symbol, given[d]);
      if (!isNew && known->second != given[d])
        return refused("'" + wish.fill.path + "' gives '" + wish.name + "' the size " +
                       std::to_string(given[d]) + " in dimension " + std::to_string(d) + ", but " +
                       symbol + " is " + std::to_string(known->second) + " already.");
    }
  }
  return dims;
}

bool isExampleSize(const LoadedModel& model, const std::string& symbol, std::int64_t size) {
  for (const auto& [name, tensor] : model.program.graph.tensors)
    for (const ir::Size& one : tensor.meta.sizes)
      if (one.expression() == symbol) return one.hint() == size;
  return false;
}

Result<InputSet> startingInputs(const LoadedModel& model, const WantedInputs& wanted,
                                const DimensionSizes& dims, std::optional<InputSet> given) {
  if (given) return *std::move(given);
  bool asInExample = model.sampleInputs.has_value();
  for (const auto& [symbol, size] : dims)
    asInExample = asInExample && isExampleSize(model, symbol, size);
  if (asInExample && wanted.dims.empty()) return *model.sampleInputs;
  return randomInputs(model, wanted.seed, dims);
}

/// Draws the elements of one input that is of ones or even between two numbers.
class Source {
 public:
  Source(const InputFill& fill, std::uint64_t seed, ir::DType dtype)
      : m_fill(fill), m_random(seed), m_dtype(dtype) {}

  ElementValue next() {
    if (m_fill.kind == FillKind::Ones) return std::int64_t{1};
    const double unit = static_cast<double>(m_random() >> 11) * 0x1p-53;
    if (ir::isFloatingPoint(m_dtype)) return m_fill.low + unit * (m_fill.high - m_fill.low);
    return static_cast<std::int64_t>(low() + std::floor(unit * (high() - low() + 1)));
  }
  bool isEmpty() const {
    return m_fill.kind == FillKind::Range && !ir::isFloatingPoint(m_dtype) && low() > high();
  }

 private:
  double low() const { return std::ceil(m_fill.low); }
  double high() const { return std::floor(m_fill.high); }

  const InputFill& m_fill;
  std::mt19937_64 m_random;
  ir::DType m_dtype;
};

class Filler {
 public:
  Filler(const WantedInputs& wanted, InputSet& set) : m_wanted(wanted), m_set(set) {}

  Result<void> fill(const Wish& wish) {
    if (wish.position >= m_set.inputs.size())
      return refused("The inputs that were given have no '" + wish.name + "'.");
    InputSet::Input& input = m_set.inputs[wish.position];
    const ir::DType dtype = wish.fill.dtype.value_or(input.meta.dtype);
    if (const bool changes = wish.fill.kind != FillKind::Example || dtype != input.meta.dtype;
        changes) {
      CORE_TRY(std::vector<std::byte> storage, elements(wish, input, dtype));
      setStorage(wish.position, dtype, std::move(storage));
    }
    return setGradient(wish, input);
  }

 private:
  /// The new storage of an input, laid out as the old one from offset 0.
  Result<std::vector<std::byte>> elements(const Wish& wish, const InputSet::Input& input,
                                          ir::DType dtype) {
    if (wish.file) CORE_TRY_VOID(checkFile(wish, input.meta, dtype));
    ir::TensorMeta meta = input.meta;
    meta.dtype = dtype;
    switch (wish.fill.kind) {
      case FillKind::Random: return randomElements(wish, meta);
      case FillKind::Zeros: return std::vector<std::byte>(bytesReached(meta, 0).value_or(0));
      case FillKind::Ones:
      case FillKind::Range: return drawnElements(wish, meta);
      case FillKind::File:
        return copiedElements(wish, wish.file->meta, wish.file->elements.data(), meta);
      case FillKind::Example: break;
    }
    const auto& storage = m_set.storages[static_cast<std::size_t>(input.storage)];
    const std::int64_t skipped = input.storageOffset * ir::dtypeBytes(input.meta.dtype);
    return copiedElements(wish, input.meta, storage.data() + skipped, meta);
  }

  static Error noValues(const Wish& wish, const ir::TensorMeta& meta) {
    return {ErrorCode::FormatUnsupported,
            "'" + wish.name + "' cannot be filled so: elements of " + ir::tensorMetaText(meta) +
                " are not converted. Use zeros, random, or a file of this dtype.",
            {},
            {}};
  }

  Result<std::vector<std::byte>> drawnElements(const Wish& wish, const ir::TensorMeta& meta) {
    if (!hasElementValues(meta.dtype)) return noValues(wish, meta);
    Source source(wish.fill, seedOf(wish), meta.dtype);
    if (source.isEmpty())
      return refused("'" + inputFillText(wish.fill) + "' holds no whole number for '" + wish.name +
                     "'.");
    const auto item = static_cast<std::size_t>(ir::dtypeBytes(meta.dtype));
    std::vector<std::byte> storage(bytesReached(meta, 0).value_or(0));
    forEachElement(meta, [&](std::int64_t place) {
      storeElement(meta.dtype, storage.data() + static_cast<std::size_t>(place) * item,
                   source.next());
    });
    return storage;
  }

  /// Elements of a view at `from`, converted where the dtypes differ.
  static Result<std::vector<std::byte>> copiedElements(const Wish& wish,
                                                       const ir::TensorMeta& fromMeta,
                                                       const std::byte* from,
                                                       const ir::TensorMeta& meta) {
    const bool same = fromMeta.dtype == meta.dtype;
    if (!same && !hasElementValues(meta.dtype)) return noValues(wish, meta);
    if (!same && !hasElementValues(fromMeta.dtype)) return noValues(wish, fromMeta);
    const auto item = static_cast<std::size_t>(ir::dtypeBytes(meta.dtype));
    const std::int64_t fromItem = ir::dtypeBytes(fromMeta.dtype);
    std::vector<std::int64_t> places;
    places.reserve(static_cast<std::size_t>(meta.numel()));
    forEachElement(fromMeta, [&](std::int64_t place) { places.push_back(place * fromItem); });
    std::vector<std::byte> storage(bytesReached(meta, 0).value_or(0));
    std::size_t read = 0;
    forEachElement(meta, [&](std::int64_t place) {
      std::byte* to = storage.data() + static_cast<std::size_t>(place) * item;
      const std::byte* element = from + places[read++];
      if (same)
        std::memcpy(to, element, item);
      else
        storeElement(meta.dtype, to, loadElement(fromMeta.dtype, element));
    });
    return storage;
  }

  std::uint64_t seedOf(const Wish& wish) const {
    return wish.fill.seed.value_or(m_wanted.seed + wish.position);
  }

  Result<void> checkFile(const Wish& wish, const ir::TensorMeta& meta, ir::DType dtype) const {
    const ir::TensorMeta& file = wish.file->meta;
    const std::string has = "'" + wish.fill.path + "' holds " + ir::tensorMetaText(file) + ", but ";
    if (file.sizeHints() != meta.sizeHints())
      return refused(has + "'" + wish.name + "' is " + ir::tensorMetaText(meta) + " here.");
    if (file.dtype != dtype && !wish.fill.dtype)
      return refused(has + "'" + wish.name + "' is " + ir::tensorMetaText(meta) + ". Write '" +
                     wish.fill.path + "," + std::string(ir::dtypeName(dtype)) + "' to convert it.");
    return {};
  }

  /// As randomInputs() draws them, for this input alone.
  Result<std::vector<std::byte>> randomElements(const Wish& wish, const ir::TensorMeta& meta) {
    LoadedModel one;
    one.program.inputSpecs.push_back({InputKind::UserInput, wish.name, {}, true});
    one.program.graph.tensors[wish.name].meta = meta;
    CORE_TRY(InputSet set, randomInputs(one, seedOf(wish)));
    return std::move(set.storages.front());
  }

  void setStorage(std::size_t position, ir::DType dtype, std::vector<std::byte> storage) {
    // Another input that was this very tensor keeps what it had.
    for (InputSet::Input& other : m_set.inputs)
      if (other.sameObjectAs == static_cast<int>(position)) other.sameObjectAs.reset();
    InputSet::Input& input = m_set.inputs[position];
    input.sameObjectAs.reset();
    input.storage = static_cast<int>(m_set.storages.size());
    input.storageOffset = 0;
    input.meta.dtype = dtype;
    m_set.storages.push_back(std::move(storage));
  }

  Result<void> setGradient(const Wish& wish, InputSet::Input& input) const {
    if (wish.fill.requiresGrad) input.requiresGrad = *wish.fill.requiresGrad;
    const bool canHave = ir::isFloatingPoint(input.meta.dtype) || ir::isComplex(input.meta.dtype);
    if (input.requiresGrad && !canHave) {
      if (wish.fill.requiresGrad)
        return refused("'" + wish.name + "' is " + ir::tensorMetaText(input.meta) +
                       ": only floating-point tensors have a gradient.");
      input.requiresGrad = false;
    }
    input.isLeaf = !input.requiresGrad;
    return {};
  }

  const WantedInputs& m_wanted;
  InputSet& m_set;
};

}  // namespace

Result<InputSet> fillInputs(const LoadedModel& model, const WantedInputs& wanted,
                            std::optional<InputSet> given) {
  CORE_TRY(const std::vector<Wish> wishes, readWishes(model, wanted.fills));
  DimensionSizes dims = wanted.dims;
  if (!given) {
    CORE_TRY(dims, sizesOf(model, wishes, wanted.dims));
  }
  CORE_TRY(InputSet set, startingInputs(model, wanted, dims, std::move(given)));
  Filler filler(wanted, set);
  for (const Wish& wish : wishes) CORE_TRY_VOID(filler.fill(wish));
  return set;
}

}  // namespace core::load
