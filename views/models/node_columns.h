#pragma once

// Columns about graph nodes that several tables share.

#include "core/ir/graph.h"
#include "views/models/table_model.h"

namespace views::models {

/// The node of a row; null where a row has none. Keeps its graph alive.
using NodeAt = std::function<const core::ir::Node*(int row)>;

/// The operator; what the node is, for nodes that call none.
QString opText(const core::ir::Node& node);

/// The node's name, empty without a node.
Column nameColumn(QString title, const NodeAt& node);
/// The operator, empty without a node.
Column opColumn(QString title, const NodeAt& node);
/// Dtype and sizes of the value.
Column valueColumn(const NodeAt& node);
/// The module of the node, or of its forward.
Column moduleColumn(const NodeAt& node);
/// "net.py:41", with the line of code in the tooltip.
Column sourceColumn(const NodeAt& node);

}  // namespace views::models
