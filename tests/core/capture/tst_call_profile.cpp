// Times of calls as a file: read back as they were written, refused by name if they are none.

#include <QTest>

#include "core/load/capture/call_profile.h"

using namespace core;
using partition::CallProfile;

class TestCallProfile : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatIsWrittenIsReadBack() {
    const CallProfile profile{{"addmm", 1.25e-05}, {"relu_1", 0}, {"t", 3.5e-07}};
    const auto read = load::parseCallProfile(load::callProfileJson("net \"1\"", profile));
    QVERIFY(read);
    QCOMPARE(*read, profile);
  }

  void otherDocumentsAreRefused_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no JSON") << "{"
                             << "the text is not JSON";
    QTest::newRow("no calls") << R"({"unit": "s"})"
                              << "no `calls`";
    QTest::newRow("no unit") << R"({"calls": {"a": 1}})"
                             << "no `calls` in the unit `s`";
    QTest::newRow("another unit") << R"({"unit": "ms", "calls": {"a": 1}})"
                                  << "in the unit `s`";
    QTest::newRow("a word") << R"({"unit": "s", "calls": {"a": "fast"}})"
                            << "'a' is no number";
    QTest::newRow("negative") << R"({"unit": "s", "calls": {"b": -1.0}})"
                              << "'b' is no number";
  }

  void otherDocumentsAreRefused() {
    QFETCH(QString, text);
    QFETCH(QString, reason);
    const auto read = load::parseCallProfile(text.toStdString());
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::FormatUnsupported);
    QVERIFY2(QString::fromStdString(read.error().message).contains(reason),
             read.error().message.c_str());
  }

  void wholeNumbersAreSeconds() {
    const auto read = load::parseCallProfile(R"({"unit": "s", "calls": {"a": 2}})");
    QVERIFY(read);
    QCOMPARE(read->at("a"), 2.0);
  }

  void aMissingFileIsNamed() {
    const auto read = load::readCallProfile("/nowhere/profile.json");
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::FileNotFound);
  }
};

QTEST_APPLESS_MAIN(TestCallProfile)
#include "tst_call_profile.moc"
