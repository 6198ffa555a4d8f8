#pragma once

// Random joint graphs without a model behind them.

#include "core/ir/joint_graph.h"

namespace support {

/// A random joint graph of square matrices: views, pointwise and heavy operators, dropout, writes
/// to inputs, gradients, and values that only the backward needs. As under autograd, the backward
/// does not read what lies in an input that the forward writes to. Equal seeds give equal graphs.
core::ir::JointGraph randomJoint(unsigned seed);

}  // namespace support
