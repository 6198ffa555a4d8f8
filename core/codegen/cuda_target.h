#pragma once

// What the CUDA generator must know of a device to divide work over it.

#include <cstdint>

namespace core::codegen {

/// From this compute capability (times ten) on, a kernel waits by itself for those before it, and
/// may be launched before they have ended.
inline constexpr int kEarlyLaunchCapability = 90;

/// An H100 or H200 unless told.
struct CudaTarget {
  int capability = 90;                ///< compute capability times ten
  int multiprocessors = 132;          ///< streaming multiprocessors
  std::int64_t blockShared = 232448;  ///< bytes of shared memory that one block may ask for
  /// Whether threads move several neighbours at once, which wants aligned buffers.
  bool hasVectors = true;
  /// Vectors of a row that a thread takes, where the row's length leaves the choice.
  int rowVectors = 4;
  /// Threads of a row that is too long for registers.
  int longRowThreads = 512;
  /// The same where blocks walk rows and hold the sums of their columns.
  int walkVectors = 2;
  /// Whether a block that walks rows loads the next one before it computes.
  bool loadsAhead = false;
};

}  // namespace core::codegen
