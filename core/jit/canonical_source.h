#pragma once

// What counts in a kernel's source: kernels that differ in their name, in tensor names or in
// remarks are the same kernel and share one object.

#include <string>
#include <string_view>

namespace core::jit {

/// The entry point's name in every canonical source.
inline constexpr const char* kCanonicalEntry = "aot_kernel";

/// `source` without comments and trailing blanks, lines kept where they are, and the identifier
/// `entry` replaced by kCanonicalEntry.
std::string canonicalSource(std::string_view source, std::string_view entry);

}  // namespace core::jit
