// Guards of an entry, from the text of its graph: who is served, and the sentence when not.

#include <QTest>

#include "core/run/guards/entry_table.h"
#include "core/run/guards/graph_at_sizes.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using run::CallFacts;
using run::EntryGuards;

namespace {

run::TensorFacts tensor(const std::string& name, std::vector<std::int64_t> sizes, int position) {
  return {name, position, ir::contiguousMeta(ir::DType::F32, sizes), 0, false, position, position};
}

/// Two tensors x and y of 4 x 3.
CallFacts twoTensors() {
  return {{tensor("x", {4, 3}, 0), tensor("y", {4, 3}, 1)}, true};
}

enum class Writes { No, Yes };

ir::JointGraph jointOf(const std::string& text, std::size_t primals, Writes writes = Writes::No) {
  ir::JointGraph joint;
  joint.graph = support::graphFromText(text);
  joint.signature.numPrimals = static_cast<int>(primals);
  for (std::size_t i = 0; i < primals; ++i)
    joint.signature.inputBindings.push_back({static_cast<int>(i), false, {}, 0});
  joint.metadata.inputs.resize(primals);
  joint.metadata.inputs[0].mutatesData = writes == Writes::Yes;
  return joint;
}

ir::JointGraph staticJoint(Writes writes = Writes::No) {
  return jointOf(R"(graph {
    %arg0_1 : f32[4, 3] = placeholder
    %arg1_1 : f32[4, 3] = placeholder
    %add : f32[4, 3] = aten.add.Tensor(%arg0_1, %arg1_1)
    return (%add)
  })",
                 2, writes);
}

/// Four slots of one storage, the last `count` of them as views [begin, begin + 5).
CallFacts views(const std::vector<std::int64_t>& begins) {
  CallFacts facts;
  for (std::size_t i = 0; i < begins.size(); ++i) {
    facts.tensors.push_back(tensor(std::string(1, static_cast<char>('a' + i)), {5}, int(i)));
    facts.tensors.back().storage = 0;
    facts.tensors.back().storageOffset = begins[i];
  }
  return facts;
}

ir::JointGraph jointOfViews(std::size_t count, Writes writes) {
  std::string text = "graph {\n";
  for (std::size_t i = 0; i < count; ++i)
    text += "%arg" + std::to_string(i) + "_1 : f32[5] = placeholder\n";
  return jointOf(text + "return (%arg0_1)\n}", count, writes);
}

}  // namespace

