#pragma once

// Exported programs as text, so that a test's program is a few lines. One statement a line:
//
//   input x f32[2, 3] grad            a user input; `grad`: requires grad and is no leaf,
//                                     `leaf`: requires grad and is one; strides=[1, 2] offset=3;
//                                     same=y: the very tensor y; in=y: in y's storage
//   param w f32[3]                    a parameter (a leaf that requires grad)
//   buffer b f32[3]
//   y = aten.mul.Tensor(x, other=w)   a call; the first argument may go without its name `self`
//   a, b = aten.max.dim(x, dim=1)     several results
//   [a, b] = aten.unbind.int(x)       one result that is a list
//   no_grad {                         a region, up to `}`; so `enable_grad {`
//   return y, x
//   update b = y                      the program returns y as buffer b's new value
//
// Literals are 1, 0.5, True, None, [1, 2], [x, y], 'text', f32 (a dtype), channels_last.

#include <string>
#include <string_view>

#include "tests/aot/program_builder.h"

namespace support {

/// Reads such a text. Throws std::runtime_error with the line for text that it cannot read.
ProgramBuilder programFromText(std::string_view text);

/// A text of tests/aot/programs: a program, and what PyTorch makes of it.
struct ProgramFile {
  std::string program;
  std::string metadata;  ///< as ir::metadataText()
  std::string joint;     ///< as graphLines()
};

/// Splits the file at its lines "--- metadata" and "--- joint"; a section that is absent is empty.
ProgramFile readProgramFile(const std::string& path);

/// The calls of a graph, one a line, without types: "mul = aten.mul.Tensor(primals_1, 2)"; at last
/// "-> mul, None".
std::string graphLines(const core::ir::Graph& graph);

}  // namespace support
