#pragma once

// What is written on boxes.

#include <cstdint>
#include <string>

#include "core/layout/units.h"

namespace core::layout {

/// "640 B", "1.5 KiB", "12.3 MiB".
std::string bytesText(std::int64_t bytes);
/// "f32[8,16]" of a tensor, of a tuple's first tensor, or of a symbolic scalar its text.
std::string shapeText(const ir::ValueMeta& value);
/// "convolution" of "aten.convolution.default".
std::string shortOpName(const std::string& target);
/// `path` without the leading components it shares with `base`; the last one is always kept.
std::string relativePath(const std::string& path, const std::string& base);
/// "BasicBlock" of "__main__.BasicBlock".
std::string shortClass(const std::string& className);

/// Fills in title, detail and badges of a unit's box inside the module with path `around`.
void describeUnit(const Flow& flow, const Unit& unit, const std::string& around, Box& box);
/// "blocks.0"; of a run of equal calls "Block ×12".
std::string callName(const ModuleCall& call);
/// Title and detail of a collapsed or expanded call.
void describeCall(const ModuleCall& call, const std::string& around, int ops, Box& box);

}  // namespace core::layout
