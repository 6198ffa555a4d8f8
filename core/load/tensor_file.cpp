#include "core/load/tensor_file.h"

#include <cstring>
#include <new>
#include <span>

#include "core/load/mapped_file.h"
#include "core/load/npy_file.h"
#include "core/load/read_failure.h"
#include "core/load/safetensors.h"
#include "core/load/saved_tensors.h"
#include "core/load/strided_view.h"

namespace core::load {
namespace {

using Names = std::vector<std::string>;

/// Which of several tensors is meant: the one of that name, or the only one.
std::size_t chosenTensor(const Names& names, const std::string& wanted) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == wanted) return i;
  if (names.size() == 1) return 0;
  std::string known;
  for (const std::string& name : names) known += (known.empty() ? "'" : ", '") + name + "'";
  failRead(ErrorCode::InvalidArgument,
           names.empty() ? std::string("It holds no tensor.")
                         : "None of its tensors is called '" + wanted + "': it has " + known + ".");
}

/// The elements of a view, one after the other. The caller has checked that it lies in `storage`.
std::vector<std::byte> gathered(std::span<const std::byte> storage, const ir::TensorMeta& meta,
                                std::int64_t offset) {
  const auto item = static_cast<std::size_t>(ir::dtypeBytes(meta.dtype));
  std::vector<std::byte> elements(static_cast<std::size_t>(meta.bytes()));
  std::size_t written = 0;
  forEachElement(meta, [&](std::int64_t place) {
    const auto from = static_cast<std::size_t>(offset + place) * item;
    std::memcpy(elements.data() + written, storage.data() + from, item);
    written += item;
  });
  return elements;
}

FileTensor tensorOf(std::span<const std::byte> storage, const ir::TensorMeta& meta,
                    std::int64_t offset) {
  const auto reached = bytesReached(meta, offset);
  if (!reached || *reached > storage.size())
    failRead(ErrorCode::ArchiveCorrupt, "A tensor reaches past the end of its storage.");
  // An expanded view is small in the file and may be vast in memory.
  constexpr std::int64_t kMaxElements = std::int64_t{1} << 33;
  std::int64_t elements = 1;
  for (const ir::Size& size : meta.sizes)
    if (__builtin_mul_overflow(elements, size.hint(), &elements) || elements > kMaxElements)
      failRead(ErrorCode::OutOfMemory, "The tensor is too large for an input.");
  return {ir::contiguousMeta(meta.dtype, meta.sizeHints()), gathered(storage, meta, offset)};
}

FileTensor readSaved(std::span<const std::byte> file, const std::string& name) {
  const SavedTensors saved(file, "The file");
  const Pickle& pickle = saved.pickle();
  Names names;
  std::vector<const PickleTensor*> tensors;
  const auto take = [&](const std::string& called, PickleRef ref) {
    const auto* tensor = std::get_if<PickleTensor>(&pickle.at(ref));
    if (!tensor) return;
    names.push_back(called);
    tensors.push_back(tensor);
  };
  take(name, pickle.root);
  if (const auto* dict = std::get_if<PickleDict>(&pickle.at(pickle.root))) {
    for (const auto& [key, value] : dict->members)
      if (const auto* text = std::get_if<std::string>(&pickle.at(key))) take(*text, value);
  }
  const PickleTensor& tensor = *tensors[chosenTensor(names, name)];
  return tensorOf(saved.bytes(tensor.storage), tensor.meta, tensor.storageOffset);
}

FileTensor readStored(const std::string& path, const std::string& name) {
  const auto file = readSafetensors(path);
  if (!file) throw ReadFailure{file.error()};
  Names names;
  for (const StoredTensor& tensor : file->tensors) names.push_back(tensor.name);
  const StoredTensor& tensor = file->tensors[chosenTensor(names, name)];
  return tensorOf(file->file->bytes().subspan(tensor.offset), tensor.meta, 0);
}

FileTensor readAny(const std::string& path, const std::string& name) {
  const auto file = mapFile(path);
  const std::span<const std::byte> bytes = file->bytes();
  if (isNpy(bytes)) {
    const NpyArray array = readNpy(bytes);
    return tensorOf(array.elements, array.meta, 0);
  }
  constexpr char kZip[] = {'P', 'K', 3, 4};
  if (bytes.size() >= sizeof(kZip) && std::memcmp(bytes.data(), kZip, sizeof(kZip)) == 0)
    return readSaved(bytes, name);
  if (path.ends_with(".safetensors")) return readStored(path, name);
  failRead(ErrorCode::FormatUnsupported,
           "It is neither a .npy file, nor one of torch.save, nor called .safetensors.");
}

}  // namespace

Result<FileTensor> readTensorFile(const std::string& path, const std::string& name) {
  try {
    return readAny(path, name);
  } catch (ReadFailure& failure) {
    failure.error.message =
        "Cannot read the input '" + name + "' from '" + path + "'. " + failure.error.message;
    return std::move(failure.error);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::OutOfMemory, "Not enough memory to read '" + path + "'.", {}, {}};
  }
}

}  // namespace core::load
