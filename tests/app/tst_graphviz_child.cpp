// Graphviz beside the window: the built child against good and hostile input, and what the window
// makes of its answers.

#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "app/explorer/jobs/graphviz_child.h"
#include "core/layout/graphviz_picture.h"

using core::layout::Box;
using core::layout::BoxKind;
using core::layout::Edge;
using core::layout::GraphGeometry;
using core::layout::GraphGeometryPtr;
using explorer::GraphvizChild;

class TstGraphvizChild : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void questionHoldsIntegersOnly();
  void answerPlacesEveryBoxWithoutOverlap();
  void badAnswersAreNamed_data();
  void badAnswersAreNamed();
  void hostileInputEndsWithTwo_data();
  void hostileInputEndsWithTwo();
  void missingProgramIsTold();
  void largePicturesAreRefused();
  void aFailingProgramIsTold();

 private:
  /// A frame around the middle two of four boxes in a diamond.
  static GraphGeometryPtr diamond();
};

namespace {

constexpr int kPatience = 30000;
const QString kProgram = QStringLiteral(AOT_BIN_DIR "/aot-graphviz");

Box box(BoxKind kind, int width, int height) {
  Box box;
  box.kind = kind;
  box.rect = {0, 0, width, height};
  box.title = "name of a model";
  return box;
}

Edge edge(int source, std::vector<int> targets) {
  Edge edge;
  edge.source = source;
  edge.targets = std::move(targets);
  return edge;
}

}  // namespace

GraphGeometryPtr TstGraphvizChild::diamond() {
  auto geometry = std::make_shared<GraphGeometry>();
  geometry->boxes = {box(BoxKind::Op, 100, 30), box(BoxKind::Frame, 400, 90),
                     box(BoxKind::Op, 60, 30), box(BoxKind::Op, 60, 30),
                     box(BoxKind::Output, 100, 30)};
  geometry->edges = {edge(0, {2, 3}), edge(2, {4}), edge(3, {4})};
  geometry->finish();
  return geometry;
}

void TstGraphvizChild::questionHoldsIntegersOnly() {
  QCOMPARE(QString::fromStdString(core::layout::graphvizQuestion(*diamond())),
           QString("4 4\n100 30\n60 30\n60 30\n100 30\n0 1\n0 2\n1 3\n2 3\n"));
}

void TstGraphvizChild::answerPlacesEveryBoxWithoutOverlap() {
  GraphvizChild child(kProgram);
  QSignalSpy failed(&child, &GraphvizChild::failed);
  GraphGeometryPtr picture;
  connect(&child, &GraphvizChild::placed, this,
          [&picture](const GraphGeometryPtr& geometry) { picture = geometry; });
  child.layOut(diamond());
  QTRY_VERIFY_WITH_TIMEOUT(picture || failed.count() > 0, kPatience);
  QVERIFY2(picture, failed.isEmpty() ? "" : qPrintable(failed.front().front().toString()));
  QCOMPARE(picture->boxes.size(), std::size_t(4));
  for (std::size_t a = 0; a < 4; ++a) {
    QVERIFY(picture->bounds.contains(picture->boxes[a].rect));
    for (std::size_t b = 0; b < a; ++b) {
      QVERIFY(!picture->boxes[a].rect.intersects(picture->boxes[b].rect));
    }
  }
  QVERIFY(picture->boxes[0].rect.bottom() <= picture->boxes[1].rect.y);
  QVERIFY(picture->boxes[1].rect.bottom() <= picture->boxes[3].rect.y);
  QCOMPARE(picture->boxes[1].rect.y, picture->boxes[2].rect.y);
  QCOMPARE(picture->edges.size(), std::size_t(3));
  QCOMPARE(picture->edges[0].lines.size(), std::size_t(2));
  QCOMPARE(picture->edges[0].lines[1].back().y, picture->boxes[2].rect.y);
}

void TstGraphvizChild::badAnswersAreNamed_data() {
  QTest::addColumn<QString>("answer");
  QTest::newRow("nothing") << "";
  QTest::newRow("no mark") << "1 2 3 4 5 6 7 8";
  QTest::newRow("too short") << "ok\n1 2 3 4 5 6 7";
  QTest::newRow("no numbers") << "ok\n1 2 3 four 5 6 7 8";
  QTest::newRow("too far") << "ok\n1 2 3 4 5 6 7 99999999999999999999";
}

void TstGraphvizChild::badAnswersAreNamed() {
  QFETCH(QString, answer);
  const auto picture = core::layout::placedByGraphviz(*diamond(), answer.toStdString());
  QVERIFY(!picture);
  QVERIFY(picture.error().code == core::ErrorCode::InvalidArgument);
}

void TstGraphvizChild::hostileInputEndsWithTwo_data() {
  QTest::addColumn<QByteArray>("input");
  QTest::newRow("empty") << QByteArray();
  QTest::newRow("words") << QByteArray("digraph { a -> b }");
  QTest::newRow("negative") << QByteArray("-1 0");
  QTest::newRow("huge") << QByteArray("999999999 0");
  QTest::newRow("no such node") << QByteArray("1 1\n10 10\n0 7");
  QTest::newRow("size") << QByteArray("1 0\n0 10");
  QTest::newRow("cut off") << QByteArray("2 1\n10 10\n10");
}

void TstGraphvizChild::hostileInputEndsWithTwo() {
  QFETCH(QByteArray, input);
  QProcess process;
  process.start(kProgram, QStringList());
  process.write(input);
  process.closeWriteChannel();
  QVERIFY(process.waitForFinished(kPatience));
  QCOMPARE(process.exitStatus(), QProcess::NormalExit);
  QCOMPARE(process.exitCode(), 2);
  QVERIFY(process.readAllStandardOutput().isEmpty());
}

void TstGraphvizChild::missingProgramIsTold() {
  GraphvizChild child{QString()};
  QSignalSpy failed(&child, &GraphvizChild::failed);
  child.layOut(diamond());
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed.front().front().toString().contains("DOT"));
}

void TstGraphvizChild::largePicturesAreRefused() {
  auto geometry = std::make_shared<GraphGeometry>();
  geometry->boxes.assign(GraphvizChild::kMostBoxes + 1, box(BoxKind::Op, 10, 10));
  geometry->finish();
  GraphvizChild child(kProgram);
  QSignalSpy failed(&child, &GraphvizChild::failed);
  child.layOut(geometry);
  QCOMPARE(failed.count(), 1);
  QVERIFY(failed.front().front().toString().contains("Collapse"));
}

void TstGraphvizChild::aFailingProgramIsTold() {
  GraphvizChild child(QStringLiteral("/bin/false"));
  QSignalSpy failed(&child, &GraphvizChild::failed);
  child.layOut(diamond());
  QTRY_COMPARE_WITH_TIMEOUT(failed.count(), 1, kPatience);
}

QTEST_GUILESS_MAIN(TstGraphvizChild)
#include "tst_graphviz_child.moc"
