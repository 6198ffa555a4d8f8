// Layouts of small graphs, from text.

#include <QTest>

#include "core/partition/partition_joint.h"
#include "tests/core/layout/layout_checks.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using namespace core::layout;

namespace {

// Two linear layers and a ReLU, as captured: a view of each weight, a sum of gradients of the
// input.
constexpr const char* kTwoLayers = R"(graph {
  %primals_1 : f32[8, 4] = placeholder  # is_forward
  %primals_2 : f32[8] = placeholder  # is_forward
  %primals_3 : f32[2, 8] = placeholder  # is_forward
  %primals_4 : f32[16, 4] = placeholder  # is_forward
  %tangents_1 : f32[16, 2] = placeholder  # is_backward
  %t : f32[4, 8]{1, 4} = aten.t.default(%primals_1)  # is_forward seq=0 module="net.fc1:Linear"
  %addmm : f32[16, 8] = aten.addmm.default(%primals_2, %primals_4, %t)  # is_forward seq=1 module="net.fc1:Linear"
  %relu : f32[16, 8] = aten.relu.default(%addmm)  # is_forward seq=2 module="net.act:ReLU"
  %t_1 : f32[8, 2]{1, 8} = aten.t.default(%primals_3)  # is_forward seq=3 module="fc2:Linear"
  %mm : f32[16, 2] = aten.mm.default(%relu, %t_1)  # is_forward seq=4 module="fc2:Linear"
  %t_2 : f32[2, 16]{1, 2} = aten.t.default(%tangents_1)  # is_backward seq=4 fwd_module="fc2:Linear"
  %mm_1 : f32[2, 8] = aten.mm.default(%t_2, %relu)  # is_backward seq=4 fwd_module="fc2:Linear"
  %t_3 : f32[2, 8] = aten.t.default(%t_1)  # is_backward seq=4 fwd_module="fc2:Linear"
  %mm_2 : f32[16, 8] = aten.mm.default(%tangents_1, %t_3)  # is_backward seq=4 fwd_module="fc2:Linear"
  %threshold_backward : f32[16, 8] = aten.threshold_backward.default(%mm_2, %relu, 0)  # is_backward seq=2 fwd_module="net.act:ReLU"
  %t_4 : f32[8, 16]{1, 8} = aten.t.default(%threshold_backward)  # is_backward seq=1 fwd_module="net.fc1:Linear"
  %mm_3 : f32[8, 4] = aten.mm.default(%t_4, %primals_4)  # is_backward seq=1 fwd_module="net.fc1:Linear"
  %sum_1 : f32[8] = aten.sum.dim_IntList(%threshold_backward, [0])  # is_backward seq=1 fwd_module="net.fc1:Linear"
  return (%mm, %mm_3, %sum_1, %mm_1, None)
})";

// sin twice and tanh; recomputing is cheaper than saving.
constexpr const char* kChain = R"(graph {
  %primals_1 : f32[64] = placeholder  # is_forward
  %tangents_1 : f32[64] = placeholder  # is_backward
  %sin : f32[64] = aten.sin.default(%primals_1)  # is_forward seq=0
  %sin_1 : f32[64] = aten.sin.default(%sin)  # is_forward seq=1
  %cos : f32[64] = aten.cos.default(%sin)  # is_backward seq=1
  %mul : f32[64] = aten.mul.Tensor(%tangents_1, %cos)  # is_backward seq=1
  %cos_1 : f32[64] = aten.cos.default(%primals_1)  # is_backward seq=0
  %mul_1 : f32[64] = aten.mul.Tensor(%mul, %cos_1)  # is_backward seq=0
  return (%sin_1, %mul_1)
})";

