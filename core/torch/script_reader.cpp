// A TorchScript program is evaluated once, statement by statement, with shape-only tensors in place
// of data: what does not depend on data (sizes, flags of the module, loops over lists) is computed
// and disappears; calls with tensors are recorded. A number that is read out of a tensor is
// unknown. Where an unknown number decides a branch or how often a loop runs, nobody can know the
// way: the program is cut into segments there, each way is read as a segment of its own, and what
// the ways return are open values for the segments behind them (what torch.compile calls a graph
// break).

#include "core/torch/script_reader_torch.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/api/function_impl.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "core/torch/script_program_torch.h"
#include "core/torch/script_reals_torch.h"
#include "core/torch/script_values_torch.h"

namespace core::torch {
namespace {

namespace jit = ::torch::jit;
using c10::IValue;

constexpr int kMaxDepth = 200;
constexpr std::int64_t kMaxTrips = 100'000;

/// A value, or empty: a number that depends on data.
using Known = std::optional<IValue>;

/// What the program raises on the way that is read (a check that fails).
struct Raised {
  std::string text;
};

class ScriptReader {
 public:
  /// With `reals` what is read out of tensors is known, and the program is the way that it takes.
  ScriptReader(const std::string& path, const jit::Module& module, const load::InputSet& inputs,
               const StageContext& context, ScriptReals* reals = nullptr)
      : m_module(module), m_program(path, module, inputs), m_context(context), m_reals(reals) {
    for (const auto& child : module.named_modules())
      m_scopes[child.value._ivalue().get()] = std::make_shared<const ir::ModuleScope>(
          ir::ModuleScope{child.name, className(child.value.type())});
  }

  std::vector<ScriptSegment> read() {
    const jit::Method forward = m_module.get_method("forward");
    if (m_reals) m_reals->takeInputs(m_program.userInputs());
    std::vector<Known> arguments{IValue(m_module._ivalue())};
    for (const at::Tensor& input : m_program.userInputs()) arguments.emplace_back(IValue(input));
    const auto& schema = forward.function().getSchema();
    TORCH_CHECK(arguments.size() <= schema.arguments().size(), "forward takes ",
                schema.arguments().size() - 1, " inputs, but ", arguments.size() - 1,
                " were given");
    for (std::size_t i = arguments.size(); i < schema.arguments().size(); ++i) {
      TORCH_CHECK(schema.arguments()[i].default_value(), "the input '",
                  schema.arguments()[i].name(), "' of forward was not given");
      arguments.emplace_back(*schema.arguments()[i].default_value());
    }
    std::vector<at::Tensor> outputs;
    for (const Known& value : call(forward.function(), std::move(arguments)))
      if (value) forEachTensor(*value, [&](const at::Tensor& t) { outputs.push_back(named(t)); });
    TORCH_CHECK(!outputs.empty(), "forward returns no tensor");
    return m_program.finish(outputs);
  }

 private:
  using Environment = std::unordered_map<const jit::Value*, Known>;

  /// The function's results for `arguments`.
  std::vector<Known> call(jit::Function& function, std::vector<Known> arguments) {
    TORCH_CHECK(++m_depth < kMaxDepth, "functions call each other too deeply");
    const std::string caller = std::exchange(m_function, function.name());
    const std::shared_ptr<jit::Graph> graph = jit::toGraphFunction(function).graph();
    Environment environment;
    TORCH_CHECK(arguments.size() == graph->inputs().size(), "the call of '", function.name(),
                "' does not have its arguments");
    for (std::size_t i = 0; i < arguments.size(); ++i)
      environment[graph->inputs()[i]] = std::move(arguments[i]);
    std::vector<Known> results = evaluate(*graph->block(), environment);
    m_function = caller;
    --m_depth;
    return results;
  }

  std::vector<Known> evaluate(jit::Block& block, Environment& environment) {
    for (jit::Node* node : block.nodes()) {
      TORCH_CHECK(!m_context.stopRequested(), "cancelled");
      step(*node, environment);
    }
    std::vector<Known> results;
    for (const jit::Value* output : block.outputs()) results.push_back(environment.at(output));
    return results;
  }

  static void bind(const jit::Node& node, std::vector<Known> results, Environment& environment) {
    for (std::size_t i = 0; i < results.size(); ++i)
      environment[node.outputs()[i]] = std::move(results[i]);
  }

