#pragma once

// Memory that is kept for the next run instead of being given back to the system.

#include <cstddef>
#include <map>
#include <memory>

namespace core::run {

/// 64-byte aligned; in large pages where the system has them and the block is large. Throws
/// std::bad_alloc.
std::byte* allocateBytes(std::size_t bytes);

/// A heap for the large blocks of one step. It holds what was in use at once at some time and a
/// quarter more, if blocks of different lengths leave gaps that none fits into. Not thread-safe.
class KeptBlocks {
 public:
  struct Block {
    std::byte* address = nullptr;
    std::size_t bytes = 0;
  };

  KeptBlocks() = default;
  KeptBlocks(const KeptBlocks&) = delete;
  KeptBlocks& operator=(const KeptBlocks&) = delete;
  ~KeptBlocks();

  /// At least `bytes`, at most 63 more, at a multiple of 64. Throws std::bad_alloc.
  Block take(std::size_t bytes);
  void giveBack(Block block);

  std::size_t bytesInUse() const { return m_inUse; }
  std::size_t bytesHeld() const { return m_held; }

 private:
  using Extents = std::map<std::byte*, std::size_t>;  ///< bytes by address

  std::byte* takeFrom(Extents::iterator gap, std::size_t bytes);
  void addGap(std::byte* address, std::size_t bytes);
  void grow(std::size_t bytes);
  std::size_t freeIdleChunks();

  Extents m_chunks;  ///< what the system gave
  Extents m_gaps;    ///< what nobody uses; two neighbours in a chunk are one gap
  std::size_t m_held = 0;
  std::size_t m_inUse = 0;
  std::size_t m_most = 0;  ///< that was ever in use
};

using KeptBlocksPtr = std::shared_ptr<KeptBlocks>;

}  // namespace core::run
