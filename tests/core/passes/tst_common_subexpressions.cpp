#include <QTest>
#include <limits>

#include "core/passes/common_subexpressions.h"
#include "core/passes/python_hash.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;
using core::passes::eliminateCommonSubexpressions;
using core::passes::pythonHash;

namespace {

/// A graph of these calls on %x and %y; all of them reach the output through one `cat`.
GraphPtr graphOf(const QStringList& calls) {
  QString text = "graph {\n%x : f32[4, 4] = placeholder\n%y : f32[4, 4] = placeholder\n";
  QStringList names;
  for (qsizetype i = 0; i < calls.size(); ++i) {
    names << QString("%c%1").arg(i);
    text += QString("%c%1 : f32[4, 4] = %2\n").arg(i).arg(calls[i]);
  }
  text += "%cat : f32[9] = aten.cat.default([" + names.join(", ") + "])\nreturn (%cat)\n}";
  return support::graphFromText(text.toStdString());
}

/// For each call the name of the one that stands for it: "c0 c0 c2".
QString standIns(const GraphPtr& graph, const std::vector<int>& primalStorage = {}) {
  const PassResult result = eliminateCommonSubexpressions(graph, primalStorage);
  QStringList list;
  for (const Node& node : graph->nodes()) {
    if (!node.name.starts_with("c") || node.name == "cat") continue;
    for (const Node& kept : result.graph->nodes())
      for (NodeId origin : result.origin.of(kept.id))
        if (origin == node.id) list << QString::fromStdString(kept.name);
  }
  return list.join(' ');
}

}  // namespace

