#include "core/load/torchscript_file.h"

#include "core/load/mapped_file.h"
#include "core/load/read_failure.h"
#include "core/load/zip_archive.h"

namespace core::load {

bool isTorchScript(const std::string& path) {
  try {
    const auto file = mapFile(path);
    const ZipArchive zip(file->bytes(), "The file");
    bool hasCode = false;
    bool hasConstants = false;
    for (const ZipEntry& entry : zip.entries()) {
      const std::size_t slash = entry.name.find('/');
      if (slash == std::string::npos) return false;
      const std::string_view rest = std::string_view(entry.name).substr(slash + 1);
      hasCode = hasCode || rest.starts_with("code/");
      hasConstants = hasConstants || rest == "constants.pkl";
    }
    return hasCode && hasConstants;
  } catch (const ReadFailure&) {
    return false;  // who opens it as a model says why it cannot be opened
  }
}

}  // namespace core::load
