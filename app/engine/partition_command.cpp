#include <cstdio>
#include <deque>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "app/engine/partition_output.h"
#include "app/engine/partition_report.h"
#include "core/load/capture/capture_reader.h"
#include "core/load/capture/capture_writer.h"

namespace engine {
namespace {

using namespace core;

Result<void> partitionFile(const EngineOptions& options) {
  const StageContext context = commandContext(options.quiet);
  CORE_TRY(load::CaptureFile file, load::readCaptureFile(options.model));
  // A deque, because the sections keep pointers to its elements.
  std::deque<std::vector<partition::Partition>> made;
  std::vector<load::CaptureSection> sections;
  for (const load::Capture& capture : file.captures) {
    CORE_TRY(auto partitions, allPartitions(capture.joint, options, context));
    made.push_back(std::move(partitions));
    std::printf("%s, decompositions: %s\n", file.name.c_str(), capture.kind.c_str());
    printPartitions(made.back());
    CORE_TRY_VOID(printReports(capture.joint, made.back().back(), options, context));
    sections.push_back({capture.kind, &capture.joint, pointersTo(made.back()), 0});
  }
  if (options.json.empty()) return {};
  return writeFile(options.json,
                   load::partitionsJson({file.name, file.loss, file.device, {}}, sections));
}

}  // namespace

int partitionCommand(const EngineOptions& options) {
  const auto result = partitionFile(options);
  return result ? kDone : fail(result.error());
}

}  // namespace engine
