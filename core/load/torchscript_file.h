#pragma once

// Tells a TorchScript file from others, without running anything of it.

#include <string>

namespace core::load {

/// Whether the file is a zip archive that holds TorchScript code (`code/` and `constants.pkl` in
/// its root folder). False for anything that cannot be read.
bool isTorchScript(const std::string& path);

}  // namespace core::load
