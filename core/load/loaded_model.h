#pragma once

// A model file that was opened: its program, where its weights lie, and example inputs. The file
// stays mapped as long as a LoadedModel (or a copy of its `file`) lives; nothing is copied.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/load/exported_program.h"

namespace core::load {

/// A read-only mapping of a whole file.
class MappedFile {
 public:
  virtual ~MappedFile() = default;
  virtual std::span<const std::byte> bytes() const = 0;
};

/// One raw storage of the archive. Weights with the same `entry` share it.
struct StoragePlace {
  std::string entry;                         ///< name in the archive ("data/weights/weight_0")
  std::uint64_t offset = 0;                  ///< of the first byte in the file
  std::uint64_t length = 0;                  ///< bytes
  std::shared_ptr<const MappedFile> file{};  ///< where it lies; null: in the model's own file
};

/// A parameter, buffer or constant: a strided view of one storage.
struct Weight {
  std::string name;  ///< full name ("layer1.0.conv1.weight")
  bool isParameter = false;
  bool requiresGrad = false;
  int storage = 0;  ///< index into LoadedModel::storages
  ir::TensorMeta meta;
  std::int64_t storageOffset = 0;  ///< in elements
};

/// Tensors given to a run: strided views of byte storages, so that aliasing is kept.
struct InputSet {
  struct Input {
    int storage = 0;  ///< index into `storages`
    ir::TensorMeta meta;
    std::int64_t storageOffset = 0;   ///< in elements
    std::optional<int> sameObjectAs;  ///< an earlier input that is the very same tensor
    bool requiresGrad = false;
    bool isLeaf = true;  ///< false with requiresGrad: the model gets a clone of a leaf
  };
  std::vector<std::vector<std::byte>> storages;
  std::vector<Input> inputs;  ///< one per user input, in order
};

struct LoadedModel {
  std::string path;
  std::string name;  ///< file stem
  std::uint64_t fileBytes = 0;
  ExportedProgram program;
  std::vector<StoragePlace> storages;
  std::vector<Weight> weights;
  /// The example inputs stored in the archive, where they could be read.
  std::optional<InputSet> sampleInputs;
  std::shared_ptr<const MappedFile> file;

  /// The weight of that full name, or null.
  const Weight* findWeight(const std::string& fullName) const;
  /// The bytes of one storage inside its mapping.
  std::span<const std::byte> storageBytes(int storage) const;
};

using LoadedModelPtr = std::shared_ptr<const LoadedModel>;

/// Opens a .pt2 archive. Errors: FileNotFound, ArchiveCorrupt, FormatUnsupported, with the entry or
/// the JSON path and what to do. Reads headers and JSON only; weights stay in the file.
Result<LoadedModelPtr> loadModel(const std::string& path, const StageContext& context);

/// Reads an input head (`inputs/<name>.json`) with its `.bin` beside it.
Result<InputSet> readInputSet(const std::string& jsonPath);

}  // namespace core::load