  void step(jit::Node& node, Environment& environment) {
    switch (node.kind()) {
      case c10::prim::If: return branch(node, environment);
      case c10::prim::Loop: return loop(node, environment);
      case c10::prim::RaiseException: throw Raised{placeText(node)};
      case c10::prim::Print: return;
      default: break;
    }
    std::vector<Known> inputs;
    for (const jit::Value* input : node.inputs())
      inputs.push_back(input->type()->kind() == c10::TypeKind::FunctionType
                           ? Known(IValue())
                           : environment.at(input));
    bind(node, results(node, std::move(inputs)), environment);
  }

  std::vector<Known> results(jit::Node& node, std::vector<Known> inputs) {
    switch (node.kind()) {
      case c10::prim::Constant: return {jit::toIValue(node.output())};
      case c10::prim::Uninitialized: return {IValue()};
      case c10::prim::GetAttr: return {attribute(*inputs[0], node.s(c10::attr::name))};
      case c10::prim::SetAttr: setAttribute(node, inputs); return {};
      case c10::prim::CallMethod: {
        const auto type = inputs[0]->toObjectRef().type();
        const auto scope = m_scopes.find(inputs[0]->toObject().get());
        if (scope != m_scopes.end()) m_modules.push_back(scope->second);
        auto made = call(type->getMethod(node.s(c10::attr::name)), std::move(inputs));
        if (scope != m_scopes.end()) m_modules.pop_back();
        return made;
      }
      case c10::prim::CallFunction: {
        jit::Function& function = *node.input(0)->type()->expectRef<c10::FunctionType>().function();
        return call(function, {std::make_move_iterator(inputs.begin() + 1),
                               std::make_move_iterator(inputs.end())});
      }
      default: break;
    }
    if (std::any_of(inputs.begin(), inputs.end(), [](const Known& v) { return !v; }))
      return unknownResults(node, inputs);
    std::vector<IValue> values;
    for (Known& input : inputs) values.push_back(*std::move(input));
    if (const auto packed = packedOrUnpacked(node, values))
      return std::vector<Known>(packed->begin(), packed->end());
    return operation(node, std::move(values));
  }

  /// A calculation with unknown numbers is unknown; a tensor's call cannot be recorded.
  std::vector<Known> unknownResults(const jit::Node& node, const std::vector<Known>& inputs) {
    for (const Known& input : inputs) {
      bool hasTensor = false;
      if (input) forEachTensor(*input, [&](const at::Tensor&) { hasTensor = true; });
      TORCH_CHECK_NOT_IMPLEMENTED(!hasTensor, "`", node.kind().toQualString(), "` at ",
                                  placeText(node), " has an argument that depends on data");
    }
    return std::vector<Known>(node.outputs().size());
  }

  Known attribute(const IValue& object, const std::string& name) {
    const auto written = m_written.find({object.toObject().get(), name});
    IValue value =
        written != m_written.end() ? written->second : object.toObjectRef().getAttr(name);
    if (value.isTensor() && value.toTensor().defined() && !value.toTensor().is_meta())
      return IValue(named(value.toTensor()));
    return value;
  }

  /// A tensor that replaces a buffer is copied into it: the buffer stays the same object.
  void setAttribute(jit::Node& node, const std::vector<Known>& inputs) {
    const std::string& name = node.s(c10::attr::name);
    TORCH_CHECK_NOT_IMPLEMENTED(inputs[0] && inputs[1], "the attribute '", name,
                                "' is given a value that depends on data");
    const Known old = attribute(*inputs[0], name);
    if (!inputs[1]->isTensor() || !old || !old->isTensor()) {
      m_written[{inputs[0]->toObject().get(), name}] = *inputs[1];
      return;
    }
    static const auto copy = c10::Dispatcher::singleton().findSchemaOrThrow("aten::copy_", "");
    record(node, {copy, {*old, *inputs[1], IValue(false)}});
  }

