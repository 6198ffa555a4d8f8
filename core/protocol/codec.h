#pragma once

// Messages to bytes and back. A frame is a 4-byte little-endian length and a FlatBuffers buffer of
// the schema engine.fbs. Decoding verifies the buffer and every enum, id and count; what does not
// hold is Error{EngineDied} with a sentence, never undefined behaviour.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/protocol/messages.h"

namespace core::protocol {

/// Raised with every incompatible change of engine.fbs. 2: a record has the compiled entries.
inline constexpr std::uint32_t kProtocolVersion = 2;
/// A longer frame is refused before it is read.
inline constexpr std::uint32_t kMaxFrameBytes = 256u << 20;

/// Whole frames, length included.
std::vector<std::uint8_t> encodeRequest(const Request& request);
std::vector<std::uint8_t> encodeReply(const Reply& reply);

/// The body of one frame, without its length.
Result<Request> decodeRequest(std::span<const std::uint8_t> body);
Result<Reply> decodeReply(std::span<const std::uint8_t> body);

/// Cuts a byte stream into frame bodies.
class FrameReader {
 public:
  void append(std::span<const std::uint8_t> bytes);
  /// The next whole body, empty if more bytes are needed, or an error (length over the limit).
  Result<std::optional<std::vector<std::uint8_t>>> next();

 private:
  std::vector<std::uint8_t> m_pending;
  std::size_t m_start = 0;
};

}  // namespace core::protocol
