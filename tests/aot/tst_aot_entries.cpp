// Which calls one compiled entry serves, and why another is made: through the whole pipeline.

#include <QTest>

#include <algorithm>

#include "core/load/random_inputs.h"
#include "tests/aot/entry_calls.h"

using namespace core;
using Sizes = load::DimensionSizes;

namespace {

/// A model of tests/oracle that is called several times.
class Calls : public support::EntryCalls {
 public:
  explicit Calls(const std::string& name, std::size_t limit = run::kRecompileLimit)
      : EntryCalls(oracleModel(name), limit), m_name(name) {}

  load::InputSet inputs() const {
    return support::valueOf(load::readInputSet(support::oraclePath("inputs/" + m_name + ".json")));
  }
  load::InputSet inputsAt(const Sizes& sizes) const {
    return support::valueOf(load::randomInputs(loaded(), 3, sizes));
  }

 private:
  std::string m_name;
};

/// The inputs with a batch of `size` rows of the first input's kind.
load::InputSet batchOf(const load::InputSet& inputs, std::int64_t size) {
  load::InputSet result = inputs;
  load::InputSet::Input& first = result.inputs[0];
  const std::int64_t row = first.meta.bytes() / first.meta.sizes[0].hint();
  const std::vector<std::byte> rows = result.storages[0];
  result.storages[0].clear();
  for (std::int64_t i = 0; i < size * row; ++i)
    result.storages[0].push_back(rows[static_cast<std::size_t>(i) % rows.size()]);
  first.meta.sizes[0] = size;
  return result;
}

/// Each input in memory of its own, as large as it needs.
load::InputSet apart(const load::InputSet& inputs) {
  load::InputSet result = inputs;
  result.storages.clear();
  for (load::InputSet::Input& input : result.inputs) {
    input.sameObjectAs.reset();
    input.storageOffset = 0;
    input.meta = ir::contiguousMeta(input.meta.dtype, input.meta.sizeHints());
    input.storage = static_cast<int>(result.storages.size());
    result.storages.emplace_back(static_cast<std::size_t>(input.meta.bytes()));
  }
  return result;
}

}  // namespace

