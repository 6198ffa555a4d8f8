#include "core/base/stage_context.h"

namespace core {

const char* logLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
  }
  return "info";
}

Result<void> StageContext::checkCancelled(const char* stage) const {
  if (!stopRequested()) return {};
  return Error{ErrorCode::Cancelled, std::string(stage) + " was cancelled.", {}, {}};
}

}  // namespace core
