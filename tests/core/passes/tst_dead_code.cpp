#include <QTest>

#include "core/passes/dead_code.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;
using core::passes::eliminateDeadCode;

namespace {

QStringList names(const Graph& graph) {
  QStringList list;
  for (const Node& node : graph.nodes()) list << QString::fromStdString(node.name);
  return list;
}

}  // namespace

class TestDeadCode : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatNobodyReadsIsRemovedWithWhatOnlyItReads() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %primals_2 : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%primals_1)
      %cos : f32[4] = aten.cos.default(%sin)
      %exp : f32[4] = aten.exp.default(%primals_1)
      return (%exp, None)
    })");
    const PassResult result = eliminateDeadCode(graph);
    QCOMPARE(names(*result.graph), (QStringList{"primals_1", "primals_2", "exp", "output"}));
    QCOMPARE(result.graph->outputs().size(), std::size_t{2});
    QCOMPARE(result.origin.of(NodeId{2}), std::vector<NodeId>{*graph->find("exp")});
    QCOMPARE(result.origin.origins.size(), result.graph->size());
  }

  void sideEffectsStayWithWhatTheyRead() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%primals_1)
      %copy_ : f32[4] = aten.copy_.default(%primals_1, %sin)
      %native_dropout : (f32[4], b8[4]) = aten.native_dropout.default(%primals_1, 0.5, True)
      %att : (f32[1, 1, 4, 4], f32[1, 1, 4]) = aten._scaled_dot_product_flash_attention_for_cpu.default(%primals_1, %primals_1, %primals_1, 0.0)
      return (%primals_1)
    })");
    const PassResult result = eliminateDeadCode(graph);
    QCOMPARE(names(*result.graph),
             (QStringList{"primals_1", "sin", "copy_", "native_dropout", "output"}));
  }

  void anUnchangedGraphIsTheSamePointer() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%primals_1)
      return (%sin)
    })");
    const PassResult result = eliminateDeadCode(graph);
    QCOMPARE(result.graph, graph);
    QCOMPARE(result.origin.of(NodeId{1}), std::vector<NodeId>{NodeId{1}});
  }
};

QTEST_APPLESS_MAIN(TestDeadCode)
#include "tst_dead_code.moc"
