// Which saved tensors the backward may overwrite: those whose memory nobody else sees.

#include <QTest>

#include "core/partition/partition_joint.h"
#include "core/passes/decompositions/decompose.h"
#include "tests/aot/program_text.h"
#include "tests/aot/trace_model.h"

using namespace core;

namespace {

/// The min-cut partition of the program after decomposition, as the compiled step gets it.
partition::Partition partitionOf(const char* text) {
  support::ProgramBuilder program = support::programFromText(text);
  const auto traced = support::trace(program);
  CORE_CHECK(!traced.error, traced.error ? traced.error->message : std::string());
  ir::JointGraph joint = *traced.joint;
  joint.graph = passes::decomposeForFusion(joint.graph).graph;
  return support::valueOf(partition::partition(joint, {}, {}));
}

using Indices = std::vector<int>;

}  // namespace

class TestAotDonation : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theMaskOfReluIsDonated() {
    const auto parts = partitionOf(
        "input x f32[3, 3] leaf\n"
        "r = aten.relu.default(x)\n"
        "y = aten.sum.default(r)\n"
        "return y\n");
    QCOMPARE(parts.savedTensors.size(), std::size_t{1});
    QVERIFY((parts.donatedIndices == Indices{0}));
  }

  void inputsAreNeverDonated() {
    const auto parts = partitionOf(
        "input x f32[3, 3] grad\n"
        "input p f32[3, 3] leaf\n"
        "y = aten.mm.default(x, mat2=p)\n"
        "return y\n");
    QCOMPARE(parts.savedTensors.size(), std::size_t{2});
    QVERIFY(parts.donatedIndices.empty());
  }

  void aMaskBesideAnOutputIsDonated() {
    const auto parts = partitionOf(
        "input x f32[3, 3] grad\n"
        "input p f32[3, 3] leaf\n"
        "r = aten.relu.default(x)\n"
        "y = aten.add.Tensor(r, other=p)\n"
        "return y\n");
    QCOMPARE(parts.savedTensors.size(), std::size_t{1});
    QVERIFY((parts.donatedIndices == Indices{0}));
  }

  void aViewOfAnInputIsNotDonated() {
    const auto parts = partitionOf(
        "input p f32[3, 3] leaf\n"
        "input x f32[9] grad\n"
        "v = aten.view.default(x, size=[3, 3])\n"
        "r = aten.relu.default(v)\n"
        "y = aten.mm.default(p, mat2=r)\n"
        "return y\n");
    for (const int index : parts.donatedIndices) {
      const std::string& name = parts.savedTensors[static_cast<std::size_t>(index)].name;
      QVERIFY2(!name.starts_with("primals") && name != "view", name.c_str());
    }
    QVERIFY(!parts.donatedIndices.empty());
    QVERIFY(parts.donatedIndices.size() < parts.savedTensors.size());
  }

  void aSavedValueThatIsAnOutputIsNotDonated() {
    const auto parts = partitionOf(
        "input x f32[3, 3] leaf\n"
        "e = aten.exp.default(x)\n"
        "return e\n");
    QCOMPARE(parts.savedTensors.size(), std::size_t{1});
    QVERIFY(parts.donatedIndices.empty());
  }
};

QTEST_GUILESS_MAIN(TestAotDonation)
#include "tst_aot_donation.moc"
