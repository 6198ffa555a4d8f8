// Every table is a well-behaved item model, and its cells say what the record says.

#include <QAbstractItemModelTester>
#include <QTest>

#include "tests/support/sample_record.h"
#include "views/models/entry_tables.h"
#include "views/models/graph_tables.h"
#include "views/models/guard_tables.h"
#include "views/models/model_tables.h"
#include "views/models/partition_tables.h"
#include "views/models/run_tables.h"
#include "views/models/sequence_table.h"

using namespace views::models;
using support::Filled;

namespace {

RecordIndexPtr index(Filled filled) {
  return std::make_shared<const RecordIndex>(support::sampleRecord(filled));
}

QString cell(const Table& table, const QString& title, int row) {
  for (const Column& column : table.columns) {
    if (column.title == title) return column.text(row);
  }
  return QStringLiteral("no column ") + title;
}

int rowWith(const Table& table, const QString& title, const QString& text) {
  for (int row = 0; row < table.rows; ++row) {
    if (cell(table, title, row) == text) return row;
  }
  return -1;
}

}  // namespace

class TstTables : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyTableIsAConsistentModel();
  void emptyRecordsGiveEmptyTables();
  void nodeTableTellsFateAndKernel();
  void savedTableAgreesWithThePartition();
  void recomputedTableListsCallsOfBothGraphs();
  void kernelTableKeepsExecutionOrder();
  void refusalsNameBothEnds();
  void sortKeysAreNumbersWhereTextHasUnits();
  void toolTipsFromFilesAreEscaped();
  void rowsAreCopiedAsTabSeparatedText();
  void commaSeparatedCellsAreQuotedWhereTheyMustBe();
  void sequenceTablePutsBackwardCallsBesideTheirForward();
  void rowOfTwoNodesIsFoundByEither();
  void guardsTellTheirReasonAndTheirLine();
  void entriesTellWhoServedAndWhyOthersDidNot();
  void speedupIsNeverShownWithoutAPassedCheck();
  void whatHasNothingSavedSaysWhy();
  void mirrorIsMutualForSingleNodes();
};

void TstTables::everyTableIsAConsistentModel() {
  const auto all = index(Filled::Everything);
  const auto& record = all->record();
  const std::vector<Table> tables = {nodeTable(all),
                                     sequenceTable(all),
                                     savedTensorTable(all),
                                     recomputedTable(all),
                                     portTable(record, Port::Inputs),
                                     kernelTable(all),
                                     portTable(record, Port::Outputs),
                                     refusalTable(all),
                                     parameterTable(record),
                                     opCountTable(record),
                                     unsupportedTable(record),
                                     stageTable(record),
                                     checkTable(record->measurement),
                                     comparisonTable(all),
                                     timingTable(record->measurement),
                                     compileTimeTable(record->measurement)};
  TableModel model;
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
  for (const Table& table : tables) {
    model.setTable(table);
    QCOMPARE(model.rowCount(), table.rows);
    for (int row = 0; row < table.rows; ++row) {
      for (int column = 0; column < model.columnCount(); ++column) {
        QVERIFY(model.index(row, column).data().isValid());
        QVERIFY(model.index(row, column).data(SortRole).isValid());
      }
    }
  }
}

void TstTables::emptyRecordsGiveEmptyTables() {
  const auto none = std::make_shared<const RecordIndex>(nullptr);
  QCOMPARE(nodeTable(none).rows, 0);
  QCOMPARE(sequenceTable(none).rows, 0);
  QCOMPARE(guardTable(none).rows, 0);
  QCOMPARE(savedTensorTable(none).rows, 0);
  QCOMPARE(kernelTable(none).rows, 0);
  QCOMPARE(comparisonTable(none).rows, 0);
  QCOMPARE(portTable(nullptr, Port::Inputs).rows, 0);
  QCOMPARE(checkTable(nullptr).rows, 0);
}

