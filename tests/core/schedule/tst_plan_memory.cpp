// Lifetimes, the arena, in-place writes, and the checker that looks for overlaps.

#include <QTest>

#include "core/base/check.h"
#include "core/schedule/make_schedule.h"
#include "core/schedule/plan_memory.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/run_schedule.h"

using namespace core::schedule;
using tests::Elements;

namespace {

const Buffer& bufferNamed(const Schedule& schedule, const std::string& name) {
  for (const Buffer& buffer : schedule.buffers)
    if (buffer.name == name) return buffer;
  CORE_CHECK(false, "no buffer " + name);
  return schedule.buffers.front();
}

/// Values that cannot fuse, because each reads the one before it transposed and as it is.
std::string staircase(int steps) {
  std::string text = "%v0 : f32[8, 8] = placeholder\n";
  for (int i = 0; i < steps; ++i) {
    const std::string from = std::to_string(i);
    const std::string to = std::to_string(i + 1);
    text += "%t" + to + " : f32[8, 8]{1, 8} = aten.t.default(%v" + from + ")\n";
    text += "%v" + to + " : f32[8, 8] = aten.add.Tensor(%v" + from + ", %t" + to + ")\n";
  }
  return text + "return (%v" + std::to_string(steps) + ")\n";
}

Schedule twoArenaBuffers(std::int64_t offset, int firstStep) {
  Schedule schedule;
  schedule.arenaBytes = 1024;
  schedule.buffers.push_back({"a", core::ir::DType::F32, BufferKind::Arena, 256, -1, 0, 0, 2, -1});
  schedule.buffers.push_back(
      {"b", core::ir::DType::F32, BufferKind::Arena, 256, -1, offset, firstStep, 5, -1});
  return schedule;
}

}  // namespace

