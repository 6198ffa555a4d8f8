#include <QTest>
#include <string>

#include "core/base/check.h"

namespace {

/// What a broken promise says; empty if it holds.
std::string complaintAbout(int number) {
  try {
    CORE_CHECK(number < 3, "got " + std::to_string(number));
  } catch (const core::InternalError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

class TestCheck : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aPromiseThatHoldsIsSilent() { QCOMPARE(complaintAbout(2), std::string()); }

  void aBrokenPromiseNamesItsPlaceItsMessageAndItsCondition() {
    const QString complaint = QString::fromStdString(complaintAbout(3));
    QVERIFY2(complaint.startsWith("tst_check.cpp:"), qPrintable(complaint));
    QVERIFY2(complaint.endsWith(": got 3 (number < 3)"), qPrintable(complaint));
  }

  void theMessageIsMadeOnlyWhenItIsNeeded() {
    int made = 0;
    const auto message = [&made] {
      ++made;
      return std::string("made");
    };
    CORE_CHECK(true, message());
    QCOMPARE(made, 0);
    QVERIFY_EXCEPTION_THROWN(CORE_CHECK(false, message()), core::InternalError);
    QCOMPARE(made, 1);
  }

  void theConditionIsEvaluatedOnce() {
    int evaluated = 0;
    CORE_CHECK(++evaluated == 1, "evaluated again");
    QCOMPARE(evaluated, 1);
  }
};

QTEST_APPLESS_MAIN(TestCheck)
#include "tst_check.moc"
