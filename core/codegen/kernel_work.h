#pragma once

// How much a generated kernel does each time it runs, for rooflines and estimates.

#include "core/schedule/loop_nest.h"

namespace core::codegen {

struct KernelWork {
  double operations = 0;          ///< evaluations of a scalar function, casts and selections too
  std::int64_t readBytes = 0;     ///< of buffers that are read only, each element once
  std::int64_t writtenBytes = 0;  ///< of buffers that are written
};

/// Counts what the nest asks for; a generator that computes a value twice does more.
KernelWork workOf(const schedule::LoopNest& nest);

}  // namespace core::codegen
