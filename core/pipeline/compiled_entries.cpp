// A call looks for an entry by its facts before anything is traced. An entry with symbols serves
// every size that its guards allow: the sizes of its graphs are put in again, and kernels are built
// for them once; there is no new trace and no new partition.

#include "core/pipeline/compiled_entries.h"

#include "core/pipeline/model_summary.h"
#include "core/torch/deferred_half.h"

namespace core::pipeline {
namespace {

std::string symbolsText(const run::SymbolValues& symbols) {
  std::string text;
  for (const auto& [name, value] : symbols)
    text.append(text.empty() ? "" : ", ").append(name + "=" + std::to_string(value));
  return text;
}

run::BackwardBuild backwardBuild(const torch::ExecutableStep& step) {
  if (step.joint->metadata.tracedTangents.empty()) return run::BackwardBuild::None;
  if (!step.backward.deferred) return run::BackwardBuild::WithTheForward;
  return step.backward.deferred->built() ? run::BackwardBuild::AtFirstCall
                                         : run::BackwardBuild::Waiting;
}

CompileOutcome withEntries(CompileOutcome outcome, run::EntriesRecord entries) {
  auto record = std::make_shared<CompileRecord>(*outcome.record);
  record->entries = std::make_shared<const run::EntriesRecord>(std::move(entries));
  outcome.record = std::move(record);
  return outcome;
}

}  // namespace

Result<ServedCall> CompiledEntries::call(const load::InputSet& inputs,
                                         const torch::RunOptions& options,
                                         const StageContext& context) {
  CORE_TRY_VOID(openModel(m_open, m_path, m_options, context));
  m_options.mode = options.mode;
  CORE_TRY_VOID(followInputs(m_open, m_options, inputs, context));
  CORE_TRY(run::CallFacts facts, run::callFacts(*m_open.loaded, inputs, options.mode));
  facts.decisions = m_open.decisions;
  CORE_TRY(torch::TorchModel * model, bindInputs(m_open, m_options, inputs));

  run::EntryLookup lookup = find(facts);
  ServedCall served;
  served.misses = lookup.misses;
  if (lookup.limitReached) {
    ++m_record.counters.fallbacks;
    served.fallback = m_record.fallback = run::fallbackSentence(lookup, m_table.limit());
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
  CORE_TRY(const Built* built, builtAt(*lookup.entry, lookup.symbols, context));
  CORE_TRY(served.result, m_open.torch->runCompiled(built->step, options, context));
  return served;
}

CompileOutcome CompiledEntries::request(Goal goal, const CompileOptions& options,
                                        const StageContext& context, const OnPartial& onPartial,
                                        const OnStage& onStage) {
  m_options = options;
  const auto compileNow = [&] {
    return compile(m_open, m_path, goal, m_options, context, onPartial, onStage);
  };
  // The first call needs no look-up: its load is a stage like the others.
  std::optional<CompileOutcome> outcome;
  if (m_entries.empty()) outcome = compileNow();
  // What makes facts impossible was found by a stage, or will be, and is said there.
  const auto facts = factsOf(context);
  if (!facts) return withEntries(outcome ? *std::move(outcome) : compileNow(), record());

  const run::EntryLookup lookup = find(*facts);
  if (lookup.entry) {
    outcome = reuse(*lookup.entry, lookup.symbols, goal, context, onPartial, onStage);
    return withEntries(*std::move(outcome), record());
  }
  if (lookup.limitReached) startAnew(lookup, context);
  if (!outcome) outcome = compileNow();
  if (!outcome->error || outcome->stage == Stage::Measure) keep(*facts, *outcome);
  return withEntries(*std::move(outcome), record());
}

/// Of the inputs that the options name or describe.
Result<run::CallFacts> CompiledEntries::factsOf(const StageContext& context) {
  CORE_TRY_VOID(openModel(m_open, m_path, m_options, context));
  CORE_TRY(const load::InputSet inputs, chosenInputs(m_open, m_options));
  CORE_TRY(run::CallFacts facts,
           run::callFacts(*m_open.loaded, inputs, chooseMode(*m_open.loaded, m_options)));
  facts.decisions = m_open.decisions;
  return facts;
}

/// Looks up the call and counts it.
run::EntryLookup CompiledEntries::find(const run::CallFacts& facts) {
  run::EntryLookup lookup = m_table.find(facts);
  ++m_record.counters.calls;
  m_record.served = lookup.entry;
  m_record.isCompiled = false;
  m_record.misses = lookup.misses;
  m_record.fallback.clear();
  const std::size_t count = m_entries.size();
  for (std::size_t i = 0; i < lookup.misses.size(); ++i)
    m_record.entries[count - 1 - i].lastMiss = lookup.misses[i];
  if (lookup.entry) {
    ++m_record.counters.hits;
    ++m_record.entries[*lookup.entry].hits;
    m_record.misses.clear();
  } else if (count > 0) {
    ++m_record.counters.misses;
  }
  return lookup;
}

void CompiledEntries::startAnew(const run::EntryLookup& lookup, const StageContext& context) {
  ++m_record.counters.fallbacks;
  m_record.fallback = "The recompile limit (" + std::to_string(m_table.limit()) +
                      ") was reached. PyTorch would run this call in eager mode; here the entries "
                      "were dropped, and a new one was compiled. Last reason: " +
                      lookup.misses.front();
  context.log(LogLevel::Warning, "run", m_record.fallback);
  m_table.clear();
  m_entries.clear();
  m_record.entries.clear();
}

Result<std::size_t> CompiledEntries::addEntry(const run::CallFacts& facts,
                                              const StageContext& context) {
  CompileOutcome outcome = compile(m_open, m_path, Goal::Build, m_options, context);
  if (outcome.error) return *std::move(outcome.error);
  return keep(facts, outcome);
}

/// Makes an entry of what was compiled for the call; its number.
std::size_t CompiledEntries::keep(const run::CallFacts& facts, CompileOutcome& outcome) {
  ++m_record.counters.compiles;
  const std::size_t entry = m_table.add(run::EntryGuards(facts, *outcome.record->joint));
  auto record = std::make_shared<CompileRecord>(*outcome.record);
  record->measurement = nullptr;
  record->stages.clear();
  Entry made{record, {}};
  made.builds.emplace(m_table[entry].check(facts).symbols, Built{record, outcome.step});
  m_entries.push_back(std::move(made));
  m_record.entries.emplace_back();
  if (!m_record.misses.empty()) m_record.entries.back().reason = m_record.misses.front();
  m_record.served = entry;
  m_record.isCompiled = true;
  return entry;
}

Result<const CompiledEntries::Built*> CompiledEntries::builtAt(std::size_t entry,
                                                               const run::SymbolValues& symbols,
                                                               const StageContext& context) {
  Entry& mine = m_entries[entry];
  auto found = mine.builds.find(symbols);
  if (found == mine.builds.end()) {
    CompileOutcome outcome = compileAtSizes(m_open, *mine.record, symbols, m_options, context);
    if (outcome.error) return *std::move(outcome.error);
    ++m_record.counters.sizeBuilds;
    found = mine.builds.emplace(symbols, Built{outcome.record, std::move(outcome.step)}).first;
  }
  return &found->second;
}

/// Goes on from what the entry has for these sizes.
CompileOutcome CompiledEntries::reuse(std::size_t entry, const run::SymbolValues& symbols,
                                      Goal goal, const StageContext& context,
                                      const OnPartial& onPartial, const OnStage& onStage) {
  if (onStage) onStage(Stage::Build);
  const bool isKnown = m_entries[entry].builds.contains(symbols);
  const auto built = builtAt(entry, symbols, context);
  if (!built) return {m_entries[entry].record, {}, built.error(), Stage::Build};
  CompileRecord shown = *(*built)->record;
  if (isKnown) shown.stages.clear();
  StageRecord lookup;
  lookup.stage = Stage::Build;
  lookup.summary = run::servedSentence(m_record);
  shown.stages.insert(shown.stages.begin(), std::move(lookup));
  if (onPartial) onPartial(std::make_shared<const CompileRecord>(shown));
  return runBuilt(m_open, shown, (*built)->step, goal, m_options, context, onStage);
}

run::EntriesRecord CompiledEntries::record() const {
  run::EntriesRecord record = m_record;
  for (std::size_t i = 0; i < m_entries.size(); ++i) {
    run::EntryRecord& entry = record.entries[i];
    entry.guards = m_table[i].list();
    for (const auto& [symbols, built] : m_entries[i].builds) {
      if (!symbols.empty()) entry.sizes.push_back(symbolsText(symbols));
      const run::BackwardBuild build = backwardBuild(built.step);
      if (entry.backward != run::BackwardBuild::AtFirstCall) entry.backward = build;
      if (built.step.backward.deferred)
        entry.backwardMs += built.step.backward.deferred->seconds() * 1e3;
    }
  }
  return record;
}

CompileOutcome EntrySession::compile(const std::string& path, Goal goal,
                                     const CompileOptions& options, const StageContext& context,
                                     const OnPartial& onPartial, const OnStage& onStage) {
  if (goal != Goal::Build && goal != Goal::Measure)
    return pipeline::compile(m_open, path, goal, options, context, onPartial, onStage);
  // Opens again what was written since, and then it is another model.
  const bool isSame = m_entries && m_path == path && compileAlike(m_options, options) &&
                      openModel(m_open, path, options, context) && m_loaded == m_open.loaded;
  if (!isSame) {
    m_path = path;
    m_options = options;
    m_entries = std::make_unique<CompiledEntries>(m_open, path, options);
  }
  CompileOutcome outcome = m_entries->request(goal, options, context, onPartial, onStage);
  m_loaded = m_open.loaded;
  return outcome;
}

}  // namespace core::pipeline
