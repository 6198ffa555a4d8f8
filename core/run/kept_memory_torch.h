#pragma once

// Memory that a compiled step keeps from run to run: what its kernels and calls allocate, its
// outputs included, comes from blocks that earlier runs gave back.

#include "core/run/kept_blocks.h"

namespace core::run {

/// While it lives, large CPU tensors that this thread makes take their memory from `blocks`, and
/// give it back there whenever they die; the blocks live as long as such a tensor does.
class KeptMemoryScope {
 public:
  explicit KeptMemoryScope(KeptBlocksPtr blocks);
  KeptMemoryScope(const KeptMemoryScope&) = delete;
  KeptMemoryScope& operator=(const KeptMemoryScope&) = delete;
  ~KeptMemoryScope();

 private:
  KeptBlocksPtr m_outer;
};

}  // namespace core::run
