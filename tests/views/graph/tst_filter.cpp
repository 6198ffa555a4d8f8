// The language of the search box.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/support/graph_from_text.h"
#include "views/shared/filter_subjects.h"
#include "views/shared/graph_text.h"

using namespace views::shared;

namespace {

constexpr const char* kGraph = R"(graph {
  %primals_1 : f32[8, 4] = placeholder  # is_forward
  %primals_2 : i64[16] = placeholder  # is_forward
  %tangents_1 : bf16[16, 8] = placeholder  # is_backward
  %conv : f32[512, 1024] = aten.convolution.default(%primals_1, %primals_2)  # is_forward module="layer3.0:Conv2d" file="net.py" line=41
  %relu : f32[16, 8] = aten.relu.default(%conv)  # is_forward module="layer3.1:ReLU"
  %relu_1 : f32[16, 8] = aten.relu.default(%relu)  # is_forward module="layer4:ReLU"
  %mm : bf16[16, 8] = aten.mm.default(%tangents_1, %relu)  # is_backward
  return (%relu_1, %mm)
})";

FilterSubjects subjects() {
  auto joint = std::make_shared<core::ir::JointGraph>();
  joint->graph = support::graphFromText(kGraph);
  joint->signature.parameterOrder = {"layer3.0.weight"};
  joint->signature.numPrimals = 2;
  joint->signature.numForwardOutputs = 1;
  auto partition = std::make_shared<core::partition::Partition>();
  partition->forward = joint->graph;
  partition->savedTensors.emplace_back();
  partition->savedTensors.back().name = "relu";
  partition->recomputed = {"relu_1"};
  auto facts = std::make_shared<NodeFactsByName>();
  (*facts)["conv"] = {{"K1"}, {"extern_conv"}, 3e-3, 9e6, -1, false, true, false};
  (*facts)["relu"] = {{"K2"}, {"fused_relu"}, 1e-6, 128, -1, true, false, true};
  (*facts)["relu_1"] = {{"K2", "B1"}, {"fused_relu", "again"}, 2e-6, 128, 2e-3, true, false, false};
  return FilterSubjects(joint, partition, facts);
}

}  // namespace

