#include <QTest>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"

using core::Error;
using core::ErrorCode;
using core::Result;

namespace {

Error tooLarge() {
  return {ErrorCode::OutOfMemory, "17 is too large", "the limit is 16", "mul"};
}

Result<int> half(int number) {
  if (number > 16) return tooLarge();
  return number / 2;
}

/// Counts how far it came, so that a test sees where it returned.
Result<std::string> quarter(int number, int& steps) {
  CORE_TRY(const int once, half(number));
  ++steps;
  CORE_TRY(const int twice, half(once));
  ++steps;
  return std::to_string(twice);
}

Result<void> checkHalf(int number) {
  CORE_TRY_VOID(half(number));
  return {};
}

Result<std::unique_ptr<int>> boxed(int number) {
  CORE_TRY(auto box, Result<std::unique_ptr<int>>(std::make_unique<int>(number)));
  ++*box;
  return box;
}

}  // namespace

class TestResult : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aValueIsHeldAndNoError() {
    const Result<int> result = half(8);
    QVERIFY(result.has_value());
    QVERIFY(static_cast<bool>(result));
    QCOMPARE(*result, 4);
    QCOMPARE(result.value_or(9), 4);
    QVERIFY_EXCEPTION_THROWN(result.error(), std::bad_variant_access);
  }

  void anErrorIsHeldWhole() {
    const Result<int> result = half(17);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::OutOfMemory);
    QCOMPARE(result.error().message, tooLarge().message);
    QCOMPARE(result.error().details, tooLarge().details);
    QCOMPARE(result.error().node, tooLarge().node);
    QCOMPARE(result.value_or(9), 9);
    QVERIFY_EXCEPTION_THROWN(result.value(), std::bad_variant_access);
  }

  void aValueThatConvertsIsTaken() {
    const Result<std::shared_ptr<const int>> result = std::make_shared<int>(3);
    QVERIFY(result.has_value());
    QCOMPARE(**result, 3);
  }

  void successWithoutAValueIsTrue() {
    QVERIFY(Result<void>().has_value());
    const Result<void> failed = tooLarge();
    QVERIFY(!failed);
    QCOMPARE(failed.error().node, std::string("mul"));
  }

  void tryGivesTheValueOrReturnsTheFirstError_data() {
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("steps");
    QTest::addColumn<bool>("succeeds");
    QTest::newRow("both steps") << 12 << 2 << true;
    QTest::newRow("the first step fails") << 17 << 0 << false;
  }

  void tryGivesTheValueOrReturnsTheFirstError() {
    QFETCH(int, number);
    int steps = 0;
    const Result<std::string> result = quarter(number, steps);
    QTEST(steps, "steps");
    QTEST(result.has_value(), "succeeds");
    if (result) QCOMPARE(*result, std::string("3"));
    if (!result) QCOMPARE(result.error().details, tooLarge().details);
  }

  void tryMovesWhatCannotBeCopied() {
    const Result<std::unique_ptr<int>> result = boxed(1);
    QVERIFY(result.has_value());
    QCOMPARE(**result, 2);
  }

  void tryVoidPassesTheErrorOn() {
    QVERIFY(checkHalf(16).has_value());
    QCOMPARE(checkHalf(17).error().message, tooLarge().message);
  }

  void everyCodeHasItsOwnName() {
    std::set<std::string> names;
    constexpr int count = static_cast<int>(ErrorCode::Internal) + 1;
    for (int i = 0; i < count; ++i) names.insert(errorCodeName(static_cast<ErrorCode>(i)));
    QCOMPARE(names.size(), static_cast<std::size_t>(count));
    QVERIFY(!names.contains(""));
    QCOMPARE(errorCodeName(ErrorCode::FileNotFound), "FileNotFound");
    QCOMPARE(errorCodeName(ErrorCode::Internal), "Internal");
  }

  void aStoppedStageIsCancelledAndSaysWhich() {
    std::stop_source source;
    core::StageContext context;
    context.stop = source.get_token();
    QVERIFY(context.checkCancelled("partition").has_value());
    source.request_stop();
    const Result<void> cancelled = context.checkCancelled("partition");
    QCOMPARE(cancelled.error().code, ErrorCode::Cancelled);
    QVERIFY(cancelled.error().message.find("partition") != std::string::npos);
  }

  void aContextWithoutListenersIsSilent() {
    const core::StageContext silent;
    silent.progress(0.5, "half");
    silent.log(core::LogLevel::Info, "trace", "nobody listens");

    std::vector<std::string> heard;
    core::StageContext context;
    context.onProgress = [&](double fraction, const std::string& what) {
      heard.push_back(what + std::to_string(static_cast<int>(fraction * 100)));
    };
    context.onLog = [&](const core::LogEntry& entry) {
      heard.push_back(std::string(logLevelName(entry.level)) + entry.category + entry.text);
    };
    context.progress(0.5, "half ");
    context.log(core::LogLevel::Warning, " trace ", "slow");
    const std::string warning = logLevelName(core::LogLevel::Warning);
    QCOMPARE(heard, (std::vector<std::string>{"half 50", warning + " trace slow"}));
  }
};

QTEST_APPLESS_MAIN(TestResult)
#include "tst_result.moc"
