#include "core/load/capture/document_text.h"

#include <zlib.h>

#include <array>
#include <memory>

namespace core::load {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

struct CloseGzip {
  void operator()(gzFile_s* file) const { gzclose_r(file); }
};

}  // namespace

Result<std::string> readDocumentText(const std::string& path) {
  const std::unique_ptr<gzFile_s, CloseGzip> file(gzopen(path.c_str(), "rb"));
  if (!file) {
    return Error{ErrorCode::FileNotFound, "Cannot open '" + path + "'. Check the path.", {}, {}};
  }
  std::string text;
  std::array<char, 1 << 16> buffer;
  for (;;) {
    const int count = gzread(file.get(), buffer.data(), buffer.size());
    if (count < 0) {
      return Error{ErrorCode::ArchiveCorrupt,
                   "Cannot read '" + path + "': its compressed data is damaged.",
                   {},
                   {}};
    }
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
    if (text.size() > kMaxBytes)
      return Error{ErrorCode::OutOfMemory, "'" + path + "' holds more than 1 GiB of text.", {}, {}};
  }
  int status = Z_OK;
  gzerror(file.get(), &status);
  if (status == Z_BUF_ERROR)
    return Error{ErrorCode::ArchiveCorrupt, "'" + path + "' ends in the middle.", {}, {}};
  return text;
}

}  // namespace core::load
