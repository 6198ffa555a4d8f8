#include "core/ir/tensor_meta.h"

#include <array>

namespace core::ir {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::int64_t bytes;
};

// In the order of the enum.
constexpr std::array kDTypes{
    DTypeRow{DType::F64, "f64", 8},         DTypeRow{DType::F32, "f32", 4},
    DTypeRow{DType::F16, "f16", 2},         DTypeRow{DType::BF16, "bf16", 2},
    DTypeRow{DType::I64, "i64", 8},         DTypeRow{DType::I32, "i32", 4},
    DTypeRow{DType::I16, "i16", 2},         DTypeRow{DType::I8, "i8", 1},
    DTypeRow{DType::U8, "u8", 1},           DTypeRow{DType::Bool, "b8", 1},
    DTypeRow{DType::C32, "c32", 4},         DTypeRow{DType::C64, "c64", 8},
    DTypeRow{DType::C128, "c128", 16},      DTypeRow{DType::U16, "u16", 2},
    DTypeRow{DType::U32, "u32", 4},         DTypeRow{DType::U64, "u64", 8},
    DTypeRow{DType::F8E4M3, "f8e4m3fn", 1}, DTypeRow{DType::F8E5M2, "f8e5m2", 1},
};

const DTypeRow& row(DType dtype) {
  return kDTypes[static_cast<std::size_t>(dtype)];
}

std::vector<std::int64_t> hints(const std::vector<Size>& sizes) {
  std::vector<std::int64_t> result;
  result.reserve(sizes.size());
  for (const Size& size : sizes) result.push_back(size.hint());
  return result;
}

std::string join(const std::vector<Size>& sizes) {
  std::string text;
  for (const Size& size : sizes) {
    if (!text.empty()) text += ", ";
    text += size.text();
  }
  return text;
}

}  // namespace

std::string_view dtypeName(DType dtype) {
  return row(dtype).name;
}

std::optional<DType> dtypeFromName(std::string_view name) {
  for (const DTypeRow& candidate : kDTypes)
    if (candidate.name == name) return candidate.dtype;
  return std::nullopt;
}

std::int64_t dtypeBytes(DType dtype) {
  return row(dtype).bytes;
}

bool isFloatingPoint(DType dtype) {
  switch (dtype) {
    case DType::F64:
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::F8E4M3:
    case DType::F8E5M2: return true;
    case DType::I64:
    case DType::I32:
    case DType::I16:
    case DType::I8:
    case DType::U8:
    case DType::Bool:
    case DType::C32:
    case DType::C64:
    case DType::C128:
    case DType::U16:
    case DType::U32:
    case DType::U64: return false;
  }
  return false;
}

bool isComplex(DType dtype) {
  return dtype == DType::C32 || dtype == DType::C64 || dtype == DType::C128;
}

bool isIntegral(DType dtype) {
  return !isFloatingPoint(dtype) && !isComplex(dtype) && dtype != DType::Bool;
}

std::string deviceName(Device device) {
  const char* type = "cpu";
  switch (device.type) {
    case DeviceType::Cpu: break;
    case DeviceType::Cuda: type = "cuda"; break;
    case DeviceType::Meta: type = "meta"; break;
  }
  return device.index < 0 ? type : type + (":" + std::to_string(device.index));
}

std::int64_t TensorMeta::numel() const {
  std::int64_t product = 1;
  for (const Size& size : sizes) product *= size.hint();
  return product;
}

std::vector<std::int64_t> TensorMeta::sizeHints() const {
  return hints(sizes);
}

std::vector<std::int64_t> TensorMeta::strideHints() const {
  return hints(strides);
}

bool TensorMeta::isContiguous() const {
  std::int64_t expected = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i].hint() != 1 && strides[i].hint() != expected) return false;
    expected *= sizes[i].hint();
  }
  return true;
}

std::vector<std::int64_t> contiguousStrides(const std::vector<std::int64_t>& sizes) {
  std::vector<std::int64_t> strides(sizes.size());
  std::int64_t next = 1;
  for (std::size_t i = sizes.size(); i-- > 0;) {
    strides[i] = next;
    next *= sizes[i] > 0 ? sizes[i] : 1;
  }
  return strides;
}

TensorMeta contiguousMeta(DType dtype, const std::vector<std::int64_t>& sizes, Device device) {
  const auto strides = contiguousStrides(sizes);
  return {dtype, {sizes.begin(), sizes.end()}, {strides.begin(), strides.end()}, device};
}

std::string tensorMetaText(const TensorMeta& meta) {
  std::string text(dtypeName(meta.dtype));
  text += "[" + join(meta.sizes) + "]";
  if (meta.strideHints() != contiguousStrides(meta.sizeHints()))
    text += "{" + join(meta.strides) + "}";
  return text;
}

}  // namespace core::ir
