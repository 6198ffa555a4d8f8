#pragma once

// A model compiled as often as its calls need it: the entries, who serves which call, and why an
// entry did not serve.

#include <cstddef>
#include <map>
#include <memory>
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

using run::EntryCounters;

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

  /// The same for a request: as compile(), but stages that an entry makes needless are left out,
  /// and the record has the entries. There is no eager mode to measure: beyond the limit the
  /// entries are dropped, and the record says what PyTorch would do. `options` may differ from the
  /// object's in what compileAlike() allows. `goal` is Build or Measure.
  CompileOutcome request(Goal goal, const CompileOptions& options, const StageContext& context,
                         const OnPartial& onPartial = {}, const OnStage& onStage = {});

  const run::EntryTable& table() const { return m_table; }
  const EntryCounters& counters() const { return m_record.counters; }
  /// What was compiled for the entry, at the sizes of its first call.
  const CompileRecord& compiled(std::size_t entry) const { return *m_entries[entry].record; }
  /// All entries, as the last call left them.
  run::EntriesRecord record() const;

 private:
  /// What was built of an entry for one set of sizes.
  struct Built {
    CompileRecordPtr record;
    torch::ExecutableStep step;
  };
  struct Entry {
    CompileRecordPtr record;
    std::map<run::SymbolValues, Built> builds;  ///< by the symbols' values
  };

  Result<run::CallFacts> factsOf(const StageContext& context);
  run::EntryLookup find(const run::CallFacts& facts);
  void startAnew(const run::EntryLookup& lookup, const StageContext& context);
  Result<std::size_t> addEntry(const run::CallFacts& facts, const StageContext& context);
  std::size_t keep(const run::CallFacts& facts, CompileOutcome& outcome);
  Result<const Built*> builtAt(std::size_t entry, const run::SymbolValues& symbols,
                               const StageContext& context);
  CompileOutcome reuse(std::size_t entry, const run::SymbolValues& symbols, Goal goal,
                       const StageContext& context, const OnPartial& onPartial,
                       const OnStage& onStage);

  OpenModel& m_open;
  std::string m_path;
  CompileOptions m_options;
  run::EntryTable m_table;
  std::vector<Entry> m_entries;  ///< as in the table
  run::EntriesRecord m_record;   ///< all but guards, sizes and backward builds is kept up to date
};

/// The entries of whatever model and options a client works with: requests that compile alike share
/// them, others begin with none.
class EntrySession {
 public:
  /// `open` must outlive the object.
  explicit EntrySession(OpenModel& open) : m_open(open) {}

  /// As compile(), with the entries of the earlier requests.
  CompileOutcome compile(const std::string& path, Goal goal, const CompileOptions& options,
                         const StageContext& context, const OnPartial& onPartial = {},
                         const OnStage& onStage = {});

 private:
  OpenModel& m_open;
  std::string m_path;
  load::LoadedModelPtr m_loaded;  ///< that the entries are of; another one stands for a new file
  CompileOptions m_options;
  std::unique_ptr<CompiledEntries> m_entries;
};

}  // namespace core::pipeline
