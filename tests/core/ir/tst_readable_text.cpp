// Graphs as PyTorch prints them. The expected text was printed by torch 2.11 itself where a test
// says so.

#include <QTest>

#include <limits>

#include "core/ir/readable_text.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using support::graphFromText;

namespace {

std::string readable(const std::string& text) {
  return ir::readableText(*graphFromText(text));
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

class TestReadableText : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aClassWithOneStatementANode() {
    const std::string text = readable(R"ir(graph {
      %primals_1 : f32[16, 8] = placeholder  # desc="ParamAOTInput(target='fc1.weight')"
      %primals_2 : f32[4, 8] = placeholder
      %t : f32[8, 16]{1, 8} = aten.t.default(%primals_1)  # file="net.py" line=9 function="forward" code="y = f(x)"
      %mm : f32[4, 16] = aten.mm.default(%primals_2, %t)  # file="net.py" line=9 function="forward" code="y = f(x)"
      return (%mm)  # descs=["PlainAOTOutput(idx=0)"]
    })ir");
    QCOMPARE(text, std::string(R"ir(class GraphModule(torch.nn.Module):
    def forward(
        self,
        primals_1: "f32[16, 8][8, 1]cpu",  # ParamAOTInput(target='fc1.weight')
        primals_2: "f32[4, 8][8, 1]cpu",
    ):
        # File: net.py:9 in forward, code: y = f(x)
        t: "f32[8, 16][1, 8]cpu" = torch.ops.aten.t.default(primals_1);  primals_1 = None
        mm: "f32[4, 16][16, 1]cpu" = torch.ops.aten.mm.default(primals_2, t);  primals_2 = t = None
        return (
            mm,  # PlainAOTOutput(idx=0)
        )
)ir"));
  }

  // The lines on the right were printed by PyTorch for the same calls.
  void argumentsAreWrittenAsPythonWritesThem() {
    const std::string text = readable(R"ir(graph {
      %x : f32[2, 3, 4, 5] = placeholder
      %clone : f32[2, 3, 4, 5]{60, 1, 15, 3} = aten.clone.default(%x, memory_format=memory_format:channels_last)
      %to : f64[2, 3, 4, 5]{60, 1, 15, 3} = aten._to_copy.default(%clone, dtype=dtype:f64, layout=layout:strided, device=device:cpu)
      %full : f32[2, 3] = aten.full.default([2, 3], inf, dtype=dtype:f32, pin_memory=False)
      %gelu : f64[2, 3, 4, 5]{60, 1, 15, 3} = aten.gelu.default(%to, approximate="tanh")
      %bn = aten.batch_norm.default(%x, None, 0.1, 1e-05, 1.0)
      return (%clone, %full, %gelu, %bn)
    })ir");
    QVERIFY(has(text, "aten.clone.default(x, memory_format = torch.channels_last)"));
    QVERIFY(has(text,
                "(clone, dtype = torch.float64, layout = torch.strided, "
                "device = device(type='cpu'))"));
    QVERIFY(has(text, "([2, 3], inf, dtype = torch.float32, pin_memory = False)"));
    QVERIFY(has(text, "(to, approximate = 'tanh');  to = None"));
    QVERIFY(has(text, "(x, None, 0.1, 1e-05, 1.0);  x = None"));
    QVERIFY(has(text, "        return (clone, full, gelu, bn)\n"));
  }

  void aTupleHasNoTypeAndItsResultsAreIndexed() {
    const std::string text = readable(R"ir(graph {
      %x : f32[4] = placeholder
      %split : (f32[2], f32[2]) = aten.split.Tensor(%x, 2)
      %getitem : f32[2] = getitem(%split, 0)
      return (%getitem)
    })ir");
    QVERIFY(has(text, "        split = torch.ops.aten.split.Tensor(x, 2);  x = None\n"));
    QVERIFY(has(text, "getitem: \"f32[2][1]cpu\" = split[0];  split = None\n"));
    QVERIFY(has(text, "return (getitem,)"));
  }

  void symbolsAreWrittenAsExpressions() {
    const std::string text = readable(R"ir(graph {
      %primals_1 : sym[s0=4] = placeholder
      %x : f32[s0=4, 8] = placeholder
      %mul : sym[8*s0=32] = _operator.mul(%primals_1, 8)
      %view : f32[8*s0=32] = aten.view.default(%x, [%mul])
      return (%view)
    })ir");
    QVERIFY(has(text, "primals_1: \"Sym(s0)\","));
    QVERIFY(has(text, "x: \"f32[s0, 8][8, 1]cpu\","));
    QVERIFY(has(text, "mul: \"Sym(8*s0)\" = primals_1 * 8;  primals_1 = None\n"));
    QVERIFY(has(text, "aten.view.default(x, [mul]);  x = mul = None\n"));
  }

  void modulesOfBothPhasesStandInTheComment() {
    const std::string text = readable(R"ir(graph {
      %x : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%x)  # module="act:net.Act"
      %cos : f32[4] = aten.cos.default(%x)  # fwd_module="act:net.Act"
      return (%sin, %cos)
    })ir");
    QVERIFY(has(text, "# nn_module: act (net.Act) # No stacktrace found for following nodes\n"));
    QVERIFY(has(text, "\n\n        # fwd_nn_module: act (net.Act) # No stacktrace"));
  }

  void aValueThatNobodyReadsEndsAtItsOwnLine() {
    const std::string text = readable(R"ir(graph {
      %x : f32[4] = placeholder
      %y : f32[4] = placeholder
      %copy_ : f32[4] = aten.copy_.default(%x, %y)
      return (%y)
    })ir");
    QVERIFY(has(text, "aten.copy_.default(x, y);  x = copy_ = None\n"));
  }

  void numbersAreWrittenAsPythonDoes_data() {
    QTest::addColumn<double>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("whole") << 3.0 << "3.0";
    QTest::newRow("smallest without exponent") << 0.0001 << "0.0001";
    QTest::newRow("exponent") << 1e-05 << "1e-05";
    QTest::newRow("largest without exponent") << 1e15 << "1000000000000000.0";
    QTest::newRow("large") << 1e16 << "1e+16";
    QTest::newRow("negative zero") << -0.0 << "-0.0";
    QTest::newRow("third") << 1.0 / 3 << "0.3333333333333333";
    QTest::newRow("infinity") << -std::numeric_limits<double>::infinity() << "-inf";
  }
  void numbersAreWrittenAsPythonDoes() {
    QFETCH(double, number);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(ir::pythonText(number)), text);
  }
};

QTEST_APPLESS_MAIN(TestReadableText)
#include "tst_readable_text.moc"
