#pragma once

// The joint graph and what its inputs and outputs mean (aot-behaviour §4.5, §4.6 of the design).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ir/graph.h"

namespace core::ir {

enum class MutationType { NotMutated, MutatedInGraph, MutatedOutGraph };

/// "NOT_MUTATED" ...
std::string_view mutationTypeName(MutationType type);
std::optional<MutationType> mutationTypeFromName(std::string_view name);

struct InputInfo {
  bool isLeaf = true;
  bool mutatesData = false;
  bool mutatesMetadata = false;
  bool mutationsHiddenFromAutograd = true;
  bool mutationsUnderNoGrad = false;
  bool mutatesStorageMetadata = false;
  bool requiresGrad = false;
  bool keepInputMutations = true;
  MutationType mutationType = MutationType::NotMutated;
  std::optional<TensorMeta>
      metaAfter;  ///< the geometry that the program leaves, if mutatesMetadata
};

enum class OutputType {
  NonAlias,
  AliasOfInput,
  IsInput,
  AliasOfIntermediate,
  AliasOfIntermediateSaveAsOutput,
  AliasOfIntermediateBaseIsUserOutput,
  UnsafeViewAlias,
  CustomFunctionView,
};

/// "non_alias" ...
std::string_view outputTypeName(OutputType type);
std::optional<OutputType> outputTypeFromName(std::string_view name);

struct OutputInfo {
  OutputType type = OutputType::NonAlias;
  std::optional<int> baseIndex;
  bool requiresGrad = false;
  /// A view made under no_grad: it requires grad as its base does, but autograd does not follow it.
  bool isUnfollowedView = false;
  bool isTensor = true;
  /// The value at the end of the forward: needed to rebuild aliased outputs.
  std::optional<TensorMeta> meta;
  std::int64_t storageOffset = 0;
  std::vector<int> dynamicDims;
};

struct ViewAndMutationMeta {
  std::vector<InputInfo> inputs;    ///< one per primal
  std::vector<OutputInfo> outputs;  ///< one per user output
  int intermediateBases = 0;
  bool isTrain = true;
  std::vector<int> mutatedRuntimeIndices;       ///< primals written back after the graph
  std::vector<int> mutatedGraphHandledIndices;  ///< primals written by `copy_` in the graph
  std::vector<TensorMeta> tracedTangents;
  std::vector<std::string> tracedTangentDescriptors;
  std::vector<int> staticInputIndices;  ///< parameters and buffers: free to save
  /// The grad mode that the forward leaves behind, if it is not the one that it found.
  std::optional<bool> gradEnabledMutation;
};

/// How graph input `k` of the exported program is made from the primals: the primal itself, or (for
/// members of a synthetic base) a strided view of it.
struct InputBinding {
  int primal = 0;  ///< -1: none
  bool isView = false;
  TensorMeta view;  ///< sizes and strides, if isView
  std::int64_t storageOffset = 0;
  bool isWritten = false;  ///< the program writes this very input, so its version must rise
  /// A view whose geometry the program changes (`t_`). The new one is an output after the user's,
  /// in the order of the inputs.
  bool isReshaped = false;
  /// Target of the `get_attr` nodes that read it, if it is a constant that is no primal.
  std::string attribute = {};
};

struct JointSignature {
  std::vector<std::string> parameterOrder;  ///< full names; the first primals, in this order
  std::vector<std::string> bufferOrder;     ///< full names; the primals after the parameters
  int numPrimals = 0;
  /// Joint outputs that belong to the forward; the rest are gradients, one per primal.
  int numForwardOutputs = 0;
  /// Primals with equal numbers share a storage; empty: none do.
  std::vector<int> primalStorage;
  /// One per input of the exported graph, in its order.
  std::vector<InputBinding> inputBindings;
};

/// What must hold of the inputs' sizes for a graph with symbols to be right.
struct SizeGuard {
  std::string expression;  ///< as PyTorch writes it: "s0 >= 2", "Eq(s2, 16)"
  std::string reason;      ///< a sentence; why the graph needs it
  std::string source;      ///< "net.py:41"; empty if no line of the model is behind it
  bool operator==(const SizeGuard&) const = default;
};

/// Forward and backward in one graph: placeholders `primals_1 ..` then `tangents_1 ..`, outputs as
/// in JointSignature. An inference graph has placeholders `arg0_1 ..`, no tangents, no gradients.
struct JointGraph {
  GraphPtr graph;
  JointSignature signature;
  ViewAndMutationMeta metadata;
  /// Every module of the model that owns a node, with its class; for collapsing by module.
  std::vector<ModuleScope> modules;
  /// Of the program's symbols; empty for a graph without any.
  std::vector<SizeGuard> guards;
};

}  // namespace core::ir
