#pragma once

// --preset NAME stands for the words that the preset holds; --save-preset NAME makes one.

#include <string>
#include <vector>

#include "app/engine/engine_options.h"

namespace engine {

/// The arguments with the words of the options' preset in front of them, without those that are
/// given anew. Errors: as loadModel() and RunHistory::open(); InvalidArgument with the names of the
/// presets that the model has.
core::Result<std::vector<std::string>> withPreset(const EngineOptions& options,
                                                  const std::vector<std::string>& arguments);

/// Keeps what the arguments say about inputs, sizes, seed, mode and loss as a preset of the model.
core::Result<void> savePreset(const EngineOptions& options,
                              const std::vector<std::string>& arguments);

}  // namespace engine
