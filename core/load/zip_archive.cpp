// A zip archive is described twice: by a local header in front of each record and by the central
// directory at the end. Readers that trust different copies see different files, so both are read
// and must agree. libzip checks much of this but not all (it accepts records that overlap and a
// zip64 end record that contradicts the plain one), and it does not say where a record's data
// begins, which mapping needs. So the directory is walked here, and libzip is asked for a second
// opinion. Cost: linear in the number of entries, plus a sort.

#include "core/load/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxEntries = 10'000;
constexpr std::uint64_t kMaxNameLength = 1'024;
constexpr std::uint64_t kMaxDeflateRatio = 100;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kZip64EndSignature = 0x06064b50;
constexpr std::uint32_t kZip64LocatorSignature = 0x07064b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint64_t kEndLength = 22;
constexpr std::uint64_t kZip64LocatorLength = 20;
constexpr std::uint64_t kZip64EndLength = 56;
constexpr std::uint64_t kCentralLength = 46;
constexpr std::uint64_t kLocalLength = 30;
constexpr std::uint16_t kFlagEncrypted = 1;
constexpr std::uint16_t kFlagDescriptor = 8;
constexpr std::uint16_t kExtraZip64 = 1;
constexpr std::uint32_t kIn64 = 0xffffffff;
constexpr std::uint64_t kMaxExtent = std::uint64_t{1} << 62;

/// Reads little-endian numbers of `archive`; every read is checked.
class Bytes {
 public:
  Bytes(std::span<const std::byte> archive, const std::string& what)
      : m_archive(archive), m_what(what) {}

  [[noreturn]] void fail(const std::string& why) const {
    failRead(ErrorCode::ArchiveCorrupt, m_what + " is not a sound zip archive: " + why + ".");
  }
  std::uint64_t size() const { return m_archive.size(); }
  /// Fails unless [offset, offset + length) lies inside the archive.
  void require(std::uint64_t offset, std::uint64_t length, const char* field) const {
    if (offset > size() || length > size() - offset) {
      fail(std::string(field) + " reaches past the end of the file (truncated?)");
    }
  }
  template <typename T>
  T read(std::uint64_t offset, const char* field) const {
    require(offset, sizeof(T), field);
    T value;
    std::memcpy(&value, m_archive.data() + offset, sizeof(T));
    return value;
  }
  std::uint16_t u16(std::uint64_t offset, const char* field) const {
    return read<std::uint16_t>(offset, field);
  }
  std::uint32_t u32(std::uint64_t offset, const char* field) const {
    return read<std::uint32_t>(offset, field);
  }
  std::uint64_t u64(std::uint64_t offset, const char* field) const {
    return read<std::uint64_t>(offset, field);
  }
  std::string text(std::uint64_t offset, std::uint64_t length, const char* field) const {
    require(offset, length, field);
    return {reinterpret_cast<const char*>(m_archive.data()) + offset, length};
  }

 private:
  std::span<const std::byte> m_archive;
  const std::string& m_what;
};

/// Where the central directory lies.
struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// The zip64 end record, if a locator stands in front of the plain one at `end`.
std::optional<Directory> readZip64End(const Bytes& bytes, std::uint64_t end) {
  if (end < kZip64LocatorLength) return std::nullopt;
  const std::uint64_t locator = end - kZip64LocatorLength;
  if (bytes.u32(locator, "zip64 locator") != kZip64LocatorSignature) return std::nullopt;
  const std::uint64_t record = bytes.u64(locator + 8, "zip64 locator");
  bytes.require(record, kZip64EndLength, "zip64 end record");
  if (bytes.u32(record, "zip64 end record") != kZip64EndSignature) {
    bytes.fail("the zip64 end record is missing");
  }
  if (record + kZip64EndLength != locator) bytes.fail("the zip64 end record is misplaced");
  Directory directory;
  directory.entries = bytes.u64(record + 32, "zip64 end record");
  directory.length = bytes.u64(record + 40, "zip64 end record");
  directory.offset = bytes.u64(record + 48, "zip64 end record");
  if (directory.offset > record || directory.length != record - directory.offset) {
    bytes.fail("the central directory does not end where the zip64 end record begins");
  }
  return directory;
}

Directory readEnd(const Bytes& bytes) {
  if (bytes.size() < kEndLength) bytes.fail("it is too short");
  const std::uint64_t end = bytes.size() - kEndLength;
  if (bytes.u32(end, "end record") != kEndSignature) {
    bytes.fail("the end record is missing (truncated, or not a zip)");
  }
  if (bytes.u16(end + 4, "end record") != 0 || bytes.u16(end + 6, "end record") != 0) {
    bytes.fail("it is one of several volumes");
  }
  const std::uint16_t entries = bytes.u16(end + 10, "end record");
  const std::uint32_t length = bytes.u32(end + 12, "end record");
  const std::uint32_t offset = bytes.u32(end + 16, "end record");
  Directory directory{entries, offset, length};
  if (const auto wide = readZip64End(bytes, end)) {
    const bool agree = (entries == 0xffff || entries == wide->entries) &&
                       (length == kIn64 || length == wide->length) &&
                       (offset == kIn64 || offset == wide->offset);
    if (!agree) bytes.fail("its two end records contradict each other");
    directory = *wide;
  } else if (directory.offset > end || directory.length != end - directory.offset) {
    bytes.fail("the central directory does not end where the end record begins");
  }
  if (directory.entries > kMaxEntries) {
    bytes.fail("it claims " + std::to_string(directory.entries) + " entries; the limit is " +
               std::to_string(kMaxEntries));
  }
  return directory;
}