std::shared_ptr<const ir::JointGraph> jointOf(const char* text,
                                              std::vector<std::string> parameters = {}) {
  auto joint = std::make_shared<ir::JointGraph>();
  joint->graph = support::graphFromText(text);
  joint->signature.parameterOrder = std::move(parameters);
  joint->signature.numForwardOutputs = 1;
  for (std::size_t i = 0; i < joint->signature.parameterOrder.size(); ++i)
    joint->metadata.staticInputIndices.push_back(static_cast<int>(i));
  for (const ir::NodeId id : joint->graph->placeholders())
    joint->signature.numPrimals += joint->graph->node(id).name.rfind("primals", 0) == 0;
  joint->modules = {{"net", "Net"}, {"net.fc1", "Linear"}, {"net.act", "ReLU"}, {"fc2", "Linear"}};
  return joint;
}

std::shared_ptr<const ir::JointGraph> twoLayers() {
  return jointOf(kTwoLayers, {"net.fc1.weight", "net.fc1.bias", "fc2.weight"});
}

std::shared_ptr<const partition::Partition> partitionOf(const ir::JointGraph& joint,
                                                        partition::PartitionerKind kind) {
  partition::PartitionOptions options;
  options.partitioner = kind;
  return std::make_shared<partition::Partition>(*partition::partition(joint, options, {}));
}

GraphGeometryPtr layoutOf(LayoutRequest request) {
  return *layoutGraph(request, {});
}

/// Layers whose backward makes three gradients, of which one goes on to the next layer.
std::shared_ptr<const ir::JointGraph> chainOfLayers(int layers) {
  std::string inputs, forward, backward, returned;
  std::vector<std::string> parameters;
  std::string x = "%primals_" + std::to_string(layers + 1);
  std::string gradient = "%tangents_1";
  for (int i = 0; i < layers; ++i) {
    const std::string n = std::to_string(i);
    const std::string p = "%primals_" + std::to_string(i + 1);
    const std::string end = " seq=" + n + " module=\"l" + n + ":Linear\"\n";
    parameters.push_back("l" + n + ".bias");
    inputs += "  " + p + " : f32[8] = placeholder  # is_forward\n";
    forward += "  %t" + n + " : f32[8, 8] = aten.tanh.default(" + x + ")  # is_forward" + end;
    forward +=
        "  %a" + n + " : f32[8, 8] = aten.add.Tensor(%t" + n + ", " + p + ")  # is_forward" + end;
    x = "%a" + n;
  }
  for (int i = layers - 1; i >= 0; --i) {
    const std::string n = std::to_string(i);
    const std::string end = ")  # is_backward seq=" + n + " fwd_module=\"l" + n + ":Linear\"\n";
    const std::string pair = "(" + gradient + ", %t" + n;
    backward += "  %g" + n + " : f32[8, 8] = aten.tanh_backward.default" + pair + end;
    backward += "  %h" + n + " : f32[8, 8] = aten.mm.default" + pair + end;
    backward += "  %s" + n + " : f32[8] = aten.sum.dim_IntList(%h" + n + ", [0]" + end;
    returned = ", %s" + n + returned;
    gradient = "%g" + n;
  }
  const std::string text = "graph {\n" + inputs + "  %primals_" + std::to_string(layers + 1) +
                           " : f32[8, 8] = placeholder  # is_forward\n"
                           "  %tangents_1 : f32[8, 8] = placeholder  # is_backward\n" +
                           forward + backward + "  return (" + x + returned + ", " + gradient +
                           ")\n}";
  return jointOf(text.c_str(), parameters);
}

LayoutRequest openRequest(std::shared_ptr<const ir::JointGraph> joint) {
  LayoutRequest request;
  request.joint = std::move(joint);
  request.options.expandAutomatically = false;
  request.options.expanded = {"net", "fc2"};
  return request;
}

/// The box of a node in a lane; fails the test where there is none.
const Box* boxOf(const GraphGeometry& geometry, const char* node, Lane lane) {
  for (const int box : geometry.boxesOf(node))
    if (geometry.boxes[box].lane == lane) return &geometry.boxes[box];
  return nullptr;
}

