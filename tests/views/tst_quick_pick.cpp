// Fuzzy matching, and the list that shrinks while one types.

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include "tests/support/watched_application.h"
#include "views/pages/quick_pick.h"
#include "views/shared/fuzzy_match.h"

using views::pages::PickEntry;
using views::pages::QuickPick;
using views::shared::fuzzyScore;

class TstQuickPick : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void lettersMustOccurInOrder();
  void betterFitsScoreMore();
  void orderIsKeptWhereNothingIsTyped();
  void typingFindsByTextBeforeDetail();
  void disabledEntriesCannotBePicked();
  void enterPicksTheRowThatTheArrowsChose();
  void manyEntriesAreCutOffAndCounted();

 private:
  static QList<PickEntry> entries() {
    return {{"a", "Go to Node…", "Selects a node", "Ctrl+G", true},
            {"b", "Reload", "Reads the node file again", "F5", true},
            {"c", "Run both", "Nothing is open", "F9", false}};
  }
};

void TstQuickPick::lettersMustOccurInOrder() {
  QVERIFY(fuzzyScore("gtn", "Go to Node"));
  QVERIFY(!fuzzyScore("ntg", "Go to Node"));
  QVERIFY(fuzzyScore("NODE go", "Go to Node"));
  QVERIFY(!fuzzyScore("node go x", "Go to Node"));
  QCOMPARE(fuzzyScore("", "anything"), std::optional(0));
}

void TstQuickPick::betterFitsScoreMore() {
  QVERIFY(*fuzzyScore("node", "Node") > *fuzzyScore("node", "Go to Node"));
  QVERIFY(*fuzzyScore("node", "Go to Node") > *fuzzyScore("node", "Unnodely"));
  QVERIFY(*fuzzyScore("node", "Unnodely") > *fuzzyScore("node", "no one did ever"));
  QVERIFY(*fuzzyScore("relu_1", "relu_1") > *fuzzyScore("relu_1", "relu_1_backward_of_layer"));
}

void TstQuickPick::orderIsKeptWhereNothingIsTyped() {
  QuickPick pick("title", "type");
  pick.setEntries(entries());
  QCOMPARE(pick.shownKeys(), QStringList({"a", "b", "c"}));
}

void TstQuickPick::typingFindsByTextBeforeDetail() {
  QuickPick pick("title", "type");
  pick.setEntries(entries());
  pick.setTyped("node");
  QCOMPARE(pick.shownKeys(), QStringList({"a", "b"}));
  pick.setTyped("zzz");
  QVERIFY(pick.shownKeys().isEmpty());
  QVERIFY(pick.stateText().contains("fewer"));
}

void TstQuickPick::disabledEntriesCannotBePicked() {
  QuickPick pick("title", "type");
  pick.setEntries(entries());
  pick.show();
  QSignalSpy picked(&pick, &QuickPick::picked);
  pick.setTyped("run");
  QTest::keyClick(pick.findChild<QLineEdit*>(), Qt::Key_Return);
  QCOMPARE(picked.count(), 0);
  QVERIFY(pick.isVisible());
  QCOMPARE(pick.stateText(), QString("Nothing is open"));
}

void TstQuickPick::enterPicksTheRowThatTheArrowsChose() {
  QuickPick pick("title", "type");
  pick.setEntries(entries());
  pick.show();
  QSignalSpy picked(&pick, &QuickPick::picked);
  auto* line = pick.findChild<QLineEdit*>();
  QTest::keyClick(line, Qt::Key_Down);
  QTest::keyClick(line, Qt::Key_Return);
  QCOMPARE(picked.count(), 1);
  QCOMPARE(picked.front().front().toString(), QString("b"));
  QVERIFY(!pick.isVisible());
}

void TstQuickPick::manyEntriesAreCutOffAndCounted() {
  QList<PickEntry> many;
  for (int i = 0; i < 1000; ++i) many << PickEntry{QString::number(i), "node", {}, {}, true};
  QuickPick pick("title", "type");
  pick.setEntries(many);
  QCOMPARE(pick.shownKeys().size(), qsizetype(QuickPick::kMostRows));
  QCOMPARE(pick.stateText(), QString("1000 of 1000"));
}

WATCHED_TEST_MAIN(TstQuickPick)
#include "tst_quick_pick.moc"
