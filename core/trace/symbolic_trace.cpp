// Try all symbols at once; when something does not fit, the symbol whose doing it is becomes a
// number and the others are tried again. Each round costs as many traces as there are symbols, plus
// two that check.

#include "core/trace/symbolic_trace.h"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

namespace core::trace {
namespace {

class Search {
 public:
  Search(const load::LoadedModel& model, const TracedInputs& inputs, BaseTrace base,
         const TraceAt& traceAt)
      : m_model(model),
        m_inputs(inputs),
        m_base(std::move(base)),
        m_traceAt(traceAt),
        m_found(symbolicInputs(model, inputs)) {}

  Result<JointGraphPtr> run() {
    const auto primals = static_cast<std::size_t>(m_base.joint->signature.numPrimals);
    while (primals != m_inputs.primals.size() && !m_found.symbols.empty())
      m_found.specialise(0, "inputs that share memory were merged");
    while (!m_found.symbols.empty()) {
      CORE_TRY(const JointGraphPtr fitted, round());
      if (fitted) return fitted;
    }
    return m_base.joint;
  }

  const SymbolicInputs& found() const { return m_found; }

 private:
  /// The fitted graph; null if a symbol was given up.
  Result<JointGraphPtr> round() {
    std::size_t tooNarrow = 0;
    const auto assignments = symbolAssignments(m_found, m_inputs, tooNarrow);
    if (assignments.empty()) {
      m_found.specialise(tooNarrow, "its range has too few sizes to try");
      return JointGraphPtr();
    }
    std::vector<SymbolSample> samples{{assignments.front(), m_base.joint}};
    for (std::size_t k = 1; k < assignments.size(); ++k) {
      auto traced = m_traceAt(resized(m_model, m_inputs, m_found.symbols, assignments[k]));
      if (!traced) {
        if (traced.error().code == ErrorCode::Cancelled) return traced.error();
        m_found.specialise(std::min(k, m_found.symbols.size()) - 1,
                           "the trace at another size failed: " + traced.error().message);
        return JointGraphPtr();
      }
      samples.push_back({assignments[k], std::move(*traced)});
    }
    FitResult fit = fitSymbols(m_found.symbols, samples, m_base.sizesFrom, m_found.expressions);
    if (fit.failure)
      m_found.specialise(fit.failure->symbol, fit.failure->reason, fit.failure->source);
    return std::move(fit.joint);
  }

  const load::LoadedModel& m_model;
  const TracedInputs& m_inputs;
  BaseTrace m_base;
  const TraceAt& m_traceAt;
  SymbolicInputs m_found;
};

std::string asSentence(std::string reason) {
  if (reason.starts_with('`') || reason.empty()) return reason + ".";
  reason.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(reason.front())));
  return reason + ".";
}

/// The range of each symbol, and each size that is a number for a reason.
std::vector<ir::SizeGuard> sizeGuards(const SymbolicInputs& found) {
  std::vector<ir::SizeGuard> guards;
  for (const InputSymbol& symbol : found.symbols) {
    guards.push_back({symbol.name + " >= " + std::to_string(symbol.min),
                      "The graph was fitted for sizes from here on.",
                      {}});
    if (symbol.step > 1)
      guards.push_back({"Mod(" + symbol.name + ", " + std::to_string(symbol.step) +
                            ") == " + std::to_string(symbol.hint % symbol.step),
                        "The program has the size " + symbol.recorded + " here.",
                        {}});
    if (symbol.max != std::numeric_limits<std::int64_t>::max())
      guards.push_back({symbol.name + " <= " + std::to_string(symbol.max),
                        "The program was exported for sizes up to here.",
                        {}});
  }
  for (const std::string& size : unboundedSizes(found))
    guards.push_back({size + " >= 2", "Smaller sizes are treated apart by operators.", {}});
  for (const SpecialisedSymbol& symbol : found.specialised)
    if (symbol.value)
      guards.push_back({"Eq(" + symbol.name + ", " + std::to_string(*symbol.value) + ")",
                        asSentence(symbol.reason), symbol.source});
  return guards;
}

void remark(const SymbolicInputs& found, const StageContext& context) {
  for (const SpecialisedSymbol& symbol : found.specialised)
    context.log(LogLevel::Info, "trace",
                "The graph is specialised to the inputs' value of a symbolic dimension (" +
                    symbol.name + "): " + symbol.reason + ".");
  if (found.symbols.empty()) return;
  std::string names;
  for (const InputSymbol& symbol : found.symbols)
    names.append(names.empty() ? "" : ", ").append(symbol.name);
  context.log(LogLevel::Info, "trace",
              "The graph has symbolic sizes (" + names + "), fitted to " +
                  std::to_string(found.symbols.size() + 3) + " traces at different sizes.");
}

}  // namespace

Result<JointGraphPtr> withSymbols(const load::LoadedModel& model, const TracedInputs& inputs,
                                  BaseTrace base, const TraceAt& traceAt,
                                  const StageContext& context) {
  Search search(model, inputs, std::move(base), traceAt);
  CORE_TRY(const JointGraphPtr joint, search.run());
  remark(search.found(), context);
  auto guarded = std::make_shared<ir::JointGraph>(*joint);
  guarded->guards = sizeGuards(search.found());
  return JointGraphPtr(std::move(guarded));
}

}  // namespace core::trace
