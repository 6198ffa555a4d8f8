#pragma once

// The text of a JSON file, plain or gzip-compressed.

#include <string>

#include "core/base/result.h"

namespace core::load {

/// The file's text; a `.gz` file is recognised by its content. Errors: FileNotFound, ArchiveCorrupt
/// (bad gzip data), OutOfMemory (over 1 GiB after decompression).
Result<std::string> readDocumentText(const std::string& path);

}  // namespace core::load
