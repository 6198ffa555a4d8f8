
#include "core/protocol/codec.h"

namespace core::protocol {

void FrameReader::append(std::span<const std::uint8_t> bytes) {
  if (m_start > 0) {
    m_pending.erase(m_pending.begin(), m_pending.begin() + static_cast<std::ptrdiff_t>(m_start));
    m_start = 0;
  }
  m_pending.insert(m_pending.end(), bytes.begin(), bytes.end());
}

Result<std::optional<std::vector<std::uint8_t>>> FrameReader::next() {
  using Body = std::vector<std::uint8_t>;
  const std::size_t available = m_pending.size() - m_start;
  if (available < 4) return std::optional<Body>();
  const std::uint8_t* head = m_pending.data() + m_start;
  const std::uint32_t length =
      static_cast<std::uint32_t>(head[0]) | static_cast<std::uint32_t>(head[1]) << 8 |
      static_cast<std::uint32_t>(head[2]) << 16 | static_cast<std::uint32_t>(head[3]) << 24;
  if (length > kMaxFrameBytes)
    return Error{ErrorCode::EngineDied,
                 "A message of " + std::to_string(length) + " bytes is over the limit of " +
                     std::to_string(kMaxFrameBytes) +
                     "; the other side does not speak our protocol.",
                 {},
                 {}};
  if (available - 4 < length) return std::optional<Body>();
  Body body(head + 4, head + 4 + length);
  m_start += 4 + std::size_t{length};
  return std::optional<Body>(std::move(body));
}

}  // namespace core::protocol
