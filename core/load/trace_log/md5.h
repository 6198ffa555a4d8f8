#pragma once

// MD5, which PyTorch's logs use to say that a payload is whole (not to protect it).

#include <string>
#include <string_view>

namespace core::load {

/// 32 lower-case hexadecimal digits (RFC 1321).
std::string md5(std::string_view data);

}  // namespace core::load