  std::vector<Known> operation(jit::Node& node, std::vector<IValue> values) {
    const jit::Operator* found = node.maybeOperator();
    TORCH_CHECK_NOT_IMPLEMENTED(found, "`", node.kind().toQualString(), "` at ", placeText(node),
                                " is not supported");
    const c10::FunctionSchema& schema = found->schema();
    const auto registered =
        c10::Dispatcher::singleton().findSchema({schema.name(), schema.overload_name()});
    if (registered && returnsTensors(schema) && !isFoldable(schema, values))
      return record(node, exportedCall(*registered, std::move(values)));
    jit::Stack stack = std::move(values);
    const std::size_t count = node.outputs().size();
    if (readsData(schema, stack)) {
      if (m_reals) {
        const std::vector<IValue> read = m_reals->read(node, std::move(stack));
        return std::vector<Known>(read.begin(), read.end());
      }
      // Who decides the way at run time needs the tensor.
      for (const IValue& value : stack)
        forEachTensor(value, [&](const at::Tensor& tensor) { m_program.keep(tensor); });
      return std::vector<Known>(count);
    }
    node.getOperation()(stack);
    return std::vector<Known>(stack.end() - static_cast<std::ptrdiff_t>(count), stack.end());
  }

  /// The shape-only tensor for one that may be real.
  at::Tensor named(const at::Tensor& tensor) {
    if (tensor.is_meta()) return tensor;
    const at::Tensor twin = m_program.stateTwin(tensor);
    if (m_reals) m_reals->takeState(twin, tensor);
    return twin;
  }

  IValue named(const IValue& value) {
    if (value.isTensor() && value.toTensor().defined()) return named(value.toTensor());
    if (!isTensorList(value)) return value;
    c10::impl::GenericList made(value.toList().elementType());
    for (const IValue& element : value.toListRef()) made.push_back(named(element));
    return made;
  }

  std::vector<Known> record(const jit::Node& node, ScriptCall made) {
    const c10::FunctionSchema& schema = made.op.schema();
    jit::Stack stack;
    for (std::size_t i = 0; i < made.arguments.size(); ++i) {
      made.arguments[i] = named(made.arguments[i]);
      stack.push_back(dispatchedArgument(schema.arguments()[i], made.arguments[i]));
    }
    made.op.callBoxed(&stack);
    if (m_reals) m_reals->run(made, stack);
    m_program.addCall(schema, made.arguments, stack, placeOf(node));
    return std::vector<Known>(stack.begin(), stack.end());
  }

  ScriptPlace placeOf(const jit::Node& node) const {
    ScriptPlace place;
    place.source = sourceOf(node, m_function);
    place.modules = m_modules;
    return place;
  }

  // --- branches and loops --------------------------------------------------------------------

  void branch(jit::Node& node, Environment& environment) {
    const Known condition = environment.at(node.input());
    if (condition) {
      jit::Block& taken = *node.blocks()[condition->toBool() ? 0 : 1];
      return bind(node, evaluate(taken, environment), environment);
    }
    const std::string where = placeText(node);
    const std::string reason = "a branch depends on data at " + where;
    std::vector<std::vector<Known>> ways;
    m_program.beginSegment(reason, "if, at " + where);
    for (std::size_t i = 0; i < 2; ++i) {
      try {
        ways.push_back(evaluate(*node.blocks()[i], environment));
      } catch (const Raised& raised) {
        m_context.log(LogLevel::Info, "load", "One way of a branch only raises: " + raised.text);
      }
      m_program.beginSegment(i == 0 ? "the other way of the branch follows" : "the branch ends",
                             i == 0 ? "else, at " + where : "behind the branch at " + where);
    }
    if (ways.empty()) throw Raised{where};
    bind(node, joined(node, ways), environment);
  }

  /// What is known behind a branch of the values that its ways return.
  std::vector<Known> joined(const jit::Node& node, const std::vector<std::vector<Known>>& ways) {
    std::vector<Known> values = ways.front();
    if (ways.size() < 2) return values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Known& other = ways[1][i];
      if (!values[i] || !other) {
        values[i] = std::nullopt;
      } else if (values[i]->isTensor() && other->isTensor()) {
        values[i] = open(node, values[i]->toTensor(), other->toTensor());
      } else if (!values[i]->isTensor() && values[i]->is(*other)) {
        continue;
      } else {
        const bool isNumber = values[i]->isScalar() && other->isScalar();
        TORCH_CHECK_NOT_IMPLEMENTED(isNumber, "the ways of the branch at ", placeText(node),
                                    " return values of different kinds");
        const bool equal = values[i]->toScalar().equal(other->toScalar().toDouble());
        if (!equal) values[i] = std::nullopt;
      }
    }
    return values;
  }

