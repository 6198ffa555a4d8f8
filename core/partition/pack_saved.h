#pragma once

// Saved tensors in another form between the halves: quantized to 8 bits, or moved to the CPU
// (aot-behaviour §3.9 of the design). Both are off unless asked for, and change a finished
// partition: the forward packs, the backward unpacks.

#include "core/base/result.h"
#include "core/partition/partition.h"

namespace core::partition {

/// Quantizes saved tensors that are large enough, of an allowed dtype and no static input. Node
/// names are PyTorch's: `fp8_quant_pos_P_NAME` and `fp8_scale_pos_P_NAME` for output P of the
/// forward. Unlike upstream, what the forward returns to the user stays as it is. Error
/// InvalidArgument: `dtype` has not 8 bits of floating point.
Result<Partition> quantizeSaved(const ir::JointGraph& joint, const Partition& partition,
                                const Quantization& options);

/// Moves saved tensors to the CPU after their last use in the forward (through views too) and back
/// before their first use in the backward: `cpu_offload_NAME`, `gpu_reload_NAME`. Inputs, outputs,
/// views, members of tuples, tensors that are not contiguous and those on the CPU stay.
Result<Partition> offloadSaved(const ir::JointGraph& joint, const Partition& partition,
                               const Offload& options);

}  // namespace core::partition
