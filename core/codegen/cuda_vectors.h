#pragma once

// How many neighbours a thread moves at once. Private to core/codegen.

#include "core/codegen/cuda_plan.h"

namespace core::codegen {

/// Bytes of one element of the buffer that a load or store touches.
std::int64_t bytesOf(const CudaPlan& plan, const schedule::LoopOp& op);
/// Elements between neighbours along the lane axis.
std::int64_t laneStride(const CudaPlan& plan, const schedule::LoopOp& op);
/// Whether the access may move `lanes` neighbours as one: they are neighbours, and every address
/// that it can have is aligned.
bool canPack(const CudaPlan& plan, const schedule::LoopOp& op, std::int64_t lanes);
/// Whether the op touches memory at every step along the lanes.
bool streams(const CudaPlan& plan, int index);
/// Sets the plan's lanes, and what makes rows ragged.
void chooseVector(CudaPlan& plan, const CudaTarget& target);

}  // namespace core::codegen