class TestCommonSubexpressions : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void callsAreMergedByPythonsRules_data() {
    QTest::addColumn<QStringList>("calls");
    QTest::addColumn<QString>("result");
    const auto row = [](const char* name, const QStringList& calls, const char* result) {
      QTest::newRow(name) << calls << result;
    };
    row("equal", {"aten.sin.default(%x)", "aten.sin.default(%x)"}, "c0 c0");
    row("other argument", {"aten.sin.default(%x)", "aten.sin.default(%y)"}, "c0 c1");
    row("other overload", {"aten.add.Tensor(%x, 1)", "aten.add.Scalar(%x, 1)"}, "c0 c1");
    row("through a merged one",
        {"aten.sin.default(%x)", "aten.sin.default(%x)", "aten.cos.default(%c0)",
         "aten.cos.default(%c1)"},
        "c0 c0 c2 c2");
    row("types of numbers",
        {"aten.mul.Tensor(%x, 1)", "aten.mul.Tensor(%x, 1.0)", "aten.mul.Tensor(%x, True)"},
        "c0 c1 c2");
    row("keywords", {"aten.add.Tensor(%x, %y, alpha=2)", "aten.add.Tensor(%x, %y, alpha=2)"},
        "c0 c0");
    row("keyword names", {"aten.full.default(%x, a=2)", "aten.full.default(%x, b=2)"}, "c0 c1");
    row("collision of -1 and -2",
        {"aten.roll.default(%x, -2)", "aten.roll.default(%x, -1)", "aten.roll.default(%x, -1)",
         "aten.roll.default(%x, -2)"},
        "c0 c1 c2 c0");
    row("collision modulo 2^61 - 1",
        {"aten.roll.default(%x, 3)", "aten.roll.default(%x, 2305843009213693954)",
         "aten.roll.default(%x, 2305843009213693954)"},
        "c0 c1 c2");
    row("nesting collides",
        {"aten.roll.default(%x, [1], 2)", "aten.roll.default(%x, [1, 2])",
         "aten.roll.default(%x, [1, 2])"},
        "c0 c1 c2");
    row("nan is never equal", {"aten.mul.Tensor(%x, nan)", "aten.mul.Tensor(%x, nan)"}, "c0 c1");
    row("negative zero is another number",
        {"aten.mul.Tensor(%x, 0.0)", "aten.mul.Tensor(%x, -0.0)"}, "c0 c1");
    row("random", {"aten.bernoulli.p(%x, 0.5)", "aten.bernoulli.p(%x, 0.5)"}, "c0 c1");
    row("random by tag only", {"aten.uniform.default(%x)", "aten.uniform.default(%x)"}, "c0 c1");
    row("uninitialised", {"aten.empty.memory_format([4, 4])", "aten.empty.memory_format([4, 4])"},
        "c0 c1");
    row("mutation regions",
        {"aten.sin.default(%x)", "aten.copy_.default(%x, %y)", "aten.sin.default(%x)",
         "aten.sin.default(%x)"},
        "c0 c1 c2 c2");
  }

  void callsAreMergedByPythonsRules() {
    QFETCH(QStringList, calls);
    QFETCH(QString, result);
    QCOMPARE(standIns(graphOf(calls)), result);
  }

  void tensorsInAReturnedStorageStay() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %x : f32[4, 4] = placeholder
      %c0 : f32[4, 4] = aten.sin.default(%x)
      %c1 : f32[4, 4] = aten.sin.default(%x)
      %c2 : f32[4, 4] = aten.sin.default(%x)
      %c3 : f32[4, 4]{1, 4} = aten.t.default(%c1)
      %c4 : f32[4, 4]{1, 4} = aten.t.default(%c1)
      return (%c3)
    })");
    // c1 and its views lie in the returned storage; c2 is merged into c0.
    QCOMPARE(standIns(graph), QString("c0 c1 c0 c3 c4"));
  }

  void inputsThatShareAReturnedStorageKeepTheirViews() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %x : f32[4, 4] = placeholder
      %y : f32[4, 4] = placeholder
      %c0 : f32[4, 4]{1, 4} = aten.t.default(%y)
      %c1 : f32[4, 4]{1, 4} = aten.t.default(%y)
      %c2 : f32[4, 4] = aten.add.Tensor(%c0, %c1)
      return (%x, %c2)
    })");
    QCOMPARE(standIns(graph), QString("c0 c0 c2"));
    QCOMPARE(standIns(graph, {0, 0}), QString("c0 c1 c2"));
  }

  void anUnchangedGraphIsTheSamePointer() {
    const GraphPtr graph = graphOf({"aten.sin.default(%x)"});
    QCOMPARE(eliminateCommonSubexpressions(graph).graph, graph);
  }

  void numbersHashAsInPython_data() {
    QTest::addColumn<double>("number");
    QTest::addColumn<qint64>("hash");
    QTest::newRow("one") << 1.0 << qint64{1};
    QTest::newRow("minus one") << -1.0 << qint64{-2};
    QTest::newRow("half") << 0.5 << qint64{1152921504606846976};
    QTest::newRow("2^60") << 1152921504606846976.0 << qint64{1152921504606846976};
    QTest::newRow("tenth") << 0.1 << qint64{230584300921369408};
    QTest::newRow("pi") << 3.141592653589793 << qint64{326490430436040707};
    QTest::newRow("small") << 1e-5 << qint64{2170758078822671208};
    QTest::newRow("negative") << -2.5 << qint64{-1152921504606846978};
    QTest::newRow("large") << 1e300 << qint64{1224995262755759164};
    QTest::newRow("inf") << std::numeric_limits<double>::infinity() << qint64{314159};
    QTest::newRow("zero") << 0.0 << qint64{0};
  }

  void numbersHashAsInPython() {
    QFETCH(double, number);
    QFETCH(qint64, hash);
    QCOMPARE(static_cast<qint64>(pythonHash(number)), hash);
  }

  void integersHashAsInPython() {
    QCOMPARE(pythonHash(std::int64_t{-1}), std::int64_t{-2});
    QCOMPARE(pythonHash(std::int64_t{-2}), std::int64_t{-2});
    QCOMPARE(pythonHash(INT64_MAX), std::int64_t{3});
    QCOMPARE(pythonHash(INT64_MIN), std::int64_t{-4});
  }
};

QTEST_APPLESS_MAIN(TestCommonSubexpressions)
#include "tst_common_subexpressions.moc"
