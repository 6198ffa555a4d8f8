#pragma once

// Reads a TorchScript module as exported programs.

#include <string>
#include <vector>

#include "core/torch/torch_module.h"

namespace core::torch {

/// TorchModule::openTorchScript(). Throws what LibTorch throws.
Result<std::vector<ScriptSegment>> readTorchScript(const std::string& path,
                                                   const load::InputSet& inputs,
                                                   const StageContext& context);

/// TorchModule::followTorchScript(). Throws what LibTorch throws.
Result<ScriptWay> followTorchScript(const std::string& path, const load::InputSet& inputs,
                                    const StageContext& context);

}  // namespace core::torch