class TestEntryGuards : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theSameCallIsServed() {
    QCOMPARE(EntryGuards(twoTensors(), staticJoint()).check(twoTensors()).miss, std::string());
  }

  void aMissIsToldInPyTorchsSentence_data() {
    QTest::addColumn<QString>("sentence");
    QTest::newRow("dtype") << "tensor 'x' dtype mismatch. expected Float, actual Double";
    QTest::newRow("device") << "tensor 'x' device mismatch. expected cpu, actual cuda";
    QTest::newRow("requires_grad") << "tensor 'x' requires_grad mismatch. expected requires_grad=0";
    QTest::newRow("rank") << "tensor 'x' rank mismatch. expected 2, actual 1";
    QTest::newRow("size") << "tensor 'x' size mismatch at index 0. expected 4, actual 8";
    QTest::newRow("stride") << "tensor 'x' stride mismatch at index 0. expected 3, actual 5";
    QTest::newRow("grad mode") << "GLOBAL_STATE changed: grad_mode ";
  }
  void aMissIsToldInPyTorchsSentence() {
    QFETCH(QString, sentence);
    CallFacts call = twoTensors();
    ir::TensorMeta& x = call.tensors[0].meta;
    const std::string what = QTest::currentDataTag();
    if (what == "dtype") x.dtype = ir::DType::F64;
    if (what == "device") x.device = {ir::DeviceType::Cuda, -1};
    if (what == "requires_grad") call.tensors[0].requiresGrad = true;
    if (what == "rank") x = ir::contiguousMeta(ir::DType::F32, {12});
    if (what == "size") x.sizes[0] = 8;
    if (what == "stride") x.strides[0] = 5;
    if (what == "grad mode") call.gradEnabled = false;
    QCOMPARE(QString::fromStdString(EntryGuards(twoTensors(), staticJoint()).check(call).miss),
             sentence);
  }

  void aSizeWithASymbolIsGuardedByItsRange() {
    ir::JointGraph joint = jointOf(R"(graph {
      %arg0_1 : f32[s0=4, 3] = placeholder
      %arg1_1 : f32[s0=4, 3] = placeholder
      %add : f32[s0=4, 3] = aten.add.Tensor(%arg0_1, %arg1_1)
      return (%add)
    })",
                                   2);
    joint.guards = {{"s0 >= 2", "", ""}, {"s0 <= 16", "", ""}};
    const EntryGuards guards(twoTensors(), joint);
    CallFacts call{{tensor("x", {9, 3}, 0), tensor("y", {9, 3}, 1)}, true};
    QCOMPARE(guards.check(call).miss, std::string());
    QCOMPARE(guards.check(call).symbols.at("s0"), std::int64_t{9});
    call = {{tensor("x", {17, 3}, 0), tensor("y", {17, 3}, 1)}, true};
    QCOMPARE(guards.check(call).miss, std::string("s0 <= 16"));
    call = {{tensor("x", {9, 3}, 0), tensor("y", {8, 3}, 1)}, true};
    QCOMPARE(guards.check(call).miss,
             std::string("tensor 'y' size mismatch at index 0. expected s0, actual 8"));
  }

  /// Rows 11 and 16: the pair that is no longer one tensor is named, and the other way round.
  void identityIsGuardedWhereInputsAreWritten() {
    CallFacts same = twoTensors();
    same.tensors[1].object = same.tensors[0].object;
    same.tensors[1].storage = same.tensors[0].storage;
    QCOMPARE(EntryGuards(same, staticJoint(Writes::Yes)).check(twoTensors()).miss,
             std::string("x is y"));
    const std::string miss = EntryGuards(twoTensors(), staticJoint(Writes::Yes)).check(same).miss;
    QVERIFY2(miss.starts_with("Duplicate tensor found where not expected! x is y"), miss.c_str());
    QCOMPARE(EntryGuards(twoTensors(), staticJoint()).check(same).miss, std::string());
  }

  /// Row 45.
  void overlapThatIsGoneIsAMiss() {
    const EntryGuards guards(views({0, 7, 9}), jointOfViews(3, Writes::Yes));
    QCOMPARE(guards.check(views({0, 6, 12})).miss,
             std::string("check_overlapping(overlapping=[b, c], non_overlapping=[a])"));
  }

  /// Row 46: which tensors overlap counts, not whether any do.
  void theSetThatOverlapsIsGuarded() {
    const EntryGuards guards(views({0, 2, 10, 20}), jointOfViews(4, Writes::Yes));
    QCOMPARE(guards.check(views({0, 3, 10, 30})).miss, std::string());
    QCOMPARE(guards.check(views({0, 2, 4, 20})).miss,
             std::string("check_overlapping(overlapping=[a, b], non_overlapping=[c, d])"));
  }

  /// Rows 47 and 48: no guard on overlap without a write, and none without shared memory.
  void overlapIsNotGuardedWhereItDoesNotMatter() {
    const auto hasOverlapGuard = [](const EntryGuards& guards) {
      for (const run::Guard& guard : guards.list())
        if (guard.expression.starts_with("check_overlapping")) return true;
      return false;
    };
    QVERIFY(hasOverlapGuard(EntryGuards(views({0, 2}), jointOfViews(2, Writes::Yes))));
    QVERIFY(!hasOverlapGuard(EntryGuards(views({0, 2}), jointOfViews(2, Writes::No))));
    QVERIFY(!hasOverlapGuard(EntryGuards(twoTensors(), staticJoint(Writes::Yes))));
  }

  /// Row 49: a hundred views leave one guard on overlap and one on each tensor.
  void manyViewsLeaveFewGuards() {
    std::vector<std::int64_t> begins;
    for (std::int64_t i = 0; i < 100; ++i) begins.push_back(5 * i);
    CallFacts facts = views(begins);
    facts.tensors.push_back(tensor("half", {250}, 100));
    facts.tensors.back().storage = 0;
    const run::StorageOverlap overlap = run::storageOverlap(facts);
    QCOMPARE(overlap.overlapping.size(), std::size_t{51});
    QCOMPARE(overlap.apart.size(), std::size_t{50});
    const EntryGuards guards(facts, jointOfViews(101, Writes::Yes));
    QCOMPARE(guards.list().size(), std::size_t{1 + 101 + 1});
  }

  void aTableServesByTheNewestEntryThatFits() {
    run::EntryTable table;
    table.add(EntryGuards(twoTensors(), staticJoint()));
    CallFacts other = twoTensors();
    other.tensors[1].requiresGrad = true;
    const run::EntryLookup missed = table.find(other);
    QVERIFY(!missed.entry && !missed.limitReached);
    QCOMPARE(missed.misses.front(),
             std::string("0/0: tensor 'y' requires_grad mismatch. expected requires_grad=0"));
    table.add(EntryGuards(other, staticJoint()));
    QCOMPARE(*table.find(other).entry, std::size_t{1});
    QCOMPARE(*table.find(twoTensors()).entry, std::size_t{0});
  }

  void beyondTheLimitNoEntryIsMade() {
    run::EntryTable table(1);
    table.add(EntryGuards(twoTensors(), staticJoint()));
    CallFacts other = twoTensors();
    other.tensors[0].meta.sizes[0] = 8;
    const run::EntryLookup lookup = table.find(other);
    QVERIFY(lookup.limitReached);
    const std::string sentence = run::fallbackSentence(lookup, table.limit());
    QVERIFY(sentence.find("The recompile limit (1) was reached") == 0);
    QVERIFY(sentence.find("expected 4, actual 8") != std::string::npos);
  }

  void aGraphIsMovedToOtherSizes() {
    const auto graph = support::graphFromText(R"(graph {
      %arg0_1 : f32[s0=4, 3] = placeholder
      %sym_size_int : sym[s0=4] = aten.sym_size.int(%arg0_1, 0)
      %view : f32[3*s0=12] = aten.view.default(%arg0_1, [-1])
      return (%view)
    })");
    const auto moved = run::graphAtSizes(*graph, {{"s0", 7}});
    QVERIFY(moved.has_value());
    QCOMPARE((*moved)->nodes()[1].sym()->size.hint(), std::int64_t{7});
    QCOMPARE((*moved)->nodes()[2].tensor()->sizes[0].hint(), std::int64_t{21});
    QCOMPARE((*moved)->nodes()[2].tensor()->sizes[0].expression(), std::string("3*s0"));
    const auto failed = run::graphAtSizes(*graph, {{"s1", 7}});
    QVERIFY(!failed.has_value());
    QVERIFY(failed.error().message.find("s0") != std::string::npos);
  }
};

QTEST_APPLESS_MAIN(TestEntryGuards)
#include "tst_entry_guards.moc"
