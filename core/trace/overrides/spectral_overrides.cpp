// The short-time Fourier transform, which PyTorch's Python spells with `unfold` where LibTorch
// takes a strided view (torch/_refs, stft).

#include <string>

#include "core/trace/overrides/override_torch.h"

namespace core::trace::overrides {
namespace {

struct Frames {
  std::int64_t length = 0;  ///< of one transform
  std::int64_t hop = 0;
  std::int64_t windowLength = 0;
};

/// So many more elements at both ends of the last dimension.
Tensor padded(const Tensor& signal, std::int64_t amount, const std::string& mode) {
  Sizes sizes(static_cast<std::size_t>(3 - signal.dim()), 1);
  const std::int64_t added = static_cast<std::int64_t>(sizes.size());
  sizes.insert(sizes.end(), signal.sizes().begin(), signal.sizes().end());
  const Tensor result = at::pad(signal.view(sizes), {amount, amount}, mode);
  return result.view(result.sizes().slice(static_cast<std::size_t>(added)));
}

Tensor alignedToWindow(const Tensor& signal, const Frames& frames, const std::string& mode) {
  const std::int64_t amount = (frames.length - frames.windowLength) / 2;
  return at::pad(signal, {amount, amount}, mode);
}

/// The window in the middle of a transform's length; undefined if nothing is to be weighed.
Tensor centredWindow(Tensor window, const Frames& frames, const Tensor& signal) {
  if (frames.windowLength == frames.length) return window;
  if (!window.defined())
    window = at::ones({frames.windowLength}, signal.options().requires_grad(false));
  const std::int64_t left = (frames.length - frames.windowLength) / 2;
  return at::constant_pad_nd(window, {left, frames.length - frames.windowLength - left});
}

void check(const Tensor& signal, const Tensor& window, const Frames& frames) {
  TORCH_CHECK(signal.dim() == 1 || signal.dim() == 2, "stft: expected a 1-d or 2-d tensor");
  TORCH_CHECK(frames.hop > 0, "stft: expected hop_length > 0, got ", frames.hop);
  TORCH_CHECK(frames.windowLength > 0 && frames.windowLength <= frames.length,
              "stft: expected 0 < win_length <= n_fft, got ", frames.windowLength);
  TORCH_CHECK(!window.defined() || window.sizes() == at::IntArrayRef{frames.windowLength},
              "stft: expected a window of win_length elements");
}

/// The spectrum of each frame, frequencies before frames.
Tensor spectrum(const Tensor& frames, bool normalized, std::optional<bool> oneSided) {
  std::optional<c10::string_view> norm;
  if (normalized) norm = "ortho";
  Tensor result = oneSided.value_or(!frames.is_complex())
                      ? at::fft_rfft(frames, std::nullopt, -1, norm)
                      : at::fft_fft(frames, std::nullopt, -1, norm);
  return result.transpose_(1, 2);
}

/// (self, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided,
/// return_complex, align_to_window)
bool overrideStft(Stack* stack) {
  constexpr std::size_t kArguments = 11;
  const auto arguments = ::torch::jit::last(*stack, kArguments);
  Tensor signal = arguments[0].toTensor();
  Frames frames{arguments[1].toInt(), 0, 0};
  frames.hop = arguments[2].toOptional<std::int64_t>().value_or(frames.length / 4);
  frames.windowLength = arguments[3].toOptional<std::int64_t>().value_or(frames.length);
  Tensor window = tensorOrNone(arguments[4]);
  const bool centred = arguments[5].toBool();
  const std::string padMode = arguments[6].toStringRef();
  const bool normalized = arguments[7].toBool();
  const auto oneSided = arguments[8].toOptional<bool>();
  const bool complexResult = arguments[9].toOptional<bool>().value_or(true);
  const bool alignsToWindow = arguments[10].toOptional<bool>().value_or(false);
  check(signal, window, frames);

  const bool isBatched = signal.dim() == 2;
  if (!isBatched) signal = signal.unsqueeze(0);
  if (centred) signal = padded(signal, frames.length / 2, padMode);
  window = centredWindow(window, frames, signal);
  if (!centred && alignsToWindow) signal = alignedToWindow(signal, frames, padMode);
  TORCH_CHECK(frames.length > 0 && frames.length <= signal.size(1),
              "stft: expected 0 < n_fft <= ", signal.size(1), ", got ", frames.length);
  signal = signal.unfold(-1, frames.length, frames.hop);
  if (window.defined()) signal = signal.mul(window);
  Tensor result = spectrum(signal, normalized, oneSided);
  if (!isBatched) result = result.squeeze_(0);
  ::torch::jit::drop(*stack, kArguments);
  stack->emplace_back(complexResult ? result : at::view_as_real(result));
  return true;
}

}  // namespace

void enterSpectral(Table& table) {
  enter(table, "stft.center", overrideStft);
}

}  // namespace core::trace::overrides
