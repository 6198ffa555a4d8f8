#include <QFile>
#include <QTest>
#include <limits>

#include "core/ir/graph_builder.h"
#include "core/ir/graph_text.h"
#include "tests/support/graph_from_text.h"

using namespace core::ir;

namespace {

std::string exampleText() {
  QFile file(QStringLiteral(AOT_TEST_DATA "/core/ir/graph_text_example.txt"));
  return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

}  // namespace

class TestGraphText : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void printingWhatWasParsedGivesTheSameText() {
    const GraphPtr graph = support::graphFromText(exampleText());
    QCOMPARE(QString::fromStdString(graphText(*graph)), QString::fromStdString(exampleText()));
  }

  void everyFieldOfTheMetadataIsRead() {
    const GraphPtr graph = support::graphFromText(exampleText());
    const Node& getitem = graph->node(*graph->find("getitem"));
    QCOMPARE(getitem.meta.tag, PartitionerTag::MustBeInBackward);
    QCOMPARE(getitem.meta.sequenceNumber, std::optional<std::int64_t>(7));
    QVERIFY(getitem.meta.gradientAccumulation);
    QCOMPARE(getitem.meta.forwardModule->path, std::string("a.b"));
    QCOMPARE(getitem.meta.forwardModule->className, std::string("C"));
    QCOMPARE(getitem.meta.source->line, 41);
    QCOMPARE(getitem.meta.source->code, std::string("y = x"));
    QCOMPARE(getitem.meta.originalOp, std::string("aten.topk"));
    QCOMPARE(getitem.meta.recompute, RecomputeTag::MustSave);
    QCOMPARE(graph->outputDescriptors().front(), std::string("out \"0\""));
  }

  void symbolicSizesKeepExpressionAndHint() {
    const GraphPtr graph = support::graphFromText(exampleText());
    const Size size = graph->node(*graph->find("w")).tensor()->sizes[0];
    QCOMPARE(size.expression(), std::string("s0*4"));
    QCOMPARE(size.hint(), std::int64_t{24});
    QCOMPARE(graph->node(*graph->find("n")).sym()->size.expression(), std::string("Max(1, s0)*2"));
  }

  void argumentsKeepTheirTypes() {
    const GraphPtr graph = support::graphFromText(exampleText());
    const Node& call = graph->node(*graph->find("cat"));
    QVERIFY(call.args[0].isNone());
    QVERIFY(call.args[1] == Argument(true));
    QVERIFY(call.args[2] == Argument(std::int64_t{-3}));
    QVERIFY(call.args[3] == Argument(2.5));
    QVERIFY(call.args[5] == Argument(std::numeric_limits<double>::infinity()));
    QVERIFY(call.args[6] == Argument(std::string("a \"b\"\\\n")));
    QCOMPARE(call.args[7].list()[0].list().size(), std::size_t{2});
    QVERIFY(call.kwargs[0].second == Argument(DType::BF16));
    QVERIFY((call.kwargs[1].second == Argument(Device{DeviceType::Cuda, 0})));
  }

  void remarksAfterTheHashAreIgnored() {
    const GraphPtr graph =
        support::graphFromText("%a : f32[1] = placeholder  # some remark\nreturn (%a)\n");
    QCOMPARE(graph->size(), std::size_t{2});
    QCOMPARE(graph->node(NodeId{0}).meta.tag, PartitionerTag::None);
  }

  void mistakesAreErrorsWithTheLine_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("message");
    const QString a = "%a : f32[1] = placeholder\n";
    QTest::newRow("undefined") << a + "%b : f32[1] = aten.neg.default(%c)\nreturn (%b)"
                               << "line 2: '%c' is used before it is defined";
    QTest::newRow("no return") << a << "line 1: the graph has no 'return (...)'";
    QTest::newRow("dtype") << "%a : f31[1] = placeholder"
                           << "line 1: 'f31' is no dtype";
    QTest::newRow("twice") << a + a << "line 2: 'a' is defined twice";
    QTest::newRow("rank") << "%a : f32[1]{1, 2} = placeholder"
                          << "line 1: as many strides as sizes are needed";
    QTest::newRow("literal") << a + "%b = aten.neg.default(maybe)"
                             << "'maybe' is no argument";
    QTest::newRow("open quote") << a + "%b = f(\"x)"
                                << "line 2: a quoted text does not end";
  }
  void mistakesAreErrorsWithTheLine() {
    QFETCH(QString, text);
    QFETCH(QString, message);
    const auto graph = parseGraph(text.toStdString());
    QVERIFY(!graph.has_value());
    QCOMPARE(graph.error().code, core::ErrorCode::InvalidArgument);
    QVERIFY2(graph.error().message.find(message.toStdString()) != std::string::npos,
             graph.error().message.c_str());
  }
};

QTEST_APPLESS_MAIN(TestGraphText)
#include "tst_graph_text.moc"
