#pragma once

// The arguments in a printed graph.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/ir/node.h"
#include "core/load/trace_log/python_scanner.h"

namespace core::load {

using NodesByName = std::map<std::string, ir::NodeId, std::less<>>;

/// Reads one value: a node's name, a literal, a list, or a word of torch ("torch.float32",
/// "device(type='cpu')"). Throws ReadFailure for anything else, and for lists deeper than 64.
ir::Argument readPythonValue(PythonScanner& in, const NodesByName& nodes);

}  // namespace core::load