QString violation(const GraphGeometry& geometry) {
  return QString::fromStdString(support::checkLayout(geometry));
}

QStringList badgesOf(const Box& box) {
  QStringList texts;
  for (const Badge& badge : box.badges) texts << QString::fromStdString(badge.text);
  return texts;
}

}  // namespace

class TestLayout : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void backwardStandsBesideForward() {
    const auto geometry = layoutOf(openRequest(twoLayers()));
    QCOMPARE(violation(*geometry), QString());
    const Box* relu = boxOf(*geometry, "relu", Lane::Forward);
    const Box* threshold = boxOf(*geometry, "threshold_backward", Lane::Backward);
    QVERIFY(relu && threshold);
    QCOMPARE(threshold->rect.centerY(), relu->rect.centerY());
    QVERIFY(threshold->rect.x > relu->rect.right());
    const int mirror = geometry->mirrorOf(geometry->boxesOf("relu").front());
    QCOMPARE(&geometry->boxes[mirror], threshold);
    QCOMPARE(geometry->mirrorOf(mirror), geometry->boxesOf("relu").front());
  }

  void viewsFoldIntoTheBoxOfTheirInput() {
    LayoutRequest request = openRequest(twoLayers());
    const auto folded = layoutOf(request);
    QCOMPARE(boxOf(*folded, "t_2", Lane::Backward)->kind, BoxKind::Tangent);
    QCOMPARE(boxOf(*folded, "t", Lane::Forward), boxOf(*folded, "addmm", Lane::Forward));
    request.options.foldViews = false;
    request.options.expanded.insert("net.fc1");  // a frame now that it has two boxes
    const auto open = layoutOf(request);
    QCOMPARE(violation(*open), QString());
    QCOMPARE(boxOf(*open, "t", Lane::Forward)->title, std::string("t"));
    QVERIFY(open->boxes.size() > folded->boxes.size());
  }

  void parametersAndTheirGradientsAreBadges() {
    const auto geometry = layoutOf(openRequest(twoLayers()));
    QCOMPARE(badgesOf(*boxOf(*geometry, "addmm", Lane::Forward)), (QStringList{"bias", "weight"}));
    QCOMPARE(badgesOf(*boxOf(*geometry, "mm_3", Lane::Backward)), QStringList{"weight"});
    QCOMPARE(badgesOf(*boxOf(*geometry, "sum_1", Lane::Backward)), QStringList{"bias"});
    for (const Box& box : geometry->boxes)
      QVERIFY(box.kind != BoxKind::Input || box.title == "input 0");
  }

  void everySavedTensorCrossesOnceWithItsBytes() {
    LayoutRequest request = openRequest(twoLayers());
    request.partition = partitionOf(*request.joint, partition::PartitionerKind::Default);
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    QCOMPARE(QString::fromStdString(support::checkSavedOnce(*geometry, *request.partition)),
             QString());
    const Edge* relu = nullptr;
    for (const Edge& edge : geometry->edges)
      if (edge.kind == EdgeKind::Saved && edge.values == std::vector<std::string>{"relu"})
        relu = &edge;
    QVERIFY(relu);
    QCOMPARE(relu->bytes, 16 * 8 * 4);
    QCOMPARE(relu->label, std::string("512 B"));
    QCOMPARE(relu->targets.size(), 2u);
    QVERIFY(geometry->gutter.x <= relu->labelAt.x && relu->labelAt.x < geometry->gutter.right());
    QVERIFY(boxOf(*geometry, "relu", Lane::Forward)->saved);
  }

  void withoutAPartitionCrossingsAreUndecided() {
    const auto geometry = layoutOf(openRequest(twoLayers()));
    int crossings = 0;
    for (const Edge& edge : geometry->edges) {
      QVERIFY(edge.kind != EdgeKind::Saved && edge.kind != EdgeKind::Recompute);
      crossings += edge.kind == EdgeKind::Crossing;
    }
    QVERIFY(crossings >= 2);
  }

  void recomputedCopiesStandOnTheRowOfTheirOriginal() {
    LayoutRequest request;
    request.joint = jointOf(kChain);
    request.partition = partitionOf(*request.joint, partition::PartitionerKind::MinCut);
    QCOMPARE(request.partition->recomputed, std::vector<std::string>{"sin"});
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    const Box* original = boxOf(*geometry, "sin", Lane::Forward);
    const Box* copy = boxOf(*geometry, "sin", Lane::Recomputed);
    QVERIFY(original && copy);
    QCOMPARE(copy->rowTop, original->rowTop);
    QCOMPARE(geometry->lanes.size(), 3u);
    const auto marks = std::count_if(geometry->edges.begin(), geometry->edges.end(),
                                     [](const Edge& e) { return e.kind == EdgeKind::Recompute; });
    QCOMPARE(marks, 1);
  }

  void collapsedModulesAreOneBoxPerLane() {
    LayoutRequest request = openRequest(twoLayers());
    request.options.expanded = {};
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    const auto boxes = geometry->boxesOfModule("net");
    QCOMPARE(boxes.size(), 2u);
    const Box& forward = geometry->boxes[boxes[0]];
    QCOMPARE(forward.kind, BoxKind::Module);
    QCOMPARE(forward.detail, std::string("Net · 2 ops"));
    QCOMPARE(geometry->boxes[boxes[1]].detail, std::string("Net · 3 ops"));
    QCOMPARE(&geometry->boxes[geometry->boxesOf("relu").front()], &forward);
    QCOMPARE(geometry->boxes[boxes[1]].rect.centerY(), forward.rect.centerY());
  }

  void collapseAndExpandGiveTheSamePicture() {
    LayoutRequest request = openRequest(twoLayers());
    const std::string before = support::geometryText(*layoutOf(request));
    request.options.expanded = {};
    const std::string between = support::geometryText(*layoutOf(request));
    request.options.expanded = {"net", "fc2"};
    QVERIFY(before != between);
    QVERIFY(support::geometryText(*layoutOf(request)) == before);
  }

  void modulesAroundAHiddenNodeCanBeOpened() {
    LayoutRequest request = openRequest(twoLayers());
    request.options.expanded = {};
    const auto closed = layoutOf(request);
    QCOMPARE(expandedAround(*closed, "threshold_backward"), std::set<std::string>{"net"});
    QCOMPARE(expandedToDepth(*closed, 0), std::set<std::string>());
    QCOMPARE(expandedToDepth(*closed, 1), (std::set<std::string>{"net"}));
  }

  void aModuleCalledTwiceHasTwoFrames() {
    const auto joint = jointOf(R"(graph {
  %primals_1 : f32[4] = placeholder  # is_forward
  %a : f32[4] = aten.sin.default(%primals_1)  # is_forward seq=0 module="block:Block"
  %b : f32[4] = aten.cos.default(%a)  # is_forward seq=1 module="block:Block"
  %c : f32[4] = aten.exp.default(%b)  # is_forward seq=2 module=":Net"
  %d : f32[4] = aten.sin.default(%c)  # is_forward seq=3 module="block:Block"
  %e : f32[4] = aten.cos.default(%d)  # is_forward seq=4 module="block:Block"
  return (%e)
})");
    LayoutRequest request{joint, nullptr, {}};
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    QCOMPARE(geometry->modules.size(), 2u);
    QCOMPARE(geometry->modules[1].key, std::string("block#2"));
    QVERIFY(geometry->boxes[geometry->boxesOfModule("block#2").front()].rect.y >
            geometry->boxes[geometry->boxesOfModule("block").front()].rect.bottom());
    QVERIFY(geometry->gutter.isEmpty());
  }

  /// The model with its loss: closed, the wrapper would be all that one sees.
  void aModuleThatHoldsMostIsOpenedHoweverWide() {
    const auto joint = jointOf(R"(graph {
  %primals_1 : f32[4] = placeholder  # is_forward
  %s : f32[4] = aten.view.default(%primals_1, [4])  # is_forward module="m.first:Block"
  %t : f32[4] = aten.view.default(%s, [4])  # is_forward module="m.first:Block"
  %u : f32[4] = aten.view.default(%t, [4])  # is_forward module="m.first:Block"
  %v : f32[4] = aten.view.default(%u, [4])  # is_forward module="m.first:Block"
  %w : f32[4] = aten.view.default(%v, [4])  # is_forward module="m.first:Block"
  %a : f32[4] = aten.sin.default(%w)  # is_forward seq=0 module="m.first:Block"
  %b : f32[4] = aten.cos.default(%a)  # is_forward seq=1 module="m.first:Block"
  %c : f32[4] = aten.exp.default(%b)  # is_forward seq=2 module="m.second:Block"
  %d : f32[4] = aten.sin.default(%c)  # is_forward seq=3 module="m.second:Block"
  %e : f32[4] = aten.cos.default(%d)  # is_forward seq=4 module="m:Net"
  %f : f32[] = aten.sum.default(%e)  # is_forward seq=5 module=":Loss"
  return (%f)
})");
    LayoutRequest request{joint, nullptr, {}};
    request.options.widest = 1;
    QCOMPARE(expandedKeys(*layoutOf(request)), std::set<std::string>{"m"});
    request.options.mostBoxes = 3;
    QCOMPARE(expandedKeys(*layoutOf(request)), std::set<std::string>{});
  }

  void oneHalfAloneHasOneLane() {
    LayoutRequest request = openRequest(twoLayers());
    request.partition = partitionOf(*request.joint, partition::PartitionerKind::Default);
    request.options.picture = Picture::Backward;
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    QCOMPARE(geometry->lanes.size(), 1u);
    QCOMPARE(geometry->boxesOf("addmm").size(), 0u);
    const Box* threshold = boxOf(*geometry, "threshold_backward", Lane::Forward);
    QVERIFY(threshold);
    QCOMPARE(badgesOf(*threshold), QStringList{"relu"});
    QCOMPARE(threshold->badges.front().kind, BadgeKind::Saved);
  }

  /// 3,000 operators without modules, each reading one from far above: dummies for all of these
  /// edges would be millions.
  void aChainFromConstantsStandsAboveItsReader() {
    const auto joint = jointOf(R"(graph {
  %primals_1 : f32[8] = placeholder  # is_forward
  %tangents_1 : f32[8] = placeholder  # is_backward
  %arange : f32[8] = aten.arange.default(8)  # is_forward
  %exp : f32[8] = aten.exp.default(%arange)  # is_forward
  %sin : f32[8] = aten.sin.default(%primals_1)  # is_forward seq=0
  %sin_1 : f32[8] = aten.sin.default(%sin)  # is_forward seq=1
  %sin_2 : f32[8] = aten.sin.default(%sin_1)  # is_forward seq=2
  %add : f32[8] = aten.add.Tensor(%sin_2, %exp)  # is_forward seq=3
  return (%add, %tangents_1)
})");
    const GraphGeometryPtr geometry = layoutOf({joint, nullptr, {}});
    const auto y = [&](const char* node) {
      return geometry->boxes[geometry->boxesOf(node).front()].rect.centerY();
    };
    QCOMPARE(y("exp"), y("sin_2"));
    QCOMPARE(y("arange"), y("sin_1"));
    QVERIFY(y("primals_1") < y("sin"));
  }

  void aChainOfModulesIsStraight() {
    const auto joint = chainOfLayers(6);
    LayoutRequest request = openRequest(joint);
    request.partition = partitionOf(*joint, partition::PartitionerKind::Default);
    request.options.expanded.insert("l[0-5]");
    for (int i = 0; i < 6; ++i) request.options.expanded.insert("l" + std::to_string(i));
    request.options.picture = Picture::Backward;
    const auto geometry = layoutOf(request);
    QCOMPARE(violation(*geometry), QString());
    std::vector<const Box*> frames;
    for (const Box& box : geometry->boxes)
      if (box.kind == BoxKind::Frame) frames.push_back(&box);
    QCOMPARE(frames.size(), 7u);
    frames.erase(frames.begin());  // around the six
    std::sort(frames.begin(), frames.end(),
              [](const Box* a, const Box* b) { return a->rect.y > b->rect.y; });
    // The first and the last have other neighbours: pins of the tangent and of the input.
    for (std::size_t i = 2; i < 5; ++i) QCOMPARE(frames[i]->rect.x, frames[1]->rect.x);
  }

  void longEdgesWithoutModulesDoNotExplode() {
    std::string text = "graph {\n  %f0 : f32[4] = placeholder  # is_forward\n";
    for (int i = 1; i <= 3000; ++i) {
      text += "  %f" + std::to_string(i) + " : f32[4] = aten.add.Tensor(%f" +
              std::to_string(i - 1) + ", %f" + std::to_string(i / 3) +
              ")  # is_forward seq=" + std::to_string(i) + "\n";
    }
    auto joint = std::make_shared<ir::JointGraph>();
    joint->graph = support::graphFromText(text + "  return (%f3000)\n}");
    joint->signature.numPrimals = 1;
    joint->signature.numForwardOutputs = 1;
    const auto geometry = layoutOf({joint, nullptr, {}});
    QCOMPARE(geometry->boxes.size(), 3002u);
    QCOMPARE(QString::fromStdString(support::checkPlaces(*geometry)), QString());
    QCOMPARE(QString::fromStdString(support::checkForwardFalls(*geometry)), QString());
    QCOMPARE(QString::fromStdString(support::checkEnds(*geometry)), QString());
    std::size_t points = 0;
    for (const Edge& edge : geometry->edges) points += edge.lines.front().size();
    QVERIFY(points < 200000);
  }

  void hitsFindBoxesAndEdges() {
    const auto geometry = layoutOf(openRequest(twoLayers()));
    const int relu = geometry->boxesOf("relu").front();
    const Rect rect = geometry->boxes[relu].rect;
    QCOMPARE(geometry->boxAt({rect.centerX(), rect.centerY()}), relu);
    QCOMPARE(geometry->boxAt({rect.x - 3, rect.centerY()}), -1);
    const Edge& edge = geometry->edges.front();
    const Point middle{(edge.lines[0][0].x + edge.lines[0][1].x) / 2,
                       (edge.lines[0][0].y + edge.lines[0][1].y) / 2};
    QCOMPARE(geometry->edgeAt({middle.x + 2, middle.y}, 4), 0);
    QCOMPARE(geometry->edgeAt({-500, -500}, 4), -1);
    const int frame = geometry->boxesOfModule("net").front();
    const Rect title = geometry->boxes[frame].rect;
    QCOMPARE(geometry->boxAt({title.x + 5, title.y + 5}), frame);
    QCOMPARE(geometry->boxAt({title.x + 2, title.bottom() - 2}), -1);
  }

  void whatIsMissingIsAnError() {
    const auto nothing = layoutGraph({}, {});
    QCOMPARE(nothing.error().code, ErrorCode::InvalidArgument);
    LayoutRequest half = openRequest(twoLayers());
    half.options.picture = Picture::Forward;
    QCOMPARE(layoutGraph(half, {}).error().code, ErrorCode::InvalidArgument);
  }

  void aStoppedLayoutIsCancelled() {
    std::stop_source stop;
    stop.request_stop();
    StageContext context;
    context.stop = stop.get_token();
    QCOMPARE(layoutGraph(openRequest(twoLayers()), context).error().code, ErrorCode::Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestLayout)
#include "tst_layout.moc"
