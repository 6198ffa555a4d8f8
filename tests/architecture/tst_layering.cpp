// The structure of the program, held against its sources: include rules, file lengths, and words
// that may not stay behind.

#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>

#include "tests/architecture/include_rules.h"

class TstLayering : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void everyIncludeKeepsTheRules();
  void filesStayShort();
  void nothingIsLeftForLater();
  void everyHeaderIsGuarded();
  void aForbiddenIncludeIsFound_data();
  void aForbiddenIncludeIsFound();

 private:
  QStringList m_files;
};

namespace {

QStringList linesOf(const QString& path) {
  QFile file(QDir(AOT_SOURCE_DIR).filePath(path));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QString::fromUtf8(file.readAll()).split('\n');
}

}  // namespace

void TstLayering::initTestCase() {
  const QDir root(AOT_SOURCE_DIR);
  for (const char* folder : {"app", "core", "views", "tests"}) {
    QDirIterator it(root.filePath(folder), {"*.h", "*.cpp"}, QDir::Files,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) m_files << root.relativeFilePath(it.next());
  }
  m_files.sort();
  QVERIFY(m_files.size() > 50);
}

void TstLayering::everyIncludeKeepsTheRules() {
  static const QRegularExpression include(R"(^\s*#\s*include\s+["<]([^">]+)[">])");
  QStringList broken;
  for (const QString& file : m_files)
    for (const QString& line : linesOf(file)) {
      const auto match = include.match(line);
      if (!match.hasMatch()) continue;
      const QString rule = brokenRule(file, match.captured(1));
      if (!rule.isEmpty())
        broken << QString("%1 includes %2: %3").arg(file, match.captured(1), rule);
    }
  QVERIFY2(broken.isEmpty(), qPrintable("\n" + broken.join('\n')));
}

void TstLayering::filesStayShort() {
  QStringList tooLong;
  for (const QString& file : m_files) {
    const auto lines = linesOf(file).size();
    if (lines > lineLimit(file)) tooLong << QString("%1: %2 lines").arg(file).arg(lines);
  }
  QVERIFY2(tooLong.isEmpty(), qPrintable("\n" + tooLong.join('\n')));
}

void TstLayering::nothingIsLeftForLater() {
  static const QRegularExpression marker(QString(R"(\b(%1|%2|%3)\b)")
                                             .arg("TO"
                                                  "DO",
                                                  "FIX"
                                                  "ME",
                                                  "XX"
                                                  "X"));
  QStringList left;
  for (const QString& file : m_files) {
    const QStringList lines = linesOf(file);
    for (qsizetype i = 0; i < lines.size(); ++i)
      if (marker.match(lines[i]).hasMatch()) left << QString("%1:%2").arg(file).arg(i + 1);
  }
  QVERIFY2(left.isEmpty(), qPrintable("\n" + left.join('\n')));
}

void TstLayering::everyHeaderIsGuarded() {
  QStringList unguarded;
  for (const QString& file : m_files)
    if (file.endsWith(".h") && !linesOf(file).contains("#pragma once")) unguarded << file;
  QVERIFY2(unguarded.isEmpty(), qPrintable("\n" + unguarded.join('\n')));
}

void TstLayering::aForbiddenIncludeIsFound_data() {
  QTest::addColumn<QString>("file");
  QTest::addColumn<QString>("header");
  QTest::addColumn<bool>("allowed");
  QTest::newRow("Qt in core") << "core/ir/graph.cpp"
                              << "QString" << false;
  QTest::newRow("LibTorch in the window") << "app/explorer/main.cpp"
                                          << "ATen/ATen.h" << false;
  QTest::newRow("LibTorch in a plain header") << "core/run/measurement.h"
                                              << "c10/util/Half.h" << false;
  QTest::newRow("LibTorch in a private header") << "core/run/tensors_torch.h"
                                                << "ATen/ATen.h" << true;
  QTest::newRow("a later stage") << "core/partition/max_flow.cpp"
                                 << "core/schedule/schedule.h" << false;
  QTest::newRow("an earlier stage") << "core/codegen/write_cpu_kernel.h"
                                    << "core/schedule/loop_nest.h" << true;
  QTest::newRow("the pipeline from a view") << "views/pages/run_page.cpp"
                                            << "core/pipeline/compile_pipeline.h" << false;
  QTest::newRow("the plot library elsewhere") << "views/pages/run_page.cpp"
                                              << "qcustomplot.h" << false;
  QTest::newRow("the plot library at home") << "views/plot/sample_chart.cpp"
                                            << "qcustomplot.h" << true;
  QTest::newRow("the standard library") << "core/base/log.cpp"
                                        << "vector" << true;
}

void TstLayering::aForbiddenIncludeIsFound() {
  QFETCH(QString, file);
  QFETCH(QString, header);
  QFETCH(bool, allowed);
  QCOMPARE(brokenRule(file, header).isEmpty(), allowed);
}

QTEST_APPLESS_MAIN(TstLayering)
#include "tst_layering.moc"
