#pragma once

// Opens a regular file read-only and maps it.

#include <memory>
#include <string>

#include "core/load/loaded_model.h"

namespace core::load {

/// Maps the whole file. Throws ReadFailure with FileNotFound when the path cannot be opened, and
/// with FormatUnsupported when it is a folder, a pipe or a device, which is never waited for.
std::shared_ptr<const MappedFile> mapFile(const std::string& path);

}  // namespace core::load
