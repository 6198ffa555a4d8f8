#pragma once

// The schema's small values: dtypes, devices, sizes, tensor metadata. Enum numbers are the file
// format's own, not c10's.

#include "core/load/exported_program.h"
#include "core/load/json_value.h"

namespace core::load {

ir::DType readDType(const JsonValue& value);
ir::Device readDevice(const JsonValue& value);
/// Whether a size must have a value, or may depend on data: then the expression has no hint and is
/// read with the hint 0. A file with such sizes opens; the operator that makes one is refused by
/// name when it is traced.
enum class SizeValue { Needed, MayDependOnData };

/// A size, stride or offset: {"as_int": 4}, or {"as_expr": {"expr_str": srepr, "hint": ..}}.
ir::Size readSize(const JsonValue& value, SizeValue need = SizeValue::Needed);
/// A TensorMeta object. Refuses layouts that are not strided, negative sizes, more than 64
/// dimensions, and a number of elements above 2^40.
ExportTensor readTensorMeta(const JsonValue& value, SizeValue need = SizeValue::Needed);
/// An int64, or empty for null.
std::optional<std::int64_t> readOptionalInteger(const JsonValue& value);

}  // namespace core::load
