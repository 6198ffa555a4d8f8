#pragma once

// Models opened in the LibTorch module, for the tests that go through it.

#include <memory>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/load/loaded_model.h"
#include "core/torch/torch_module.h"

namespace support {

/// The value; a test cannot go on without it, so an error is thrown with all its text.
template <typename T>
T valueOf(core::Result<T> result) {
  CORE_CHECK(result.has_value(),
             result ? std::string() : result.error().message + " " + result.error().details);
  return std::move(result).value();
}

using TorchModelPtr = std::unique_ptr<core::torch::TorchModel>;

inline core::torch::TorchModule& torchModule() {
  return *valueOf(core::torch::openTorchModule(1));
}

inline TorchModelPtr openModel(core::load::LoadedModelPtr model, core::load::InputSet inputs) {
  return valueOf(torchModule().open(std::move(model), std::move(inputs), 0));
}

inline std::string oraclePath(const std::string& file) {
  return std::string(AOT_TEST_DATA) + "/oracle/" + file;
}

/// A model of tests/oracle with its inputs.
inline TorchModelPtr openOracle(const std::string& name) {
  return openModel(valueOf(core::load::loadModel(oraclePath("models/" + name + ".pt2"), {})),
                   valueOf(core::load::readInputSet(oraclePath("inputs/" + name + ".json"))));
}

}  // namespace support
