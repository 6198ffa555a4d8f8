#pragma once

// Values of a capture file: sizes, tensors, tuples and symbolic scalars.

#include "core/base/result.h"
#include "core/ir/graph.h"
#include "core/load/capture/json_view.h"
#include "core/load/capture/size_expression.h"

namespace core::load {

/// Reads `{shape, dtype, stride}`, `{tuple}`, `{sym, hint}`, `{scalar}`; null is no value. Symbolic
/// sizes get their values from `shape_hint`, or from the symbols seen before.
class ValueReader {
 public:
  explicit ValueReader(ir::Device device) : m_device(device) {}

  /// Remembers what `value` says about plain symbols, so that strides can be evaluated.
  void learnSymbols(Json value);

  Result<ir::ValueMeta> read(Json value) const;
  Result<ir::TensorMeta> readTensor(Json value) const;

 private:
  Result<std::vector<ir::Size>> readSizes(Json value, std::string_view key,
                                          std::string_view hintKey) const;
  Result<ir::ValueMeta> readTuple(Json elements) const;

  ir::Device m_device;
  SymbolHints m_symbols;
};

/// A FormatUnsupported error about the document's content.
Error malformed(std::string message);

}  // namespace core::load
