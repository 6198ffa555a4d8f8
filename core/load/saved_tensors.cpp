#include "core/load/saved_tensors.h"

#include <utility>

#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxPickleBytes = 64 * 1024 * 1024;

[[noreturn]] void misfit(const std::string& why) {
  failRead(ErrorCode::FormatUnsupported, why + ".");
}

}  // namespace

SavedTensors::SavedTensors(std::span<const std::byte> archive, std::string what)
    : m_archive(archive),
      m_zip(archive, std::move(what)),
      m_pickle(readPickle(m_zip.readText(entry("data.pkl"), kMaxPickleBytes))) {}

/// The record "<root>/<name>", whatever the root folder is called.
const ZipEntry& SavedTensors::entry(const std::string& name) const {
  for (const ZipEntry& candidate : m_zip.entries()) {
    const std::size_t slash = candidate.name.find('/');
    if (slash != std::string::npos && candidate.name.compare(slash + 1, name.npos, name) == 0)
      return candidate;
  }
  misfit("the record '" + name + "' is missing");
}

std::span<const std::byte> SavedTensors::bytes(const PickleStorage& storage) const {
  const ZipEntry& record = entry("data/" + storage.key);
  if (record.method != ZipMethod::Stored) misfit("a storage is compressed");
  std::int64_t length = 0;
  const bool overflow =
      __builtin_mul_overflow(storage.elements, ir::dtypeBytes(storage.dtype), &length);
  if (overflow || length < 0 || static_cast<std::uint64_t>(length) != record.length)
    misfit("the storage '" + storage.key + "' has another length than it claims");
  return m_archive.subspan(record.dataOffset, record.length);
}

}  // namespace core::load
