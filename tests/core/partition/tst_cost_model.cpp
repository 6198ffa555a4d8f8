#include <QTest>

#include "core/partition/cost_model.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core::ir;
using namespace core::partition;

namespace {

const GraphPtr& graph() {
  static const GraphPtr kGraph = support::graphFromText(R"(graph {
    %a : f32[100, 50] = placeholder
    %b : f32[50, 20] = placeholder
    %mm : f32[100, 20] = aten.mm.default(%a, %b)
    %mul : f32[100, 50] = aten.mul.Tensor(%a, %a)
    %view : f32[5000] = aten.view.default(%a, [5000])
    return (%mm, %mul, %view)
  })");
  return kGraph;
}

const Node& node(const char* name) {
  return graph()->node(*graph()->find(name));
}

CostModel roofline() {
  CostModel model;
  model.kind = CostModelKind::Roofline;
  model.peaks = {1e9, 1e8, 1e-6};
  return model;
}

}  // namespace

class TestCostModel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bytesAreThoseOfInputsOnceAndTheResult() {
    QCOMPARE(bytesMoved(*graph(), node("mm")), std::int64_t{4 * (5000 + 1000 + 2000)});
    QCOMPARE(bytesMoved(*graph(), node("mul")), std::int64_t{4 * (5000 + 5000)});
    QCOMPARE(bytesMoved(*graph(), node("view")), std::int64_t{0});
    QCOMPARE(bytesMoved(*graph(), node("a")), std::int64_t{0});
  }

  void theRooflineIsTheSlowerOfOperationsAndBytes() {
    CostModel model = roofline();
    QCOMPARE(secondsOf(model, *graph(), node("mm")), 3.2e-4 + 1e-6);  // 200,000 FLOPs: 2e-4 s
    model.peaks.bytesPerSecond = 1e12;
    QCOMPARE(secondsOf(model, *graph(), node("mm")), 2e-4 + 1e-6);
    QCOMPARE(secondsOf(model, *graph(), node("view")), 0.0);
    QCOMPARE(secondsOf(model, *graph(), node("a")), 0.0);
  }

  void aProfileIsTakenWhereItHasTheCall() {
    CostModel model = roofline();
    model.kind = CostModelKind::Profile;
    model.profile = std::make_shared<const CallProfile>(CallProfile{{"mul", 0.5}});
    QCOMPARE(secondsOf(model, *graph(), node("mul")), 0.5);
    QCOMPARE(secondsOf(model, *graph(), node("mm")), secondsOf(roofline(), *graph(), node("mm")));
    model.profile = nullptr;
    QCOMPARE(secondsOf(model, *graph(), node("mul")), secondsOf(roofline(), *graph(), node("mul")));
  }

  void theKnapsackWeighsOperationsOrSeconds() {
    QCOMPARE(recomputeCost(CostModel(), *graph(), node("mm")), 200000.0);
    QCOMPARE(recomputeCost(CostModel(), *graph(), node("mul")), 1.0);
    QCOMPARE(recomputeCost(roofline(), *graph(), node("mul")), 4e-4 + 1e-6);
  }

  void everyModelHasAName() {
    QCOMPARE(costModelName(CostModelKind::Flops), std::string_view("FLOPs"));
    QCOMPARE(costModelName(CostModel().timeKind()), std::string_view("roofline"));
    QCOMPARE(costModelName(CostModelKind::Profile), std::string_view("profile"));
  }
};

QTEST_APPLESS_MAIN(TestCostModel)
#include "tst_cost_model.moc"
