// Runs of equal module calls, and layouts that share what they draw.

#include <QTest>

#include "core/layout/layout_memo.h"
#include "tests/core/layout/layout_checks.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/transformer_joint.h"

using namespace core;
using namespace core::layout;

namespace {

/// One call of a block: `operators` one after the other, all in the module `path`.
struct BlockText {
  std::string path;
  std::vector<std::string> operators;
};

std::shared_ptr<const ir::JointGraph> chainOf(const std::vector<BlockText>& blocks) {
  std::string text = "graph {\n  %p : f32[4] = placeholder  # is_forward\n";
  std::string last = "%p";
  int count = 0;
  for (const BlockText& block : blocks) {
    for (const std::string& op : block.operators) {
      const std::string name = "%n" + std::to_string(count);
      text += "  " + name + " : f32[4] = aten." + op + ".default(" + last +
              ")  # is_forward seq=" + std::to_string(count) + " module=\"" + block.path +
              ":Block\"\n";
      last = name;
      ++count;
    }
  }
  auto joint = std::make_shared<ir::JointGraph>();
  joint->graph = support::graphFromText(text + "  return (" + last + ")\n}");
  joint->signature.numPrimals = 1;
  joint->signature.numForwardOutputs = 1;
  return joint;
}

std::vector<BlockText> equalBlocks(int count) {
  std::vector<BlockText> blocks;
  for (int i = 0; i < count; ++i) blocks.push_back({"blocks." + std::to_string(i), {"sin", "cos"}});
  return blocks;
}

GraphGeometryPtr collapsed(const std::shared_ptr<const ir::JointGraph>& joint) {
  LayoutRequest request{joint, nullptr, {}};
  request.options.expandAutomatically = false;
  return *layoutGraph(request, {});
}

QStringList runsOf(const GraphGeometry& geometry) {
  QStringList runs;
  for (const ModuleCall& call : geometry.modules)
    if (call.repeats > 0) runs << QString::fromStdString(call.key);
  return runs;
}

LayoutRequest wholeGpt(int layers) {
  LayoutRequest request;
  request.joint = std::make_shared<const ir::JointGraph>(
      support::namedTransformerJoint({layers, 2, 16, 16, 2}));
  request.options.expandAutomatically = false;
  request.options.expanded = expandedToDepth(**layoutGraph(request, {}), 1000);
  return request;
}

}  // namespace