bool isPlainRelativePath(const std::string& name) {
  if (name.empty() || name.size() > kMaxNameLength || name.front() == '/') return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == ':' || c == 0x7f) return false;
  }
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (name.compare(begin, end - begin, "..") == 0) return false;
    begin = end + 1;
  }
  return true;
}

/// Replaces the fields that hold 0xffffffff by their values in the zip64 extra field.
void readZip64Extra(const Bytes& bytes, std::uint64_t extra, std::uint64_t end, ZipEntry& entry) {
  std::vector<std::uint64_t*> missing;
  for (std::uint64_t* field : {&entry.length, &entry.compressedLength, &entry.headerOffset}) {
    if (*field == kIn64) missing.push_back(field);
  }
  while (!missing.empty() && extra + 4 <= end) {
    const std::uint16_t id = bytes.u16(extra, "extra field");
    const std::uint64_t next = extra + 4 + bytes.u16(extra + 2, "extra field");
    if (id == kExtraZip64) {
      std::uint64_t at = extra + 4;
      for (std::uint64_t* field : missing) {
        if (at + 8 > next || next > end)
          bytes.fail("the zip64 field of '" + entry.name + "' is short");
        *field = bytes.u64(at, "zip64 field");
        at += 8;
      }
      return;
    }
    extra = next;
  }
}

ZipMethod methodOf(const Bytes& bytes, std::uint16_t method, const std::string& name) {
  if (method == ZIP_CM_STORE) return ZipMethod::Stored;
  if (method == ZIP_CM_DEFLATE) return ZipMethod::Deflated;
  bytes.fail("entry '" + name + "' uses compression method " + std::to_string(method));
}

/// The entry whose central header stands at `at`, without its data offset; moves `at` behind it.
ZipEntry readCentralEntry(const Bytes& bytes, std::uint64_t& at) {
  bytes.require(at, kCentralLength, "central directory");
  if (bytes.u32(at, "central directory") != kCentralSignature) {
    bytes.fail("an entry of the central directory is damaged");
  }
  const std::uint64_t nameLength = bytes.u16(at + 28, "central directory");
  const std::uint64_t extraLength = bytes.u16(at + 30, "central directory");
  const std::uint64_t commentLength = bytes.u16(at + 32, "central directory");
  ZipEntry entry;
  entry.name = bytes.text(at + kCentralLength, nameLength, "entry name");
  if (!isPlainRelativePath(entry.name)) bytes.fail("an entry has a name that is not a plain path");
  if (bytes.u16(at + 8, "central directory") & kFlagEncrypted) {
    bytes.fail("entry '" + entry.name + "' is encrypted");
  }
  entry.method = methodOf(bytes, bytes.u16(at + 10, "central directory"), entry.name);
  entry.crc = bytes.u32(at + 16, "central directory");
  entry.compressedLength = bytes.u32(at + 20, "central directory");
  entry.length = bytes.u32(at + 24, "central directory");
  entry.headerOffset = bytes.u32(at + 42, "central directory");
  const std::uint64_t extra = at + kCentralLength + nameLength;
  readZip64Extra(bytes, extra, extra + extraLength, entry);
  if (entry.method == ZipMethod::Stored && entry.compressedLength != entry.length) {
    bytes.fail("stored entry '" + entry.name + "' has two lengths");
  }
  if (entry.length > kMaxExtent || entry.compressedLength > kMaxExtent) {
    bytes.fail("entry '" + entry.name + "' claims an absurd length");
  }
  at = extra + extraLength + commentLength;
  return entry;
}

/// Reads the local header of `entry`, sets its data offset, and returns the end of its data.
std::uint64_t readLocalHeader(const Bytes& bytes, ZipEntry& entry) {
  const std::uint64_t at = entry.headerOffset;
  bytes.require(at, kLocalLength, "local header");
  if (bytes.u32(at, "local header") != kLocalSignature) {
    bytes.fail("the local header of '" + entry.name + "' is missing");
  }
  const std::uint16_t flags = bytes.u16(at + 6, "local header");
  const std::uint64_t nameLength = bytes.u16(at + 26, "local header");
  const std::uint64_t extraLength = bytes.u16(at + 28, "local header");
  const std::string name = bytes.text(at + kLocalLength, nameLength, "local name");
  if (name != entry.name) bytes.fail("'" + entry.name + "' is called '" + name + "' in its record");
  if (methodOf(bytes, bytes.u16(at + 8, "local header"), name) != entry.method) {
    bytes.fail("'" + name + "' has two compression methods");
  }
  const std::uint32_t length = bytes.u32(at + 22, "local header");
  const bool lengthMatches =
      length == entry.length || length == kIn64 || ((flags & kFlagDescriptor) != 0 && length == 0);
  if (!lengthMatches) bytes.fail("'" + name + "' has two lengths");
  entry.dataOffset = at + kLocalLength + nameLength + extraLength;
  bytes.require(entry.dataOffset, entry.compressedLength, ("entry '" + name + "'").c_str());
  return entry.dataOffset + entry.compressedLength;
}

