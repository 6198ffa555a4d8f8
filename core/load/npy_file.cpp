// Layout (numpy.lib.format): "\x93NUMPY", major and minor version, the header's length (2 bytes in
// version 1, else 4, little-endian), the header, the elements. The header is always written as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }, with spaces and a line end behind.

#include "core/load/npy_file.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "core/load/read_failure.h"

namespace core::load {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxRank = 64;

struct Descr {
  std::string_view word;  ///< without the byte order
  ir::DType dtype;
};

constexpr std::array kDescrs = {
    Descr{"f8", ir::DType::F64}, Descr{"f4", ir::DType::F32},  Descr{"f2", ir::DType::F16},
    Descr{"i8", ir::DType::I64}, Descr{"i4", ir::DType::I32},  Descr{"i2", ir::DType::I16},
    Descr{"i1", ir::DType::I8},  Descr{"u8", ir::DType::U64},  Descr{"u4", ir::DType::U32},
    Descr{"u2", ir::DType::U16}, Descr{"u1", ir::DType::U8},   Descr{"b1", ir::DType::Bool},
    Descr{"c8", ir::DType::C64}, Descr{"c16", ir::DType::C128}};

[[noreturn]] void corrupt(const std::string& why) {
  failRead(ErrorCode::ArchiveCorrupt, "It is no whole .npy file: " + why + ".");
}

/// What stands behind `'key':` in the header.
std::string_view valueOf(std::string_view header, std::string_view key) {
  const std::string quoted = "'" + std::string(key) + "':";
  const auto at = header.find(quoted);
  if (at == header.npos) corrupt("its header has no '" + std::string(key) + "'");
  header.remove_prefix(at + quoted.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

ir::DType dtypeOf(std::string_view header) {
  std::string_view descr = valueOf(header, "descr");
  if (!descr.starts_with('\''))
    failRead(ErrorCode::FormatUnsupported, "Its elements are structures, not numbers.");
  descr = descr.substr(1, descr.find('\'', 1) - 1);
  for (const Descr& known : kDescrs)
    if (!descr.empty() && descr.front() != '>' && descr.substr(1) == known.word) return known.dtype;
  failRead(ErrorCode::FormatUnsupported,
           "Its elements are '" + std::string(descr) + "', which is not read.");
}

std::vector<std::int64_t> shapeOf(std::string_view header) {
  std::string_view shape = valueOf(header, "shape");
  const auto close = shape.find(')');
  if (!shape.starts_with('(') || close == shape.npos) corrupt("its shape is no tuple");
  shape = shape.substr(1, close - 1);
  std::vector<std::int64_t> sizes;
  while (true) {
    shape.remove_prefix(std::min(shape.find_first_not_of(", "), shape.size()));
    if (shape.empty()) return sizes;
    std::int64_t size = 0;
    const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), size);
    if (error != std::errc() || size < 0) corrupt("its shape is not of whole numbers");
    if (sizes.size() == kMaxRank) corrupt("it has more than 64 dimensions");
    sizes.push_back(size);
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
  }
}

/// Bytes of an array of these sizes; fails when they do not fit into 63 bits.
std::uint64_t bytesOf(ir::DType dtype, const std::vector<std::int64_t>& sizes) {
  std::int64_t bytes = ir::dtypeBytes(dtype);
  for (const std::int64_t size : sizes)
    if (__builtin_mul_overflow(bytes, size, &bytes)) corrupt("its shape does not fit into memory");
  return static_cast<std::uint64_t>(bytes);
}

ir::TensorMeta columnMajor(ir::DType dtype, const std::vector<std::int64_t>& sizes) {
  ir::TensorMeta meta = ir::contiguousMeta(dtype, sizes);
  std::int64_t stride = 1;
  for (std::size_t d = 0; d < sizes.size(); ++d) {
    meta.strides[d] = ir::Size(stride);
    stride *= std::max<std::int64_t>(sizes[d], 1);
  }
  return meta;
}

std::string_view textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

bool isNpy(std::span<const std::byte> file) {
  return textOf(file).starts_with(kMagic);
}

NpyArray readNpy(std::span<const std::byte> file) {
  constexpr std::size_t kVersionEnd = kMagic.size() + 2;
  if (!isNpy(file) || file.size() < kVersionEnd + 4) corrupt("it ends inside of its head");
  const int major = std::to_integer<int>(file[kMagic.size()]);
  if (major < 1 || major > 3)
    failRead(ErrorCode::FormatUnsupported,
             "It is version " + std::to_string(major) + " of .npy; 1 to 3 are read.");
  const std::size_t lengthBytes = major == 1 ? 2 : 4;
  std::size_t length = 0;
  for (std::size_t i = lengthBytes; i-- > 0;)
    length = length << 8 | std::to_integer<std::size_t>(file[kVersionEnd + i]);
  const std::size_t start = kVersionEnd + lengthBytes;
  if (length > file.size() - start) corrupt("it ends inside of its header");
  const std::string_view header = textOf(file.subspan(start, length));
  const ir::DType dtype = dtypeOf(header);
  const std::vector<std::int64_t> sizes = shapeOf(header);
  NpyArray array;
  array.meta = valueOf(header, "fortran_order").starts_with("True")
                   ? columnMajor(dtype, sizes)
                   : ir::contiguousMeta(dtype, sizes);
  array.elements = file.subspan(start + length);
  const std::uint64_t bytes = bytesOf(dtype, sizes);
  if (array.elements.size() < bytes)
    corrupt("it holds " + std::to_string(array.elements.size()) + " of " + std::to_string(bytes) +
            " bytes");
  array.elements = array.elements.first(bytes);
  return array;
}

}  // namespace core::load
