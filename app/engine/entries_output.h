#pragma once

// The compiled entries of a model, for people and for programs.

#include "core/base/json_writer.h"
#include "core/run/entry_record.h"

namespace engine {

/// The members "entries" and "counters" of the open object.
void writeEntries(core::JsonWriter& json, const core::run::EntriesRecord& record);

/// A line per entry: when its backward was built, and how long that took.
void printBackwards(const core::run::EntriesRecord& record);

/// "2 calls, 1 compile, …" in one line.
void printCounters(const core::run::EntryCounters& counters);

}  // namespace engine
