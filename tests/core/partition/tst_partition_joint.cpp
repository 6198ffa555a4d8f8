// The corners of the rules that no captured model reaches.

#include <QTest>

#include "tests/core/partition/joint_from_text.h"

using namespace core;
using namespace core::ir;
using namespace core::partition;
using support::byPlacement;
using support::decisionOf;
using support::jointFromText;
using support::minCut;
using support::mlp;
using support::savedNames;

namespace {

const char* const kDropout = R"(graph {
  %primals_1 : f32[8, 8] = placeholder  # is_forward
  %tangents_1 : f32[8, 8] = placeholder  # is_backward
  %native_dropout : (f32[8, 8], b8[8, 8]) = aten.native_dropout.default(%primals_1, 0.5, True)  # is_forward recompute=must_recompute
  %getitem : f32[8, 8] = getitem(%native_dropout, 0)  # is_forward
  %getitem_1 : b8[8, 8] = getitem(%native_dropout, 1)  # is_forward
  %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %getitem_1)  # is_backward
  return (%getitem, %mul)
})";

}  // namespace

class TestPartitionJoint : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aWayThatNothingCutsIsToldByItsNodesAndRules() {
    // The forward overwrites primals_1, so it cannot be saved; sin is pinned to be made from it.
    PartitionOptions options;
    options.recompute = {"exp"};
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[8] = placeholder  # is_backward
      %exp : f32[8] = aten.exp.default(%primals_1)  # is_forward
      %sin : f32[8] = aten.sin.default(%exp)  # is_forward
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %exp)  # is_backward
      %copy_ : f32[8] = aten.copy_.default(%primals_1, %sin)  # must_be_in_forward
      return (%sin, %mul)
    })"),
                              options);
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
    QCOMPARE(parts.error().node, std::string("exp"));
    const std::string& message = parts.error().message;
    for (const char* part :
         {"primals_1 -> exp", "'primals_1' cannot be recomputed, because it is an input",
          "and cannot be saved, because the forward overwrites it",
          "'exp' is pinned to be recomputed", "Pins: --recompute exp"})
      QVERIFY2(message.find(part) != std::string::npos, message.c_str());
  }

  void statisticsThatABatchNormIgnoresMayBeOverwritten() {
    // repeat hands the running mean to the batch norm only, which does not depend on it in
    // training.
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[4, 8] = placeholder  # is_forward
      %primals_2 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[4, 8] = placeholder  # is_backward
      %repeat : f32[8] = aten.repeat.default(%primals_2, [1])  # is_forward
      %bn : (f32[4, 8], f32[8], f32[8], f32[8], f32[8]) = aten._native_batch_norm_legit_functional.default(%primals_1, None, None, %repeat, %repeat, True, 0.1, 1e-05)  # is_forward
      %getitem : f32[4, 8] = getitem(%bn, 0)  # is_forward
      %getitem_1 : f32[8] = getitem(%bn, 1)  # is_forward
      %getitem_2 : f32[8] = getitem(%bn, 2)  # is_forward
      %getitem_3 : f32[8] = getitem(%bn, 3)  # is_forward
      %back : (f32[4, 8], f32[8], f32[8]) = aten.native_batch_norm_backward.default(%tangents_1, %primals_1, None, %repeat, %repeat, %getitem_1, %getitem_2, True, 1e-05, [True, False, False])  # is_backward
      %getitem_4 : f32[4, 8] = getitem(%back, 0)  # is_backward
      %copy_ : f32[8] = aten.copy_.default(%primals_2, %getitem_3)  # must_be_in_forward
      return (%getitem, %getitem_4, None)
    })",
                                           1, {1});
    // repeat is banned like any operator that is not cheap, but saving its input is not forbidden.
    PartitionOptions options;
    options.recompute = {"repeat"};
    const auto pinned = minCut(joint, options);
    QVERIFY2(pinned, pinned ? "" : pinned.error().message.c_str());
    QCOMPARE(savedNames(*pinned), std::string("primals_1 primals_2 getitem_1 getitem_2"));
  }

  void wrongOptionsAreInvalidArguments() {
    PartitionOptions unknown;
    unknown.save = {"no_such_node"};
    QCOMPARE(minCut(mlp(), unknown).error().code, ErrorCode::InvalidArgument);
    QCOMPARE(minCut(mlp(), unknown).error().node, std::string("no_such_node"));
    for (double budget : {-0.1, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
      PartitionOptions options;
      options.budget = budget;
      QCOMPARE(minCut(mlp(), options).error().code, ErrorCode::InvalidArgument);
      PartitionOptions module;
      module.moduleBudgets = {{"fc", budget}};
      QCOMPARE(minCut(mlp(), module).error().code, ErrorCode::InvalidArgument);
    }
    PartitionOptions module;
    module.moduleBudgets = {{"layer9", 0.5}};
    QCOMPARE(minCut(mlp(), module).error().code, ErrorCode::InvalidArgument);
  }

  void aStoppedPartitionIsCancelled() {
    std::stop_source stop;
    stop.request_stop();
    StageContext context;
    context.stop = stop.get_token();
    const auto parts = partition::partition(mlp(), {}, context);
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::Cancelled);
  }

  void budgetZeroSavesTheInputsOnly() {
    PartitionOptions options;
    options.budget = 0;
    const auto parts = minCut(mlp(), options);
    QVERIFY(parts);
    QCOMPARE(savedNames(*parts), std::string("primals_1 primals_2"));
    QCOMPARE(parts->savedBytesNewStorage, std::int64_t{0});
    QCOMPARE(decisionOf(*parts, "primals_1")->rule, std::string("parameter"));
    QCOMPARE(decisionOf(*parts, "primals_2")->rule, std::string("input"));
  }

  void randomCallsAreNeverComputedTwice() {
    const JointGraph joint = jointFromText(kDropout);
    for (double budget : {0.0, 0.3, 1.0}) {
      PartitionOptions options;
      options.budget = budget;
      const auto parts = minCut(joint, options);
      QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
      QCOMPARE(savedNames(*parts), std::string("getitem_1"));
      QVERIFY(parts->recomputed.empty());
    }
    QCOMPARE(savedNames(*byPlacement(joint)), std::string("getitem_1"));
    PartitionOptions pinned;
    pinned.recompute = {"getitem_1"};
    QCOMPARE(minCut(joint, pinned).error().code, ErrorCode::PartitionInfeasible);
    QCOMPARE(decisionOf(*minCut(joint), "getitem_1")->rule, std::string("random"));
  }

  void aGradientMayBeAForwardValue() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder  # is_forward
      %primals_2 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[8] = placeholder  # is_backward
      %mul : f32[8] = aten.mul.Tensor(%primals_1, %primals_2)  # is_forward
      %sin : f32[8] = aten.sin.default(%primals_2)  # is_backward
      return (%mul, %sin, %primals_1)
    })");
    for (const auto& parts : {minCut(joint), byPlacement(joint)}) {
      QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
      QCOMPARE(parts->backward->outputs().size(), std::size_t{2});
      const auto name = [&](std::size_t i) {
        return parts->backward->node(parts->backward->outputs()[i].node()).name;
      };
      QCOMPARE(name(0), std::string("sin"));
      QCOMPARE(name(1), std::string("primals_1"));
    }
  }

  void aTangentMayBeAGradientItself() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %tangents_1 : f32[8] = placeholder
      %add : f32[8] = aten.add.Tensor(%primals_1, 1)
      return (%add, %tangents_1)
    })"));
    QVERIFY(parts);
    QVERIFY(parts->savedTensors.empty());
    QCOMPARE(support::callNames(*parts->backward), std::string());
  }

  void anInferenceGraphHasAnEmptyBackward() {
    const auto parts = minCut(jointFromText(R"(graph {
      %arg0_1 : f32[8] = placeholder
      %sin : f32[8] = aten.sin.default(%arg0_1)
      %cos : f32[8] = aten.cos.default(%arg0_1)
      return (%sin)
    })"));
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(support::callNames(*parts->forward), std::string("sin"));
    QCOMPARE(support::callNames(*parts->backward), std::string());
    QVERIFY(parts->savedTensors.empty() && parts->solves.empty());
  }

  void aForwardThatNeedsATangentIsRefused() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %tangents_1 : f32[8] = placeholder
      %mul : f32[8] = aten.mul.Tensor(%primals_1, %tangents_1)
      return (%mul, %mul)
    })"));
    QVERIFY(!parts);
    QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
    QCOMPARE(parts.error().node, std::string("mul"));
  }

  void anOverwrittenInputIsNotSaved() {
    // Saving primals_1 would be cheaper than exp, but copy_ has changed it by then.
    const char* const text = R"(graph {
      %primals_1 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[8] = placeholder  # is_backward
      %exp : f32[8] = aten.exp.default(%primals_1)  # is_forward
      %sin : f32[8] = aten.sin.default(%exp)  # is_forward
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %exp)  # is_backward
      %copy_ : f32[8] = aten.copy_.default(%primals_1, %sin)  # must_be_in_forward
      return (%sin, %mul)
    })";
    const auto parts = minCut(jointFromText(text));
    QVERIFY(parts);
    QCOMPARE(savedNames(*parts), std::string("exp"));
    std::string pure(text);
    pure.replace(pure.find("aten.copy_"), 10, "aten.clone");
    QCOMPARE(savedNames(*minCut(jointFromText(pure))), std::string("primals_1"));
  }

  void anInputWrittenInBothHalvesKeepsTheForwardsValue() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[8] = placeholder  # is_backward
      %mm : f32[8] = aten.cumsum.default(%primals_1, 0)  # is_forward
      %sin : f32[8] = aten.sin.default(%mm)  # is_forward
      %add : f32[8] = aten.add.Tensor(%sin, %tangents_1)  # is_backward
      %copy_ : f32[8] = aten.copy_.default(%primals_1, %sin)  # must_be_in_forward
      %copy__1 : f32[8] = aten.copy_.default(%primals_1, %add)  # must_be_in_backward
      return (%mm, %add)
    })"));
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QVERIFY(savedNames(*parts).find("sin") != std::string::npos);
    QCOMPARE(support::callNames(*parts->backward), std::string("add copy__1"));
    QCOMPARE(support::callNames(*parts->forward), std::string("mm sin copy_"));
  }

  void aWriteWithoutArgumentsDoesNotCrash() {
    const char* const text = R"(graph {
      %primals_1 : f32[8] = placeholder  # is_forward
      %tangents_1 : f32[8] = placeholder  # is_backward
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %primals_1)  # is_backward
      %copy_ : f32[8] = aten.copy_.default()  # must_be_in_backward
      return (%primals_1, %mul)
    })";
    for (const auto& parts : {minCut(jointFromText(text)), byPlacement(jointFromText(text))})
      QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
  }

  void onlyTheSizeIsSavedWhereOnlyTheSizeIsRead() {
    const char* const text = R"(graph {
      %primals_1 : f32[s0=7, 4] = placeholder  # is_forward
      %tangents_1 : f32[] = placeholder  # is_backward
      %sin : f32[s0=7, 4] = aten.sin.default(%primals_1)  # is_forward
      %sum : f32[] = aten.sum.default(%sin)  # is_forward
      %sym_size_int : sym[s0=7] = aten.sym_size.int(%sin, 0)  # is_backward
      %expand : f32[s0=7, 4]{0, 0} = aten.expand.default(%tangents_1, [%sym_size_int, 4])  # is_backward
      return (%sum, %expand)
    })";
    const auto parts = byPlacement(jointFromText(text));
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string());
    QCOMPARE(support::savedSyms(*parts), std::string("sym_size_int"));
    const auto cut = minCut(jointFromText(text));
    QVERIFY(cut);
    QCOMPARE(support::savedSyms(*cut), std::string("sym_size_int"));
    QCOMPARE(cut->savedBytesTotal, std::int64_t{0});
  }

  void symbolsOfSavedSizesComeWithTheirInput() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : sym[s0=7] = placeholder  # is_forward
      %primals_2 : sym[s1=4] = placeholder  # is_forward
      %primals_3 : f32[s0=7, s1=4] = placeholder  # is_forward
      %tangents_1 : f32[s0=7, s1=4] = placeholder  # is_backward
      %cumsum : f32[s0=7, s1=4] = aten.cumsum.default(%primals_3, 0)  # is_forward
      %mul : f32[s0=7, s1=4] = aten.mul.Tensor(%tangents_1, %cumsum)  # is_backward
      return (%cumsum, None, None, %mul)
    })"));
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("cumsum"));
    QCOMPARE(support::savedSyms(*parts), std::string("primals_1 primals_2"));
    // Sizes come first among the backward's inputs.
    QCOMPARE(parts->backward->node(parts->backward->placeholders()[0]).name,
             std::string("primals_1"));
  }

  void randomStateGoesToItsHalf() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %tangents_1 : f32[8] = placeholder
      %fwd_seed_1 : i64[] = placeholder
      %bwd_seed_1 : i64[] = placeholder
      %add : f32[8] = aten.add.Tensor(%primals_1, %fwd_seed_1)
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %bwd_seed_1)
      return (%add, %mul)
    })"));
    QVERIFY(parts);
    const auto inputs = [](const Graph& graph) {
      std::string text;
      for (NodeId id : graph.placeholders()) text += graph.node(id).name + " ";
      return text;
    };
    QCOMPARE(inputs(*parts->forward), std::string("primals_1 fwd_seed_1 "));
    QCOMPARE(inputs(*parts->backward), std::string("tangents_1 bwd_seed_1 "));
  }

  void everyForwardValueHasADecision() {
    const JointGraph joint = mlp();
    const auto parts = minCut(joint);
    QVERIFY(parts);
    std::string names;
    for (const ValueDecision& decision : parts->decisions) {
      names += decision.name + " ";
      QVERIFY2(!decision.rule.empty() && decision.sentence.ends_with('.'), decision.name.c_str());
    }
    QCOMPARE(names, std::string("primals_1 primals_2 t mm sin exp cos "));
    QCOMPARE(decisionOf(*parts, "cos")->fate, ValueFate::BackwardOnly);
    QCOMPARE(decisionOf(*parts, "t")->fate, ValueFate::ForwardOnly);
    QCOMPARE(decisionOf(*parts, "mm")->rule, std::string("compute-intensive"));
    QCOMPARE(decisionOf(*parts, "mm")->bytes, std::int64_t{8 * 64 * 4});
  }

  void mergedValuesPointToTheirStandIn() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %tangents_1 : f32[8] = placeholder
      %cumsum : f32[8] = aten.cumsum.default(%primals_1, 0)
      %cumsum_1 : f32[8] = aten.cumsum.default(%primals_1, 0)
      %add : f32[8] = aten.add.Tensor(%cumsum, %cumsum_1)
      %mul : f32[8] = aten.mul.Tensor(%tangents_1, %cumsum_1)
      return (%add, %mul)
    })"));
    QVERIFY(parts);
    QCOMPARE(savedNames(*parts), std::string("cumsum"));
    QCOMPARE(parts->mergedByCse,
             (std::vector<std::pair<std::string, std::string>>{{"cumsum_1", "cumsum"}}));
    QCOMPARE(decisionOf(*parts, "cumsum_1")->rule, std::string("merged"));
    QCOMPARE(decisionOf(*parts, "cumsum_1")->fate, ValueFate::Saved);
  }

  void theSameInputGivesTheSamePartition() {
    const auto first = minCut(mlp());
    const auto second = minCut(mlp());
    QCOMPARE(graphText(*first->forward), graphText(*second->forward));
    QCOMPARE(graphText(*first->backward), graphText(*second->backward));
  }
};

QTEST_APPLESS_MAIN(TestPartitionJoint)
#include "tst_partition_joint.moc"
