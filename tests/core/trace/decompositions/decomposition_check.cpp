#include "tests/core/trace/decompositions/decomposition_check.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/record_function.h>

#include <sstream>

#include "core/trace/decompositions/core_decompositions.h"

namespace decompositiontest {
namespace {

using Stack = std::vector<c10::IValue>;

struct State {
  std::set<std::string> covered;
  std::vector<std::string> differences;
  at::CallbackHandle handle = 0;
};

State& state() {
  static State instance;
  return instance;
}

std::string shortName(const c10::OperatorName& name) {
  const std::string base = name.name.substr(6);
  return name.overload_name.empty() ? base : base + "." + name.overload_name;
}

/// What the decomposition gave, kept until the operator has run.
struct Repeated : at::ObserverContext {
  std::string op;
  Stack results;
  std::string failure;
  double scale = 1;  ///< the largest value among the operands, at least 1
};

std::vector<at::Tensor> tensorsOf(const Stack& values) {
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& value : values) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (!value.isTensorList()) continue;
    for (const at::Tensor& tensor : value.toTensorVector()) tensors.push_back(tensor);
  }
  return tensors;
}

double largestOf(const Stack& values) {
  double largest = 0;
  for (const at::Tensor& tensor : tensorsOf(values)) {
    if (!tensor.defined() || tensor.numel() == 0 || !tensor.is_floating_point()) continue;
    const at::Tensor sizes = at::abs(tensor).to(at::kDouble);
    largest = std::max(largest, at::nan_to_num(sizes, 0.0, 0.0).max().item<double>());
  }
  return largest;
}

std::unique_ptr<at::ObserverContext> onStart(const at::RecordFunction& function) {
  const auto name = function.operator_name();
  if (!name || !name->name.starts_with("aten::")) return nullptr;
  const auto op = c10::Dispatcher::singleton().findSchema(*name);
  if (!op) return nullptr;
  const auto& table = core::trace::coreDecompositions();
  const auto found = table.find(&op->schema());
  const Stack inputs(function.inputs().begin(), function.inputs().end());
  if (found == table.end()) return nullptr;
  const at::DisableRecordFunctionGuard doNotObserve;
  const at::NoGradGuard noGrad;
  auto repeated = std::make_unique<Repeated>();
  repeated->op = shortName(*name);
  repeated->results = inputs;
  repeated->scale = std::max(1.0, largestOf(inputs));
  try {
    if (!found->second(&repeated->results)) return nullptr;
  } catch (const c10::Error& error) {
    repeated->failure = error.what_without_backtrace();
  }
  return repeated;
}

std::string describe(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.scalar_type() << tensor.sizes();
  return text.str();
}

/// Memory that nobody has written.
bool isUninitialised(const std::string& op) {
  return op == "empty_like" || op == "new_empty";
}

/// What a rounding may change, of the largest value.
double toleranceOf(at::ScalarType dtype) {
  switch (dtype) {
    case at::kDouble: return 1e-8;
    case at::kHalf: return 1e-2;
    case at::kBFloat16: return 4e-2;
    default: return 2e-5;
  }
}

/// `scale`: the largest operand, of which a result that cancels keeps the rounding.
bool sameValues(const at::Tensor& expected, const at::Tensor& actual, double scale) {
  if (expected.numel() == 0) return true;
  if (!expected.is_floating_point() && !expected.is_complex()) return expected.equal(actual);
  const at::Tensor a = expected.to(expected.is_complex() ? at::kComplexDouble : at::kDouble);
  const at::Tensor b = actual.to(a.scalar_type());
  const double tolerance = toleranceOf(expected.scalar_type());
  return at::allclose(a, b, tolerance, tolerance * scale, /*equal_nan=*/true);
}

std::string compare(const Repeated& repeated, const at::Tensor& expected,
                    const at::Tensor& actual) {
  if (!expected.defined() || !actual.defined()) return {};
  if (expected.sizes() != actual.sizes() || expected.scalar_type() != actual.scalar_type())
    return "gives " + describe(actual) + " for " + describe(expected);
  if (isUninitialised(repeated.op) || sameValues(expected, actual, repeated.scale)) return {};
  std::ostringstream text;
  text << "gives other values, off by up to "
       << at::abs(expected.to(at::kDouble) - actual.to(at::kDouble)).max().item<double>();
  return text.str();
}

void onEnd(const at::RecordFunction& function, at::ObserverContext* context) {
  const auto* repeated = static_cast<Repeated*>(context);
  if (!repeated) return;
  const at::DisableRecordFunctionGuard doNotObserve;
  const at::NoGradGuard noGrad;
  const Stack outputs = const_cast<at::RecordFunction&>(function).outputs();
  if (outputs.empty()) return;  // the kernel threw
  state().covered.insert(repeated->op);
  const auto add = [&](const std::string& text) {
    state().differences.push_back(repeated->op + " " + text);
  };
  if (!repeated->failure.empty()) return add("throws: " + repeated->failure);
  const auto expected = tensorsOf(outputs), actual = tensorsOf(repeated->results);
  if (expected.size() != actual.size()) return add("gives another number of results");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string difference = compare(*repeated, expected[i], actual[i]);
    if (!difference.empty()) add(difference + " (result " + std::to_string(i) + ")");
  }
}

}  // namespace

DecompositionCheck::DecompositionCheck() {
  state() = State{};
  state().handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(onStart, onEnd).needsInputs(true).needsOutputs(true));
}

DecompositionCheck::~DecompositionCheck() {
  at::removeCallback(state().handle);
}

const std::set<std::string>& DecompositionCheck::covered() const {
  return state().covered;
}

std::vector<std::string> DecompositionCheck::takeDifferences() {
  return std::exchange(state().differences, {});
}

std::set<std::string> tableNames() {
  std::set<std::string> names;
  for (const auto& [schema, body] : core::trace::coreDecompositions())
    names.insert(shortName(schema->operator_name()));
  return names;
}

}  // namespace decompositiontest
