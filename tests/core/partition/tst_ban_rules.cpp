// The rules of the min-cut that no captured model decides, each on a small graph.

#include <QTest>
#include <cmath>

#include "core/ir/graph_builder.h"
#include "core/partition/min_cut_solver.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core;
using namespace core::ir;
using namespace core::partition;
using support::jointFromText;

namespace {

/// primals_1 -> c1 -> ... -> cN, all `sin`; the backward multiplies by every one of them.
JointGraph chain(int length) {
  std::string text =
      "graph {\n%primals_1 : f32[16, 16] = placeholder  # is_forward\n"
      "%tangents_1 : f32[16, 16] = placeholder  # is_backward\n";
  std::string last = "primals_1";
  for (int i = 1; i <= length; ++i) {
    const std::string name = "c" + std::to_string(i);
    text += "%" + name + " : f32[16, 16] = aten.sin.default(%" + last + ")  # is_forward\n";
    last = name;
  }
  text += "%b0 : f32[16, 16] = aten.mul.Tensor(%tangents_1, %" + last + ")  # is_backward\n";
  for (int i = 1; i <= length; ++i)
    text += "%b" + std::to_string(i) + " : f32[16, 16] = aten.mul.Tensor(%b" +
            std::to_string(i - 1) + ", %c" + std::to_string(i) + ")  # is_backward\n";
  text += "return (%" + last + ", %b" + std::to_string(length) + ")\n}";
  return jointFromText(text);
}

struct Prepared {
  explicit Prepared(const JointGraph& joint)
      : problem(makeProblem(joint)), classes(*classifyNodes(problem)), solver(problem, classes) {}

  NodeId id(const char* name) const { return *problem.graph->find(name); }
  std::string reason(const char* name, const BanOptions& options = {}) const {
    const std::vector<const BanOptions*> all(problem.graph->size(), &options);
    const Bans bans = findBans(problem, classes, makeBanFacts(problem, classes), all,
                               NodeSet(problem.graph->size(), false));
    return std::string(banReasonName(bans[id(name).index]));
  }

  JointProblem problem;
  NodeClasses classes;
  MinCutSolver solver;
};

BanOptions only(bool BanOptions::*rule) {
  BanOptions options{false, false, false, false, false};
  options.*rule = true;
  return options;
}

}  // namespace

