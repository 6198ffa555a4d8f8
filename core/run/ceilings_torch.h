#pragma once

// What a GPU does at best: the yardstick of a measurement.

#include "core/base/result.h"
#include "core/ir/tensor_meta.h"
#include "core/run/measurement.h"

namespace core::run {

/// Times a large copy and a large bf16 product of random numbers. Errors: as guardTorch().
Result<DeviceCeilings> measureCeilings(ir::Device device);

}  // namespace core::run
