#include "core/load/pt2_archive.h"

#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxMarkLength = 64;

std::string trimmedMark(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

/// The folder that holds every entry.
std::string rootOf(const ZipArchive& zip) {
  const std::string& first = zip.entries().front().name;
  const std::size_t slash = first.find('/');
  if (slash == std::string::npos) {
    failRead(ErrorCode::FormatUnsupported,
             "The file is a zip archive, but not a PyTorch model: it has no root folder.");
  }
  const std::string root = first.substr(0, slash + 1);
  for (const ZipEntry& entry : zip.entries()) {
    if (!entry.name.starts_with(root)) {
      failRead(ErrorCode::FormatUnsupported,
               "The file is a zip archive, but not a PyTorch model: '" + entry.name +
                   "' lies outside of '" + root + "'.");
    }
  }
  return root;
}

}  // namespace

Pt2Archive::Pt2Archive(std::shared_ptr<const MappedFile> file)
    : m_file(std::move(file)), m_zip(m_file->bytes(), "The file"), m_root(rootOf(m_zip)) {
  checkFormat();
  m_programName = findProgramName();
}

void Pt2Archive::checkFormat() const {
  if (has("byteorder") && trimmedMark(text("byteorder", kMaxMarkLength)) != "little") {
    failRead(
        ErrorCode::FormatUnsupported,
        "The model was written on a big-endian machine; only little-endian files can be read.");
  }
  if (has("archive_format")) {
    const std::string format = trimmedMark(text("archive_format", kMaxMarkLength));
    if (format == "pt2") return;
    failRead(ErrorCode::FormatUnsupported, "The archive's format is '" + format + "', not 'pt2'.");
  }
  if (has("data.pkl")) {
    failRead(ErrorCode::FormatUnsupported,
             "The file is a pickled or TorchScript model (.pt), which holds code. Export it with "
             "torch.export.save to a .pt2 file.");
  }
  failRead(ErrorCode::FormatUnsupported,
           "The file is a zip archive, but not a model written by torch.export.save.");
}

std::string Pt2Archive::findProgramName() const {
  if (has("models/model.json")) return "model";
  const std::string folder = m_root + "models/";
  for (const ZipEntry& entry : m_zip.entries()) {
    if (!entry.name.starts_with(folder) || !entry.name.ends_with(".json")) continue;
    return entry.name.substr(folder.size(), entry.name.size() - folder.size() - 5);
  }
  failRead(ErrorCode::FormatUnsupported,
           "The archive holds no exported program (models/model.json). Save the model with "
           "torch.export.save.");
}

const ZipEntry& Pt2Archive::entry(const std::string& record) const {
  const ZipEntry* found = m_zip.find(m_root + record);
  if (!found) {
    failRead(ErrorCode::ArchiveCorrupt,
             "The archive lacks the record '" + record + "'. Save the model again.");
  }
  return *found;
}

std::string Pt2Archive::text(const std::string& record, std::uint64_t limit) const {
  return m_zip.readText(entry(record), limit);
}

StoragePlace Pt2Archive::place(const std::string& record) const {
  const ZipEntry& found = entry(record);
  if (found.method != ZipMethod::Stored) {
    failRead(ErrorCode::FormatUnsupported,
             "The weights in '" + record +
                 "' are compressed, so they cannot be mapped. Save the "
                 "model again with torch.export.save.");
  }
  return {record, found.dataOffset, found.length};
}

}  // namespace core::load
