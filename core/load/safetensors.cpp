#include "core/load/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <tuple>

#include "core/load/json_value.h"
#include "core/load/mapped_file.h"
#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kMaxHeaderValues = 16'000'000;
constexpr std::size_t kMaxRank = 64;

struct DTypeWord {
  std::string_view word;
  ir::DType dtype;
};

constexpr std::array<DTypeWord, 16> kDTypeWords{{{"F64", ir::DType::F64},
                                                 {"F32", ir::DType::F32},
                                                 {"F16", ir::DType::F16},
                                                 {"BF16", ir::DType::BF16},
                                                 {"I64", ir::DType::I64},
                                                 {"I32", ir::DType::I32},
                                                 {"I16", ir::DType::I16},
                                                 {"I8", ir::DType::I8},
                                                 {"U64", ir::DType::U64},
                                                 {"U32", ir::DType::U32},
                                                 {"U16", ir::DType::U16},
                                                 {"U8", ir::DType::U8},
                                                 {"BOOL", ir::DType::Bool},
                                                 {"C64", ir::DType::C64},
                                                 {"F8_E4M3", ir::DType::F8E4M3},
                                                 {"F8_E5M2", ir::DType::F8E5M2}}};

ir::DType readDType(const JsonValue& entry) {
  const std::string word = entry.at("dtype").string();
  for (const DTypeWord& known : kDTypeWords)
    if (known.word == word) return known.dtype;
  entry.fail("has the dtype '" + word + "', which is not supported");
}

/// A row-major meta; sizes are checked so that their product and the bytes fit 63 bits.
ir::TensorMeta readMeta(const JsonValue& entry) {
  const ir::DType dtype = readDType(entry);
  const JsonValue shape = entry.at("shape");
  if (shape.arraySize() > kMaxRank) shape.fail("has more than 64 dimensions");
  std::vector<std::int64_t> sizes;
  std::int64_t bytes = ir::dtypeBytes(dtype);
  shape.forEachElement([&](std::size_t, const JsonValue& size) {
    sizes.push_back(size.integer());
    if (sizes.back() < 0) size.fail("is negative");
    const std::int64_t factor = std::max<std::int64_t>(sizes.back(), 1);
    if (__builtin_mul_overflow(bytes, factor, &bytes)) shape.fail("does not fit into memory");
  });
  return ir::contiguousMeta(dtype, sizes);
}

/// A tensor with its place relative to the end of the header.
struct PlacedTensor {
  StoredTensor tensor;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

PlacedTensor readTensor(const std::string& name, const JsonValue& entry) {
  PlacedTensor placed;
  entry.forEachMember([&](const std::string& key, const JsonValue& member) {
    if (key != "dtype" && key != "shape" && key != "data_offsets")
      member.fail("is not a member of a tensor");
  });
  placed.tensor.name = name;
  placed.tensor.meta = readMeta(entry);
  const JsonValue offsets = entry.at("data_offsets");
  if (offsets.arraySize() != 2) offsets.fail("is not a pair");
  offsets.forEachElement([&](std::size_t i, const JsonValue& offset) {
    (i == 0 ? placed.begin : placed.end) = offset.integer();
  });
  if (placed.begin < 0 || placed.end < placed.begin) offsets.fail("is not a range");
  if (placed.end - placed.begin != placed.tensor.meta.bytes())
    offsets.fail("spans " + std::to_string(placed.end - placed.begin) + " bytes, but " +
                 ir::tensorMetaText(placed.tensor.meta) + " takes " +
                 std::to_string(placed.tensor.meta.bytes()));
  return placed;
}

void checkMetadata(const JsonValue& metadata) {
  metadata.forEachMember([](const std::string&, const JsonValue& text) {
    if (!text.isString()) text.fail("is not a text");
  });
}

std::vector<PlacedTensor> readHeader(const JsonValue& root) {
  std::vector<PlacedTensor> placed;
  root.forEachMember([&](const std::string& name, const JsonValue& entry) {
    if (name == "__metadata__") return checkMetadata(entry);
    placed.push_back(readTensor(name, entry));
  });
  std::stable_sort(placed.begin(), placed.end(), [](const PlacedTensor& a, const PlacedTensor& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  return placed;
}

/// The ranges tile the bytes behind the header.
void checkTiling(const std::vector<PlacedTensor>& placed, std::uint64_t length) {
  std::int64_t end = 0;
  for (const PlacedTensor& one : placed) {
    if (one.begin != end)
      failRead(ErrorCode::ArchiveCorrupt,
               "The bytes of '" + one.tensor.name + "' begin at " + std::to_string(one.begin) +
                   ", but those before it end at " + std::to_string(end) +
                   (one.begin < end ? ": they overlap." : ": there is a gap."));
    end = one.end;
  }
  if (static_cast<std::uint64_t>(end) != length)
    failRead(ErrorCode::ArchiveCorrupt, "The tensors take " + std::to_string(end) +
                                            " bytes, but the file holds " + std::to_string(length) +
                                            " behind its header.");
}

std::uint64_t headerLength(std::span<const std::byte> bytes) {
  if (bytes.size() < kLengthBytes)
    failRead(ErrorCode::ArchiveCorrupt, "It is too short to be a safetensors file.");
  std::uint64_t length = 0;
  for (std::size_t i = kLengthBytes; i-- > 0;)
    length = length << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  if (length > kMaxHeaderBytes)
    failRead(ErrorCode::ArchiveCorrupt,
             "Its header claims " + std::to_string(length) +
                 " bytes; a safetensors header has at most 100,000,000.");
  if (length > bytes.size() - kLengthBytes)
    failRead(ErrorCode::ArchiveCorrupt,
             "Its header claims " + std::to_string(length) + " bytes, more than the file has.");
  return length;
}

SafetensorsFile readFile(const std::string& path) {
  SafetensorsFile result;
  result.file = mapFile(path);
  const std::span<const std::byte> bytes = result.file->bytes();
  const std::uint64_t length = headerLength(bytes);
  std::string text(reinterpret_cast<const char*>(bytes.data()) + kLengthBytes, length);
  if (!text.starts_with('{'))
    failRead(ErrorCode::ArchiveCorrupt, "Its header does not begin with '{'.");
  const JsonDocument document(std::move(text), "the header", JsonLimits{kMaxHeaderValues});
  std::vector<PlacedTensor> placed = readDocument(document, readHeader);
  const std::uint64_t start = kLengthBytes + length;
  checkTiling(placed, bytes.size() - start);
  for (PlacedTensor& one : placed) {
    one.tensor.offset = start + static_cast<std::uint64_t>(one.begin);
    result.tensors.push_back(std::move(one.tensor));
  }
  return result;
}

}  // namespace

const StoredTensor* SafetensorsFile::find(const std::string& name) const {
  for (const StoredTensor& tensor : tensors)
    if (tensor.name == name) return &tensor;
  return nullptr;
}

Result<SafetensorsFile> readSafetensors(const std::string& path) {
  try {
    return readFile(path);
  } catch (ReadFailure& failure) {
    failure.error.message = "Cannot read the weights of '" + path + "'. " + failure.error.message;
    return std::move(failure.error);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::OutOfMemory, "Not enough memory to read '" + path + "'.", {}, {}};
  }
}

}  // namespace core::load
