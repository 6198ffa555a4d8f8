#include "core/run/guards/call_facts.h"

#include <charconv>

#include "core/trace/traced_inputs.h"

namespace core::run {
namespace {

/// As Python writes the number.
std::string numberText(double number) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  std::string text(digits, end);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

/// The guard on an input that is no tensor; empty for a kind that a call cannot bring.
std::string constantGuard(const std::string& name, const load::ExportArgument& value) {
  if (std::holds_alternative<std::monostate>(value)) return name + " is None";
  if (const auto* flag = std::get_if<bool>(&value))
    return name + (*flag ? " is True" : " is False");
  if (const auto* whole = std::get_if<std::int64_t>(&value))
    return name + " == " + std::to_string(*whole);
  if (const auto* real = std::get_if<double>(&value)) return name + " == " + numberText(*real);
  if (const auto* text = std::get_if<std::string>(&value)) return name + " == '" + *text + "'";
  return {};
}

}  // namespace

Result<CallFacts> callFacts(const load::LoadedModel& model, const load::InputSet& inputs,
                            Mode mode) {
  CORE_TRY(const trace::TracedInputs traced, trace::tracedInputs(model, inputs));
  CallFacts facts;
  facts.gradEnabled = mode == Mode::Train;
  for (std::size_t k = 0; k < traced.bindings.size(); ++k) {
    const load::InputSpec& spec = model.program.inputSpecs[k];
    const int index = traced.bindings[k].primal;
    if (index < 0) {
      std::string guard = constantGuard(spec.name, model.program.graph.inputs[k]);
      if (!guard.empty()) facts.constants.push_back(std::move(guard));
      continue;
    }
    const trace::Primal& primal = traced.primals[static_cast<std::size_t>(index)];
    if (primal.isState) continue;
    facts.tensors.push_back({spec.name, static_cast<int>(k), primal.meta, primal.storageOffset,
                             primal.requiresGrad, primal.object, primal.storage});
  }
  return facts;
}

}  // namespace core::run
