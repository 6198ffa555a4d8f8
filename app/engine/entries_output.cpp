#include "app/engine/entries_output.h"

#include <cstdio>

namespace engine {

using namespace core;

namespace {

void writeEntry(JsonWriter& json, const run::EntryRecord& entry) {
  json.beginObject().key("guards").beginArray();
  for (const run::Guard& guard : entry.guards)
    json.beginObject()
        .member("expression", guard.expression)
        .member("reason", guard.reason)
        .endObject();
  json.endArray()
      .member("sizes", entry.sizes)
      .member("hits", entry.hits)
      .member("reason", entry.reason)
      .member("last_miss", entry.lastMiss)
      .member("backward_built", run::backwardBuildText(entry.backward))
      .member("backward_ms", entry.backwardMs)
      .endObject();
}

}  // namespace

void writeEntries(JsonWriter& json, const run::EntriesRecord& record) {
  json.key("entries").beginArray();
  for (const run::EntryRecord& entry : record.entries) writeEntry(json, entry);
  json.endArray();
  const run::EntryCounters& counters = record.counters;
  json.key("counters")
      .beginObject()
      .member("calls", counters.calls)
      .member("compiles", counters.compiles)
      .member("hits", counters.hits)
      .member("misses", counters.misses)
      .member("size_builds", counters.sizeBuilds)
      .member("fallbacks", counters.fallbacks)
      .endObject();
}

void printBackwards(const run::EntriesRecord& record) {
  for (std::size_t i = 0; i < record.entries.size(); ++i) {
    const run::EntryRecord& entry = record.entries[i];
    if (entry.backward == run::BackwardBuild::None) continue;
    std::printf("entry 0/%zu: backward built: %s", i, run::backwardBuildText(entry.backward));
    if (entry.backwardMs > 0) std::printf(", in %.1f ms", entry.backwardMs);
    std::printf("\n");
  }
}

void printCounters(const run::EntryCounters& counters) {
  std::printf(
      "%d calls, %d compiles, %d hits, %d misses, %d builds at further sizes, %d beyond the limit "
      "of entries\n",
      counters.calls, counters.compiles, counters.hits, counters.misses, counters.sizeBuilds,
      counters.fallbacks);
}

}  // namespace engine
