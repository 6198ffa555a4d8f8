#include "core/torch/tensor_meta_torch.h"

#include <ATen/ATen.h>

#include <array>
#include <utility>

namespace core::torch {
namespace {

using ir::DType;

constexpr std::array<std::pair<DType, at::ScalarType>, 18> kDtypes{{
    {DType::F64, at::kDouble},
    {DType::F32, at::kFloat},
    {DType::F16, at::kHalf},
    {DType::BF16, at::kBFloat16},
    {DType::I64, at::kLong},
    {DType::I32, at::kInt},
    {DType::I16, at::kShort},
    {DType::I8, at::kChar},
    {DType::U8, at::kByte},
    {DType::Bool, at::kBool},
    {DType::C32, at::kComplexHalf},
    {DType::C64, at::kComplexFloat},
    {DType::C128, at::kComplexDouble},
    {DType::U16, at::kUInt16},
    {DType::U32, at::kUInt32},
    {DType::U64, at::kUInt64},
    {DType::F8E4M3, at::kFloat8_e4m3fn},
    {DType::F8E5M2, at::kFloat8_e5m2},
}};

constexpr std::array<std::pair<ir::MemoryFormat, at::MemoryFormat>, 4> kMemoryFormats{{
    {ir::MemoryFormat::Contiguous, at::MemoryFormat::Contiguous},
    {ir::MemoryFormat::Preserve, at::MemoryFormat::Preserve},
    {ir::MemoryFormat::ChannelsLast, at::MemoryFormat::ChannelsLast},
    {ir::MemoryFormat::ChannelsLast3d, at::MemoryFormat::ChannelsLast3d},
}};

constexpr std::array<std::pair<ir::DeviceType, c10::DeviceType>, 3> kDeviceTypes{{
    {ir::DeviceType::Cpu, c10::kCPU},
    {ir::DeviceType::Cuda, c10::kCUDA},
    {ir::DeviceType::Meta, c10::kMeta},
}};

template <typename Table, typename Key>
auto forward(const Table& table, Key key) {
  for (const auto& [ours, theirs] : table)
    if (ours == key) return theirs;
  TORCH_INTERNAL_ASSERT(false, "a word of the IR has no counterpart");
}

std::vector<ir::Size> sizesOf(at::IntArrayRef values) {
  return std::vector<ir::Size>(values.begin(), values.end());
}

}  // namespace

at::ScalarType scalarType(ir::DType dtype) {
  return forward(kDtypes, dtype);
}

std::optional<ir::DType> dtypeOf(at::ScalarType type) {
  for (const auto& [ours, theirs] : kDtypes)
    if (theirs == type) return ours;
  return std::nullopt;
}

c10::Device torchDevice(ir::Device device) {
  return c10::Device(forward(kDeviceTypes, device.type),
                     static_cast<c10::DeviceIndex>(device.index));
}

ir::Device deviceOf(c10::Device device) {
  for (const auto& [ours, theirs] : kDeviceTypes)
    if (theirs == device.type()) return {ours, device.index()};
  TORCH_CHECK(false, "device ", device, " is not supported");
}

at::MemoryFormat memoryFormat(ir::MemoryFormat format) {
  return forward(kMemoryFormats, format);
}

ir::MemoryFormat memoryFormatOf(at::MemoryFormat format) {
  for (const auto& [ours, theirs] : kMemoryFormats)
    if (theirs == format) return ours;
  TORCH_CHECK(false, "memory format ", format, " is not supported");
}

ir::TensorMeta tensorMeta(const at::Tensor& tensor, ir::Device device) {
  const std::optional<ir::DType> dtype = dtypeOf(tensor.scalar_type());
  TORCH_CHECK_TYPE(dtype, "tensors of dtype ", tensor.scalar_type(), " are not supported");
  return {*dtype, sizesOf(tensor.sizes()), sizesOf(tensor.strides()), device};
}

at::Tensor emptyLike(const ir::TensorMeta& meta, c10::Device device) {
  return at::empty_strided(meta.sizeHints(), meta.strideHints(),
                           at::TensorOptions().dtype(scalarType(meta.dtype)).device(device));
}

}  // namespace core::torch
