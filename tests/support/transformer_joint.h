#pragma once

// Joint graphs with the shape of a GPT's training step, of any depth, without a trace.

#include <cstdint>

#include "core/ir/joint_graph.h"

namespace support {

struct TransformerSizes {
  int layers = 2;
  std::int64_t batch = 4;
  std::int64_t sequence = 64;
  std::int64_t width = 64;
  std::int64_t heads = 4;
};

/// Pre-norm blocks with attention written out (products, softmax) and a gelu network; the output is
/// the last block's. Forward and backward as autograd would write them, with tags and modules
/// ("h.3.attn"); parameters are static inputs.
core::ir::JointGraph transformerJoint(const TransformerSizes& sizes);
/// The same with its parameters named and its modules listed, as a program's trace has them.
core::ir::JointGraph namedTransformerJoint(const TransformerSizes& sizes);

}  // namespace support
