#pragma once

// Blocks of memory that are kept for the next run instead of being given back to the system.

#include <cstddef>
#include <memory>
#include <vector>

namespace core::run {

/// 64-byte aligned; in large pages where the system has them and the block is large. Throws
/// std::bad_alloc.
std::byte* allocateBytes(std::size_t bytes);

/// Blocks that no tensor uses now. Blocks in use and blocks kept together never exceed what was in
/// use at once at some time, so keeping does not raise the peak. Not thread-safe.
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

  /// At least `bytes`, at most a quarter more. Throws std::bad_alloc.
  Block take(std::size_t bytes);
  void giveBack(Block block);

  std::size_t bytesInUse() const { return m_inUse; }
  std::size_t bytesKept() const { return m_kept; }

 private:
  std::vector<Block> m_blocks;  ///< kept, in the order in which they came back
  std::size_t m_inUse = 0;
  std::size_t m_kept = 0;
  std::size_t m_most = 0;  ///< that was ever in use
};

using KeptBlocksPtr = std::shared_ptr<KeptBlocks>;

}  // namespace core::run
