#pragma once

// What is known of a tensor without its data: dtype, sizes, strides, device. No LibTorch.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::ir {

enum class DType {
  F64,
  F32,
  F16,
  BF16,
  I64,
  I32,
  I16,
  I8,
  U8,
  Bool,
  C32,
  C64,
  C128,
  U16,
  U32,
  U64,
  F8E4M3,
  F8E5M2,
};

/// "f32", "i64", "b8" for Bool ...: the spelling of text dumps and JSON files.
std::string_view dtypeName(DType dtype);
std::optional<DType> dtypeFromName(std::string_view name);
/// Bytes of one element.
std::int64_t dtypeBytes(DType dtype);
bool isFloatingPoint(DType dtype);
bool isComplex(DType dtype);
/// Integers, without Bool.
bool isIntegral(DType dtype);

enum class Layout { Strided, Other };
enum class MemoryFormat { Contiguous, Preserve, ChannelsLast, ChannelsLast3d };

enum class DeviceType { Cpu, Cuda, Meta };

struct Device {
  DeviceType type = DeviceType::Cpu;
  int index = -1;  ///< -1: the default device of the type

  bool operator==(const Device&) const = default;
};

/// "cpu", "cuda:0".
std::string deviceName(Device device);

/// A size or stride: an integer, or an expression of named symbols together with its value at the
/// example sizes (the hint).
class Size {
 public:
  Size() = default;
  Size(std::int64_t value) : m_hint(value) {}  // NOLINT(implicit): sizes are written as integers
  Size(std::string expression, std::int64_t hint)
      : m_hint(hint), m_expression(std::make_shared<const std::string>(std::move(expression))) {}

  /// The integer itself, or the expression's value at the example sizes.
  std::int64_t hint() const { return m_hint; }
  bool isSymbolic() const { return m_expression != nullptr; }
  /// "s0*4"; empty for a plain integer.
  std::string expression() const { return m_expression ? *m_expression : std::string(); }
  /// The expression, or the integer in decimal.
  std::string text() const { return m_expression ? *m_expression : std::to_string(m_hint); }

  bool operator==(const Size& other) const {
    return m_hint == other.m_hint && expression() == other.expression();
  }

 private:
  std::int64_t m_hint = 0;
  std::shared_ptr<const std::string> m_expression;
};

struct TensorMeta {
  DType dtype = DType::F32;
  std::vector<Size> sizes;
  std::vector<Size> strides;  ///< in elements, one per size
  Device device;

  bool operator==(const TensorMeta&) const = default;

  int rank() const { return static_cast<int>(sizes.size()); }
  /// Elements at the example sizes: the product of the sizes.
  std::int64_t numel() const;
  /// numel() times the element size; strides do not matter (an expanded view counts in full).
  std::int64_t bytes() const { return numel() * dtypeBytes(dtype); }
  std::vector<std::int64_t> sizeHints() const;
  std::vector<std::int64_t> strideHints() const;
  bool isContiguous() const;
};

/// Row-major strides for `sizes`.
std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& sizes);

/// Meta with plain integer sizes and row-major strides.
TensorMeta contiguousMeta(DType dtype, const std::vector<std::int64_t>& sizes, Device device = {});

/// "f32[8, 16]"; strides are appended ("{1, 8}") only where they are not row-major.
std::string tensorMetaText(const TensorMeta& meta);

}  // namespace core::ir
