#pragma once

// Tables of graphs and partitions: the table twin of the canvas, saved tensors, recomputed values.

#include "views/models/record_index.h"
#include "views/models/table_model.h"

namespace views::models {

/// Every node of the joint graph: part, value, bytes, fate, module, source, kernel.
Table nodeTable(const RecordIndexPtr& index);

/// The tensors handed from forward to backward: bytes, kind, producer's module, why.
Table savedTensorTable(const RecordIndexPtr& index);
/// Where its bytes are.
inline constexpr int kSavedBytesColumn = 3;

/// The values that the backward computes again: op, bytes not saved, why.
Table recomputedTable(const RecordIndexPtr& index);

/// "activation", "input", "static input".
QString savedKindText(const core::partition::SavedTensor& saved);
/// "saved", "recomputed", "forward only", "backward only".
QString fateText(core::partition::ValueFate fate);

}  // namespace views::models