void TstTables::nodeTableTellsFateAndKernel() {
  const auto all = index(Filled::Everything);
  const Table table = nodeTable(all);
  const int relu = rowWith(table, "name", "relu");
  QVERIFY(relu >= 0);
  QCOMPARE(cell(table, "op", relu), QStringLiteral("aten.relu.default"));
  QCOMPARE(cell(table, "part", relu), QStringLiteral("fwd ◆"));
  QCOMPARE(cell(table, "value", relu), QStringLiteral("f32[32, 16]"));
  QCOMPARE(cell(table, "bytes", relu), QStringLiteral("2.00 KiB"));
  QCOMPARE(cell(table, "module", relu), QStringLiteral("act (ReLU)"));
  QVERIFY(cell(table, "kernel", relu).startsWith(QChar('F')));
  const int mm = rowWith(table, "name", "mm");
  QCOMPARE(cell(table, "source", mm), QStringLiteral("net.py:7"));
  QCOMPARE(cell(table, "part", rowWith(table, "name", "mm_2")), QStringLiteral("bwd"));
}

void TstTables::savedTableAgreesWithThePartition() {
  const auto all = index(Filled::Partition);
  const auto& saved = all->record()->partition->savedTensors;
  const Table table = savedTensorTable(all);
  QCOMPARE(table.rows, static_cast<int>(saved.size()));
  const int relu = rowWith(table, "◆ tensor", "relu");
  QVERIFY(relu >= 0);
  QCOMPARE(cell(table, "kind", relu), QStringLiteral("activation"));
  for (int row = 0; row < table.rows; ++row) QVERIFY(!cell(table, "why", row).isEmpty());
}

void TstTables::recomputedTableListsCallsOfBothGraphs() {
  const auto all = index(Filled::Partition);
  const Table table = recomputedTable(all);
  QCOMPARE(table.rows, static_cast<int>(all->record()->partition->recomputed.size()));
  for (int row = 0; row < table.rows; ++row) {
    const std::string name = table.nodeName(row).toStdString();
    QVERIFY(all->record()->partition->forward->find(name));
    QVERIFY(all->record()->partition->backward->find(name));
  }
}

void TstTables::kernelTableKeepsExecutionOrder() {
  const auto all = index(Filled::Everything);
  const Table table = kernelTable(all);
  const auto& record = *all->record();
  QCOMPARE(table.rows, static_cast<int>(record.forward->schedule.steps.size() +
                                        record.backward->schedule.steps.size()));
  QCOMPARE(cell(table, "#", 0), QStringLiteral("F1"));
  const int relu = rowWith(table, "kernel or op", "fused_relu");
  QCOMPARE(cell(table, "kind", relu), QStringLiteral("generated"));
  QCOMPARE(cell(table, "reads", relu), QStringLiteral("2.00 KiB"));
  QCOMPARE(cell(table, "why", relu), QStringLiteral("pointwise over one domain"));
  QVERIFY(rowWith(table, "kernel or op", "fused_threshold_backward") > relu);
}

void TstTables::refusalsNameBothEnds() {
  const Table table = refusalTable(index(Filled::Everything));
  const int row = rowWith(table, "consumer", "relu");
  QVERIFY(row >= 0);
  QCOMPARE(cell(table, "producer", row), QStringLiteral("mm"));
  QCOMPARE(cell(table, "half", row), QStringLiteral("forward"));
}

void TstTables::sortKeysAreNumbersWhereTextHasUnits() {
  const Table table = nodeTable(index(Filled::Partition));
  for (const Column& column : table.columns) {
    if (column.alignment == Alignment::Text) continue;
    QVERIFY2(column.sortKey(0).canConvert<double>(), qPrintable(column.title));
    QVERIFY2(column.sortKey(0).typeId() != QMetaType::QString, qPrintable(column.title));
  }
}

void TstTables::toolTipsFromFilesAreEscaped() {
  Table table;
  table.rows = 1;
  table.columns = {{"name",
                    Alignment::Text,
                    [](int) { return QStringLiteral("x"); },
                    {},
                    [](int) { return QStringLiteral("<img width=30000>"); }}};
  TableModel model;
  model.setTable(table);
  QCOMPARE(model.index(0, 0).data(Qt::ToolTipRole).toString(),
           QStringLiteral("&lt;img width=30000&gt;"));
}

