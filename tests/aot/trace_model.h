#pragma once

// Opens the module and traces, for the tests of this folder.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/load/capture/capture_reader.h"
#include "core/load/loaded_model.h"
#include "core/torch/torch_module.h"
#include "tests/aot/program_builder.h"

namespace support {

template <typename T>
T valueOf(core::Result<T> result) {
  CORE_CHECK(result.has_value(),
             result ? std::string() : result.error().message + " " + result.error().details);
  return std::move(result).value();
}

inline core::torch::TorchModule& torchModule() {
  return *valueOf(core::torch::openTorchModule(1));
}

inline core::torch::TraceResult trace(core::load::LoadedModelPtr model, core::load::InputSet inputs,
                                      core::run::Mode mode = core::run::Mode::Train,
                                      const core::StageContext& context = {}) {
  const auto opened = valueOf(torchModule().open(std::move(model), std::move(inputs), 0));
  return opened->trace({mode}, context);
}

inline core::torch::TraceResult trace(ProgramBuilder& builder,
                                      core::run::Mode mode = core::run::Mode::Train,
                                      const core::StageContext& context = {}) {
  return trace(builder.model(), builder.inputs(), mode, context);
}

inline std::string oraclePath(const std::string& file) {
  return std::string(AOT_TEST_DATA) + "/oracle/" + file;
}

/// A model of tests/oracle with its inputs.
inline core::torch::TraceResult traceOracleModel(const std::string& name,
                                                 core::run::Mode mode = core::run::Mode::Train) {
  auto model = valueOf(core::load::loadModel(oraclePath("models/" + name + ".pt2"), {}));
  auto inputs = valueOf(core::load::readInputSet(oraclePath("inputs/" + name + ".json")));
  return trace(std::move(model), std::move(inputs), mode);
}

/// What PyTorch captured of it, without decompositions.
inline core::ir::JointGraph goldenJoint(const std::string& name) {
  const auto file =
      valueOf(core::load::readCaptureFile(oraclePath("goldens/" + name + ".json.gz")));
  const core::load::Capture* capture = file.find("none");
  CORE_CHECK(capture, "the golden of " + name + " has no plain capture");
  return capture->joint;
}

/// Names of the call nodes, in order, with their targets: "mul: aten.mul.Tensor".
inline std::vector<std::string> calls(const core::ir::Graph& graph) {
  std::vector<std::string> names;
  for (const core::ir::Node& node : graph.nodes())
    if (node.isCall()) names.push_back(node.target);
  return names;
}

}  // namespace support
