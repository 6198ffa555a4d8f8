// What a person and the model can ask of a partition: pins, budgets of modules, recompute tags.

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

class TestWishes : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aPinnedValueIsSaved() {
    PartitionOptions options;
    options.save = {"sin"};
    options.recompute = {"exp"};
    const auto parts = minCut(mlp(), options);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("primals_2 mm sin"));
    QCOMPARE(decisionOf(*parts, "sin")->rule, std::string("pinned"));
    QCOMPARE(support::joined(parts->recomputed), std::string("exp"));
  }

  void aPinThatNothingReadsSaysSo() {
    // exp is returned, so it is in memory and saved; then the backward does not read sin.
    PartitionOptions options;
    options.save = {"sin"};
    const auto parts = minCut(mlp(), options);
    QVERIFY(parts);
    QCOMPARE(savedNames(*parts), std::string("primals_2 mm exp"));
    QCOMPARE(decisionOf(*parts, "sin")->rule, std::string("pin without effect"));
  }

  void aPinnedValueIsRecomputed() {
    const auto before = minCut(mlp());
    QVERIFY(before);
    QVERIFY(savedNames(*before).find("mm") != std::string::npos);
    PartitionOptions options;
    options.recompute = {"mm"};
    const auto parts = minCut(mlp(), options);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(decisionOf(*parts, "mm")->fate, ValueFate::Recomputed);
    QCOMPARE(decisionOf(*parts, "mm")->rule, std::string("pinned"));
    QCOMPARE(parts->recomputeFlops, 2.0 * 8 * 64 * 64);
    QVERIFY(parts->savedBytesNewStorage < before->savedBytesNewStorage);
  }

  void pinsHoldForPlacementToo() {
    PartitionOptions options;
    options.recompute = {"exp"};
    const auto parts = byPlacement(mlp(), options);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    // By placement only what the backward reads itself is saved, so sin is made from mm again.
    QCOMPARE(savedNames(*parts), std::string("primals_2 mm"));
    QCOMPARE(support::callNames(*parts->backward), std::string("sin exp mul cos mul_1 t_1 mm_1"));
  }

  void impossiblePinsAreNamed_data() {
    QTest::addColumn<QString>("save");
    QTest::addColumn<QString>("recompute");
    QTest::addColumn<QString>("says");
    QTest::newRow("input") << ""
                           << "primals_2"
                           << "input of the graph";
    QTest::newRow("both") << "mm"
                          << "mm"
                          << "opposite";
    QTest::newRow("gradient") << "mul"
                              << ""
                              << "gradients";
    QTest::newRow("gradient to recompute") << ""
                                           << "mm_1"
                                           << "gradients";
  }

  void impossiblePinsAreNamed() {
    QFETCH(QString, save);
    QFETCH(QString, recompute);
    QFETCH(QString, says);
    PartitionOptions options;
    if (!save.isEmpty()) options.save.push_back(save.toStdString());
    if (!recompute.isEmpty()) options.recompute.push_back(recompute.toStdString());
    for (const auto& parts : {minCut(mlp(), options), byPlacement(mlp(), options)}) {
      QVERIFY(!parts);
      QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
      const std::string& message = parts.error().message;
      QVERIFY2(message.find(says.toStdString()) != std::string::npos, message.c_str());
      QVERIFY2(message.find("Pins:") != std::string::npos, message.c_str());
    }
  }

  void aModuleBudgetRecomputesInsideTheModuleOnly() {
    const std::string text = R"(graph {
      %primals_1 : f32[8, 8] = placeholder
      %tangents_1 : f32[8, 8] = placeholder
      %mm : f32[8, 8] = aten.mm.default(%primals_1, %primals_1)  # module="a.x:L"
      %sin : f32[8, 8] = aten.sin.default(%mm)  # module="a.x:L"
      %mm_1 : f32[8, 8] = aten.mm.default(%sin, %primals_1)  # module="b:L"
      %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %mm_1)
      %mul_1 : f32[8, 8] = aten.mul.Tensor(%mul, %mm)
      return (%mm_1, %mul_1)
    })";
    const JointGraph joint = jointFromText(text, 1, {0});
    const auto saved = [&](const PartitionOptions& options) {
      const auto parts = minCut(joint, options);
      return parts ? savedNames(*parts) : parts.error().message;
    };
    QCOMPARE(saved({}), std::string("mm mm_1"));
    PartitionOptions first;
    first.moduleBudgets = {{"a", 0}};
    QCOMPARE(saved(first), std::string("primals_1 mm_1"));
    PartitionOptions second;
    second.moduleBudgets = {{"b", 0}};
    QCOMPARE(saved(second), std::string("primals_1 mm"));
    PartitionOptions inner;  // the longest path wins
    inner.moduleBudgets = {{"", 0}, {"b", 1}};
    QCOMPARE(saved(inner), std::string("primals_1 mm_1"));
  }

  void aPinnedTupleMeansItsMembers() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8] = placeholder
      %tangents_1 : f32[3] = placeholder
      %topk : (f32[3], i64[3]) = aten.topk.default(%primals_1, 3)
      %getitem : f32[3] = getitem(%topk, 0)
      %getitem_1 : i64[3] = getitem(%topk, 1)
      %mul : f32[3] = aten.mul.Tensor(%tangents_1, %getitem)
      return (%getitem_1, %mul)
    })");
    PartitionOptions save;
    save.save = {"topk"};
    QCOMPARE(savedNames(*minCut(joint, save)), std::string("getitem"));
    PartitionOptions recompute;
    recompute.recompute = {"getitem"};
    const auto parts = minCut(joint, recompute);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("primals_1"));
    QCOMPARE(support::callNames(*parts->backward), std::string("topk getitem mul"));
  }

  void tagsOfTheModelAreWishes() {
    const auto parts = minCut(jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder
      %tangents_1 : f32[8, 8] = placeholder
      %mm : f32[8, 8] = aten.mm.default(%primals_1, %primals_1)  # recompute=must_recompute
      %sin : f32[8, 8] = aten.sin.default(%mm)  # recompute=must_save
      %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %sin)
      %mul_1 : f32[8, 8] = aten.mul.Tensor(%mul, %mm)
      return (%sin, %mul_1)
    })"));
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("primals_1 sin"));
    QCOMPARE(decisionOf(*parts, "mm")->rule, std::string("recompute tag"));
    QCOMPARE(decisionOf(*parts, "sin")->rule, std::string("must-save tag"));
  }

  void whatARegionReadsIsSavedByPlacement() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder  # is_forward
      %tangents_1 : f32[8, 8] = placeholder  # is_backward
      %exp : f32[8, 8] = aten.exp.default(%primals_1)  # is_forward
      %sin : f32[8, 8] = aten.sin.default(%exp)  # is_forward recompute=prefer_recompute
      %cos : f32[8, 8] = aten.cos.default(%sin)  # is_forward recompute=prefer_recompute
      %mul : f32[8, 8] = aten.mul.Tensor(%tangents_1, %cos)  # is_backward
      %mul_1 : f32[8, 8] = aten.mul.Tensor(%mul, %sin)  # is_backward
      return (%cos, %mul_1)
    })");
    const auto parts = byPlacement(joint);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("exp"));
    QCOMPARE(support::joined(parts->recomputed), std::string("sin cos"));
  }

  void aMemberOfARegionsTupleIsNoInputOfIt() {
    const JointGraph joint = jointFromText(R"(graph {
      %primals_1 : f32[8, 8] = placeholder  # is_forward
      %tangents_1 : f32[4, 8] = placeholder  # is_backward
      %split : (f32[4, 8], f32[4, 8]) = aten.split.Tensor(%primals_1, 4)  # is_forward recompute=must_recompute
      %getitem : f32[4, 8] = getitem(%split, 0)  # is_forward
      %sin : f32[4, 8] = aten.sin.default(%getitem)  # is_forward recompute=must_recompute
      %mul : f32[4, 8] = aten.mul.Tensor(%tangents_1, %sin)  # is_backward
      return (%sin, %mul)
    })");
    const auto parts = byPlacement(joint);
    QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
    QCOMPARE(savedNames(*parts), std::string("primals_1"));
    QCOMPARE(support::joined(parts->recomputed), std::string("split getitem sin"));
    QCOMPARE(decisionOf(*parts, "getitem")->rule, std::string("placement"));
  }
};

QTEST_APPLESS_MAIN(TestWishes)
#include "tst_wishes.moc"
