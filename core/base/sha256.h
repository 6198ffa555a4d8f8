#pragma once

// SHA-256 (FIPS 180-4), for the names of cached files and the check that they are intact.

#include <string>
#include <string_view>

namespace core {

/// The digest of `text`, 64 hexadecimal digits in lower case.
std::string sha256(std::string_view text);

}  // namespace core