  IValue open(const jit::Node& node, const at::Tensor& one, const at::Tensor& two) {
    const at::Tensor a = named(one);
    const at::Tensor b = named(two);
    if (a.is_same(b)) return a;
    TORCH_CHECK_NOT_IMPLEMENTED(a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type(),
                                "the ways of the branch at ", placeText(node),
                                " return tensors of different shapes");
    m_program.keep(a);
    m_program.keep(b);
    return m_program.boundaryValue(a.requires_grad() ? a : b);
  }

  void loop(jit::Node& node, Environment& environment) {
    const Known trips = environment.at(node.inputs()[0]);
    Known condition = environment.at(node.inputs()[1]);
    std::vector<Known> carried;
    for (std::size_t i = 2; i < node.inputs().size(); ++i)
      carried.push_back(environment.at(node.inputs()[i]));
    jit::Block& body = *node.blocks()[0];
    for (std::int64_t trip = 0; trips && condition; ++trip) {
      if (trip >= trips->toInt() || !condition->toBool())
        return bind(node, std::move(carried), environment);
      TORCH_CHECK_NOT_IMPLEMENTED(trip < kMaxTrips, "the loop at ", placeText(node),
                                  " runs more than 100,000 times");
      environment[body.inputs()[0]] = IValue(trip);
      for (std::size_t i = 0; i < carried.size(); ++i)
        environment[body.inputs()[i + 1]] = std::move(carried[i]);
      std::vector<Known> results = evaluate(body, environment);
      condition = std::move(results.front());
      carried.assign(std::make_move_iterator(results.begin() + 1),
                     std::make_move_iterator(results.end()));
    }
    cutAtLoop(node, body, std::move(carried), environment);
  }

  /// One pass through the body is a segment; what it carries is open behind it.
  void cutAtLoop(const jit::Node& node, jit::Block& body, std::vector<Known> carried,
                 Environment& environment) {
    const std::string where = placeText(node);
    m_program.beginSegment("how often a loop runs depends on data at " + where,
                           "one pass of the loop at " + where);
    environment[body.inputs()[0]] = std::nullopt;
    for (std::size_t i = 0; i < carried.size(); ++i) environment[body.inputs()[i + 1]] = carried[i];
    std::vector<Known> results = evaluate(body, environment);
    results.erase(results.begin());
    m_program.beginSegment("the loop ends", "behind the loop at " + where);
    bind(node, joined(node, {results, carried}), environment);
  }

  const jit::Module& m_module;
  ScriptProgram m_program;
  const StageContext& m_context;
  ScriptReals* m_reals;  ///< null: the program is read without data
  std::unordered_map<const void*, std::shared_ptr<const ir::ModuleScope>> m_scopes;
  std::map<std::pair<const void*, std::string>, IValue> m_written;
  std::vector<std::shared_ptr<const ir::ModuleScope>> m_modules;  ///< of the running call
  std::string m_function;
  int m_depth = 0;
};

template <typename Read>
Result<std::vector<ScriptSegment>> reading(Read&& read) {
  try {
    return read();
  } catch (const Raised& raised) {
    return Error{ErrorCode::InvalidArgument,
                 "The program raises an exception for these inputs, at " + raised.text + ".",
                 {},
                 {}};
  } catch (const c10::NotImplementedError& unsupported) {
    return Error{ErrorCode::UnsupportedOp,
                 "The TorchScript program cannot be read: " +
                     std::string(unsupported.what_without_backtrace()) + ".",
                 {},
                 {}};
  }
}

}  // namespace

Result<std::vector<ScriptSegment>> readTorchScript(const std::string& path,
                                                   const load::InputSet& inputs,
                                                   const StageContext& context) {
  const jit::Module module = jit::load(path, at::kCPU);
  return reading([&] { return ScriptReader(path, module, inputs, context).read(); });
}

Result<ScriptWay> followTorchScript(const std::string& path, const load::InputSet& inputs,
                                    const StageContext& context) {
  const jit::Module module = jit::load(path, at::kCPU);
  ScriptReals reals(inputs);
  CORE_TRY(const auto segments,
           reading([&] { return ScriptReader(path, module, inputs, context, &reals).read(); }));
  return ScriptWay{segments.front().model, reals.decisions()};
}

}  // namespace core::torch
