#pragma once

// The spelling of argument values in capture files ("memory_format:channels_last"), both ways.

#include <optional>
#include <string>
#include <string_view>

#include "core/ir/tensor_meta.h"

namespace core::load {

std::string_view layoutName(ir::Layout layout);
std::optional<ir::Layout> layoutFromName(std::string_view name);

std::string_view memoryFormatName(ir::MemoryFormat format);
std::optional<ir::MemoryFormat> memoryFormatFromName(std::string_view name);

/// "cpu", "cuda:0", "meta".
std::optional<ir::Device> deviceFromName(std::string_view name);

}  // namespace core::load
