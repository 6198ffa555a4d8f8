// Which dimensions are symbols, and what other sizes to try.

#include <QTest>

#include <set>

#include "core/trace/symbolic_inputs.h"
#include "core/trace/symbolic_trace.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using trace::SymbolicInputs;
using trace::TracedInputs;

namespace {

/// A program with inputs of recorded sizes, and tensors for them.
struct Case {
  load::LoadedModel model;
  TracedInputs inputs;

  Case& input(const std::vector<ir::Size>& recorded, const std::vector<std::int64_t>& actual) {
    const std::string name = "x" + std::to_string(inputs.primals.size());
    ir::TensorMeta meta;
    meta.sizes = recorded;
    meta.strides.resize(recorded.size());
    model.program.graph.inputs.push_back(load::TensorName{name});
    model.program.graph.tensors[name] = {meta, 0, false};
    trace::Primal primal;
    primal.meta = ir::contiguousMeta(ir::DType::F32, actual);
    primal.storage = static_cast<int>(inputs.primals.size());
    inputs.bindings.push_back({static_cast<int>(inputs.primals.size()), false, {}, 0});
    inputs.primals.push_back(std::move(primal));
    return *this;
  }
  Case& range(const std::string& symbol, std::int64_t min, std::int64_t max) {
    model.program.rangeConstraints[symbol] = {min, max};
    return *this;
  }
  SymbolicInputs found() const { return trace::symbolicInputs(model, inputs); }
};

Case batch() {
  Case c;
  c.input({ir::Size("s77", 6), ir::Size(16)}, {6, 16}).range("s77", 2, 512);
  return c;
}

}  // namespace

class TestSymbolicInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aSymbolIsFoundWithItsPlaceRangeAndActualSize() {
    Case c;
    c.input({ir::Size(4)}, {4}).input({ir::Size(3), ir::Size("s5", 6)}, {3, 9}).range("s5", 2, 64);
    const auto found = c.found();
    QCOMPARE(found.symbols.size(), std::size_t{1});
    QCOMPARE(found.symbols[0].name, std::string("s5"));
    QCOMPARE(found.symbols[0].hint, std::int64_t{9});
    QCOMPARE(found.symbols[0].primal, std::size_t{1});
    QCOMPARE(found.symbols[0].dimension, 1);
    QCOMPARE(found.symbols[0].max, std::int64_t{64});
    QVERIFY(found.specialised.empty());
  }

  void aSymbolOfTwoInputsIsOne() {
    auto c = batch();
    c.input({ir::Size("s77", 6)}, {6});
    QCOMPARE(c.found().symbols.size(), std::size_t{1});
  }

  void symbolsThatInputsDoNotShowStayNumbers() {
    auto c = batch();
    c.range("u0", 0, 10).input({ir::Size("s9*s9", 9)}, {9}).range("s9", 2, 64);
    const auto found = c.found();
    QCOMPARE(found.symbols.size(), std::size_t{1});
    QCOMPARE(found.specialised.size(), std::size_t{2});
    QCOMPARE(found.specialised[0].name, std::string("s9"));
    QVERIFY(found.specialised[0].reason.find("s9*s9") != std::string::npos);
    QCOMPARE(found.specialised[1].name, std::string("u0"));
  }

  /// Exporters suggest such dimensions where a model divides a size.
  void aMultipleOfASymbolIsASymbolOfItsOwnThatTakesEveryFourthSize() {
    Case c;
    c.input({ir::Size("4*s9 + 1", 21), ir::Size(8)}, {21, 8}).range("s9", 2, 64);
    c.input({ir::Size("4*s9 + 1", 21)}, {21});
    c.model.program.graph.tensors["y"].meta.sizes = {ir::Size("s9 + 1", 6), ir::Size("s9//2", 2)};
    const auto found = c.found();
    QCOMPARE(found.symbols.size(), std::size_t{1});
    QVERIFY(found.specialised.empty());
    const trace::InputSymbol& symbol = found.symbols[0];
    QCOMPARE(symbol.name, std::string("s0"));
    QCOMPARE(symbol.min, std::int64_t{9});
    QCOMPARE(symbol.max, std::int64_t{257});
    QVERIFY((found.expressions ==
             std::vector<std::string>{"4*((s0 - 1)//4) + 1", "(s0 - 1)//4 + 1", "(s0 - 1)//4//2"}));
    std::size_t narrow = 0;
    const auto assignments = trace::symbolAssignments(found, c.inputs, narrow);
    for (const auto& values : assignments) QCOMPARE(values[0] % 4, std::int64_t{1});
    const auto resized = trace::resized(c.model, c.inputs, found.symbols, {33});
    QVERIFY((resized.primals[0].meta.sizeHints() == std::vector<std::int64_t>{33, 8}));
    QVERIFY((resized.primals[1].meta.sizeHints() == std::vector<std::int64_t>{33}));
  }

  void theProgramsExpressionsMoveInEveryTrace() {
    Case c;
    c.input({ir::Size("s0", 64)}, {64}).range("s0", 2, 4096);
    c.model.program.graph.tensors["y"].meta.sizes = {ir::Size("(s0 - 1)//32 + 1", 2)};
    std::size_t narrow = 0;
    std::set<std::int64_t> lengths;
    for (const auto& values : trace::symbolAssignments(c.found(), c.inputs, narrow))
      lengths.insert((values[0] - 1) / 32 + 1);
    QCOMPARE(lengths.size(), std::size_t{4});
    QVERIFY(*lengths.begin() >= 2);
    QVERIFY((trace::unboundedSizes(c.found()) == std::vector<std::string>{"(s0 - 1)//32 + 1"}));
  }

  void aSizeOfOneOrTwoSizesOrSharedMemoryStayNumbers() {
    Case one;
    one.input({ir::Size("s0", 1)}, {1});
    QVERIFY(one.found().symbols.empty());
    Case two;
    two.input({ir::Size("s0", 4)}, {4}).input({ir::Size("s0", 4)}, {5});
    QVERIFY(two.found().symbols.empty());
    Case shared;
    shared.input({ir::Size("s0", 4)}, {4}).input({ir::Size(4)}, {4});
    shared.inputs.primals[1].storage = 0;
    QVERIFY(shared.found().symbols.empty());
    Case strided;
    strided.input({ir::Size("s0", 4)}, {4});
    strided.inputs.primals[0].meta.strides = {ir::Size(2)};
    QVERIFY(strided.found().symbols.empty());
  }

  void assignmentsMoveOneSymbolThenAll() {
    Case c;
    c.input({ir::Size("s0", 3), ir::Size("s1", 10)}, {3, 10}).range("s0", 2, 512);
    std::size_t narrow = 0;
    const auto a = trace::symbolAssignments(c.found(), c.inputs, narrow);
    QCOMPARE(a.size(), std::size_t{5});
    QVERIFY((a[0] == std::vector<std::int64_t>{3, 10}));
    QVERIFY(a[1][0] != 3 && a[1][1] == 10);
    QVERIFY(a[2][0] == 3 && a[2][1] != 10);
    std::set<std::int64_t> sizes{3, 10};
    for (const auto& [k, i] : std::vector<std::pair<std::size_t, std::size_t>>{
             {1, 0}, {2, 1}, {3, 0}, {3, 1}, {4, 0}, {4, 1}}) {
      for (const std::int64_t other : sizes) QVERIFY(a[k][i] % other != 0 && other % a[k][i] != 0);
      QVERIFY(sizes.insert(a[k][i]).second);
      QVERIFY(a[k][i] <= 512 || i == 1);
    }
  }

  void aNarrowRangeIsUsedAsItIs() {
    auto c = batch();
    c.range("s77", 4, 8);
    std::size_t narrow = 0;
    const auto a = trace::symbolAssignments(c.found(), c.inputs, narrow);
    QVERIFY((a == std::vector<std::vector<std::int64_t>>{{6}, {5}, {7}, {4}}));
  }

  void aRangeWithoutRoomIsTold() {
    auto c = batch();
    c.range("s77", 5, 7);
    std::size_t narrow = 99;
    QVERIFY(trace::symbolAssignments(c.found(), c.inputs, narrow).empty());
    QCOMPARE(narrow, std::size_t{0});
  }

  void resizedInputsKeepTheirOrderOfDimensions() {
    Case c;
    c.input({ir::Size("s0", 2), ir::Size(3), ir::Size("s1", 5)}, {2, 3, 5});
    c.inputs.primals[0].meta.strides = {ir::Size(15), ir::Size(1), ir::Size(3)};
    const auto other = trace::resized(c.model, c.inputs, c.found().symbols, {7, 11});
    QVERIFY((other.primals[0].meta.sizeHints() == std::vector<std::int64_t>{7, 3, 11}));
    QVERIFY((other.primals[0].meta.strideHints() == std::vector<std::int64_t>{33, 1, 3}));
  }

  void aSymbolThatDoesNotFitIsNamedAndTheOtherStays() {
    Case c;
    c.input({ir::Size("s0", 3), ir::Size("s1", 10)}, {3, 10});
    const auto at = [](const TracedInputs& inputs) -> Result<trace::JointGraphPtr> {
      const auto sizes = inputs.primals[0].meta.sizeHints();
      const std::string b = std::to_string(sizes[0]);
      const std::string half = std::to_string(sizes[1] / 2);
      auto joint = std::make_shared<ir::JointGraph>();
      joint->signature.numPrimals = 1;
      joint->metadata.outputs.resize(1);
      joint->graph = support::graphFromText(
          "graph {\n%primals_1 : f32[" + b + ", " + std::to_string(sizes[1]) +
          "] = placeholder\n%slice : f32[" + b + ", " + half + "]{" + std::to_string(sizes[1]) +
          ", 1} = aten.slice.Tensor(%primals_1, 1, 0, " + half + ")\nreturn (%slice)\n}");
      return trace::JointGraphPtr(joint);
    };
    std::vector<std::string> remarks;
    StageContext context;
    context.onLog = [&](const LogEntry& entry) { remarks.push_back(entry.text); };
    const auto joint = trace::withSymbols(c.model, c.inputs, {*at(c.inputs), {}}, at, context);
    QVERIFY(joint.has_value());
    const ir::TensorMeta& input = *(*joint)->graph->nodes()[0].tensor();
    QCOMPARE(input.sizes[0].text(), std::string("s0"));
    QCOMPARE(input.sizes[1].text(), std::string("10"));
    QCOMPARE(remarks.size(), std::size_t{2});
    QVERIFY(remarks[0].find("(s1)") != std::string::npos);
    QVERIFY(remarks[0].find("aten.slice.Tensor") != std::string::npos);
    QVERIFY(remarks[1].find("(s0)") != std::string::npos);
    const std::vector<ir::SizeGuard>& guards = (*joint)->guards;
    QCOMPARE(guards.size(), std::size_t{2});
    QCOMPARE(guards[0].expression, std::string("s0 >= 2"));
    QCOMPARE(guards[1].expression, std::string("Eq(s1, 10)"));
    QVERIFY(guards[1].reason.find("aten.slice.Tensor") != std::string::npos);
  }

  void aCancelledTraceEndsTheSearch() {
    const auto c = batch();
    auto base = std::make_shared<ir::JointGraph>();
    base->signature.numPrimals = 1;
    const auto cancelled = [](const TracedInputs&) -> Result<trace::JointGraphPtr> {
      return Error{ErrorCode::Cancelled, "stopped", {}, {}};
    };
    const auto joint = trace::withSymbols(c.model, c.inputs, {base, {}}, cancelled, {});
    QVERIFY(!joint.has_value());
    QVERIFY(joint.error().code == ErrorCode::Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestSymbolicInputs)
#include "tst_symbolic_inputs.moc"
