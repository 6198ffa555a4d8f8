// A call looks for an entry by its facts before anything is traced. An entry with symbols serves
// every size that its guards allow: the sizes of its graphs are put in again, and kernels are built
// for them once; there is no new trace and no new partition.

#include "core/pipeline/compiled_entries.h"

namespace core::pipeline {

Result<ServedCall> CompiledEntries::call(const load::InputSet& inputs,
                                         const torch::RunOptions& options,
                                         const StageContext& context) {
  ++m_counters.calls;
  CORE_TRY_VOID(openModel(m_open, m_path, m_options, context));
  m_options.mode = options.mode;
  CORE_TRY(const run::CallFacts facts, run::callFacts(*m_open.loaded, inputs, options.mode));
  CORE_TRY(torch::TorchModel * model, bindInputs(m_open, m_options, inputs));

  run::EntryLookup lookup = m_table.find(facts);
  ServedCall served;
  served.misses = lookup.misses;
  if (lookup.limitReached) {
    ++m_counters.fallbacks;
    served.fallback = run::fallbackSentence(lookup, m_table.limit());
    context.log(LogLevel::Warning, "run", served.fallback);
    CORE_TRY(served.result, model->runEager(options, context));
    return served;
  }
  if (!lookup.entry) {
    CORE_TRY(lookup.entry, addEntry(facts, context));
    lookup.symbols = m_table[*lookup.entry].check(facts).symbols;
    served.isCompiled = true;
  }
  served.entry = lookup.entry;
  CORE_TRY(const torch::ExecutableStep* step, stepAt(*lookup.entry, lookup.symbols, context));
  CORE_TRY(served.result, m_open.torch->runCompiled(*step, options, context));
  return served;
}

Result<std::size_t> CompiledEntries::addEntry(const run::CallFacts& facts,
                                              const StageContext& context) {
  CompileOutcome outcome = compile(m_open, m_path, Goal::Build, m_options, context);
  if (outcome.error) return *std::move(outcome.error);
  ++m_counters.compiles;
  const std::size_t entry = m_table.add(run::EntryGuards(facts, *outcome.record->joint));
  Entry made{outcome.record, {}};
  made.steps.emplace(m_table[entry].check(facts).symbols, std::move(outcome.step));
  m_entries.push_back(std::move(made));
  return entry;
}

Result<const torch::ExecutableStep*> CompiledEntries::stepAt(std::size_t entry,
                                                             const run::SymbolValues& symbols,
                                                             const StageContext& context) {
  Entry& mine = m_entries[entry];
  auto found = mine.steps.find(symbols);
  if (found == mine.steps.end()) {
    CompileOutcome outcome = compileAtSizes(m_open, *mine.record, symbols, m_options, context);
    if (outcome.error) return *std::move(outcome.error);
    ++m_counters.sizeBuilds;
    found = mine.steps.emplace(symbols, std::move(outcome.step)).first;
  }
  return &found->second;
}

}  // namespace core::pipeline
