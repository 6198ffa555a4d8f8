#pragma once

// Opens the module and traces, for the tests of this folder.

#include <string>
#include <utility>
#include <vector>

#include "core/load/capture/capture_reader.h"
#include "tests/aot/program_builder.h"
#include "tests/support/opened_model.h"

namespace support {

inline core::torch::TraceResult trace(core::load::LoadedModelPtr model, core::load::InputSet inputs,
                                      core::run::Mode mode = core::run::Mode::Train,
                                      const core::StageContext& context = {}) {
  return openModel(std::move(model), std::move(inputs))->trace({mode}, context);
}

inline core::torch::TraceResult trace(ProgramBuilder& builder,
                                      core::run::Mode mode = core::run::Mode::Train,
                                      const core::StageContext& context = {}) {
  return trace(builder.model(), builder.inputs(), mode, context);
}

/// A model of tests/oracle with its inputs.
inline core::torch::TraceResult traceOracleModel(
    const std::string& name, core::run::Mode mode = core::run::Mode::Train,
    core::torch::TraceDecompositions decompositions = core::torch::TraceDecompositions::None) {
  return openOracle(name)->trace({mode, decompositions}, {});
}

/// What PyTorch captured of it, without decompositions or with its core ATen table.
inline core::ir::JointGraph goldenJoint(
    const std::string& name,
    core::torch::TraceDecompositions decompositions = core::torch::TraceDecompositions::None) {
  const auto file =
      valueOf(core::load::readCaptureFile(oraclePath("goldens/" + name + ".json.gz")));
  const bool isCore = decompositions == core::torch::TraceDecompositions::Core;
  const core::load::Capture* capture = file.find(isCore ? "core" : "none");
  CORE_CHECK(capture, "the golden of " + name + " has no such capture");
  return capture->joint;
}

/// Targets of the call nodes, in order: "aten.mul.Tensor".
inline std::vector<std::string> calls(const core::ir::Graph& graph) {
  std::vector<std::string> targets;
  for (const core::ir::Node& node : graph.nodes())
    if (node.isCall()) targets.push_back(node.target);
  return targets;
}

}  // namespace support
