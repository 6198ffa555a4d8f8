#pragma once

// The compiled entries of a model as the explorer shows them: what each demands of a call, which
// calls it served, and why it did not serve others. Plain data.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace core::run {

/// One guard for a person.
struct Guard {
  std::string expression;  ///< "x.dtype == Float", "s0 >= 2", "x is y"
  std::string reason;
  bool operator==(const Guard&) const = default;
};

/// When the kernels of an entry's backward were built.
enum class BackwardBuild {
  None,           ///< it has no backward
  Waiting,        ///< no backward was called yet
  AtFirstCall,    ///< by the first call of the backward
  WithTheForward  ///< at once, since sizes are saved for it
};

/// One compiled entry.
struct EntryRecord {
  std::vector<Guard> guards;
  std::vector<std::string> sizes;  ///< values of its symbols that it was built for: "s0=6, s1=3"
  int hits = 0;                    ///< calls that it served besides the one it was made for
  std::string reason;              ///< the miss that made it: "0/0: tensor 'x' …"; else empty
  std::string lastMiss;            ///< why it did not serve the last call that asked it
  BackwardBuild backward = BackwardBuild::None;
  double backwardMs = 0;  ///< that building the backward took
};

struct EntryCounters {
  int calls = 0;
  int compiles = 0;    ///< traces, each of which made an entry
  int hits = 0;        ///< calls that an entry served which was there
  int misses = 0;      ///< calls that no entry served, though there were some
  int sizeBuilds = 0;  ///< kernels built for an entry at further sizes, without a trace
  int fallbacks = 0;   ///< calls beyond the limit of entries
};

/// All entries of a model, as the last call left them.
struct EntriesRecord {
  std::vector<EntryRecord> entries;  ///< by number
  EntryCounters counters;
  std::optional<std::size_t> served;  ///< the entry that served the last call
  bool isCompiled = false;            ///< it was made for that call
  std::vector<std::string> misses;    ///< of the last call, newest entry first
  std::string fallback;               ///< what was done beyond the limit of entries; else empty
};

/// "no backward", "not called yet", "at the first backward call", "with the forward".
const char* backwardBuildText(BackwardBuild build);

/// How the last call was served, in one sentence: "Entry 0/1 served this call; nothing was
/// compiled."
std::string servedSentence(const EntriesRecord& record);

}  // namespace core::run
