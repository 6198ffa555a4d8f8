#include "core/load/trace_log/md5.h"

#include <array>
#include <cmath>
#include <cstdint>

namespace core::load {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::array<std::array<int, 4>, 4> kShifts{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

/// The constants of RFC 1321: 2^32 times the sine of 1 to 64.
const std::array<std::uint32_t, 64>& sines() {
  static const auto table = [] {
    std::array<std::uint32_t, 64> values{};
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<std::uint32_t>(
          std::floor(std::ldexp(std::fabs(std::sin(static_cast<double>(i + 1))), 32)));
    return values;
  }();
  return table;
}

class Digest {
 public:
  void add(const unsigned char* block) {
    std::array<std::uint32_t, 16> words{};
    for (std::size_t i = 0; i < kBlock; ++i)
      words[i / 4] |= static_cast<std::uint32_t>(block[i]) << (8 * (i % 4));
    auto [a, b, c, d] = m_state;
    for (std::uint32_t i = 0; i < 64; ++i) {
      const auto [mixed, word] = round(i, b, c, d);
      const std::uint32_t sum = a + mixed + sines()[i] + words[word];
      const int shift = kShifts[i / 16][i % 4];
      a = d;
      d = c;
      c = b;
      b += sum << shift | sum >> (32 - shift);
    }
    m_state[0] += a;
    m_state[1] += b;
    m_state[2] += c;
    m_state[3] += d;
  }

  std::string text() const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    for (const std::uint32_t word : m_state)
      for (int byte = 0; byte < 4; ++byte) {
        hex += kDigits[word >> (8 * byte + 4) & 15];
        hex += kDigits[word >> (8 * byte) & 15];
      }
    return hex;
  }

 private:
  struct Round {
    std::uint32_t mixed;
    std::size_t word;
  };

  static Round round(std::uint32_t i, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    if (i < 16) return {(b & c) | (~b & d), i};
    if (i < 32) return {(d & b) | (~d & c), (5 * i + 1) % 16};
    if (i < 48) return {b ^ c ^ d, (3 * i + 5) % 16};
    return {c ^ (b | ~d), 7 * i % 16};
  }

  std::array<std::uint32_t, 4> m_state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
};

}  // namespace

std::string md5(std::string_view data) {
  Digest digest;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
  std::size_t at = 0;
  for (; data.size() - at >= kBlock; at += kBlock) digest.add(bytes + at);
  std::string tail(data.substr(at));
  tail += '\x80';
  while (tail.size() % kBlock != kBlock - 8) tail += '\0';
  const std::uint64_t bits = static_cast<std::uint64_t>(data.size()) * 8;
  for (int byte = 0; byte < 8; ++byte) tail += static_cast<char>(bits >> (8 * byte) & 0xff);
  for (std::size_t i = 0; i < tail.size(); i += kBlock)
    digest.add(reinterpret_cast<const unsigned char*>(tail.data()) + i);
  return digest.text();
}

}  // namespace core::load
