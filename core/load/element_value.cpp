#include "core/load/element_value.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "core/base/check.h"

namespace core::load {
namespace {

template <typename T>
T read(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

template <typename T>
void write(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof(value));
}

double fromHalf(std::uint16_t bits) {
  const int exponent = bits >> 10 & 0x1f;
  const double fraction = bits & 0x3ff;
  const double sign = (bits & 0x8000) != 0 ? -1 : 1;
  if (exponent == 0x1f) return fraction == 0 ? sign * INFINITY : std::nan("");
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

/// To the nearest, ties to even: the fraction is counted in units of the last place.
std::uint16_t toHalf(double value) {
  const auto sign = static_cast<std::uint16_t>(std::signbit(value) ? 0x8000 : 0);
  if (std::isnan(value)) return 0x7e00;
  const double size = std::abs(value);
  if (size >= 65520) return sign | 0x7c00;
  const int exponent = size < 0x1p-14 ? -14 : std::ilogb(size);
  const auto units = static_cast<int>(std::nearbyint(std::ldexp(size, 10 - exponent)));
  // 1024 units are the leading one, which the exponent stands for; a carry raises the exponent.
  const int bits = units < 1024 ? units : ((exponent + 15) << 10) + units - 1024;
  return static_cast<std::uint16_t>(sign | bits);
}

std::uint16_t toBfloat16(double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  if (std::isnan(value)) return 0x7fc0;
  return static_cast<std::uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

double asReal(ElementValue value) {
  return std::visit([](auto number) { return static_cast<double>(number); }, value);
}

std::int64_t asWhole(ElementValue value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  const double real = std::get<double>(value);
  return std::abs(real) < 0x1p63 ? static_cast<std::int64_t>(real) : INT64_MIN;
}

template <typename T>
ElementValue whole(const std::byte* at) {
  return static_cast<std::int64_t>(read<T>(at));
}

}  // namespace

bool hasElementValues(ir::DType dtype) {
  return !ir::isComplex(dtype) && dtype != ir::DType::F8E4M3 && dtype != ir::DType::F8E5M2;
}

ElementValue loadElement(ir::DType dtype, const std::byte* at) {
  CORE_CHECK(hasElementValues(dtype), "elements of this dtype have no number");
  switch (dtype) {
    case ir::DType::F64: return read<double>(at);
    case ir::DType::F32: return static_cast<double>(read<float>(at));
    case ir::DType::F16: return fromHalf(read<std::uint16_t>(at));
    case ir::DType::BF16:
      return static_cast<double>(
          std::bit_cast<float>(static_cast<std::uint32_t>(read<std::uint16_t>(at)) << 16));
    case ir::DType::I64: return whole<std::int64_t>(at);
    case ir::DType::U64: return whole<std::uint64_t>(at);
    case ir::DType::I32: return whole<std::int32_t>(at);
    case ir::DType::U32: return whole<std::uint32_t>(at);
    case ir::DType::I16: return whole<std::int16_t>(at);
    case ir::DType::U16: return whole<std::uint16_t>(at);
    case ir::DType::I8: return whole<std::int8_t>(at);
    case ir::DType::U8:
    case ir::DType::Bool: return whole<std::uint8_t>(at);
    case ir::DType::C32:
    case ir::DType::C64:
    case ir::DType::C128:
    case ir::DType::F8E4M3:
    case ir::DType::F8E5M2: break;
  }
  return 0.0;
}

void storeElement(ir::DType dtype, std::byte* at, ElementValue value) {
  CORE_CHECK(hasElementValues(dtype), "elements of this dtype have no number");
  switch (dtype) {
    case ir::DType::F64: return write(at, asReal(value));
    case ir::DType::F32: return write(at, static_cast<float>(asReal(value)));
    case ir::DType::F16: return write(at, toHalf(asReal(value)));
    case ir::DType::BF16: return write(at, toBfloat16(asReal(value)));
    case ir::DType::I64:
    case ir::DType::U64: return write(at, asWhole(value));
    case ir::DType::I32:
    case ir::DType::U32: return write(at, static_cast<std::int32_t>(asWhole(value)));
    case ir::DType::I16:
    case ir::DType::U16: return write(at, static_cast<std::int16_t>(asWhole(value)));
    case ir::DType::I8:
    case ir::DType::U8: return write(at, static_cast<std::int8_t>(asWhole(value)));
    case ir::DType::Bool: return write(at, static_cast<std::uint8_t>(asReal(value) != 0));
    case ir::DType::C32:
    case ir::DType::C64:
    case ir::DType::C128:
    case ir::DType::F8E4M3:
    case ir::DType::F8E5M2: return;
  }
}

}  // namespace core::load
