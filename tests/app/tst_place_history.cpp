#include <QTest>

#include "app/explorer/navigation/place_history.h"

using explorer::Place;
using explorer::PlaceHistory;
using views::pages::PageId;
using views::shared::GraphKind;

class TstPlaceHistory : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void walksBackAndForward();
  void aNewPlaceForgetsThoseAhead();
  void theSamePlaceIsKeptOnce();
  void longHistoriesForgetTheirBeginning();

 private:
  static Place at(const QString& name, PageId page = PageId::Joint) {
    return {page, {GraphKind::Joint, {name}, {}}, {}};
  }
};

void TstPlaceHistory::walksBackAndForward() {
  PlaceHistory history;
  QVERIFY(!history.canGoBack());
  for (const char* name : {"a", "b", "c"}) history.visit(at(name));
  QVERIFY(!history.canGoForward());
  QCOMPARE(history.back().selection.primary(), QString("b"));
  QCOMPARE(history.back().selection.primary(), QString("a"));
  QVERIFY(!history.canGoBack());
  QCOMPARE(history.forward().selection.primary(), QString("b"));
}

void TstPlaceHistory::aNewPlaceForgetsThoseAhead() {
  PlaceHistory history;
  for (const char* name : {"a", "b", "c"}) history.visit(at(name));
  history.back();
  history.back();
  history.visit(at("d"));
  QVERIFY(!history.canGoForward());
  QCOMPARE(history.back().selection.primary(), QString("a"));
}

void TstPlaceHistory::theSamePlaceIsKeptOnce() {
  PlaceHistory history;
  history.visit(at("a"));
  history.visit(at("a"));
  QVERIFY(!history.canGoBack());
  history.visit(at("a", PageId::Kernels));
  QVERIFY(history.canGoBack());
}

void TstPlaceHistory::longHistoriesForgetTheirBeginning() {
  PlaceHistory history;
  for (int i = 0; i < 500; ++i) history.visit(at(QString::number(i)));
  int steps = 0;
  QString name;
  while (history.canGoBack()) {
    name = history.back().selection.primary();
    ++steps;
  }
  QCOMPARE(steps, int(PlaceHistory::kLongest) - 1);
  QCOMPARE(name, QString("300"));
}

QTEST_APPLESS_MAIN(TstPlaceHistory)
#include "tst_place_history.moc"
