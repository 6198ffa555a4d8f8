#include <filesystem>

#include "core/load/json_value.h"
#include "core/load/loaded_model.h"
#include "core/load/mapped_file.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxHeadBytes = 16 * 1024 * 1024;
constexpr std::int64_t kMaxRank = 64;

std::vector<ir::Size> readIntegers(const JsonValue& values) {
  std::vector<ir::Size> result;
  if (values.arraySize() > kMaxRank) values.fail("has more than 64 dimensions");
  values.forEachElement([&](std::size_t, const JsonValue& value) {
    const std::int64_t integer = value.integer();
    if (integer < 0) value.fail("is negative");
    result.emplace_back(integer);
  });
  return result;
}

InputSet::Input readInput(const JsonValue& value, std::size_t position, const InputSet& set) {
  InputSet::Input input;
  const JsonValue dtype = value.at("dtype");
  const auto known = ir::dtypeFromName(dtype.string());
  if (!known) dtype.fail("is the unknown element type '" + dtype.string() + "'");
  input.meta.dtype = *known;
  input.meta.sizes = readIntegers(value.at("shape"));
  input.meta.strides = readIntegers(value.at("stride"));
  input.storageOffset = value.at("storage_offset").integer();
  const std::int64_t storage = value.at("storage").integer();
  if (storage < 0 || storage >= static_cast<std::int64_t>(set.storages.size())) {
    value.fail("names storage " + std::to_string(storage) + ", which does not exist");
  }
  input.storage = static_cast<int>(storage);
  const auto reached = bytesReached(input.meta, input.storageOffset);
  if (!reached || *reached > set.storages[static_cast<std::size_t>(storage)].size()) {
    value.fail("reaches past the end of its storage");
  }
  if (const auto same = value.find("same_object_as")) {
    const std::int64_t earlier = same->integer();
    if (earlier < 0 || earlier >= static_cast<std::int64_t>(position)) {
      same->fail("is not the position of an earlier input");
    }
    input.sameObjectAs = static_cast<int>(earlier);
  }
  if (const auto grad = value.find("requires_grad")) input.requiresGrad = grad->boolean();
  if (const auto leaf = value.find("leaf")) input.isLeaf = leaf->boolean();
  if (input.requiresGrad && !ir::isFloatingPoint(input.meta.dtype) &&
      !ir::isComplex(input.meta.dtype)) {
    value.fail("requires a gradient, which only floating-point tensors have");
  }
  return input;
}

void readStorages(const JsonValue& head, std::span<const std::byte> data, InputSet& set) {
  head.at("storages").forEachElement([&](std::size_t, const JsonValue& value) {
    const std::int64_t offset = value.at("offset").integer();
    const std::int64_t length = value.at("bytes").integer();
    const auto total = static_cast<std::int64_t>(data.size());
    if (offset < 0 || length < 0 || offset > total || length > total - offset) {
      value.fail("lies outside of the data file of " + std::to_string(total) + " bytes");
    }
    const auto part =
        data.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    set.storages.emplace_back(part.begin(), part.end());
  });
}

/// `inputs/mlp.json` -> `inputs/mlp.bin`.
std::string dataPathOf(const std::string& jsonPath) {
  return std::filesystem::path(jsonPath).replace_extension(".bin").string();
}

InputSet readSet(const std::string& jsonPath) {
  const auto headFile = mapFile(jsonPath);
  const auto head = headFile->bytes();
  if (head.size() > kMaxHeadBytes) {
    failRead(ErrorCode::FormatUnsupported, "The head of an input set is at most 16 MiB long.");
  }
  const auto dataFile = mapFile(dataPathOf(jsonPath));
  const JsonDocument document(std::string(reinterpret_cast<const char*>(head.data()), head.size()),
                              "The head", JsonLimits{});
  return readDocument(document, [&](const JsonValue& root) {
    InputSet set;
    readStorages(root, dataFile->bytes(), set);
    root.at("inputs").forEachElement([&](std::size_t position, const JsonValue& value) {
      set.inputs.push_back(readInput(value, position, set));
    });
    return set;
  });
}

}  // namespace

Result<InputSet> readInputSet(const std::string& jsonPath) {
  try {
    return readSet(jsonPath);
  } catch (ReadFailure& failure) {
    failure.error.message = "Cannot read the inputs '" + jsonPath + "'. " + failure.error.message;
    return std::move(failure.error);
  } catch (const std::bad_alloc&) {
    return Error{
        ErrorCode::OutOfMemory, "Not enough memory for the inputs '" + jsonPath + "'.", {}, {}};
  }
}

}  // namespace core::load
