#include <QTest>

#include "core/ir/op_table.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;

namespace {

Node call(const std::string& target) {
  Node node;
  node.name = "call";
  node.target = target;
  return node;
}

}  // namespace

class TestOpTable : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void factsHoldForEveryOverload_data() {
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("facts");
    const auto row = [](const char* target, const char* facts) {
      QTest::newRow(target) << target << facts;
    };
    row("aten.mul.Tensor", "pointwise recomputable fusible");
    row("aten.mul.Scalar", "pointwise recomputable fusible");
    row("aten.silu_backward.default", "pointwise recomputable fusible");
    row("aten.sum.dim_IntList", "recomputable fusible");
    row("aten.t.default", "recomputable fusible view storage");
    row("aten.transpose.int", "storage");
    row("aten.detach.default", "storage");
    row("aten._unsafe_view.default", "recomputable fusible storage");
    row("aten.split_with_sizes.default", "storage");
    row("aten.addmm.default", "intensive");
    row("aten.baddbmm.default", "");
    row("aten.native_dropout.default", "fusible random seeded alone");
    row("aten.bernoulli.p", "seeded alone");
    row("aten.empty.memory_format", "recomputable fusible alone");
    row("aten.hardswish.default", "");
    row("aten.leaky_relu.default", "");
    row("aten.cat.default", "");
    row("aten.copy_.default", "writes storage");
    row("aten.t_.default", "writes storage inplaceView");
    row("aten.__and__.Tensor", "recomputable fusible");
    row("aten.__ior__.Tensor", "writes storage");
    row("aten.add.out", "pointwise recomputable fusible writes");
    row("aten._native_batch_norm_legit.default", "writes");
    row("aten._native_batch_norm_legit.no_stats", "");
    row("aten._assert_scalar.default", "assertion");
    row("aten.sym_size.int", "");
    row("_operator.mul", "recomputable fusible");
    row("getitem", "recomputable fusible");
    row("prims.iota.default", "recomputable fusible");
    row("prims.mul.default", "");
    row("_c10d_functional.all_reduce.default", "collective");
    row("primals_1", "");
    row("", "");
  }

  void factsHoldForEveryOverload() {
    QFETCH(QString, target);
    QFETCH(QString, facts);
    const OpFacts op = opFacts(target.toStdString());
    QStringList got;
    const auto add = [&](bool flag, const char* word) {
      if (flag) got << word;
    };
    add(op.pointwise, "pointwise");
    add(op.recomputable, "recomputable");
    add(op.fusible(), "fusible");
    add(op.view, "view");
    add(op.random, "random");
    add(op.seeded, "seeded");
    add(op.computeIntensive, "intensive");
    add(op.writesArgument, "writes");
    add(op.sharesStorage, "storage");
    add(op.inplaceView, "inplaceView");
    add(op.assertion, "assertion");
    add(op.neverMerged, "alone");
    add(op.collective, "collective");
    QCOMPARE(got.join(' '), facts);
  }

  void fusedAttentionIsRandomOnlyWithDropout_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<bool>("random");
    const QString flash = "aten._scaled_dot_product_flash_attention_for_cpu.default(%q, %q, %q";
    const QString efficient = "aten._scaled_dot_product_efficient_attention.default(%q, %q, %q";
    QTest::newRow("default") << flash + ")" << false;
    QTest::newRow("zero") << flash + ", 0.0, True)" << false;
    QTest::newRow("positive") << flash + ", 0.1, True)" << true;
    QTest::newRow("by name") << flash + ", dropout_p=0.5)" << true;
    QTest::newRow("zero by name") << flash + ", dropout_p=0.0)" << false;
    QTest::newRow("known at run time only") << flash + ", %q)" << true;
    QTest::newRow("other position") << efficient + ", None, True, 0.0)" << false;
    QTest::newRow("other position, positive") << efficient + ", None, True, 0.2)" << true;
  }

  void fusedAttentionIsRandomOnlyWithDropout() {
    QFETCH(QString, call);
    QFETCH(bool, random);
    const QString text =
        "graph {\n%q : f32[4] = placeholder\n%a : f32[4] = " + call + "\nreturn (%a)\n}";
    const GraphPtr graph = support::graphFromText(text.toStdString());
    QCOMPARE(drawsRandomNumbers(graph->node(*graph->find("a"))), random);
  }

  void onlyCallsHaveSideEffects() {
    QVERIFY(hasSideEffect(call("aten.copy_.default")));
    QVERIFY(hasSideEffect(call("aten.native_dropout.default")));
    QVERIFY(hasSideEffect(call("aten._assert_async.msg")));
    QVERIFY(!hasSideEffect(call("aten.mul.Tensor")));
    Node placeholder = call("copy_");
    placeholder.kind = NodeKind::Placeholder;
    QVERIFY(!hasSideEffect(placeholder));
  }
};

QTEST_APPLESS_MAIN(TestOpTable)
#include "tst_op_table.moc"