class TestFilter : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void findsTheNodesThatMatch_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("names");
    const auto row = [](const char* text, const char* names) {
      QTest::newRow(text) << QString(text) << QString(names);
    };
    row("", "primals_1 primals_2 tangents_1 conv relu relu_1 mm");
    row("relu", "relu relu_1");
    row("RELU layer4", "relu_1");
    row("\"relu\"", "relu relu_1");
    row("name:\"relu\"", "relu");
    row("op:conv", "conv");
    row("op:/mm|conv/", "conv mm");
    row("module:layer3", "conv relu");
    row("source:net.py:41", "conv");
    row("net.py", "conv");
    row("dtype:bf16", "tangents_1 mm");
    row("shape:16,8", "tangents_1 relu relu_1 mm");
    row("tag:is_backward", "tangents_1 mm");
    row("part:param", "primals_1");
    row("part:input", "primals_2");
    row("part:tangent", "tangents_1");
    row("part:output", "relu_1 mm");
    row("part:rec", "relu_1");
    row("saved:yes", "relu");
    row("op:relu saved:no", "relu_1");
    row("recompute:yes", "relu_1");
    row("bytes:>1MiB", "conv");
    row("bytes:<128", "");
    row("bytes:128", "primals_1 primals_2");
    row("bytes:128B..0.5KiB", "primals_1 primals_2 tangents_1 relu relu_1 mm");
    row("fanout:>1", "relu");
    row("user-of:relu", "relu_1 mm");
    row("input-of:mm", "tangents_1 relu");
    row("user-of:nothing", "");
    row("user-of:conv within:2", "relu relu_1 mm");
    row("within:9 input-of:relu_1", "primals_1 primals_2 conv relu");
    row("-user-of:primals_1 within:2 op:aten", "relu_1 mm");
    row("path:conv..relu_1", "conv relu relu_1");
    row("path:relu_1..conv", "");
    row("device:cpu op:mm", "mm");
    row("group:K2", "relu relu_1");
    row("group:\"k2\" -group:B1", "relu");
    row("kernel:/^fused/", "relu relu_1");
    row("fused:yes", "relu relu_1");
    row("banned:yes", "conv");
    row("changed:yes", "relu");
    row("time:>1ms", "conv");
    row("time:1us..2us", "relu relu_1");
    row("time:>50%", "conv");
    row("time:<1%", "relu relu_1");
    row("flops:>1M", "conv");
    row("err:>1e-3", "relu_1");
    row("err:<1", "relu_1");
    row("bytes:>90%", "conv");
    row("-relu op:aten", "conv mm");
    row("op:conv OR op:mm", "conv mm");
    row("(op:conv OR op:mm) dtype:f32", "conv");
    row("-(op:conv OR op:mm) op:aten", "relu relu_1");
    row("unknown:key", "");
  }

  void findsTheNodesThatMatch() {
    QFETCH(const QString, text);
    const auto filter = parseFilter(text.toStdString());
    QVERIFY(filter.has_value());
    QStringList names;
    for (const std::string& name : subjects().matching(*filter))
      names << QString::fromStdString(name);
    QTEST(names.join(' '), "names");
  }

  void mistakesNameTheirColumn_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* text, const char* message) {
      QTest::newRow(text) << QString(text) << QString(message);
    };
    row("op:", "Column 4: a value is missing.");
    row("relu (op:conv", "Column 6: this '(' is not closed.");
    row("relu )", "Column 6: there is no '(' for this ')'.");
    row("saved:maybe", "Column 7: say yes or no.");
    row("bytes:>1Mib", "Column 7: say >1MiB, <1MiB, 1KiB..1MiB or >5%.");
    row("fanout:>1KiB", "Column 8: say >2, <2 or 1..4.");
    row("fanout:>1%", "Column 8: say >2, <2 or 1..4.");
    row("time:>1MiB", "Column 6: say >1ms, <1ms, 1us..1ms or >5%.");
    row("bytes:5%..1KiB", "Column 7: say >1MiB, <1MiB, 1KiB..1MiB or >5%.");
    row("path:a", "Column 6: say path:first..last.");
    row("within:0 user-of:a", "Column 8: say within:3.");
    row("relu within:2", "Column 1: within: needs user-of: or input-of: beside it.");
    row("op:/[/", "Column 4: this is not a regular expression.");
    row("op:/mm", "Column 4: this regular expression is not closed with '/'.");
    row("name:\"relu", "Column 6: this quotation is not closed.");
    row("- relu", "Column 2: a term is missing after '-'.");
    row("relu OR", "Column 8: a term is missing.");
  }

  void mistakesNameTheirColumn() {
    QFETCH(const QString, text);
    const auto filter = parseFilter(text.toStdString());
    QVERIFY(!filter.has_value());
    QTEST(QString::fromStdString(filter.error().message), "message");
  }

  void textsForOtherProgramsHoldEveryNodeAndEdge() {
    const std::string dot = dotText(subjects());
    QVERIFY(dot.find("\"relu\" -> \"mm\"") != std::string::npos);
    QVERIFY(dot.find("label=\"relu = aten.relu.default: f32[16,8]\", style=bold") !=
            std::string::npos);
    QJsonParseError problem;
    const auto json =
        QJsonDocument::fromJson(QByteArray::fromStdString(jsonText(subjects())), &problem);
    QCOMPARE(problem.errorString(), QString("no error occurred"));
    const QJsonArray nodes = json.object()["nodes"].toArray();
    QCOMPARE(nodes.size(), qsizetype(7));
    const QJsonObject relu = nodes[4].toObject();
    QCOMPARE(relu["name"].toString(), QString("relu"));
    QCOMPARE(relu["inputs"].toArray(), QJsonArray({"conv"}));
    QCOMPARE(relu["shape"].toArray(), QJsonArray({16, 8}));
    QVERIFY(relu["saved"].toBool());
    QCOMPARE(json.object()["outputs"].toArray(), QJsonArray({"relu_1", "mm"}));
  }

  void deepNestingIsRefused() {
    const auto filter = parseFilter(std::string(100000, '(') + "a");
    QVERIFY(!filter.has_value());
    QVERIFY(!parseFilter(std::string(100000, '-') + "a").has_value());
  }
};

QTEST_APPLESS_MAIN(TestFilter)
#include "tst_filter.moc"
