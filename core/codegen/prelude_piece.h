#pragma once

// Preludes are put together from named pieces, so that a kernel's text has only what it uses.

#include <set>
#include <string>
#include <vector>

namespace core::codegen {

/// One named piece of prelude text.
struct PreludePiece {
  const char* name;
  const char* needs;  ///< names, separated by blanks
  const char* text;
};

/// The texts of the `wanted` pieces and of all that they need, in the order of `all`. An unknown
/// name is a bug.
std::string joinedPieces(const std::vector<const PreludePiece*>& all,
                         const std::set<std::string>& wanted);

}  // namespace core::codegen
