#include <QTest>

#include "core/partition/why_saved.h"
#include "tests/core/partition/joint_from_text.h"

using namespace core;
using namespace core::partition;

namespace {

const char* const kText = R"(graph {
  %primals_1 : f32[64, 64] = placeholder  # is_forward
  %primals_2 : f32[8, 64] = placeholder  # is_forward
  %tangents_1 : f32[8, 64] = placeholder  # is_backward
  %mm : f32[8, 64] = aten.mm.default(%primals_2, %primals_1)  # is_forward
  %sin : f32[8, 64] = aten.sin.default(%mm)  # is_forward
  %mm_1 : f32[8, 64] = aten.mm.default(%sin, %primals_1)  # is_forward
  %mul : f32[8, 64] = aten.mul.Tensor(%tangents_1, %mm)  # is_backward
  %mul_1 : f32[8, 64] = aten.mul.Tensor(%mul, %sin)  # is_backward
  return (%mm_1, None, %mul_1)
})";

}  // namespace

class TestWhySaved : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void recomputingASavedValueSavesItsBytesAndCostsItsOperations() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    const auto current = partition::partition(joint, {}, StageContext());
    QVERIFY(current);
    QCOMPARE(support::savedNames(*current), std::string("mm"));
    const auto cost = costOfFlip(joint, *current, "mm", StageContext());
    QVERIFY2(cost, cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->before, ValueFate::Saved);
    QCOMPARE(cost->after, ValueFate::Recomputed);
    QCOMPARE(support::savedNames(cost->partition), std::string("primals_1 primals_2"));
    QCOMPARE(cost->newStorageBytes, std::int64_t{-2048});
    QCOMPARE(cost->savedBytes, std::int64_t{64 * 64 * 4});
    QCOMPARE(cost->flops, 2.0 * 8 * 64 * 64);
    QVERIFY(cost->sentence.starts_with("Recomputing mm"));
    QVERIFY(cost->sentence.find("-2048") != std::string::npos);
  }

  void savingARecomputedValueIsTheOtherWayRound() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    const auto current = partition::partition(joint, {}, StageContext());
    QVERIFY(current);
    QCOMPARE(support::decisionOf(*current, "sin")->fate, ValueFate::Recomputed);
    const auto cost = costOfFlip(joint, *current, "sin", StageContext());
    QVERIFY2(cost, cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->after, ValueFate::Saved);
    QCOMPARE(cost->newStorageBytes, std::int64_t{2048});
    QVERIFY(cost->sentence.starts_with("Saving sin"));
  }

  void anExistingPinIsReplaced() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    PartitionOptions options;
    options.save = {"sin"};
    const auto current = partition::partition(joint, options, StageContext());
    QVERIFY(current);
    const auto cost = costOfFlip(joint, *current, "sin", StageContext());
    QVERIFY2(cost, cost ? "" : cost.error().message.c_str());
    QCOMPARE(cost->after, ValueFate::Recomputed);
    QVERIFY(cost->partition.options.save.empty());
  }

  void theAnswerNamesReadersAndWhatTheFlipForces() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    const auto current = partition::partition(joint, {}, StageContext());
    QVERIFY(current);
    const auto why = whyValue(joint, *current, "mm", StageContext());
    QVERIFY2(why, why ? "" : why.error().message.c_str());
    QCOMPARE(why->decision.rule, std::string("compute-intensive"));
    QCOMPARE(support::joined(why->backwardReaders), std::string("mul sin"));
    QVERIFY(why->flip.has_value());
    QCOMPARE(support::joined(why->flip->savedToo), std::string("primals_1 primals_2"));
    QCOMPARE(support::joined(why->flip->noLongerSaved), std::string());
    QCOMPARE(support::joined(why->flip->recomputedToo), std::string());
    QVERIFY(why->flip->seconds > 0);
    QVERIFY(why->flip->sentence.find("saved too: primals_1, primals_2") != std::string::npos);
    const auto saving = whyValue(joint, *current, "sin", StageContext());
    QVERIFY(saving && saving->flip);
    QCOMPARE(support::joined(saving->flip->noLongerRecomputed), std::string());
    QVERIFY(saving->flip->seconds < 0);
  }

  void whatCannotBeTurnedOverIsAnsweredWithTheReason() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    PartitionOptions options;
    options.recompute = {"mm"};
    const auto current = partition::partition(joint, options, StageContext());
    QVERIFY(current);
    const auto why = whyValue(joint, *current, "primals_2", StageContext());
    QVERIFY(why);
    QVERIFY(!why->flip);
    QVERIFY(why->refusal.find("input of the graph") != std::string::npos);
    QCOMPARE(whyValue(joint, *current, "mul_1", StageContext()).error().code,
             ErrorCode::InvalidArgument);
  }

  void whatCannotBeFlippedIsANamedError() {
    const ir::JointGraph joint = support::jointFromText(kText, 1, {0});
    const auto current = partition::partition(joint, {}, StageContext());
    QVERIFY(current);
    QCOMPARE(costOfFlip(joint, *current, "mul", StageContext()).error().code,
             ErrorCode::InvalidArgument);
    PartitionOptions options;
    options.budget = 0;
    const auto least = partition::partition(joint, options, StageContext());
    QVERIFY(least);
    QCOMPARE(costOfFlip(joint, *least, "primals_2", StageContext()).error().code,
             ErrorCode::PartitionInfeasible);
  }
};

QTEST_APPLESS_MAIN(TestWhySaved)
#include "tst_why_saved.moc"
