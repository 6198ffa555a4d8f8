// Problem: malloc maps every large result afresh and unmaps it when the tensor dies, and the kernel
// hands out each page with a fault. For a result of 64 MB that takes longer than computing it.
// Idea: a step has fixed shapes, so the blocks that one run needs are those of the run before.
// LibTorch's allocator for CPU tensors is replaced by one that passes everything on, but for large
// blocks asked for within a KeptMemoryScope: those come from the step's kept blocks. A block is
// found again by its address when the tensor dies, wherever that is.

#include "core/run/kept_memory_torch.h"

#include <c10/core/CPUAllocator.h>

#include <cstring>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace core::run {
namespace {

constexpr std::size_t kSmallest = std::size_t{64} << 10;  ///< malloc keeps smaller blocks itself

thread_local KeptBlocksPtr t_blocks;

/// Blocks in use by address, of all steps.
class BlocksInUse {
 public:
  std::byte* take(const KeptBlocksPtr& owner, std::size_t bytes) {
    const std::lock_guard lock(m_mutex);
    const KeptBlocks::Block block = owner->take(bytes);
    m_blocks[block.address] = {owner, block.bytes};
    c10::reportMemoryUsageToProfiler(block.address, static_cast<std::int64_t>(block.bytes), 0, 0,
                                     c10::Device(c10::kCPU));
    return block.address;
  }

  /// False if the address is of no block.
  bool giveBack(void* address) {
    KeptBlocksPtr owner;  // may die here, after the lock
    const std::lock_guard lock(m_mutex);
    const auto found = m_blocks.find(address);
    if (found == m_blocks.end()) return false;
    const std::size_t bytes = found->second.bytes;
    owner = std::move(found->second.owner);
    m_blocks.erase(found);
    owner->giveBack({static_cast<std::byte*>(address), bytes});
    c10::reportMemoryUsageToProfiler(address, -static_cast<std::int64_t>(bytes), 0, 0,
                                     c10::Device(c10::kCPU));
    return true;
  }

 private:
  struct Entry {
    KeptBlocksPtr owner;
    std::size_t bytes = 0;
  };
  std::mutex m_mutex;
  std::unordered_map<void*, Entry> m_blocks;
};

/// Never destroyed: tensors may outlive main().
BlocksInUse& blocksInUse() {
  static auto* blocks = new BlocksInUse;
  return *blocks;
}

class KeepingAllocator final : public c10::Allocator {
 public:
  explicit KeepingAllocator(c10::Allocator& next) : m_next(next) { s_next = &next; }

  c10::DataPtr allocate(std::size_t bytes) override {
    if (!t_blocks || bytes < kSmallest) return m_next.allocate(bytes);
    std::byte* address = blocksInUse().take(t_blocks, bytes);
    return {address, address, &release, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }

 private:
  static void release(void* address) {
    if (address && !blocksInUse().giveBack(address)) s_next->raw_deallocate(address);
  }

  static c10::Allocator* s_next;
  c10::Allocator& m_next;
};

c10::Allocator* KeepingAllocator::s_next = nullptr;

void useKeepingAllocator() {
  [[maybe_unused]] static const bool isInUse = [] {
    c10::SetCPUAllocator(new KeepingAllocator(*c10::GetCPUAllocator()), 1);
    return true;
  }();
}

}  // namespace

KeptMemoryScope::KeptMemoryScope(KeptBlocksPtr blocks) {
  useKeepingAllocator();
  m_outer = std::exchange(t_blocks, std::move(blocks));
}

KeptMemoryScope::~KeptMemoryScope() {
  t_blocks = std::move(m_outer);
}

}  // namespace core::run
