// Printed graphs become graphs; what is not understood is named with its line and column.

#include <QTest>

#include <cmath>

#include "core/ir/graph_text.h"
#include "core/ir/readable_text.h"
#include "core/load/trace_log/readable_graph_reader.h"
#include "tests/support/graph_from_text.h"

using namespace core;

namespace {

/// A class with these lines as the body of its function.
std::string withBody(const std::string& body,
                     const std::string& parameters = "x: \"f32[4][1]cpu\"") {
  return "class GraphModule(torch.nn.Module):\n    def forward(self, " + parameters + "):\n" + body;
}

ir::GraphPtr graphOf(const std::string& text, const load::SymbolHints& symbols = {}) {
  auto graph = load::readReadableGraph(text, symbols);
  CORE_CHECK(graph.has_value(), graph ? std::string() : graph.error().message);
  return *graph;
}

/// The one call of a body, in our text form.
std::string callOf(const std::string& statement) {
  const ir::GraphPtr graph =
      graphOf(withBody("        y: \"f32[4][1]cpu\" = " + statement + "\n        return (y,)\n"));
  const std::string text = ir::nodeText(*graph, graph->node(*graph->find("y")));
  return text.substr(text.find(" = ") + 3);
}

}  // namespace

class TestReadableGraphReader : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatWePrintIsReadBack() {
    const std::string text = ir::readableText(*support::graphFromText(R"ir(graph {
      %primals_1 : f32[16, 8] = placeholder  # desc="ParamAOTInput(target='fc1.weight')"
      %s : sym[s0=4] = placeholder
      %x : f32[s0=4, 8]{8, 1}@cuda:1 = placeholder
      %w : bf16[2] = get_attr _tensor_constant0
      %t : f32[8, 16]{1, 8} = aten.t.default(%primals_1)  # module="fc1:Linear" file="net.py" line=9 function="forward" code="y = f(x), z"
      %split : (f32[2, 8], f32[2, 8]) = aten.split.Tensor(%x, 2)  # fwd_module=":Net"
      %getitem : f32[2, 8] = getitem(%split, 0)  # fwd_module=":Net"
      %getitem_1 : f32[2, 8] = getitem(%split, 1)  # fwd_module=":Net"
      %mul : sym[8*s0=32] = _operator.mul(%s, 8)
      %neg : sym[-8*s0=-32] = _operator.neg(%mul)
      %full : f32[2, 3] = aten.full.default([2, 3], -inf, dtype=dtype:f32, layout=layout:strided, device=device:cuda:0, pin_memory=False)
      %clone : f32[2, 3] = aten.clone.default(%full, memory_format=memory_format:preserve_format)
      %gelu : f32[2, 3] = aten.gelu.default(%clone, approximate="tanh")  # recompute=must_save
      %index : f32[2, 3] = aten.index.Tensor(%gelu, [None, %w, [1.5, 1e-05, True]])
      return (%getitem, None, %index, %neg)  # descs=["PlainAOTOutput(idx=0)", "None", "PlainAOTOutput(idx=1)", "PlainAOTOutput(idx=2)"]
    })ir"));
    const ir::GraphPtr graph = graphOf(text, {{"s0", 4}});
    QCOMPARE(QString::fromStdString(ir::readableText(*graph)), QString::fromStdString(text));
    QCOMPARE(graph->node(*graph->find("t")).meta.source->line, 9);
    QCOMPARE(graph->node(*graph->find("t")).meta.source->code, std::string("y = f(x), z"));
    QCOMPARE(graph->node(*graph->find("t")).meta.module->className, std::string("Linear"));
    QCOMPARE(graph->node(*graph->find("getitem")).meta.forwardModule->path, std::string());
    QCOMPARE(graph->node(*graph->find("x")).tensor()->sizeHints(),
             (std::vector<std::int64_t>{4, 8}));
    QCOMPARE(graph->node(*graph->find("split")).tuple()->elements.size(), std::size_t{2});
    QCOMPARE(graph->node(*graph->find("gelu")).meta.recompute, ir::RecomputeTag::MustSave);
  }

  void checkpointedRegionsHandOverSavedValues() {
    const ir::GraphPtr graph = graphOf(withBody(R"(
         # ac_graph_id: 1 - PREFER_RECOMPUTE File: net.py:9 in forward, code: a - MUST_SAVE
        sin: "f32[4][1]cpu" = torch.ops.aten.sin.default(x);  x = None
        cos: "f32[4][1]cpu" = torch.ops.aten.cos.default(sin);  sin = None

         # ac_graph_id: 2 - MUST_RECOMPUTE File: net.py:10 in forward, code: b
        exp: "f32[4][1]cpu" = torch.ops.aten.exp.default(cos);  cos = None

         # File: net.py:11 in forward, code: c
        tan: "f32[4][1]cpu" = torch.ops.aten.tan.default(exp);  exp = None
        return (tan,)
)"));
    const auto tagOf = [&](const char* name) {
      return graph->node(*graph->find(name)).meta.recompute;
    };
    QCOMPARE(tagOf("sin"), ir::RecomputeTag::PreferRecompute);
    QCOMPARE(tagOf("cos"), ir::RecomputeTag::MustSave);
    QCOMPARE(tagOf("exp"), ir::RecomputeTag::MustRecompute);
    QCOMPARE(tagOf("tan"), ir::RecomputeTag::None);
  }

  void statementsOfPythonBecomeCalls_data() {
    QTest::addColumn<QString>("statement");
    QTest::addColumn<QString>("call");
    QTest::newRow("operator of torch") << "torch.ops.aten.relu.default(x);  x = None"
                                       << "aten.relu.default(%x)";
    QTest::newRow("function") << "torch._C._nn.linear(x, x)"
                              << "torch._C._nn.linear(%x, %x)";
    QTest::newRow("method") << "x.relu(); x = None"
                            << "Tensor.relu(%x)";
    QTest::newRow("plus") << "x + 1"
                          << "_operator.add(%x, 1)";
    QTest::newRow("floor division") << "x // 2"
                                    << "_operator.floordiv(%x, 2)";
    QTest::newRow("division") << "x / 2.0"
                              << "_operator.truediv(%x, 2.0)";
    QTest::newRow("comparison") << "x >= -3"
                                << "_operator.ge(%x, -3)";
    QTest::newRow("negative") << "-x"
                              << "_operator.neg(%x)";
    QTest::newRow("number first") << "2 * x"
                                  << "_operator.mul(2, %x)";
    QTest::newRow("index") << "x[3]"
                           << "_operator.getitem(%x, 3)";
    QTest::newRow("keyword without blanks") << "torch.ops.aten.sum.default(x, dtype=torch.int64)"
                                            << "aten.sum.default(%x, dtype=dtype:i64)";
    QTest::newRow("tuple") << "torch.ops.aten.view.default(x, (2, 2))"
                           << "aten.view.default(%x, [2, 2])";
    QTest::newRow("double quotes") << "torch.ops.aten.f.default(\"it's\")"
                                   << "aten.f.default(\"it's\")";
  }
  void statementsOfPythonBecomeCalls() {
    QFETCH(QString, statement);
    QFETCH(QString, call);
    QCOMPARE(QString::fromStdString(callOf(statement.toStdString())), call);
  }

  void aSecondNameOfANodeIsNoNode() {
    const ir::GraphPtr graph = graphOf(withBody(
        "        l_x_ = x\n        y = torch.sin(l_x_);  l_x_ = None\n        return (y,)"));
    QCOMPARE(graph->size(), std::size_t{3});
    QCOMPARE(graph->node(*graph->find("y")).args[0].node(), *graph->find("x"));
  }

  void parametersInAContainerAreTakenApart() {
    const ir::GraphPtr graph = graphOf(R"py(class inner_f(torch.nn.Module):
    def forward(
        self,
        primals,
        tangents,
    ):
        primals_1: "f32[4][1]cpu"  # PlainAOTInput(idx=0)
        tangents_1: "f32[4][1]cpu"  # TangentAOTInput(output=PlainAOTOutput(idx=0))
        primals_1, tangents_1, = fx_pytree.tree_flatten_spec([primals, tangents], self._in_spec)
        # No stacktrace found for following nodes
        sin: "f32[4][1]cpu" = torch.ops.aten.sin.default(primals_1)
        cos: "f32[4][1]cpu" = torch.ops.aten.cos.default(primals_1);  primals_1 = None
        mul: "f32[4][1]cpu" = torch.ops.aten.mul.Tensor(tangents_1, cos);  tangents_1 = cos = None
        return pytree.tree_unflatten([
            sin,  # PlainAOTOutput(idx=0)
            mul,  # GradAOTOutput(grad_of=PlainAOTInput(idx=0))
        ], self._out_spec)
)py");
    QCOMPARE(graph->placeholders().size(), std::size_t{2});
    QCOMPARE(graph->outputDescriptors()[1],
             std::string("GradAOTOutput(grad_of=PlainAOTInput(idx=0))"));
    QCOMPARE(graph->node(*graph->find("sin")).meta.tag, ir::PartitionerTag::IsForward);
    QCOMPARE(graph->node(*graph->find("mul")).meta.tag, ir::PartitionerTag::IsBackward);
    QCOMPARE(graph->node(*graph->find("tangents_1")).meta.tag, ir::PartitionerTag::IsBackward);
  }

  void expressionsThatAreNoIntegersAreFloats() {
    const ir::GraphPtr graph = graphOf(
        withBody("        d: \"Sym(IntTrueDiv(16*s77, 16))\" = s / 16\n        return (d,)\n",
                 "s: \"Sym(16*s77)\""),
        {{"s77", 6}});
    QVERIFY(graph->node(*graph->find("d")).sym()->isFloat);
    QCOMPARE(graph->node(*graph->find("s")).sym()->size.hint(), std::int64_t{96});
  }

  void aSymbolWithoutAValueCountsAsTheAssumedSize() {
    const ir::GraphPtr graph = graphOf(withBody("        return (x,)\n", "x: \"f32[s77, 2]\""));
    QCOMPARE(graph->node(*graph->find("x")).tensor()->numel(), 2 * load::kAssumedSize);
    QCOMPARE(load::unknownSymbols("f32[s77, 2*s1]cpu sin(s2)", {{"s2", 3}}),
             (std::vector<std::string>{"s1", "s77"}));
  }

  void whatIsNotUnderstoodIsNamedWithItsPlace_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const auto body = [](const char* name, const char* statement, const char* message) {
      QTest::newRow(name) << QString::fromStdString(withBody(statement)) << message;
    };
    QTest::newRow("empty") << ""
                           << "line 1, column 1: expected 'class '";
    QTest::newRow("no function") << "class A(torch.nn.Module):\n    x = 1\n"
                                 << "line 2, column 5: expected 'def forward('";
    body("no return", "        y = torch.sin(x)\n",
         "line 4, column 1: the function does not return");
    body("unknown name", "        y = torch.sin(z)\n", "line 3, column 23: the value is not");
    body("slice", "        y = x[slice(None, 2, None)]\n", "line 3, column 15: the value is not");
    body("in-place", "        x += 1;  y = x\n", "line 3, column 9: the statement is not");
    body("complex number", "        y = torch.f(1j)\n", "the number '1j' is not supported");
    body("integer of 65 bits", "        y = torch.f(36893488147419103232)\n", "is not supported");
    body("string without end", "        y = torch.f('abc\n", "the string has no end");
    body("call without end", "        y = torch.f(x\n", "line 3, column 22");
    body("twice", "        x = torch.f(x)\n", "'x' is defined a second time");
    body("unknown type", "        y: \"q4[2]\" = torch.f(x)\n",
         "the type 'q4[2]' is not understood");
    body("negative size", "        y: \"f32[-2]\" = torch.f(x)\n", "the size -2 is negative");
    body("strides of another rank", "        y: \"f32[2, 2][1]cpu\" = torch.f(x)\n",
         "not one stride a size");
    body("unknown device", "        y: \"f32[2][1]tpu\" = torch.f(x)\n", "device 'tpu'");
    body("more after a call", "        y = torch.f(x) torch\n", "the rest of the statement");
    QTest::newRow("deep list") << QString::fromStdString(withBody("        y = torch.f(" +
                                                                  std::string(1000, '[') + "\n"))
                               << "nested too deeply";
  }
  void whatIsNotUnderstoodIsNamedWithItsPlace() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto graph = load::readReadableGraph(text.toStdString());
    QVERIFY(!graph);
    QCOMPARE(graph.error().code, ErrorCode::FormatUnsupported);
    const QString got = QString::fromStdString(graph.error().message);
    QVERIFY2(got.contains(message), qPrintable(got));
  }
};

QTEST_APPLESS_MAIN(TestReadableGraphReader)
#include "tst_readable_graph_reader.moc"
