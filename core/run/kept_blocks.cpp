// A step asks for the same sizes in the same order in every run. Blocks are cut from the smallest
// gap that fits and joined with their neighbours when they come back, so a run finds the memory of
// the run before it, and memory that the processor has already mapped: a fresh page costs more than
// filling it.

#include "core/run/kept_blocks.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
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
  for (const auto& [address, bytes] : m_chunks) std::free(address);
}

KeptBlocks::Block KeptBlocks::take(std::size_t bytes) {
  const std::size_t wanted = std::max(kAlignment, roundUp(bytes, kAlignment));
  const auto bestGap = [&] {
    auto best = m_gaps.end();
    for (auto gap = m_gaps.begin(); gap != m_gaps.end(); ++gap) {
      const bool isBetter = best == m_gaps.end() || gap->second < best->second;
      if (gap->second >= wanted && isBetter) best = gap;
    }
    return best;
  };
  if (bestGap() == m_gaps.end()) grow(wanted);
  std::byte* address = takeFrom(bestGap(), wanted);
  m_inUse += wanted;
  m_most = std::max(m_most, m_inUse);
  return {address, wanted};
}

std::byte* KeptBlocks::takeFrom(Extents::iterator gap, std::size_t bytes) {
  const auto [address, length] = *gap;
  m_gaps.erase(gap);
  if (length > bytes) m_gaps[address + bytes] = length - bytes;
  return address;
}

void KeptBlocks::giveBack(Block block) {
  CORE_CHECK(block.bytes <= m_inUse, "a block came back that was never taken");
  m_inUse -= block.bytes;
  addGap(block.address, block.bytes);
}

void KeptBlocks::addGap(std::byte* address, std::size_t bytes) {
  const auto next = m_gaps.find(address + bytes);
  if (next != m_gaps.end() && !m_chunks.contains(next->first)) {
    bytes += next->second;
    m_gaps.erase(next);
  }
  const auto after = m_gaps.lower_bound(address);
  if (after != m_gaps.begin() && !m_chunks.contains(address)) {
    const auto before = std::prev(after);
    if (before->first + before->second == address) {
      before->second += bytes;
      return;
    }
  }
  m_gaps[address] = bytes;
}

/// A new chunk for `bytes`. Past the limit the idle chunks are joined in it, so that the chunks of
/// a first run become few and their gaps wide.
void KeptBlocks::grow(std::size_t bytes) {
  const std::size_t most = std::max(m_most, m_inUse + bytes);
  std::size_t length = bytes;
  if (m_held + bytes > most + most / 4) {
    const std::size_t freed = freeIdleChunks();
    const std::size_t room = m_held < most ? most - m_held : 0;
    length = std::max(bytes, std::min(freed, room));
  }
  std::byte* address = allocateBytes(length);
  m_chunks[address] = length;
  m_gaps[address] = length;
  m_held += length;
}

std::size_t KeptBlocks::freeIdleChunks() {
  std::size_t freed = 0;
  for (auto chunk = m_chunks.begin(); chunk != m_chunks.end();) {
    const auto gap = m_gaps.find(chunk->first);
    if (gap == m_gaps.end() || gap->second != chunk->second) {
      ++chunk;
      continue;
    }
    std::free(chunk->first);
    freed += chunk->second;
    m_gaps.erase(gap);
    chunk = m_chunks.erase(chunk);
  }
  m_held -= freed;
  return freed;
}

}  // namespace core::run
