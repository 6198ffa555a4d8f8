#include "core/run/guards/call_facts.h"

#include "core/trace/traced_inputs.h"

namespace core::run {

Result<CallFacts> callFacts(const load::LoadedModel& model, const load::InputSet& inputs,
                            Mode mode) {
  CORE_TRY(const trace::TracedInputs traced, trace::tracedInputs(model, inputs));
  CallFacts facts;
  facts.gradEnabled = mode == Mode::Train;
  for (std::size_t k = 0; k < traced.bindings.size(); ++k) {
    const int index = traced.bindings[k].primal;
    if (index < 0) continue;
    const trace::Primal& primal = traced.primals[static_cast<std::size_t>(index)];
    if (primal.isState) continue;
    facts.tensors.push_back({model.program.inputSpecs[k].name, static_cast<int>(k), primal.meta,
                             primal.storageOffset, primal.requiresGrad, primal.object,
                             primal.storage});
  }
  return facts;
}

}  // namespace core::run
