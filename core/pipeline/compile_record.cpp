#include "core/pipeline/compile_record.h"

namespace core::pipeline {

const char* stageName(Stage stage) {
  switch (stage) {
    case Stage::Load: return "load";
    case Stage::Trace: return "trace";
    case Stage::Partition: return "partition";
    case Stage::Schedule: return "schedule";
    case Stage::Codegen: return "codegen";
    case Stage::Build: return "build";
    case Stage::Run: return "run";
    case Stage::Measure: return "measure";
  }
  return "load";
}

}  // namespace core::pipeline
