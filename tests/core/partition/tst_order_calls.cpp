#include <QTest>

#include "core/partition/order_calls.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core::ir;
using namespace core::partition;

namespace {

/// All calls of the graph as one half.
HalfPlan planOf(const JointProblem& problem) {
  HalfPlan plan;
  for (const Node& node : problem.graph->nodes()) {
    if (node.kind == NodeKind::Placeholder) plan.inputs.push_back(node.id);
    if (node.isCall()) plan.calls.push_back(node.id);
  }
  plan.outputs = problem.graph->outputs();
  return plan;
}

std::string order(const JointProblem& problem, const HalfPlan& plan) {
  std::string text;
  for (NodeId id : plan.calls) text += problem.node(id).name + " ";
  return text;
}

}  // namespace

class TestOrderCalls : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void recomputedCallsComeRightBeforeTheirFirstUse() {
    const JointProblem problem = makeProblem(support::jointFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %tangents_1 : f32[4] = placeholder
      %a : f32[4] = aten.sin.default(%primals_1)
      %b : f32[4] = aten.cos.default(%a)
      %unread : f32[4] = aten.exp.default(%a)
      %c : f32[4] = aten.neg.default(%primals_1)
      %m : f32[4] = aten.mul.Tensor(%tangents_1, %c)
      %n : f32[4] = aten.mul.Tensor(%m, %b)
      return (%n, %a)
    })"));
    HalfPlan plan = planOf(problem);
    orderLikeAutograd(problem, plan);
    QCOMPARE(order(problem, plan), std::string("c m a b n "));
  }

  void copiesInFrontOfTheTangentsStayThere() {
    const JointProblem problem = makeProblem(support::jointFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %tangents_1 : f32[4] = placeholder
      %a : f32[4] = aten.sin.default(%primals_1)
      %b : f32[4] = aten.cos.default(%primals_1)
      %copy : f32[4] = aten.copy_.default(%primals_1, %a)
      %m : f32[4] = aten.mul.Tensor(%tangents_1, %b)
      return (%m)
    })"));
    HalfPlan plan = planOf(problem);
    orderLikeAutograd(problem, plan);
    QCOMPARE(order(problem, plan), std::string("a copy b m "));
  }

  void withoutATangentNothingMoves() {
    const JointProblem problem = makeProblem(support::jointFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %a : f32[4] = aten.sin.default(%primals_1)
      %b : f32[4] = aten.cos.default(%primals_1)
      return (%b, %a)
    })"));
    HalfPlan plan = planOf(problem);
    orderLikeAutograd(problem, plan);
    QCOMPARE(order(problem, plan), std::string("a b "));
  }

  void getitemsFollowTheirTuple() {
    const JointProblem problem = makeProblem(support::jointFromText(R"(graph {
      %primals_1 : f32[4] = placeholder
      %topk : (f32[2], i64[2]) = aten.topk.default(%primals_1, 2)
      %sort : (f32[4], i64[4]) = aten.sort.default(%primals_1)
      %a : f32[4] = aten.sin.default(%primals_1)
      %g1 : i64[2] = getitem(%topk, 1)
      %h : f32[4] = getitem(%sort, 0)
      %g0 : f32[2] = getitem(%topk, 0)
      return (%a, %g1, %h, %g0)
    })"));
    HalfPlan plan = planOf(problem);
    hoistGetitems(problem, plan);
    QCOMPARE(order(problem, plan), std::string("topk g1 g0 sort h a "));
  }
};

QTEST_APPLESS_MAIN(TestOrderCalls)
#include "tst_order_calls.moc"