void TstTables::rowsAreCopiedAsTabSeparatedText() {
  TableModel model;
  model.setTable(opCountTable(index(Filled::Partition)->record()));
  QCOMPARE(tabSeparated(model, {1, 0}),
           QStringLiteral("op\tcalls\naten.relu.default\t1\naten.linear.default\t2\n"));
}

void TstTables::commaSeparatedCellsAreQuotedWhereTheyMustBe() {
  const QStringList cells = {QStringLiteral("plain"), QStringLiteral("f32[8, 16]"),
                             QStringLiteral("a \"b\""), QStringLiteral("two\nlines")};
  Table table;
  table.rows = static_cast<int>(cells.size());
  table.columns = {
      {QStringLiteral("text"), Alignment::Text, [cells](int row) { return cells[row]; }, {}, {}},
      {QStringLiteral("row"),
       Alignment::Number,
       [](int row) { return QString::number(row); },
       {},
       {}}};
  TableModel model;
  model.setTable(table);
  QCOMPARE(commaSeparated(model, {0, 1, 2, 3}),
           QStringLiteral("text,row\r\nplain,0\r\n\"f32[8, 16]\",1\r\n\"a \"\"b\"\"\",2\r\n"
                          "\"two\nlines\",3\r\n"));
}

void TstTables::sequenceTablePutsBackwardCallsBesideTheirForward() {
  const Table table = sequenceTable(index(Filled::Partition));
  const int relu = rowWith(table, "forward", "relu");
  QVERIFY(relu >= 0);
  QCOMPARE(cell(table, "seq", relu), QStringLiteral("2"));
  QCOMPARE(cell(table, "backward op", relu), QStringLiteral("aten.threshold_backward.default"));
  QCOMPARE(cell(table, "module", relu), QStringLiteral("act (ReLU)"));
  // mm_1 is number 4 and has four backward calls: three rows have no forward of their own.
  const int mm = rowWith(table, "forward", "mm_1");
  QStringList backward;
  for (int row = mm; row < table.rows; ++row) backward << cell(table, "backward", row);
  QCOMPARE(backward, QStringList({"t_2", "mm_2", "t_3", "mm_3"}));
  QCOMPARE(cell(table, "forward", mm + 1), QString());
  QCOMPARE(cell(table, "module", mm + 1), QStringLiteral("fc2 (Linear)"));
  QCOMPARE(cell(table, "source", rowWith(table, "forward", "mm")), QStringLiteral("net.py:7"));
}

void TstTables::rowOfTwoNodesIsFoundByEither() {
  const Table table = sequenceTable(index(Filled::Partition));
  TableModel model;
  model.setTable(table);
  const int relu = rowWith(table, "forward", "relu");
  QCOMPARE(model.rowOfNode(QStringLiteral("relu")), relu);
  QCOMPARE(model.rowOfNode(QStringLiteral("threshold_backward")), relu);
  QCOMPARE(model.rowOfNode(QStringLiteral("primals_1")), -1);
  QCOMPARE(model.rowOfNode(QString()), -1);
}

void TstTables::guardsTellTheirReasonAndTheirLine() {
  auto record =
      std::make_shared<core::pipeline::CompileRecord>(*support::sampleRecord(Filled::Partition));
  auto joint = std::make_shared<core::ir::JointGraph>(*record->joint);
  joint->guards = {{"s0 >= 2", "a size of 1 broadcasts.", "net.py:7"}, {"Eq(s1, 16)", "", ""}};
  record->joint = joint;
  const Table table = guardTable(std::make_shared<const RecordIndex>(record));
  QCOMPARE(table.rows, 2);
  QCOMPARE(cell(table, "guard", 0), QStringLiteral("s0 >= 2"));
  QCOMPARE(cell(table, "reason", 0), QStringLiteral("a size of 1 broadcasts."));
  QCOMPARE(cell(table, "source", 0), QStringLiteral("net.py:7"));
  QCOMPARE(cell(table, "guard", 1), QStringLiteral("Eq(s1, 16)"));
}

