// The pages that say which test holds which behaviour of AOTAutograd and which rule of the
// partitioners are held against the tests: no row, golden or family is left out, and no test or
// text is named that does not exist.

#include <QDir>
#include <QDirIterator>
#include <QMap>
#include <QRegularExpression>
#include <QTest>

namespace {

struct Row {
  QString name;
  QString tests;
};

QString readText(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The rows of the table under the heading that begins with `heading`.
QList<Row> rowsUnder(const QString& page, const QString& heading) {
  QList<Row> rows;
  bool isInside = false;
  for (const QString& line : page.split('\n')) {
    if (line.startsWith("## ")) isInside = line.startsWith("## " + heading);
    if (!isInside || !line.startsWith("| ") || line.contains(" | test |")) continue;
    const QStringList cells = line.split(" | ");
    if (cells.size() == 2) rows << Row{cells[0].mid(2), cells[1].chopped(2)};
  }
  return rows;
}

/// The names in back quotes that name a test or a text.
QStringList referencesIn(const QString& text) {
  static const QRegularExpression quoted("`([a-z_0-9]+(?:::[A-Za-z0-9]+)?)`");
  QStringList names;
  for (auto it = quoted.globalMatch(text); it.hasNext();) {
    const QString name = it.next().captured(1);
    if (name != "set_") names << name;
  }
  return names;
}

}  // namespace

class TestBehaviourMap : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    m_page = readText(QString(AOT_TEST_DATA) + "/aot/README.md");
    QVERIFY(!m_page.isEmpty());
    QDirIterator it(AOT_TEST_DATA, {"tst_*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
      const QFileInfo file(it.next());
      m_programs[file.completeBaseName()] = readText(file.filePath());
    }
    QVERIFY(m_programs.size() > 100);
  }

  void everyRowOfTestAotAutogradIsThere() {
    const QList<Row> rows = rowsUnder(m_page, "Rows of");
    QCOMPARE(rows.size(), 52);
    for (int i = 0; i < 52; ++i)
      QVERIFY2(rows[i].name.startsWith(QString::number(i + 1) + ' '), qPrintable(rows[i].name));
    verifyTests(rows);
  }

  void everyGoldenIsThere() {
    const QList<Row> rows = rowsUnder(m_page, "Goldens");
    QCOMPARE(rows.size(), 27);
    verifyTests(rows);
  }

  void everyFamilyIsThere() {
    const QList<Row> rows = rowsUnder(m_page, "Families of TestAOTAutograd");
    QStringList names;
    for (const Row& row : rows) names << row.name;
    QCOMPARE(names, (QStringList{"basic calling convention", "input data mutation, buffers",
                                 "metadata mutation", "storage", "outputs aliasing inputs",
                                 "outputs aliasing intermediates", "duplicated arguments",
                                 "synthetic bases", "backward mutation", "grad bookkeeping",
                                 "autocast", "subclasses", "symbols", "view replay",
                                 "saved-tensor hooks", "decomposition and tracing modes"}));
    verifyTests(rows);
    const QList<Row> others = rowsUnder(m_page, "Families of TestAOTModuleSimplified");
    QVERIFY(others.size() >= 8);
    verifyTests(others);
  }

  void everyFaultOfPyTorchIsShown() {
    const QList<Row> rows = rowsUnder(m_page, "Where PyTorch");
    QVERIFY(rows.size() >= 5);
    verifyTests(rows);
  }

  void everyRuleOfThePartitionersIsThere() {
    const QString page = readText(QString(AOT_TEST_DATA) + "/core/partition/README.md");
    const QList<Row> theirs = rowsUnder(page, "Rules of PyTorch"),
                     ours = rowsUnder(page, "Rules of o");
    QVERIFY(theirs.size() >= 34);
    QVERIFY(ours.size() >= 12);
    for (const QList<Row>& rows : {theirs, ours}) {
      verifyTests(rows);
      for (const Row& row : rows)
        for (const QString& name : referencesIn(row.tests))
          QVERIFY2(exists(name), qPrintable(name));
    }
  }

  void everyTestThatIsNamedExists() {
    const QStringList names = referencesIn(m_page.section("# Which test holds", 1));
    QVERIFY(names.size() > 150);
    QStringList missing;
    for (const QString& name : names)
      if (!exists(name)) missing << name;
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join('\n')));
  }

  void aTestThatDoesNotExistIsFound() {
    QVERIFY(exists("tst_behaviour_map::aTestThatDoesNotExistIsFound"));
    QVERIFY(!exists("tst_behaviour_map::noSuchFunction"));
    QVERIFY(!exists("tst_no_such_program::initTestCase"));
    QVERIFY(!exists("no_such_text"));
  }

 private:
  bool exists(const QString& name) const {
    if (!name.contains("::"))
      return m_programs.contains(name) ||
             QFile::exists(QString(AOT_TEST_DATA) + "/aot/programs/" + name + ".txt");
    const QString source = m_programs.value(name.section("::", 0, 0));
    return source.contains(" " + name.section("::", 1) + "()");
  }

  /// Every row names a test, or says why there can be none.
  static void verifyTests(const QList<Row>& rows) {
    for (const Row& row : rows)
      QVERIFY2(!referencesIn(row.tests).isEmpty() || row.tests.startsWith("not expressible: "),
               qPrintable(row.name));
  }

  QString m_page;
  QMap<QString, QString> m_programs;  ///< text by name
};

QTEST_APPLESS_MAIN(TestBehaviourMap)
#include "tst_behaviour_map.moc"
