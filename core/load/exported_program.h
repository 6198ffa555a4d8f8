#pragma once

// The plain structs of an exported program (`models/model.json` of a .pt2), as read: no tensors,
// no LibTorch. Format facts: schema 8.x of torch.export, as torch 2.11 writes it.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/ir/graph.h"
#include "core/ir/tensor_meta.h"

namespace core::load {

struct ExportGraph;

/// A use or definition of a named tensor ("as_tensor").
struct TensorName {
  std::string name;
  bool operator==(const TensorName&) const = default;
};

/// A symbolic integer: a literal, or the name of a value ("as_sym_int").
struct SymIntArgument {
  std::variant<std::int64_t, std::string> value;
  bool operator==(const SymIntArgument&) const = default;
};

/// The body of a higher-order operator ("as_graph").
struct SubgraphArgument {
  std::string name;
  std::shared_ptr<const ExportGraph> graph;
};

/// An argument kind that the schema has and we do not read; using it is a named error.
struct UnsupportedArgument {
  std::string kind;  ///< "as_custom_obj"
};

/// The argument union. monostate is "as_none".
using ExportArgument =
    std::variant<std::monostate, TensorName, std::vector<TensorName>,
                 std::vector<std::optional<TensorName>>, bool, std::int64_t, double, std::string,
                 std::vector<bool>, std::vector<std::int64_t>, std::vector<double>,
                 std::vector<std::string>, SymIntArgument, std::vector<SymIntArgument>, ir::DType,
                 ir::MemoryFormat, ir::Layout, ir::Device, SubgraphArgument, UnsupportedArgument>;

struct ExportNode {
  std::string name;    ///< may be empty
  std::string target;  ///< "torch.ops.aten.conv2d.default", "_operator.mul"
  struct Input {
    std::string name;  ///< the schema's argument name; arguments at their default are absent
    ExportArgument argument;
  };
  std::vector<Input> inputs;
  std::vector<ExportArgument> outputs;
  std::vector<std::shared_ptr<const ir::ModuleScope>> moduleStack;  ///< outermost first
  std::shared_ptr<const ir::SourceLocation> source;                 ///< innermost frame, or null
};

/// Recorded facts about a named tensor of the graph.
struct ExportTensor {
  ir::TensorMeta meta;
  std::int64_t storageOffset = 0;
  bool requiresGrad = false;
};

struct ExportGraph {
  std::vector<ExportArgument> inputs;
  std::vector<ExportArgument> outputs;
  std::vector<ExportNode> nodes;
  std::map<std::string, ExportTensor> tensors;
  std::map<std::string, ir::Size> symInts;
};

enum class InputKind { Parameter, Buffer, TensorConstant, UserInput, ConstantInput, Other };

/// Role of one graph input, in graph-input order.
struct InputSpec {
  InputKind kind = InputKind::UserInput;
  std::string name;    ///< of the graph input
  std::string target;  ///< full name of the parameter, buffer or constant; empty for user inputs
  bool persistent = true;
};

enum class OutputKind { UserOutput, LossOutput, BufferMutation, UserInputMutation, Other };

struct OutputSpec {
  OutputKind kind = OutputKind::UserOutput;
  std::string name;
  std::string target;
};

/// Inclusive bounds of a symbol ("s77").
struct RangeConstraint {
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
};

struct ExportedProgram {
  ExportGraph graph;
  std::vector<InputSpec> inputSpecs;
  std::vector<OutputSpec> outputSpecs;
  std::map<std::string, RangeConstraint> rangeConstraints;
  std::int64_t schemaMajor = 0;
  std::int64_t schemaMinor = 0;
  std::string torchVersion;
  /// Every module seen in a module stack, by path, in order of first appearance.
  std::vector<ir::ModuleScope> modules;
};

}  // namespace core::load
