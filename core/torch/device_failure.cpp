#include "core/torch/device_failure.h"

#include <algorithm>
#include <array>
#include <mutex>

namespace core::torch {
namespace {

// cudaErrorContained, IllegalAddress, LaunchTimeout, Assert, HardwareStackError,
// IllegalInstruction, MisalignedAddress, InvalidAddressSpace, InvalidPc, LaunchFailure,
// TensorMemoryLeak, MpsClientTerminated, ExternalDevice.
constexpr std::array kSticky{226, 700, 702, 710, 714, 715, 716, 717, 718, 719, 721, 810, 911};

struct FirstError {
  std::mutex mutex;
  std::string text;
};

FirstError& firstError() {
  static FirstError error;
  return error;
}

}  // namespace

bool isStickyCudaError(int code) {
  return std::find(kSticky.begin(), kSticky.end(), code) != kSticky.end();
}

void noteCudaError(int code, const std::string& text) {
  if (!isStickyCudaError(code)) return;
  FirstError& first = firstError();
  const std::lock_guard<std::mutex> lock(first.mutex);
  if (first.text.empty()) first.text = text;
}

std::string stickyCudaError() {
  FirstError& first = firstError();
  const std::lock_guard<std::mutex> lock(first.mutex);
  return first.text;
}

}  // namespace core::torch
