#include "core/passes/python_hash.h"

#include <cmath>

namespace core::passes {
namespace {

constexpr int kBits = 61;
constexpr std::uint64_t kModulus = (std::uint64_t{1} << kBits) - 1;

/// The hash -1 is reserved for errors in CPython.
std::int64_t signedHash(std::uint64_t hash, bool negative) {
  const auto value = static_cast<std::int64_t>(hash);
  const std::int64_t result = negative ? -value : value;
  return result == -1 ? -2 : result;
}

/// value * 2^bits modulo kModulus, for value < kModulus.
std::uint64_t rotate(std::uint64_t value, int bits) {
  return ((value << bits) & kModulus) | (value >> (kBits - bits));
}

}  // namespace

std::int64_t pythonHash(std::int64_t number) {
  const std::uint64_t magnitude =
      number < 0 ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number);
  return signedHash(magnitude % kModulus, number < 0);
}

std::int64_t pythonHash(double number) {
  if (std::isinf(number)) return number > 0 ? 314159 : -314159;
  int exponent = 0;
  double mantissa = std::frexp(std::fabs(number), &exponent);
  std::uint64_t hash = 0;
  while (mantissa != 0) {  // 28 bits of the mantissa at a time, as CPython does
    hash = rotate(hash, 28);
    mantissa *= 268435456.0;
    exponent -= 28;
    const auto digit = static_cast<std::uint64_t>(mantissa);
    mantissa -= static_cast<double>(digit);
    hash += digit;
    if (hash >= kModulus) hash -= kModulus;
  }
  const int shift = exponent >= 0 ? exponent % kBits : kBits - 1 - (-1 - exponent) % kBits;
  return signedHash(rotate(hash, shift), number < 0);
}

}  // namespace core::passes
