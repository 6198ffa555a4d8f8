#pragma once

// Numbers with units, and text that came from a file, made fit to be shown.

#include <QString>
#include <cstdint>
#include <string>

#include "core/ir/graph.h"

namespace views::models {

/// `text` cut at 256 characters (with an ellipsis), control and bidirectional-override characters
/// replaced: text from a model file must not be able to disturb the window.
QString showable(const std::string& text);

/// "640 B", "1.5 KiB", "12.3 MiB".
QString bytesText(std::int64_t bytes);
/// "1,572,864 bytes": the exact value, for tooltips.
QString exactBytesText(std::int64_t bytes);
/// "1,234".
QString countText(std::int64_t count);
/// "1 node", "1,234 nodes": `one` is the English word for a single thing.
QString countedText(std::int64_t count, const QString& one);
/// "0.0214 ms", "1.90 ms", "11.4 s": three significant digits, unit by size.
QString millisecondsText(double ms);
/// "0 FLOP", "1.05 MFLOP", "3.20 GFLOP".
QString operationsText(double flops);
/// "+0.9 %", with `digits` after the point.
QString percentText(double fraction, int digits = 1);
/// "1.3e-07", or "0".
QString smallNumberText(double value);

/// "f32[8, 16]", "(f32[8], i64[])", "s0*4", or "" for a node without a value.
QString valueText(const core::ir::ValueMeta& value);
/// "[8, 16]"; strides are left out.
QString shapeText(const core::ir::TensorMeta& meta);
/// "f32".
QString dtypeText(const core::ir::TensorMeta& meta);
/// "net.py:41", or "".
QString sourceText(const core::ir::SourceLocation* source);
/// "layer1.0.conv1 (Conv2d)", "(model)" for the root, or "".
QString moduleText(const core::ir::ModuleScope* module);
/// The last part of a dotted class name.
QString shortClassName(const std::string& className);

}  // namespace views::models
