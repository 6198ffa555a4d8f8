#pragma once

// Storage arithmetic shared by the parts of the scheduler.

#include <cstdint>
#include <vector>

#include "core/ir/graph.h"
#include "core/schedule/schedule.h"

namespace core::schedule {

/// Elements from the first to the last that `meta` reaches, 0 if it has none.
std::int64_t extentOf(const ir::TensorMeta& meta);

/// Whether no two indices of `meta` share an element.
bool isNonOverlapping(const ir::TensorMeta& meta);

/// The place of a view node, given the place of the tensor it looks at: the recorded sizes and
/// strides, and the offset that the operator adds. `node` is a view (see view_ops.h), or a getitem
/// of a view that gives several tensors.
BufferView placeOfView(const ir::Graph& graph, const ir::Node& node, const BufferView& base);

/// Appends a buffer that holds `meta` from offset 0, and returns its place.
BufferView addBuffer(Schedule& schedule, const std::string& name, const ir::TensorMeta& meta,
                     BufferKind kind);

/// A graph input buffer for every placeholder that is a tensor; fills `places`.
void addInputs(Schedule& schedule);

/// Turns the buffers of returned values into GraphOutput (inputs stay inputs).
void markOutputs(Schedule& schedule);

}  // namespace core::schedule
