#include "core/load/loaded_model.h"

#include <filesystem>

#include "core/load/json_value.h"
#include "core/load/mapped_file.h"
#include "core/load/program_reader.h"
#include "core/load/pt2_archive.h"
#include "core/load/sample_inputs.h"
#include "core/load/weights_reader.h"

namespace core::load {
namespace {

constexpr std::uint64_t kMaxProgramBytes = 512ull * 1024 * 1024;
constexpr std::size_t kMaxProgramValues = 16'000'000;

LoadedModelPtr readModel(const std::string& path, const StageContext& context) {
  auto model = std::make_shared<LoadedModel>();
  model->path = path;
  model->name = std::filesystem::path(path).stem().string();
  model->file = mapFile(path);
  model->fileBytes = model->file->bytes().size();
  context.progress(0, "Load: archive");
  const Pt2Archive archive(model->file);
  const std::string record = "models/" + archive.programName() + ".json";
  context.progress(0.1, "Load: program");
  const JsonDocument document(archive.text(record, kMaxProgramBytes), record,
                              JsonLimits{kMaxProgramValues});
  model->program = readDocument(document, readProgram);
  context.progress(0.8, "Load: weights");
  readWeights(archive, context, *model);
  model->sampleInputs = readSampleInputs(archive, model->program, context);
  context.progress(1, "Load: done");
  return model;
}

}  // namespace

const Weight* LoadedModel::findWeight(const std::string& fullName) const {
  for (const Weight& weight : weights) {
    if (weight.name == fullName) return &weight;
  }
  return nullptr;
}

std::span<const std::byte> LoadedModel::storageBytes(int storage) const {
  const StoragePlace& place = storages[static_cast<std::size_t>(storage)];
  return (place.file ? place.file : file)->bytes().subspan(place.offset, place.length);
}

Result<LoadedModelPtr> loadModel(const std::string& path, const StageContext& context) {
  try {
    CORE_TRY_VOID(context.checkCancelled("load"));
    return readModel(path, context);
  } catch (ReadFailure& failure) {
    failure.error.message = "Cannot open '" + path + "'. " + failure.error.message;
    return std::move(failure.error);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::OutOfMemory, "Not enough memory to open '" + path + "'.", {}, {}};
  }
}

}  // namespace core::load
