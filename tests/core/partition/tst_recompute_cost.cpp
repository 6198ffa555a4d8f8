#include <QTest>

#include "core/partition/recompute_cost.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core::ir;
using core::partition::flopCount;
using core::partition::recomputeCost;

class TestRecomputeCost : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void operationsAreCountedByFormula_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("result");
    QTest::addColumn<double>("flops");
    const auto row = [](const char* call, const char* result, double flops) {
      QTest::newRow(call) << call << result << flops;
    };
    row("aten.mm.default(%a, %b)", "f32[3, 5]", 2.0 * 3 * 4 * 5);
    row("aten.addmm.default(%bias, %a, %b)", "f32[3, 5]", 2.0 * 3 * 4 * 5);
    row("aten.bmm.default(%p, %q)", "f32[2, 3, 5]", 2.0 * 2 * 3 * 4 * 5);
    row("aten.baddbmm.default(%bias, %p, %q)", "f32[2, 3, 5]", 2.0 * 2 * 3 * 4 * 5);
    // groups=2: the weight has half of the input's channels.
    row("aten.convolution.default(%image, %kernel, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 2)",
        "f32[2, 6, 7, 9]", 2.0 * 2 * (6 * 2 * 3 * 3) * (7 * 9));
    // transposed: the spatial sizes of the input count.
    row("aten.convolution.default(%image, %kernel, None, [2, 2], [1, 1], [1, 1], True, [0, 0], 1)",
        "f32[2, 6, 13, 17]", 2.0 * 2 * (6 * 2 * 3 * 3) * (7 * 9));
    row("aten._scaled_dot_product_efficient_attention.default(%query, %key, %value, None, False)",
        "f32[2, 3, 8, 6]", 2.0 * 2 * 3 * 8 * 10 * (4 + 6));
    row("aten._scaled_dot_product_flash_attention_for_cpu.default(%query, %key, %value)",
        "f32[2, 3, 8, 6]", 0.0);
    row("aten.mul.Tensor(%a, 2)", "f32[3, 4]", 0.0);
  }

  void operationsAreCountedByFormula() {
    QFETCH(QString, call);
    QFETCH(QString, result);
    QFETCH(double, flops);
    const QString text = QString(R"(graph {
      %a : f32[3, 4] = placeholder
      %b : f32[4, 5] = placeholder
      %bias : f32[5] = placeholder
      %p : f32[2, 3, 4] = placeholder
      %q : f32[2, 4, 5] = placeholder
      %image : f32[2, 4, 7, 9] = placeholder
      %kernel : f32[6, 2, 3, 3] = placeholder
      %query : f32[2, 3, 8, 4] = placeholder
      %key : f32[2, 3, 10, 4] = placeholder
      %value : f32[2, 3, 10, 6] = placeholder
      %call : %1 = %2
      return (%call)
    })")
                             .arg(result, call);
    const GraphPtr graph = support::graphFromText(text.toStdString());
    const Node& node = graph->node(*graph->find("call"));
    QCOMPARE(flopCount(*graph, node), flops);
    QCOMPARE(recomputeCost(*graph, node), std::max(flops, 1.0));
  }
};

QTEST_APPLESS_MAIN(TestRecomputeCost)
#include "tst_recompute_cost.moc"