void TstTables::entriesTellWhoServedAndWhyOthersDidNot() {
  auto entries = std::make_shared<core::run::EntriesRecord>();
  entries->entries = {{{{"s0 >= 2", "A size of 1 broadcasts."}}, {"s0=6", "s0=9"}, 3, "", "0/0: m"},
                      {{}, {}, 0, "0/0: m", "", core::run::BackwardBuild::Waiting}};
  entries->counters = {5, 2, 3, 1, 1, 0};
  entries->served = 1;
  const Table table = entryTable(entries);
  QCOMPARE(table.rows, 2);
  QCOMPARE(cell(table, "entry", 1), QStringLiteral("0/1"));
  QCOMPARE(cell(table, "last call", 0), QString());
  QCOMPARE(cell(table, "last call", 1), QStringLiteral("✓ served"));
  QCOMPARE(cell(table, "sizes served", 0), QStringLiteral("s0=6; s0=9"));
  QCOMPARE(cell(table, "hits", 0), QStringLiteral("3"));
  QCOMPARE(cell(table, "last miss", 0), QStringLiteral("0/0: m"));
  QCOMPARE(cell(table, "made because", 0), QStringLiteral("first call"));
  QCOMPARE(cell(table, "made because", 1), QStringLiteral("0/0: m"));
  QCOMPARE(cell(table, "backward built", 1), QStringLiteral("not called yet"));
  const Table guards = entryGuardTable(entries, 0);
  QCOMPARE(guards.rows, 1);
  QCOMPARE(cell(guards, "guard", 0), QStringLiteral("s0 >= 2"));
  QCOMPARE(entryGuardTable(entries, 2).rows, 0);
  QCOMPARE(entryTable(nullptr).rows, 0);
  QCOMPARE(countersSentence(entries),
           QStringLiteral("5 calls · 2 compiles · 3 hits · 1 miss · 1 build at further sizes"));
}

void TstTables::speedupIsNeverShownWithoutAPassedCheck() {
  core::run::Measurement measurement = *index(Filled::Everything)->record()->measurement;
  QVERIFY(speedupSentence(measurement).contains(QStringLiteral("2.00×")));
  QVERIFY(speedupSentence(measurement).contains(QStringLiteral("median ÷")));
  measurement.speedup->driftRemoved = true;
  QVERIFY(speedupSentence(measurement).contains(QStringLiteral("round by round")));
  QVERIFY(!speedupSentence(measurement).contains(QStringLiteral("median")));
  QVERIFY(speedupSentence(measurement).contains(QStringLiteral("faster")));
  measurement.check.passed = false;
  QVERIFY(!speedupSentence(measurement).contains(QStringLiteral("×")));
}

void TstTables::whatHasNothingSavedSaysWhy() {
  auto measurement = std::make_shared<core::run::Measurement>();
  measurement->eager.savedBytes = 2048;
  measurement->whole.emplace();
  const auto saved = [&] {
    TableModel model;
    model.setTable(timingTable(measurement));
    QStringList cells;
    for (int row = 0; row < model.rowCount(); ++row)
      if (model.index(row, 0).data().toString() == QStringLiteral("saved for backward"))
        for (int column = 1; column < model.columnCount(); ++column)
          cells << model.index(row, column).data().toString();
    return cells;
  };
  QCOMPARE(saved().value(0), QStringLiteral("2.00 KiB"));
  QCOMPARE(saved().value(1), QStringLiteral("not measured"));
  QVERIFY(saved().value(2).startsWith(QStringLiteral("none: one schedule")));
  measurement->mode = core::run::Mode::Infer;
  QCOMPARE(saved().value(0), QStringLiteral("none: inference"));
}

void TstTables::mirrorIsMutualForSingleNodes() {
  const auto all = index(Filled::Partition);
  QCOMPARE(all->mirrorOf("relu"), std::string("threshold_backward"));
  QCOMPARE(all->mirrorOf("threshold_backward"), std::string("relu"));
  QCOMPARE(all->mirrorOf("primals_1"), std::string());
}

QTEST_GUILESS_MAIN(TstTables)
#include "tst_tables.moc"