class TestAotEntries : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { qputenv("AOT_KERNEL_CACHE", ""); }

  /// Row 52.
  void oneEntryServesManyBatchSizes() {
    Calls call("dyn_mlp");
    for (const std::int64_t batch : {6, 10, 20, 30}) {
      const auto served = call(batchOf(call.inputs(), batch));
      QCOMPARE(*served.entry, std::size_t{0});
      QCOMPARE(served.isCompiled, batch == 6);
      VERIFY_AS_EAGER(call, served);
    }
    QCOMPARE(call.compiles(), 1);
    QCOMPARE(call.counters().sizeBuilds, 3);
    const auto again = call(batchOf(call.inputs(), 20));
    QVERIFY(!again.isCompiled);
    QCOMPARE(call.counters().sizeBuilds, 3);
  }

  /// Sizes that lie in fractions, products, masks and positions: one trace, and eager's values at
  /// sizes that it did not see.
  void oneEntryServesManySizes_data() {
    QTest::addColumn<std::string>("model");
    QTest::addColumn<Sizes>("small");
    QTest::addColumn<Sizes>("large");
    QTest::newRow("variances") << std::string("dyn_mean") << Sizes{{"s77", 4}, {"s27", 5}}
                               << Sizes{{"s77", 7}, {"s27", 31}};
    QTest::newRow("upsampling") << std::string("dyn_up")
                                << Sizes{{"s77", 2}, {"s53", 16}, {"s0", 19}}
                                << Sizes{{"s77", 4}, {"s53", 40}, {"s0", 27}};
    QTest::newRow("positions") << std::string("dyn_mask") << Sizes{{"s95", 2}, {"s75", 4}}
                               << Sizes{{"s95", 5}, {"s75", 22}};
    QTest::newRow("block") << std::string("dyn_block") << Sizes{{"s77", 2}, {"s27", 5}}
                           << Sizes{{"s77", 4}, {"s27", 17}};
  }
  void oneEntryServesManySizes() {
    QFETCH(std::string, model);
    QFETCH(Sizes, small);
    QFETCH(Sizes, large);
    Calls call(model);
    QVERIFY(call(call.inputs()).isCompiled);
    const run::EntryRecord entry = call.record().entries[0];
    QVERIFY(std::none_of(entry.guards.begin(), entry.guards.end(), [](const run::Guard& guard) {
      return guard.expression.starts_with("Eq(");
    }));
    for (const Sizes& sizes : {small, large}) {
      const auto served = call(call.inputsAt(sizes));
      QCOMPARE(served.misses, std::vector<std::string>());
      VERIFY_AS_EAGER(call, served);
    }
    QCOMPARE(call.compiles(), 1);
    QCOMPARE(call.counters().sizeBuilds, 2);
  }

  void aSizeOutsideTheRangeMakesAnEntryOfItsOwn() {
    Calls call("dyn_mlp");
    call(call.inputs());
    const auto served = call(batchOf(call.inputs(), 1));
    QVERIFY(served.isCompiled);
    QCOMPARE(served.misses, (std::vector<std::string>{"0/0: s77 >= 2"}));
    VERIFY_AS_EAGER(call, served);
  }

  /// Row 9, in both directions.
  void requiresGradIsGuarded() {
    Calls call("mlp");
    load::InputSet without = call.inputs();
    load::InputSet with = without;
    with.inputs[0].requiresGrad = true;
    QVERIFY(call(with).isCompiled);
    const auto served = call(without);
    QVERIFY(served.isCompiled);
    QCOMPARE(served.misses,
             (std::vector<std::string>{
                 "0/0: tensor 'x' requires_grad mismatch. expected requires_grad=1"}));
    QVERIFY(!call(without).isCompiled);
    QVERIFY(!call(with).isCompiled);
    QCOMPARE(call.compiles(), 2);
  }

  /// Rows 11, 15 and 16: (a, a), then (a, b), and back; the model has a parameter, and writes.
  void duplicateArgumentsAreGuarded() {
    Calls call("dup_args");
    QVERIFY(call(call.inputs()).isCompiled);
    const auto served = call(apart(call.inputs()));
    QCOMPARE(served.misses, (std::vector<std::string>{"0/0: a is b"}));
    QVERIFY(!call(call.inputs()).isCompiled);
    QCOMPARE(call.compiles(), 2);
    VERIFY_AS_EAGER(call, call(call.inputs()));
  }

  void distinctArgumentsThatBecomeOneAreGuarded() {
    Calls call("dup_args");
    call(apart(call.inputs()));
    const auto served = call(call.inputs());
    QVERIFY(served.isCompiled);
    QVERIFY(served.misses.front().find("Duplicate tensor found") != std::string::npos);
  }

  /// Row 45.
  void overlapOfWrittenInputsIsGuarded() {
    Calls call("alias_args");
    QVERIFY(call(call.inputs()).isCompiled);
    load::InputSet noOverlap = call.inputs();
    noOverlap.storages[0].resize(2 * noOverlap.storages[0].size());
    noOverlap.inputs[1].storageOffset = 32;
    const auto served = call(noOverlap);
    QVERIFY(served.isCompiled);
    QCOMPARE(call.compiles(), 2);
    QCOMPARE(served.misses, (std::vector<std::string>{
                                "0/0: check_overlapping(overlapping=[a, b], non_overlapping=[])"}));
  }

  void beyondTheLimitACallRunsInEagerMode() {
    Calls call("mlp", 1);
    call(call.inputs());
    load::InputSet other = call.inputs();
    other.inputs[0].requiresGrad = true;
    const auto served = call(other);
    QVERIFY(!served.entry && !served.isCompiled);
    QVERIFY(served.fallback.find("recompile limit (1)") != std::string::npos);
    QCOMPARE(call.counters().fallbacks, 1);
    QCOMPARE(call.compiles(), 1);
    QVERIFY(served.result.execution == run::Execution::Eager);
  }
};

QTEST_APPLESS_MAIN(TestAotEntries)
#include "tst_aot_entries.moc"
