#include "core/load/capture/value_reader.h"

#include <algorithm>

#include "core/ir/real_scalar.h"

namespace core::load {

Error malformed(std::string message) {
  return Error{ErrorCode::FormatUnsupported, std::move(message), {}, {}};
}

namespace {

/// Sizes are not negative, and the tensor's bytes fit 64 bits.
Result<void> checkExtent(const ir::TensorMeta& meta) {
  std::int64_t bytes = ir::dtypeBytes(meta.dtype);
  for (const ir::Size& size : meta.sizes) {
    if (size.hint() < 0) return malformed("a size is negative");
    if (__builtin_mul_overflow(bytes, std::max(size.hint(), std::int64_t{1}), &bytes))
      return malformed("a tensor has more bytes than fit 64 bits");
  }
  return {};
}

}  // namespace

void ValueReader::learnSymbols(Json value) {
  const auto sizes = jsonElements(value, "shape");
  const auto hints = jsonElements(value, "shape_hint");
  for (std::size_t i = 0; i < sizes.size() && i < hints.size(); ++i) {
    const auto symbol = jsonAs<std::string_view>(sizes[i]);
    const auto hint = jsonAs<std::int64_t>(hints[i]);
    if (symbol && hint && isPlainSymbol(*symbol)) m_symbols.emplace(*symbol, *hint);
  }
  const auto symbol = jsonGet<std::string_view>(value, "sym");
  const auto hint = jsonGet<std::int64_t>(value, "hint");
  if (symbol && hint && isPlainSymbol(*symbol)) m_symbols.emplace(*symbol, *hint);
}

Result<std::vector<ir::Size>> ValueReader::readSizes(Json value, std::string_view key,
                                                     std::string_view hintKey) const {
  const auto hints = jsonElements(value, hintKey);
  std::vector<ir::Size> sizes;
  for (Json element : jsonElements(value, key)) {
    if (const auto number = jsonAs<std::int64_t>(element)) {
      sizes.emplace_back(*number);
      continue;
    }
    const auto text = jsonAs<std::string_view>(element);
    if (!text) return malformed("a size is neither an integer nor an expression");
    auto hint = evaluateSize(*text, m_symbols);
    if (sizes.size() < hints.size()) hint = jsonAs<std::int64_t>(hints[sizes.size()]);
    if (!hint) return malformed("the size '" + std::string(*text) + "' has no example value");
    sizes.emplace_back(std::string(*text), *hint);
  }
  return sizes;
}

Result<ir::TensorMeta> ValueReader::readTensor(Json value) const {
  const std::string dtypeText = jsonText(value, "dtype");
  const auto dtype = ir::dtypeFromName(dtypeText);
  if (!dtype) return malformed("unknown dtype '" + dtypeText + "'");
  ir::TensorMeta meta;
  meta.dtype = *dtype;
  meta.device = m_device;
  CORE_TRY(meta.sizes, readSizes(value, "shape", "shape_hint"));
  CORE_TRY(meta.strides, readSizes(value, "stride", "stride_hint"));
  if (meta.sizes.size() != meta.strides.size())
    return malformed("a tensor has sizes and strides of different length");
  CORE_TRY_VOID(checkExtent(meta));
  return meta;
}

Result<ir::ValueMeta> ValueReader::readTuple(Json elements) const {
  ir::TupleMeta tuple;
  for (Json element : jsonElements(elements, "tuple")) {
    tuple.elements.emplace_back();
    if (!jsonMember(element, "shape")) continue;
    CORE_TRY(tuple.elements.back(), readTensor(element));
  }
  return ir::ValueMeta(std::move(tuple));
}

Result<ir::ValueMeta> ValueReader::read(Json value) const {
  if (value.is_null()) return ir::ValueMeta();
  if (jsonMember(value, "shape")) {
    CORE_TRY(ir::TensorMeta meta, readTensor(value));
    return ir::ValueMeta(std::move(meta));
  }
  if (jsonMember(value, "tuple")) return readTuple(value);
  if (const auto symbol = jsonGet<std::string_view>(value, "sym")) {
    auto hint = jsonGet<std::int64_t>(value, "hint");
    if (!hint) hint = evaluateSize(*symbol, m_symbols);
    if (!hint) return malformed("the size '" + std::string(*symbol) + "' has no example value");
    return ir::ValueMeta(ir::SymMeta{ir::Size(std::string(*symbol), *hint)});
  }
  if (const auto scalar = jsonGet<std::string_view>(value, "scalar")) {
    if (const auto number = evaluateSize(*scalar, {})) return ir::ValueMeta(ir::SymMeta{*number});
    return ir::ValueMeta(
        ir::realScalar(std::string(*scalar), evaluateReal(*scalar, m_symbols).value_or(0)));
  }
  return malformed("a value has none of `shape`, `tuple`, `sym`, `scalar`");
}

}  // namespace core::load
