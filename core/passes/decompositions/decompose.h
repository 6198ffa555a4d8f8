#pragma once

// Rewriting composite operators into simpler ones of ATen, so that the fuser can take them apart
// and put them together with their neighbours.

#include <string_view>

#include "core/ir/origin_map.h"

namespace core::passes {

/// The "fusion" preset, for a forward or backward graph after partitioning: normalizations,
/// softmax, losses, statistics and their gradients become pointwise operators and reductions; large
/// full reductions and sums over columns become two stages. Matrix products, convolutions and
/// attention stay whole. Every new node is a call that ATen itself could run; halves are computed
/// as f32. The values that replace an operator's results keep the names, dtypes and strides that
/// the graph recorded.
ir::PassResult decomposeForFusion(const ir::GraphPtr& graph);

/// Whether that preset has a rewriting for `target` ("aten.native_layer_norm.default"); some calls
/// may still not have the form that it is written for.
bool decomposesForFusion(std::string_view target);

}  // namespace core::passes
