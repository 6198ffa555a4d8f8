#pragma once

// What counts in a kernel's source: kernels that differ in their name, in tensor names or in
// remarks are the same kernel and share one object.

#include <string>
#include <string_view>
#include <vector>

namespace core::codegen {

/// The (first) entry point's name in every canonical source.
inline constexpr const char* kCanonicalEntry = "aot_kernel";

/// What entry point `index` of a source is renamed to: `prefix`, then `prefix`_1, `prefix`_2 ...
std::string renamedEntry(std::size_t index, std::string_view prefix = kCanonicalEntry);

/// `source` without comments and trailing blanks, lines kept where they are, and the identifiers
/// `entries` renamed in order.
std::string canonicalSource(std::string_view source, const std::vector<std::string>& entries,
                            std::string_view prefix = kCanonicalEntry);

}  // namespace core::codegen
