#include <QTest>

#include "core/trace/traced_inputs.h"

using namespace core;
using core::trace::Primal;
using core::trace::TracedInputs;

namespace {

Primal view(const std::string& name, std::vector<std::int64_t> sizes,
            std::vector<std::int64_t> strides, std::int64_t offset, int object) {
  Primal primal;
  primal.meta.dtype = ir::DType::F32;
  primal.meta.sizes.assign(sizes.begin(), sizes.end());
  primal.meta.strides.assign(strides.begin(), strides.end());
  primal.storageOffset = offset;
  primal.descriptor = name;
  primal.storageBytes = 4 * 32;
  primal.object = object;
  return primal;
}

/// Primals bound to the graph's inputs one to one.
TracedInputs inputs(std::vector<Primal> primals) {
  TracedInputs result;
  for (std::size_t i = 0; i < primals.size(); ++i)
    result.bindings.push_back({static_cast<int>(i), false, {}, 0});
  result.primals = std::move(primals);
  return result;
}

}  // namespace

class TestTracedInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void duplicatesStayIfNobodyWrites() {
    const auto same = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 0, 0)});
    const auto result = trace::withoutDuplicates(same, {false, false});
    QCOMPARE(result.primals.size(), std::size_t{2});
    QVERIFY(!result.merged);
  }

  void aWrittenDuplicateLosesItsLaterPosition() {
    const auto same = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 8, 1),
                              view("c", {4}, {1}, 0, 0), view("d", {4}, {1}, 16, 3)});
    const auto result = trace::withoutDuplicates(same, {false, false, true, false});
    QCOMPARE(result.primals.size(), std::size_t{3});
    QVERIFY(result.merged);
    QCOMPARE(result.bindings[2].primal, 0);
    QCOMPARE(result.bindings[3].primal, 2);
  }

  void overlappingRowsGetABaseWithRows() {
    auto primals = inputs({view("x", {4}, {1}, 0, 0), view("a", {4, 4}, {8, 1}, 0, 1),
                           view("b", {4, 4}, {8, 1}, 2, 2)});
    primals.primals[0].storage = 1;
    const auto result = trace::withSyntheticBases(primals, {false, true, false});
    QVERIFY(result.has_value());
    QCOMPARE(result->primals.size(), std::size_t{2});
    QCOMPARE(result->primals[0].descriptor, std::string("ViewBaseAOTInput(base_of=a)"));
    QVERIFY((result->primals[0].meta.sizeHints() == std::vector<std::int64_t>{4, 8}));
    QCOMPARE(result->bindings[0].primal, 1);
    QVERIFY(result->bindings[1].isView);
    QCOMPARE(result->bindings[2].storageOffset, std::int64_t{2});
  }

  void irregularViewsGetAFlatBase() {
    const auto primals = inputs({view("a", {6}, {1}, 0, 0), view("b", {3, 2}, {4, 2}, 1, 1)});
    const auto result = trace::withSyntheticBases(primals, {true, false});
    QVERIFY(result.has_value());
    QVERIFY((result->primals[0].meta.sizeHints() == std::vector<std::int64_t>{32}));
  }

  void disjointAndUnwrittenViewsStay() {
    const auto apart = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 4, 1)});
    QCOMPARE(trace::withSyntheticBases(apart, {true, true})->primals.size(), std::size_t{2});
    const auto unwritten = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 2, 1)});
    QCOMPARE(trace::withSyntheticBases(unwritten, {false, false})->primals.size(), std::size_t{2});
  }

  void overlapOfDifferentDtypesIsRefused() {
    auto primals = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 2, 1)});
    primals.primals[1].meta.dtype = ir::DType::I32;
    const auto result = trace::withSyntheticBases(primals, {true, false});
    QVERIFY(!result.has_value());
    QCOMPARE(result.error().code, ErrorCode::UnsupportedOp);
    QVERIFY(result.error().message.find("b") != std::string::npos);
  }

  void storagesAreNumberedOnlyIfShared() {
    auto primals = inputs({view("a", {4}, {1}, 0, 0), view("b", {4}, {1}, 4, 1)});
    QVERIFY((trace::primalStorages(primals) == std::vector<int>{0, 0}));
    primals.primals[1].storage = 5;
    QVERIFY(trace::primalStorages(primals).empty());
  }
};

QTEST_APPLESS_MAIN(TestTracedInputs)
#include "tst_traced_inputs.moc"
