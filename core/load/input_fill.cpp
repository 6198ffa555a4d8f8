#include "core/load/input_fill.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace core::load {
namespace {

struct Word {
  std::string_view word;
  FillKind kind;
};

constexpr std::array kWords = {Word{"example", FillKind::Example}, Word{"random", FillKind::Random},
                               Word{"zeros", FillKind::Zeros}, Word{"ones", FillKind::Ones}};
constexpr std::string_view kRange = "range:";
constexpr std::string_view kSeed = "seed=";

Error refused(const std::string& what) {
  return {ErrorCode::InvalidArgument, what, {}, {}};
}

template <typename T>
std::optional<T> numberFrom(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes one property into `fill`; false if `text` is none.
bool takeProperty(std::string_view text, InputFill& fill) {
  if (text == "grad" || text == "no-grad") {
    fill.requiresGrad = text == "grad";
    return true;
  }
  if (text.starts_with(kSeed)) {
    fill.seed = numberFrom<std::uint64_t>(text.substr(kSeed.size()));
    return fill.seed.has_value();
  }
  const auto dtype = ir::dtypeFromName(text);
  if (dtype) fill.dtype = dtype;
  return dtype.has_value();
}

/// "LOW..HIGH".
Result<void> takeRange(std::string_view text, InputFill& fill) {
  const auto dots = text.find("..");
  const auto low = numberFrom<double>(text.substr(0, dots));
  const auto high = dots == text.npos ? std::nullopt : numberFrom<double>(text.substr(dots + 2));
  if (!low || !high || !std::isfinite(*low) || !std::isfinite(*high) || *low > *high)
    return refused("'" + std::string(text) +
                   "' is no range; write range:LOW..HIGH, as range:0..9, the lower number first.");
  fill.kind = FillKind::Range;
  fill.low = *low;
  fill.high = *high;
  return {};
}

Result<void> takeKind(const std::string& text, InputFill& fill) {
  for (const Word& known : kWords) {
    if (known.word != text) continue;
    fill.kind = known.kind;
    return {};
  }
  if (text.starts_with(kRange))
    return takeRange(std::string_view(text).substr(kRange.size()), fill);
  if (text.find_first_of("./\\") == text.npos)
    return refused("'" + text +
                   "' is no fill; it may be example, random, zeros, ones, range:LOW..HIGH or a "
                   ".npy, .pt or .safetensors file.");
  fill.kind = FillKind::File;
  fill.path = text;
  return {};
}

std::string numberText(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
  return std::string(text.data(), error == std::errc() ? end : text.data());
}

std::string kindText(const InputFill& fill) {
  if (fill.kind == FillKind::File) return fill.path;
  if (fill.kind == FillKind::Range)
    return std::string(kRange) + numberText(fill.low) + ".." + numberText(fill.high);
  for (const Word& known : kWords)
    if (known.kind == fill.kind) return std::string(known.word);
  return {};
}

}  // namespace

Result<InputFill> parseInputFill(const std::string& text) {
  InputFill fill;
  std::string what = text;
  for (auto comma = what.rfind(','); comma != what.npos; comma = what.rfind(',')) {
    if (!takeProperty(std::string_view(what).substr(comma + 1), fill)) break;
    what.resize(comma);
  }
  CORE_TRY_VOID(takeKind(what, fill));
  if (fill.seed && fill.kind != FillKind::Random && fill.kind != FillKind::Range)
    return refused("'" + text + "' draws nothing: only random and range take a seed.");
  return fill;
}

std::string inputFillText(const InputFill& fill) {
  std::string text = kindText(fill);
  if (fill.seed) text += "," + std::string(kSeed) + std::to_string(*fill.seed);
  if (fill.dtype) text += "," + std::string(ir::dtypeName(*fill.dtype));
  if (fill.requiresGrad) text += *fill.requiresGrad ? ",grad" : ",no-grad";
  return text;
}

}  // namespace core::load
