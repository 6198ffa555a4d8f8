#pragma once

// The IR's words for dtypes, devices and layouts, in LibTorch's and back.

#include <ATen/core/Tensor.h>

#include <optional>
#include <vector>

#include "core/ir/tensor_meta.h"

namespace core::torch {

at::ScalarType scalarType(ir::DType dtype);
/// Empty for the quantized and the sub-byte types, which the IR does not have.
std::optional<ir::DType> dtypeOf(at::ScalarType type);

c10::Device torchDevice(ir::Device device);
ir::Device deviceOf(c10::Device device);

at::MemoryFormat memoryFormat(ir::MemoryFormat format);
ir::MemoryFormat memoryFormatOf(at::MemoryFormat format);

/// Dtype, sizes and strides of a defined strided tensor, on `device` whatever its own device is: a
/// traced tensor lives on meta and stands for one on the model's device. Throws c10::TypeError for
/// a dtype that the IR does not have.
ir::TensorMeta tensorMeta(const at::Tensor& tensor, ir::Device device);

/// An uninitialised tensor of that geometry on `device` (meta: without memory).
at::Tensor emptyLike(const ir::TensorMeta& meta, c10::Device device);

}  // namespace core::torch
