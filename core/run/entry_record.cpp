#include "core/run/entry_record.h"

namespace core::run {

const char* backwardBuildText(BackwardBuild build) {
  switch (build) {
    case BackwardBuild::None: return "no backward";
    case BackwardBuild::Waiting: return "not called yet";
    case BackwardBuild::AtFirstCall: return "at the first backward call";
    case BackwardBuild::WithTheForward: return "with the forward";
  }
  return "no backward";
}

std::string servedSentence(const EntriesRecord& record) {
  if (!record.served) return record.fallback;
  const std::string name = "Entry 0/" + std::to_string(*record.served);
  if (!record.isCompiled) return name + " served this call; nothing was traced.";
  if (record.misses.empty()) return name + " was compiled for this call, the first one.";
  return name + " was compiled, since no entry served: " + record.misses.front();
}

}  // namespace core::run
