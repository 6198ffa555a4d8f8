#include <QTest>

#include "core/ir/attribute_inputs.h"
#include "core/ir/graph_text.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;

class TestAttributeInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void constantsComeAfterTheOtherInputs() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%primals_1)
      %_tensor_constant0 : f32[4] = get_attr _tensor_constant0
      %lift_fresh_copy : f32[4] = aten.lift_fresh_copy.default(%_tensor_constant0)
      %mul : f32[4] = aten.mul.Tensor(%sin, %lift_fresh_copy)
      return (%mul)
    })");
    const PassResult result = attributesToInputs(graph);
    const GraphPtr expected = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %_tensor_constant0 : f32[4] = placeholder
      %sin : f32[4] = aten.sin.default(%primals_1)
      %lift_fresh_copy : f32[4] = aten.lift_fresh_copy.default(%_tensor_constant0)
      %mul : f32[4] = aten.mul.Tensor(%sin, %lift_fresh_copy)
      return (%mul)
    })");
    QCOMPARE(QString::fromStdString(graphText(*result.graph)),
             QString::fromStdString(graphText(*expected)));
    for (const Node& node : result.graph->nodes())
      QCOMPARE(graph->node(result.origin.of(node.id).front()).name, node.name);
  }

  void aGraphWithoutConstantsStaysTheSame() {
    const GraphPtr graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      return (%primals_1)
    })");
    QCOMPARE(attributesToInputs(graph).graph, graph);
  }

  void aConstantIsFoundByTheNodeThatReadsIt() {
    JointGraph joint;
    joint.graph = support::graphFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %_tensor_constant0 : f32[4] = get_attr _tensor_constant0
      %lift_fresh_copy : f32[4] = aten.lift_fresh_copy.default(%_tensor_constant0)
      %_tensor_constant0_1 : f32[4] = get_attr _tensor_constant0
      %lift_fresh_copy_1 : f32[4] = aten.lift_fresh_copy.default(%_tensor_constant0_1)
      return (%lift_fresh_copy, %lift_fresh_copy_1)
    })");
    joint.signature.inputBindings.resize(2);
    joint.signature.inputBindings[1].primal = -1;
    joint.signature.inputBindings[1].attribute = "_tensor_constant0";
    const std::map<std::string, std::size_t> expected{{"_tensor_constant0", 1},
                                                      {"_tensor_constant0_1", 1}};
    QVERIFY(inputsOfAttributes(joint) == expected);
  }
};

QTEST_APPLESS_MAIN(TestAttributeInputs)
#include "tst_attribute_inputs.moc"
