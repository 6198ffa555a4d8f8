#pragma once

// A model compiled as often as its calls need it: the entries, who serves which call, and why an
// entry did not serve.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/pipeline/compile_pipeline.h"
#include "core/run/guards/entry_table.h"

namespace core::pipeline {

/// What became of one call.
struct ServedCall {
  run::StepResult result;
  std::optional<std::size_t> entry;  ///< empty: the call ran in eager mode
  bool isCompiled = false;           ///< the entry was made for this call
  std::vector<std::string> misses;   ///< why the entries that were there did not serve
  std::string fallback;              ///< why the call ran in eager mode; else empty
};

struct EntryCounters {
  int calls = 0;
  int compiles = 0;    ///< traces, each of which made an entry
  int sizeBuilds = 0;  ///< kernels built for an entry at further sizes, without a trace
  int fallbacks = 0;   ///< calls that ran in eager mode
};

class CompiledEntries {
 public:
  /// `open` must outlive the object; `path` is the model's.
  CompiledEntries(OpenModel& open, std::string path, CompileOptions options,
                  std::size_t limit = run::kRecompileLimit)
      : m_open(open), m_path(std::move(path)), m_options(std::move(options)), m_table(limit) {}

  /// One step with `inputs`: by the newest entry whose guards hold, else by a new entry, else (the
  /// limit is reached) in eager mode. Errors as compile() and TorchModel::runCompiled().
  Result<ServedCall> call(const load::InputSet& inputs, const torch::RunOptions& options,
                          const StageContext& context);

  const run::EntryTable& table() const { return m_table; }
  const EntryCounters& counters() const { return m_counters; }

 private:
  struct Entry {
    CompileRecordPtr record;
    std::map<run::SymbolValues, torch::ExecutableStep> steps;  ///< by the symbols' values
  };

  Result<std::size_t> addEntry(const run::CallFacts& facts, const StageContext& context);
  Result<const torch::ExecutableStep*> stepAt(std::size_t entry, const run::SymbolValues& symbols,
                                              const StageContext& context);

  OpenModel& m_open;
  std::string m_path;
  CompileOptions m_options;
  run::EntryTable m_table;
  std::vector<Entry> m_entries;  ///< as in the table
  EntryCounters m_counters;
};

}  // namespace core::pipeline
