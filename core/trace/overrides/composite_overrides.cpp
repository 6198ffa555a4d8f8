// The two tables that the tracer's dispatcher asks before autograd.

#include "core/trace/overrides/composite_overrides.h"

#include <string>

#include "core/trace/overrides/override_torch.h"

namespace core::trace {
namespace overrides {
namespace {

c10::OperatorHandle findOperator(const std::string& op) {
  const auto dot = op.find('.');
  const std::string overload = dot == std::string::npos ? "" : op.substr(dot + 1);
  return c10::Dispatcher::singleton().findSchemaOrThrow(("aten::" + op.substr(0, dot)).c_str(),
                                                        overload.c_str());
}

Table buildOverrides() {
  Table table;
  for (auto* enterFamily : {enterAttention, enterLosses, enterMatmul, enterNorms, enterRecurrent,
                            enterRefusals, enterSimple, enterSpectral, enterUpsample}) {
    enterFamily(table);
  }
  return table;
}

bool isWholeOnCpu(const c10::OperatorHandle& op) {
  return op.hasKernelForDispatchKey(c10::DispatchKey::CompositeImplicitAutograd) &&
         op.hasKernelForDispatchKey(c10::DispatchKey::CPU);
}

std::unordered_set<const c10::FunctionSchema*> findWholeOperators() {
  std::unordered_set<const c10::FunctionSchema*> whole;
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const c10::OperatorName& name : dispatcher.getAllOpNames()) {
    if (!name.name.starts_with("aten::")) continue;
    const auto op = dispatcher.findSchema(name);
    if (op && isWholeOnCpu(*op)) whole.insert(&op->schema());
  }
  return whole;
}

}  // namespace

void enter(Table& table, const char* op, Override override) {
  table[&findOperator(op).schema()] = override;
}

}  // namespace overrides

const std::unordered_map<const c10::FunctionSchema*, Override>& compositeOverrides() {
  static const overrides::Table table = overrides::buildOverrides();
  return table;
}

const std::unordered_set<const c10::FunctionSchema*>& keepWhole() {
  static const auto whole = overrides::findWholeOperators();
  return whole;
}

}  // namespace core::trace
