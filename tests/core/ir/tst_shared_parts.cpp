#include <QTest>

#include "core/base/check.h"
#include "core/ir/graph_builder.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using namespace core::ir;

class TestSharedParts : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aTextReadsLikeAString() {
    const SharedText text("aten.mul.Tensor");
    const SharedText copy = text;
    QCOMPARE(&copy.str(), &text.str());
    QVERIFY(copy == "aten.mul.Tensor" && copy == SharedText("aten.mul.Tensor"));
    QVERIFY(!(copy == SharedText("aten.add.Tensor")));
    QCOMPARE(copy + "!", std::string("aten.mul.Tensor!"));
    QCOMPARE("(" + copy, std::string("(aten.mul.Tensor"));
    QVERIFY(SharedText().empty() && SharedText("").empty() && SharedText() == "");
  }

  void equalPartsOfNewNodesAreKeptOnce() {
    const GraphPtr graph = support::graphFromText(kGraph);
    const Node& one = named(*graph, "mul");
    const Node& two = named(*graph, "mul_1");
    QCOMPARE(&one.target.str(), &two.target.str());
    QCOMPARE(one.tensor(), two.tensor());
    QVERIFY(one.tensor() != named(*graph, "t").tensor());
    QCOMPARE(tensorMetaText(*named(*graph, "t").tensor()), std::string("f32[6, 4]{1, 6}"));
  }

  void valuesThatDifferOnlyInTheirExpressionsStayApart() {
    GraphBuilder builder;
    const auto add = [&](const char* name, Size size) {
      return builder.addPlaceholder(name, TensorMeta{DType::F32, {size}, {1}, {}});
    };
    const NodeId plain = add("plain", 4);
    const NodeId symbolic = add("symbolic", Size("s0", 4));
    const NodeId other = add("other", Size("s1", 4));
    builder.setOutputs({});
    const GraphPtr graph = std::move(builder).freeze();
    QCOMPARE(graph->node(plain).tensor()->sizes[0].text(), std::string("4"));
    QCOMPARE(graph->node(symbolic).tensor()->sizes[0].text(), std::string("s0"));
    QCOMPARE(graph->node(other).tensor()->sizes[0].text(), std::string("s1"));
  }

  void aCopiedGraphSharesItsPartsAndChangesAlone() {
    const GraphPtr graph = support::graphFromText(kGraph);
    GraphBuilder builder;
    for (const Node& node : graph->nodes())
      if (node.kind != NodeKind::Output) builder.addCopy(node, [](NodeId id) { return id; });
    Node last = named(*graph, "mul_1");
    last.value = contiguousMeta(DType::F64, {4, 6});
    builder.addCall("mul_2", last.target, last.args, last.kwargs, last.value, last.meta);
    builder.setOutputs({NodeId{4}});
    const GraphPtr copy = std::move(builder).freeze();
    QCOMPARE(named(*copy, "mul").tensor(), named(*graph, "mul").tensor());
    QVERIFY(named(*copy, "mul_2").tensor()->dtype == DType::F64);
    QVERIFY(named(*graph, "mul_1").tensor()->dtype == DType::F32);
  }

  void usersAreListedOnceInGraphOrder() {
    const GraphPtr graph = support::graphFromText(kGraph);
    std::vector<std::string> users;
    for (NodeId id : graph->users(*graph->find("primals_1"))) users.push_back(graph->node(id).name);
    QCOMPARE(users, (std::vector<std::string>{"t", "mul", "mul_1"}));
    QVERIFY(graph->users(graph->outputNode().id).empty());
  }

  void everyNameIsFoundAndNoOther() {
    GraphBuilder builder;
    for (int i = 0; i < 1000; ++i)
      builder.addPlaceholder("n" + std::to_string(i), contiguousMeta(DType::F32, {1}));
    builder.setOutputs({});
    const GraphPtr graph = std::move(builder).freeze();
    for (std::uint32_t i = 0; i < 1000; ++i)
      QCOMPARE(graph->find("n" + std::to_string(i))->index, i);
    QVERIFY(graph->find("output").has_value());
    QVERIFY(!graph->find("n1000") && !graph->find(""));
  }

  void twoNodesOfOneNameAreRefused() {
    GraphBuilder builder;
    for (int i = 0; i < 2; ++i) builder.addPlaceholder("x", contiguousMeta(DType::F32, {1}));
    builder.setOutputs({});
    QVERIFY_THROWS_EXCEPTION(InternalError, std::move(builder).freeze());
  }

 private:
  static constexpr const char* kGraph = R"(graph {
    %primals_1 : f32[4, 6] = placeholder
    %t : f32[6, 4]{1, 6} = aten.t.default(%primals_1)
    %mul : f32[4, 6] = aten.mul.Tensor(%primals_1, %primals_1)
    %mul_1 : f32[4, 6] = aten.mul.Tensor(%mul, %primals_1)
    return (%mul_1, %t)
  })";

  static const Node& named(const Graph& graph, const char* name) {
    return graph.node(*graph.find(name));
  }
};

QTEST_APPLESS_MAIN(TestSharedParts)
#include "tst_shared_parts.moc"
