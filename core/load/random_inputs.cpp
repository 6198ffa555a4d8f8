#include "core/load/random_inputs.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <numbers>
#include <random>

#include "core/load/capture/size_expression.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxBytes = std::uint64_t{8} << 30;

/// Box-Muller over raw generator output: the same numbers with every standard library.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : m_random(seed) {}

  double draw() {
    const double radius = std::sqrt(-2 * std::log(unit()));
    return radius * std::cos(2 * std::numbers::pi * unit());
  }
  bool drawBit() { return (m_random() >> 63) != 0; }

 private:
  /// In (0, 1].
  double unit() { return (static_cast<double>(m_random() >> 11) + 1) * 0x1p-53; }

  std::mt19937_64 m_random;
};

std::uint16_t toBfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// Truncates; values below the normal range of half precision become zero.
std::uint16_t toHalf(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000;
  const int exponent = static_cast<int>((bits >> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return static_cast<std::uint16_t>(sign);
  const std::uint32_t fraction = (bits >> 13) & 0x3ff;
  return static_cast<std::uint16_t>(sign | static_cast<std::uint32_t>(exponent) << 10 | fraction);
}

template <typename T>
void store(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof(value));
}

/// Writes one random element; false for dtypes without one.
bool storeRandom(ir::DType dtype, std::byte* at, Normal& normal) {
  switch (dtype) {
    case ir::DType::F64: store(at, normal.draw()); return true;
    case ir::DType::F32: store(at, static_cast<float>(normal.draw())); return true;
    case ir::DType::F16: store(at, toHalf(static_cast<float>(normal.draw()))); return true;
    case ir::DType::BF16: store(at, toBfloat16(static_cast<float>(normal.draw()))); return true;
    case ir::DType::C64:
      store(at, static_cast<float>(normal.draw()));
      store(at + sizeof(float), static_cast<float>(normal.draw()));
      return true;
    case ir::DType::C128:
      store(at, normal.draw());
      store(at + sizeof(double), normal.draw());
      return true;
    case ir::DType::I64:
    case ir::DType::U64: store(at, std::int64_t{normal.drawBit()}); return true;
    case ir::DType::I32:
    case ir::DType::U32: store(at, std::int32_t{normal.drawBit()}); return true;
    case ir::DType::I16:
    case ir::DType::U16: store(at, static_cast<std::int16_t>(normal.drawBit())); return true;
    case ir::DType::I8:
    case ir::DType::U8:
    case ir::DType::Bool: store(at, static_cast<std::int8_t>(normal.drawBit())); return true;
    case ir::DType::C32:
    case ir::DType::F8E4M3:
    case ir::DType::F8E5M2: return false;
  }
  return false;
}

Error unknownDimension(const std::string& name, const SymbolHints& symbols) {
  std::string known;
  for (const auto& [symbol, size] : symbols) known += (known.empty() ? "" : ", ") + symbol;
  return Error{ErrorCode::InvalidArgument,
               "The model has no dimension '" + name + "'" +
                   (known.empty() ? "; all its sizes are fixed." : "; it has " + known + "."),
               {},
               {}};
}

/// What the sizes of the inputs' symbols are: the example sizes, changed by what is asked for.
Result<SymbolHints> symbolSizes(const LoadedModel& model, const DimensionSizes& dims) {
  SymbolHints symbols;
  for (const auto& [name, tensor] : model.program.graph.tensors) {
    for (const ir::Size& size : tensor.meta.sizes) {
      if (isPlainSymbol(size.expression())) symbols.emplace(size.expression(), size.hint());
    }
  }
  for (const auto& [name, size] : dims) {
    const auto symbol = symbols.find(name);
    if (symbol == symbols.end()) return unknownDimension(name, symbols);
    const auto range = model.program.rangeConstraints.find(name);
    const bool bounded = range != model.program.rangeConstraints.end();
    const std::int64_t least = bounded ? range->second.min.value_or(0) : 0;
    const std::int64_t most = bounded ? range->second.max.value_or(INT64_MAX) : INT64_MAX;
    if (size < least || size > most) {
      return Error{ErrorCode::InvalidArgument,
                   "The dimension '" + name + "' cannot be " + std::to_string(size) +
                       "; the model was exported for " + std::to_string(least) + " to " +
                       std::to_string(most) + ".",
                   {},
                   {}};
    }
    symbol->second = size;
  }
  return symbols;
}

/// The recorded geometry with plain integers.
Result<ir::TensorMeta> plainMeta(const ir::TensorMeta& meta, const SymbolHints& symbols) {
  ir::TensorMeta plain = meta;
  for (std::vector<ir::Size>* sizes : {&plain.sizes, &plain.strides}) {
    for (ir::Size& size : *sizes) {
      const auto value =
          size.isSymbolic() ? evaluateSize(size.expression(), symbols) : std::optional(size.hint());
      if (!value) {
        return Error{ErrorCode::InvalidArgument,
                     "The size '" + size.text() + "' cannot be computed for these dimensions.",
                     {},
                     {}};
      }
      size = ir::Size(*value);
    }
  }
  return plain;
}

Result<void> addInput(const std::string& name, const ExportTensor& tensor,
                      const SymbolHints& symbols, Normal& normal, InputSet& set) {
  InputSet::Input input;
  CORE_TRY(input.meta, plainMeta(tensor.meta, symbols));
  input.storage = static_cast<int>(set.storages.size());
  input.requiresGrad = tensor.requiresGrad;
  input.isLeaf = !tensor.requiresGrad;
  const auto bytes = bytesReached(input.meta, 0);
  if (!bytes || *bytes > kMaxBytes) {
    return Error{ErrorCode::OutOfMemory,
                 "The input '" + name + "' (" + ir::tensorMetaText(input.meta) +
                     ") is too large for random values.",
                 {},
                 {}};
  }
  std::vector<std::byte> storage(*bytes);
  const auto step = static_cast<std::size_t>(ir::dtypeBytes(input.meta.dtype));
  for (std::size_t at = 0; at < storage.size(); at += step) {
    if (!storeRandom(input.meta.dtype, storage.data() + at, normal)) {
      return Error{ErrorCode::FormatUnsupported,
                   "There are no random values for the input '" + name + "' (" +
                       ir::tensorMetaText(input.meta) + "). Give inputs from a file.",
                   {},
                   {}};
    }
  }
  set.storages.push_back(std::move(storage));
  set.inputs.push_back(std::move(input));
  return {};
}

}  // namespace

Result<InputSet> randomInputs(const LoadedModel& model, std::uint64_t seed,
                              const DimensionSizes& dims) {
  CORE_TRY(const SymbolHints symbols, symbolSizes(model, dims));
  InputSet set;
  Normal normal(seed);
  for (const InputSpec& spec : model.program.inputSpecs) {
    if (spec.kind != InputKind::UserInput) continue;
    const auto tensor = model.program.graph.tensors.find(spec.name);
    if (tensor == model.program.graph.tensors.end()) {
      return Error{ErrorCode::InvalidArgument,
                   "The input '" + spec.name +
                       "' is not a tensor; export the model with a fixed "
                       "value for it.",
                   {},
                   {}};
    }
    CORE_TRY_VOID(addInput(spec.name, tensor->second, symbols, normal, set));
  }
  return set;
}

}  // namespace core::load
