#include <QHeaderView>
#include <QTest>

#include "views/pages/column_widths.h"
#include "views/pages/data_table.h"

using views::pages::ColumnWish;
using views::pages::fittedWidths;
using Widths = std::vector<int>;

namespace {

views::models::Table operators() {
  views::models::Table table;
  table.rows = 3;
  table.columns = {
      {"op", views::models::Alignment::Text, [](int) { return QString(60, 'w'); }, {}, {}},
      {"calls",
       views::models::Alignment::Number,
       [](int row) { return QString::number(row); },
       {},
       {}}};
  return table;
}

void show(views::pages::DataTable& table, int width) {
  table.resize(width, 200);
  table.show();
  QVERIFY(QTest::qWaitForWindowExposed(&table));
}

}  // namespace

class TestColumnWidths : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void columnsGetWhatTheyWantWhereItFits() {
    QCOMPARE(fittedWidths({{100, 50}, {60, 60}}, 160), (Widths{100, 60}));
    QCOMPARE(fittedWidths({{100, 50}, {60, 60}}, 1000), (Widths{100, 60}));
    QCOMPARE(fittedWidths({}, 100), Widths{});
  }

  void theWidestColumnsGiveWay() {
    QCOMPARE(fittedWidths({{200, 50}, {60, 60}}, 160), (Widths{100, 60}));
    QCOMPARE(fittedWidths({{200, 50}, {150, 50}, {30, 30}}, 230), (Widths{100, 100, 30}));
  }

  void noneFallsBelowItsLeast() {
    QCOMPARE(fittedWidths({{200, 120}, {150, 50}}, 200), (Widths{120, 80}));
  }

  void whereOneHasToScrollNothingIsNarrowed() {
    QCOMPARE(fittedWidths({{200, 120}, {150, 50}}, 10), (Widths{200, 150}));
    QCOMPARE(fittedWidths({{200, 120}}, -5), (Widths{200}));
  }

  void aLongNameLeavesRoomForTheNumberBesideIt() {
    views::pages::DataTable table("Operators");
    show(table, 260);
    table.setTable(operators());
    const int shownBefore = table.columnViewportPosition(1);
    QVERIFY(shownBefore >= 120);
    QVERIFY(table.fontMetrics().horizontalAdvance("calls") <
            table.viewport()->width() - shownBefore);
    table.resize(500, 200);
    QTRY_VERIFY(table.columnWidth(0) > shownBefore);
  }

  void widthsThatAPersonChoseAreKept() {
    views::pages::DataTable table("Operators");
    show(table, 260);
    table.setTable(operators());
    table.horizontalHeader()->resizeSection(0, 77);
    table.setTable(operators());
    QCOMPARE(table.columnWidth(0), 77);
    table.resize(400, 200);
    QCOMPARE(table.columnWidth(0), 77);
  }
};

QTEST_MAIN(TestColumnWidths)
#include "tst_column_widths.moc"
