#include "tests/aot/check_program.h"

#include <cmath>
#include <cstring>
#include <span>

#include "tests/core/run/run_model.h"

namespace support {
namespace {

using namespace core;

class BytesInMemory final : public load::MappedFile {
 public:
  explicit BytesInMemory(std::size_t count) : m_bytes(count) {}
  std::span<const std::byte> bytes() const override { return m_bytes; }
  std::span<std::byte> writable() { return m_bytes; }

 private:
  std::vector<std::byte> m_bytes;
};

/// Floats between -1 and 1 that repeat late.
void fill(std::span<std::byte> bytes, double phase) {
  for (std::size_t at = 0; at + sizeof(float) <= bytes.size(); at += sizeof(float)) {
    const auto number = static_cast<float>(std::sin(phase + 0.7 * static_cast<double>(at)));
    std::memcpy(bytes.data() + at, &number, sizeof(number));
  }
}

}  // namespace

TorchModelPtr openProgram(ProgramBuilder& builder) {
  auto model = std::make_shared<load::LoadedModel>(*builder.model());
  std::uint64_t total = 0;
  for (load::StoragePlace& place : model->storages) {
    place.offset = total;
    total += place.length;
  }
  auto file = std::make_shared<BytesInMemory>(total);
  fill(file->writable(), 1);
  model->file = file;
  double phase = 2;
  load::InputSet& inputs = builder.inputs();
  std::vector<bool> isFilled(inputs.storages.size(), false);
  for (const load::InputSet::Input& input : inputs.inputs) {
    const auto storage = static_cast<std::size_t>(input.storage);
    if (input.meta.dtype != ir::DType::F32 || isFilled[storage]) continue;  // others stay zero
    isFilled[storage] = true;
    fill(inputs.storages[storage], phase += 1);
  }
  return openModel(std::move(model), builder.inputs());
}

namespace {

/// The step compiled with `options`, in both modes.
std::string differenceOf(torch::TorchModel& model, const partition::PartitionOptions& options,
                         Build build) {
  for (const auto mode : {run::Mode::Train, run::Mode::Infer}) {
    const auto step = compile(model, mode, options, build);
    torch::RunOptions run;
    run.mode = mode;
    const auto check = model.check(step, run, {});
    const char* when = mode == run::Mode::Train ? " (training)" : " (inference)";
    if (!check) return check.error().message + when;
    if (!check->passed) return check->sentence + when;
  }
  return {};
}

template <typename Work>
std::string messageOf(Work&& work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

}  // namespace

std::string differenceFromEager(ProgramBuilder& builder) {
  return messageOf([&]() -> std::string {
    const auto model = openProgram(builder);
    partition::PartitionOptions plain;
    plain.partitioner = partition::PartitionerKind::Default;
    for (const auto& options : {plain, minCut(1), minCut(0)})
      if (auto found = differenceOf(*model, options, Build::ExternOnly); !found.empty())
        return found;
    return {};
  });
}

std::string differenceOfKernels(ProgramBuilder& builder) {
  return messageOf([&] {
    const auto model = openProgram(builder);
    return differenceOf(*model, minCut(1), Build::Kernels);
  });
}

}  // namespace support
