#pragma once

// What an eager step drew from the CPU's generator of random numbers.

#include <cstdint>
#include <memory>
#include <vector>

namespace core::run {

/// Records the calls of this thread that draw, while it lives. One at a time per thread.
class DrawRecorder {
 public:
  DrawRecorder();
  ~DrawRecorder();
  DrawRecorder(const DrawRecorder&) = delete;
  DrawRecorder& operator=(const DrawRecorder&) = delete;

  /// A fingerprint of each draw, in their order: of its values as float32, so that masks and
  /// integers drawn in float32 and in float64 can be compared. Equal fingerprints of a float64
  /// step and a native one say that both used the same random numbers.
  std::vector<std::uint64_t> take();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace core::run
