// What is kept is bounded by what was in use at once: before a new block is made, the blocks that
// lay idle longest are freed until it fits under the highest mark. A step asks for the same sizes
// in every run, so the smallest block that fits is most often the one of the run before.

#include "core/run/kept_blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "core/base/check.h"

namespace core::run {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::size_t roundUp(std::size_t value, std::size_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace

std::byte* allocateBytes(std::size_t bytes) {
  const bool isLarge = bytes >= 2 * kLargePage;
  const std::size_t alignment = isLarge ? kLargePage : kAlignment;
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(alignment, roundUp(bytes, alignment)));
  if (!memory) throw std::bad_alloc();
  // Fails where the system has no large pages, which changes no more than the time.
  if (isLarge) (void)madvise(memory, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
  return memory;
}

KeptBlocks::~KeptBlocks() {
  for (const Block& block : m_blocks) std::free(block.address);
}

KeptBlocks::Block KeptBlocks::take(std::size_t bytes) {
  const std::size_t wanted = roundUp(bytes, kAlignment);
  auto best = m_blocks.end();
  for (auto block = m_blocks.begin(); block != m_blocks.end(); ++block) {
    const bool fits = block->bytes >= wanted && block->bytes <= wanted + wanted / 4;
    if (fits && (best == m_blocks.end() || block->bytes < best->bytes)) best = block;
  }
  Block taken{nullptr, wanted};
  if (best != m_blocks.end()) {
    taken = *best;
    m_blocks.erase(best);
    m_kept -= taken.bytes;
  } else {
    while (!m_blocks.empty() && m_inUse + m_kept + wanted > m_most) {
      std::free(m_blocks.front().address);
      m_kept -= m_blocks.front().bytes;
      m_blocks.erase(m_blocks.begin());
    }
    taken.address = allocateBytes(wanted);
  }
  m_inUse += taken.bytes;
  m_most = std::max(m_most, m_inUse);
  return taken;
}

void KeptBlocks::giveBack(Block block) {
  CORE_CHECK(block.bytes <= m_inUse, "a block came back that was never taken");
  m_inUse -= block.bytes;
  m_kept += block.bytes;
  m_blocks.push_back(block);
}

}  // namespace core::run