class TestRepeats : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void equalBlocksAreOneBoxWithTheirNumber() {
    const auto geometry = collapsed(chainOf(equalBlocks(12)));
    QCOMPARE(runsOf(*geometry), QStringList{"blocks.[0-11]"});
    const auto boxes = geometry->boxesOfModule("blocks.[0-11]");
    QCOMPARE(boxes.size(), 1u);
    const Box& box = geometry->boxes[static_cast<std::size_t>(boxes.front())];
    QCOMPARE(box.kind, BoxKind::Module);
    QCOMPARE(QString::fromStdString(box.title), QStringLiteral("Block ×12"));
    QCOMPARE(QString::fromStdString(box.detail), QStringLiteral("blocks.[0-11] · 24 ops"));
    QCOMPARE(box.nodes.size(), 24u);
    QCOMPARE(geometry->boxesOfModule("blocks.7"), boxes);  // shown by the run it is in
  }

  void theRunOpensIntoItsCalls() {
    LayoutRequest request{chainOf(equalBlocks(4)), nullptr, {}};
    request.options.expandAutomatically = false;
    request.options.expanded = {"blocks.[0-3]"};
    const auto geometry = *layoutGraph(request, {});
    QCOMPARE(QString::fromStdString(support::checkPlaces(*geometry)), QString());
    QStringList titles;
    for (const Box& box : geometry->boxes)
      if (box.kind == BoxKind::Module) titles << QString::fromStdString(box.title);
    QCOMPARE(titles, (QStringList{"blocks.0", "blocks.1", "blocks.2", "blocks.3"}));
  }

  void twoAreNotARun() { QCOMPARE(runsOf(*collapsed(chainOf(equalBlocks(2)))), QStringList()); }

  void anotherOperatorEndsARun() {
    auto blocks = equalBlocks(7);
    blocks[3].operators = {"sin", "tan"};
    QCOMPARE(runsOf(*collapsed(chainOf(blocks))), (QStringList{"blocks.[0-2]", "blocks.[4-6]"}));
  }

  void somethingBetweenEndsARun() {
    auto blocks = equalBlocks(6);
    blocks.insert(blocks.begin() + 3, {"", {"exp"}});
    QCOMPARE(runsOf(*collapsed(chainOf(blocks))), (QStringList{"blocks.[0-2]", "blocks.[3-5]"}));
  }

  void oneModuleCalledManyTimesIsARun() {
    std::vector<BlockText> blocks;
    for (int i = 0; i < 3; ++i) {
      blocks.push_back({"shared", {"sin", "cos"}});
      blocks.push_back({"other" + std::to_string(i), {"exp"}});
    }
    // What is between them has no frame, so it is directly in the model: three calls, no run.
    QCOMPARE(runsOf(*collapsed(chainOf(blocks))), QStringList());
    for (BlockText& block : blocks)
      if (block.operators.size() == 1) block.operators = {"exp", "exp"};
    QCOMPARE(runsOf(*collapsed(chainOf(blocks))), QStringList());
  }

  void anInputFromElsewhereIsNotTheSame() {
    const auto joint = std::make_shared<ir::JointGraph>();
    std::string text = "graph {\n  %p : f32[4] = placeholder  # is_forward\n";
    std::string last = "%p";
    for (int i = 0; i < 3; ++i) {
      const std::string n = std::to_string(i);
      const std::string end = "  # is_forward module=\"b." + n + ":Block\"\n";
      text += "  %a" + n + " : f32[4] = aten.sin.default(" + last + ")" + end;
      text += "  %c" + n + " : f32[4] = aten.add.Tensor(%a" + n + ", " +
              (i == 1 ? "%a" + n : last) + ")" + end;
      last = "%c" + n;
    }
    joint->graph = support::graphFromText(text + "  return (" + last + ")\n}");
    joint->signature.numPrimals = 1;
    joint->signature.numForwardOutputs = 1;
    const auto geometry = collapsed(joint);
    QCOMPARE(geometry->modules.size(), 3u);
    QVERIFY(geometry->modules[0].structure == geometry->modules[2].structure);
    QVERIFY(geometry->modules[0].structure != geometry->modules[1].structure);
  }

  void equalCallsOpenAndCloseTogether() {
    LayoutRequest request{chainOf(equalBlocks(3)), nullptr, {}};
    request.options.expandAutomatically = false;
    request.options.expanded = {"blocks.[0-2]"};
    const std::set<std::string> all{"blocks.[0-2]", "blocks.0", "blocks.1", "blocks.2"};
    QVERIFY(toggledAlike(**layoutGraph(request, {}), "blocks.1") == all);
    request.options.expanded = all;
    QVERIFY(toggledAlike(**layoutGraph(request, {}), "blocks.1") ==
            std::set<std::string>{"blocks.[0-2]"});
  }

  void oneOfEachOpensTheFirstOfARun() {
    const auto geometry = collapsed(chainOf(equalBlocks(5)));
    QVERIFY(expandedOneOfEach(*geometry) == (std::set<std::string>{"blocks.[0-4]", "blocks.0"}));
  }

  void aStampedBlockLooksLikeOneDrawnAlone() {
    LayoutRequest request = wholeGpt(6);
    const std::string alone = support::geometryText(**layoutGraph(request, {}));
    request.memo = makeLayoutMemo();
    QVERIFY(support::geometryText(**layoutGraph(request, {})) == alone);
    QVERIFY(support::geometryText(**layoutGraph(request, {})) == alone);
  }

  void deeperModelsDrawNoMore() {
    std::vector<std::size_t> drawn;
    for (const int layers : {12, 48}) {
      LayoutRequest request = wholeGpt(layers);
      request.memo = makeLayoutMemo();
      QVERIFY(layoutGraph(request, {}));
      drawn.push_back(request.memo->drawn());
    }
    // But for the run's own lane, all is in the first dozen.
    QVERIFY2(drawn[1] <= drawn[0] + 4, qPrintable(QString::number(drawn[1])));
  }

  void aClickDrawsOnlyWhatItChanged() {
    LayoutRequest request = wholeGpt(12);
    request.memo = makeLayoutMemo();
    QVERIFY(layoutGraph(request, {}));
    const std::size_t before = request.memo->drawn();
    request.options.expanded.erase("h.5.attn");
    QVERIFY(layoutGraph(request, {}));
    // The block around it and those around that one, in two lanes each.
    QVERIFY2(request.memo->drawn() - before <= 8,
             qPrintable(QString::number(request.memo->drawn())));
  }

  void aFullMemoForgetsAndStaysRight() {
    LayoutRequest request = wholeGpt(3);
    const std::string alone = support::geometryText(**layoutGraph(request, {}));
    request.memo = std::make_shared<LayoutMemo>(100);
    QVERIFY(support::geometryText(**layoutGraph(request, {})) == alone);
  }

  void anotherPartitionIsMadeReadyAnew() {
    LayoutRequest request = wholeGpt(2);
    request.memo = makeLayoutMemo();
    QVERIFY(layoutGraph(request, {}));
    const auto parts = request.memo->partsOf(request);
    QVERIFY(parts);
    request.options.foldViews = false;
    QVERIFY(!request.memo->partsOf(request));
    QVERIFY(layoutGraph(request, {}));
    QVERIFY(request.memo->partsOf(request) != parts);
  }
};

QTEST_APPLESS_MAIN(TestRepeats)
#include "tst_repeats.moc"
