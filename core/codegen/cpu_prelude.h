#pragma once

// The text that stands before a generated kernel: types, loads and stores, and the math functions
// that it uses, each a few lines of vector code.

#include <set>
#include <string>

#include "core/codegen/prelude_piece.h"

namespace core::codegen {

/// The prelude with the types, and the named pieces with all that they need, in a fixed order.
/// `lanes` is the number of elements that a vector holds: 16, 32 or 64. An unknown name is a bug.
std::string cpuPrelude(const std::set<std::string>& pieces, int lanes);

/// Functions of float vectors, then of double, then of integers; see cpu_math.cpp.
extern const PreludePiece kFloatMath[];
extern const int kFloatMathCount;
/// Functions of float that are computed through double, and functions of double; see
/// cpu_double_math.cpp.
extern const PreludePiece kDoubleMath[];
extern const int kDoubleMathCount;

}  // namespace core::codegen