class TestBanRules : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aLongFusibleChainIsInterruptedOncePerHundred() {
    const JointGraph joint = chain(230);
    const auto parts = partition::partition(joint, {}, StageContext());
    QVERIFY(parts);
    // primals_1 has order 0 and is not fusible, so the first start that walks is c1 (order 1), the
    // next one c103. The last link is returned, so it is in memory anyway.
    QCOMPARE(support::joined(parts->solves[0].banned), std::string("primals_1 c102 c204 c230"));
    QCOMPARE(support::decisionOf(*parts, "c102")->rule, std::string("long fusible chain"));
  }

  void aChainOfAHundredIsNotInterrupted() {
    const auto parts = partition::partition(chain(101), {}, StageContext());
    QVERIFY(parts);
    QCOMPARE(support::joined(parts->solves[0].banned), std::string("primals_1 c101"));
  }

  void theDistanceCountsUpToAHundred() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[16, 16] = placeholder
      %primals_2 : f32[16, 16] = placeholder
      %tangents_1 : f32[16, 16] = placeholder
      %mm : f32[16, 16] = aten.mm.default(%primals_1, %primals_2)
      %sin : f32[16, 16] = aten.sin.default(%mm)
      %mul : f32[16, 16] = aten.mul.Tensor(%tangents_1, %sin)
      return (%sin, %mul, None)
    })");
    Prepared graph(joint);
    QCOMPARE(graph.classes.distance[graph.id("sin").index], 1);
    QCOMPARE(graph.classes.distance[graph.id("mm").index], 2);
    QCOMPARE(graph.classes.distance[graph.id("primals_1").index], 3);
    const auto cost = [](double factor, int distance) {
      return static_cast<MaxFlow::Capacity>(1024 * std::pow(1.1, distance)) *
             static_cast<MaxFlow::Capacity>(factor);
    };
    // A placeholder is in memory anyway; `mm` is not fusible, so it is too; `sin` is returned.
    QCOMPARE(graph.solver.weight(graph.id("primals_1")), cost(1, 3));
    QCOMPARE(graph.solver.weight(graph.id("mm")), cost(1, 2));
    QCOMPARE(graph.solver.weight(graph.id("sin")), cost(1, 1));

    const JointGraph longJoint = chain(150);
    Prepared far(longJoint);
    QCOMPARE(far.classes.distance[far.id("c1").index], 1);  // the backward reads every link
    QCOMPARE(far.solver.weight(far.id("c1")), cost(2, 1));  // fusible users only: doubled
  }

  void aFarValueIsWeighedAsIfAtAHundred() {
    std::string text =
        "graph {\n%primals_1 : f32[4] = placeholder\n%tangents_1 : f32[4] = placeholder\n";
    std::string last = "primals_1";
    for (int i = 0; i < 150; ++i) {
      const std::string name = "c" + std::to_string(i);
      text += "%" + name + " : f32[4] = aten.cumsum.default(%" + last + ", 0)\n";
      last = name;
    }
    text += "%mul : f32[4] = aten.mul.Tensor(%tangents_1, %" + last + ")\nreturn (%" + last +
            ", %mul)\n}";
    const JointGraph joint = jointFromText(text);
    Prepared graph(joint);
    QCOMPARE(graph.classes.distance[graph.id("primals_1").index], 151);
    QCOMPARE(graph.solver.weight(graph.id("primals_1")),
             static_cast<MaxFlow::Capacity>(16 * std::pow(1.1, 100)));
  }

  void theReductionRuleCountsPositionalNodesOnly() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[64, 64] = placeholder
      %primals_2 : i64[4] = placeholder
      %primals_3 : f32[4] = placeholder
      %tangents_1 : f32[4] = placeholder
      %sum : f32[] = aten.sum.default(%primals_1)
      %index : f32[4] = aten.index.Tensor(%primals_3, [%primals_1])
      %mul : f32[4] = aten.mul.Tensor(%primals_3, %sum)
      %add : f32[4] = aten.add.Tensor(%mul, %index)
      %mul_1 : f32[4] = aten.mul.Tensor(%tangents_1, %add)
      %mul_2 : f32[4] = aten.mul.Tensor(%tangents_1, %sum)
      return (%add, %mul_1, None, %mul_2)
    })");
    const Prepared graph(joint);
    const BanOptions reduction = only(&BanOptions::ifReduction);
    QCOMPARE(graph.reason("sum", reduction), std::string("reduction"));
    QCOMPARE(graph.reason("index", reduction), std::string("none"));
    QCOMPARE(graph.reason("sum", BanOptions{false, false, false, false, false}),
             std::string("none"));
  }

  void listsOfOperatorsDecide() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder
      %tangents_1 : f32[8, 8] = placeholder
      %lift : f32[8, 8] = aten.lift_fresh_copy.default(%primals_1)
      %bmm : f32[8, 8] = aten.baddbmm.default(%lift, %lift, %lift)
      %mm : f32[8, 8] = aten.mm.default(%bmm, %lift)
      %t : f32[8, 8]{1, 8} = aten.t.default(%mm)
      %uniform : f32[8, 8] = aten.uniform.default(%t)
      %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %uniform)
      %mul_1 : f32[8, 8] = aten.mul.Tensor(%mul, %mm)
      return (%uniform, %mul_1)
    })");
    const Prepared graph(joint);
    const BanOptions allow = only(&BanOptions::ifNotInAllowlist);
    const BanOptions deny{false, false, false, false, false};
    QCOMPARE(graph.reason("primals_1", deny), std::string("input"));
    QCOMPARE(graph.reason("lift", allow), std::string("none"));
    QCOMPARE(graph.reason("bmm", allow), std::string("not recomputable"));
    QCOMPARE(graph.reason("bmm", deny), std::string("none"));
    QCOMPARE(graph.reason("mm", allow), std::string("compute-intensive"));
    QCOMPARE(graph.reason("mm", deny), std::string("compute-intensive"));
    QCOMPARE(graph.reason("t", allow), std::string("none"));
    QCOMPARE(graph.reason("uniform", deny), std::string("random"));
    QCOMPARE(graph.reason("mul", allow), std::string("none"));  // the backward's own
  }

  void whatTheBackwardNeedsInMemoryIsBannedThroughViews() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder
      %tangents_1 : f32[8, 8] = placeholder
      %sin : f32[8, 8] = aten.sin.default(%primals_1)
      %cos : f32[8, 8] = aten.cos.default(%primals_1)
      %t : f32[8, 8]{1, 8} = aten.t.default(%sin)
      %add : f32[8, 8] = aten.add.Tensor(%t, %cos)
      %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %cos)
      %mm : f32[8, 8] = aten.mm.default(%mul, %t)
      %add_1 : f32[8, 8] = aten.add.Tensor(%add, %add)
      return (%add_1, %mm)
    })");
    const Prepared graph(joint);
    const BanOptions rule = only(&BanOptions::ifMaterializedBackward);
    QCOMPARE(graph.reason("sin", rule), std::string("materialized in backward"));
    QCOMPARE(graph.reason("t", rule), std::string("none"));
    QCOMPARE(graph.reason("cos", rule), std::string("none"));
  }

  void aCatAbsorbsWhatItJoins() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %cumsum : f32[8] = aten.cumsum.default(%primals_1, 0)
      %cat : f32[16] = aten.cat.default([%cumsum, %cumsum])
      %sin : f32[16] = aten.sin.default(%cat)
      return (%sin)
    })");
    const JointProblem problem = makeProblem(joint);
    const auto id = [&](const char* name) { return *problem.graph->find(name); };
    QVERIFY(problem.fusible(id("cumsum"), id("cat")));
    QVERIFY(!problem.fusible(id("cat"), id("sin")));
    QVERIFY(!problem.fusible(id("primals_1"), id("sin")));
  }

  void anInfiniteWayIsReportedByItsNodes() {
    // A tuple cannot be saved, and batch statistics may not be recomputed.
    JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder
      %tangents_1 : f32[8] = placeholder
      %topk : (f32[8], i64[8]) = aten.topk.default(%primals_1, 8)
      %getitem : f32[8] = getitem(%topk, 0)  # recompute=must_recompute
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %getitem)
      return (%getitem, %mul)
    })");
    const auto parts = partition::partition(joint, {}, StageContext());
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
    QVERIFY2(parts.error().message.find("topk -> getitem") != std::string::npos,
             parts.error().message.c_str());
  }
};

QTEST_APPLESS_MAIN(TestBanRules)
#include "tst_ban_rules.moc"