void checkNoOverlap(const Bytes& bytes, std::vector<ZipEntry>& entries, std::uint64_t directory) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> records;
  for (ZipEntry& entry : entries) {
    const std::uint64_t end = readLocalHeader(bytes, entry);
    records.emplace_back(entry.headerOffset, end);
  }
  std::sort(records.begin(), records.end());
  records.emplace_back(directory, directory);
  if (records.front().first != 0) bytes.fail("something stands in front of its first record");
  for (std::size_t i = 1; i < records.size(); ++i) {
    if (records[i].first < records[i - 1].second) bytes.fail("two of its records overlap");
  }
}

/// What libzip says about the archive must be what the directory said.
void compareWithLibzip(const Bytes& bytes, zip_t* opened, const std::vector<ZipEntry>& entries) {
  if (zip_get_num_entries(opened, 0) != static_cast<zip_int64_t>(entries.size())) {
    bytes.fail("its number of entries depends on who counts");
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    zip_stat_t status;
    const bool same = zip_stat_index(opened, i, 0, &status) == 0 &&
                      entries[i].name == status.name && entries[i].length == status.size;
    if (!same) bytes.fail("entry '" + entries[i].name + "' depends on who reads it");
  }
}

void checkNamesAreUnique(const Bytes& bytes, const std::vector<ZipEntry>& entries) {
  std::set<std::string_view> names;
  for (const ZipEntry& entry : entries) {
    if (!names.insert(entry.name).second) bytes.fail("'" + entry.name + "' occurs twice");
  }
}

std::vector<ZipEntry> readDirectory(const Bytes& bytes) {
  const Directory directory = readEnd(bytes);
  if (directory.entries == 0) bytes.fail("it is empty");
  std::vector<ZipEntry> entries;
  entries.reserve(directory.entries);
  std::uint64_t at = directory.offset;
  for (std::uint64_t i = 0; i < directory.entries; ++i) {
    entries.push_back(readCentralEntry(bytes, at));
  }
  if (at != directory.offset + directory.length) bytes.fail("its central directory has gaps");
  checkNamesAreUnique(bytes, entries);
  checkNoOverlap(bytes, entries, directory.offset);
  return entries;
}

}  // namespace

void ZipArchive::Closer::operator()(zip* archive) const {
  zip_discard(archive);
}

ZipArchive::ZipArchive(std::span<const std::byte> archive, std::string what)
    : m_what(std::move(what)) {
  const Bytes bytes(archive, m_what);
  m_entries = readDirectory(bytes);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(archive.data(), archive.size(), 0, &error);
  if (source) m_zip.reset(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
  const std::string why = zip_error_strerror(&error);
  if (source && !m_zip) zip_source_free(source);
  zip_error_fini(&error);
  if (!m_zip) bytes.fail(why);
  compareWithLibzip(bytes, m_zip.get(), m_entries);
}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  for (const ZipEntry& entry : m_entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

std::string ZipArchive::readText(const ZipEntry& entry, std::uint64_t limit) const {
  const auto fail = [&](const std::string& why) {
    failRead(ErrorCode::ArchiveCorrupt,
             "Entry '" + entry.name + "' of " + m_what + " " + why + ".");
  };
  if (entry.length > limit) {
    fail("holds " + std::to_string(entry.length) + " bytes; the limit is " + std::to_string(limit));
  }
  if (entry.length > kMaxDeflateRatio * entry.compressedLength && entry.length > 0) {
    fail("inflates more than " + std::to_string(kMaxDeflateRatio) + " times");
  }
  const auto index = static_cast<zip_uint64_t>(&entry - m_entries.data());
  zip_file_t* file = zip_fopen_index(m_zip.get(), index, 0);
  if (!file) fail("cannot be read");
  // One byte more than the entry holds: only a read up to the end checks the CRC.
  std::string text(entry.length + 1, '\0');
  std::uint64_t done = 0;
  zip_int64_t got = 0;
  while (done < text.size() &&
         (got = zip_fread(file, text.data() + done, text.size() - done)) > 0) {
    done += static_cast<std::uint64_t>(got);
  }
  zip_fclose(file);
  if (got < 0 || done != entry.length) fail("is damaged (wrong length or checksum)");
  text.resize(entry.length);
  return text;
}

}  // namespace core::load