class TestPlanMemory : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void valuesThatDieMakeRoom() {
    const auto schedule = tests::scheduleOf(staircase(6));
    QCOMPARE(schedule.groups.size(), std::size_t{6});
    QCOMPARE(schedule.arenaBytes, std::int64_t{2 * 256});  // two alive at once, five in all
    checkMemoryPlan(schedule);
  }

  void lifetimesReachFromTheWriterToTheLastReader() {
    const auto schedule = tests::scheduleOf(staircase(3));
    const Buffer& first = bufferNamed(schedule, "v1");
    QCOMPARE(first.firstStep, 0);
    QCOMPARE(first.lastStep, 1);
    QVERIFY(first.kind == BufferKind::Arena);
    QVERIFY(bufferNamed(schedule, "v3").kind == BufferKind::GraphOutput);
    QVERIFY(bufferNamed(schedule, "v0").kind == BufferKind::GraphInput);
    QCOMPARE(bufferNamed(schedule, "v0").lastStep, 0);
  }

  void peakCountsTheArenaAndWhatIsReturned() {
    const auto schedule = tests::scheduleOf(staircase(3));
    QCOMPARE(schedule.peakBytes, schedule.arenaBytes + 256);
  }

  void largeValuesAreAllocatedWhenTheyAreWritten() {
    // b is read transposed and as it is, so it lies in memory.
    const auto graph = support::graphFromText(
        "%a : f32[64, 64] = placeholder\n%b : f32[64, 64] = aten.exp.default(%a)\n"
        "%t : f32[64, 64]{1, 64} = aten.t.default(%b)\n"
        "%c : f32[64, 64] = aten.add.Tensor(%b, %t)\nreturn (%c)\n");
    const auto onDemand = makeSchedule(graph, {});
    QVERIFY(bufferNamed(*onDemand, "b").kind == BufferKind::External);
    QCOMPARE(onDemand->arenaBytes, std::int64_t{0});
    QCOMPARE(onDemand->peakBytes, std::int64_t{2 * 64 * 64 * 4});
    const auto inArena = makeSchedule(graph, {}, {}, MemoryPolicy::OneArena);
    QVERIFY(bufferNamed(*inArena, "b").kind == BufferKind::Arena);
    QCOMPARE(inArena->arenaBytes, std::int64_t{64 * 64 * 4});
  }

  void aReturnedValueTakesOverTheProductThatDies() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 8] = placeholder\n%m : f32[8, 8] = aten.mm.default(%a, %a)\n"
        "%r : f32[8, 8] = aten.relu.default(%m)\nreturn (%r)\n");
    const Buffer& r = bufferNamed(schedule, "r");
    QVERIFY(r.kind == BufferKind::GraphOutput);
    QCOMPARE(schedule.buffers[static_cast<std::size_t>(r.inPlaceOf)].name, std::string("m"));
    QCOMPARE(schedule.peakBytes, std::int64_t{256});
  }

  void aReturnedValueNeverLiesInTheArena() {
    const auto schedule = tests::scheduleOf(staircase(3));
    QCOMPARE(bufferNamed(schedule, "v3").inPlaceOf, -1);
    QVERIFY(bufferNamed(schedule, "v3").kind == BufferKind::GraphOutput);
  }

  void aPointwiseKernelWritesOverTheProductThatDiesThere() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 8] = placeholder\n%m : f32[8, 8] = aten.mm.default(%a, %a)\n"
        "%r : f32[8, 8] = aten.relu.default(%m)\n%n : f32[8, 8] = aten.mm.default(%r, %r)\n"
        "%s : f32[8, 8] = aten.relu.default(%n)\n%o : f32[8, 8] = aten.mm.default(%s, %n)\n"
        "return (%o)\n");
    const Buffer& r = bufferNamed(schedule, "r");
    QVERIFY(r.kind == BufferKind::External);
    QCOMPARE(schedule.buffers[static_cast<std::size_t>(r.inPlaceOf)].name, std::string("m"));
    QCOMPARE(schedule.groups[0].buffers.size(), std::size_t{1});
    QCOMPARE(bufferNamed(schedule, "s").inPlaceOf, -1);  // n is read again
    QCOMPARE(schedule.arenaBytes, std::int64_t{256});
    QCOMPARE(schedule.peakBytes, std::int64_t{256 + 512});
  }

  void resultsThatMayBeAnArgumentAreNotWrittenOver() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 8] = placeholder\n%m : f32[8, 8] = aten.erfinv.default(%a)\n"
        "%r : f32[8, 8] = aten.relu.default(%m)\n%n : f32[8, 8] = aten.mm.default(%r, %r)\n"
        "return (%n)\n");
    QCOMPARE(bufferNamed(schedule, "r").inPlaceOf, -1);
    QVERIFY(bufferNamed(schedule, "r").kind == BufferKind::Arena);
  }

  void aPointwiseKernelWritesOverAnInputThatDiesThere() {
    // d cannot join s because of the running sum between.
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 8] = placeholder\n%t : f32[8, 8]{1, 8} = aten.t.default(%a)\n"
        "%b : f32[8, 8] = aten.add.Tensor(%a, %t)\n%u : f32[8, 8]{1, 8} = aten.t.default(%b)\n"
        "%s : f32[8, 8] = aten.add.Tensor(%b, %u)\n%m : f32[8, 8] = aten.cumsum.default(%s, 0)\n"
        "%d : f32[8, 8] = aten.mul.Tensor(%s, %m)\n%e : f32[8, 8] = aten.mm.default(%d, %d)\n"
        "return (%e)\n");
    const Buffer& d = bufferNamed(schedule, "d");
    QVERIFY(d.inPlaceOf >= 0);
    QCOMPARE(schedule.buffers[static_cast<std::size_t>(d.inPlaceOf)].name, std::string("s"));
    QCOMPARE(d.arenaOffset, bufferNamed(schedule, "s").arenaOffset);
    for (const FusionGroup& group : schedule.groups) {
      if (group.nest.name.find("mul") == std::string::npos) continue;
      QCOMPARE(group.nest.buffers.size(), std::size_t{2});  // m, and d over s
      QCOMPARE(group.nest.buffers.size(), group.buffers.size());
    }
  }

  void aTransposedReaderDoesNotWriteInPlace() {
    const auto schedule = tests::scheduleOf(staircase(4));
    for (const Buffer& buffer : schedule.buffers) QCOMPARE(buffer.inPlaceOf, -1);
  }

  void rowKernelsDoNotWriteInPlace() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[8, 8] = placeholder\n%m : f32[8, 8] = aten.mm.default(%a, %a)\n"
        "%c : f32[8, 8] = aten.exp.default(%m)\n%n : f32[8, 8] = aten.mm.default(%c, %c)\n"
        "%s : f32[8, 1] = aten.sum.dim_IntList(%c, [1], True)\n"
        "%d : f32[8, 8] = aten.div.Tensor(%c, %s)\n%o : f32[8, 8] = aten.mm.default(%d, %n)\n"
        "return (%o)\n");
    for (const Buffer& buffer : schedule.buffers) QCOMPARE(buffer.inPlaceOf, -1);
  }

  void theCheckerAcceptsNeighboursInSpaceAndInTime() {
    checkMemoryPlan(twoArenaBuffers(256, 1));
    checkMemoryPlan(twoArenaBuffers(0, 3));
  }

  void theCheckerFindsOverlaps_data() {
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("firstStep");
    QTest::newRow("same place") << 0 << 2;
    QTest::newRow("half over") << 128 << 1;
    QTest::newRow("not aligned") << 260 << 3;
    QTest::newRow("outside") << 896 << 3;
  }
  void theCheckerFindsOverlaps() {
    QFETCH(int, offset);
    QFETCH(int, firstStep);
    QVERIFY_EXCEPTION_THROWN(checkMemoryPlan(twoArenaBuffers(offset, firstStep)),
                             core::InternalError);
  }

  void everyOffsetIsAlignedForVectors() {
    const auto schedule = tests::scheduleOf(
        "%a : f32[3, 3] = placeholder\n%b : f32[3, 3] = aten.exp.default(%a)\n"
        "%c : f32[3, 3] = aten.cumsum.default(%b, 0)\n%d : f32[3, 3] = aten.exp.default(%c)\n"
        "%e : f32[3, 3] = aten.mm.default(%d, %b)\nreturn (%e)\n");
    int arenaBuffers = 0;
    for (const Buffer& buffer : schedule.buffers) {
      if (buffer.kind != BufferKind::Arena) continue;
      ++arenaBuffers;
      QCOMPARE(buffer.arenaOffset % 64, std::int64_t{0});
    }
    QCOMPARE(arenaBuffers, 2);
  }

  void reuseDoesNotChangeValues() {
    std::vector<Elements> inputs{tests::randomElements(64, 3)};
    const Elements x = inputs[0];
    const auto out = tests::runSchedule(tests::scheduleOf(staircase(5)), inputs);
    Elements want = x;
    for (int step = 0; step < 5; ++step) {
      Elements next(64);
      for (std::size_t i = 0; i < 8; ++i)
        for (std::size_t j = 0; j < 8; ++j) next[i * 8 + j] = want[i * 8 + j] + want[j * 8 + i];
      want = next;
    }
    QVERIFY(tests::largestDifference(out[0], want) < 1e-5);
  }
};

QTEST_APPLESS_MAIN(TestPlanMemory)
#include "tst_plan_memory.moc"
