#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include "app/explorer/report/html_report.h"
#include "tests/support/sample_record.h"

using views::pages::Snapshot;

class TstHtmlReport : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void holdsEveryPart();
  void failedCheckShowsNoSpeedup();
  void textFromFilesIsEscaped();
  void failureIsStatedFirst();
  void nothingIsFetched();
  void anHtmlCheckerFindsNothing();
};

namespace {

Snapshot sample() {
  Snapshot snapshot;
  snapshot.modelPath = QStringLiteral("/models/net.pt2");
  snapshot.index = std::make_shared<const views::models::RecordIndex>(
      support::sampleRecord(support::Filled::Everything));
  return snapshot;
}

Snapshot changed(const std::function<void(core::pipeline::CompileRecord&)>& change) {
  Snapshot snapshot = sample();
  auto record = std::make_shared<core::pipeline::CompileRecord>(*snapshot.record());
  change(*record);
  snapshot.index = std::make_shared<const views::models::RecordIndex>(record);
  return snapshot;
}

}  // namespace

void TstHtmlReport::holdsEveryPart() {
  const QString html = explorer::htmlReport(sample());
  for (const char* part :
       {"<h1>net</h1>", "Eager and compiled", "2.00×", "Check passed", "gradient:fc1.weight",
        "Saved tensors", "relu", "fused_relu", "Stages", "aten.linear.default", "<svg"}) {
    QVERIFY2(html.contains(QString::fromUtf8(part)), part);
  }
}

void TstHtmlReport::failedCheckShowsNoSpeedup() {
  const QString html = explorer::htmlReport(changed([](core::pipeline::CompileRecord& record) {
    auto measurement = *record.measurement;
    measurement.check.passed = false;
    measurement.check.tensors[1].passed = false;
    record.measurement = std::make_shared<const core::run::Measurement>(measurement);
  }));
  QVERIFY(!html.contains(QStringLiteral("2.00×")));
  QVERIFY(html.contains(QStringLiteral("Check failed: 1 of 2")));
}

void TstHtmlReport::textFromFilesIsEscaped() {
  const QString html = explorer::htmlReport(changed([](core::pipeline::CompileRecord& record) {
    record.model.name = "<script>alert(1)</script>";
    record.model.inputs[0].name = "<img src=x>";
  }));
  QVERIFY(!html.contains(QStringLiteral("<script>")));
  QVERIFY(!html.contains(QStringLiteral("<img")));
  QVERIFY(html.contains(QStringLiteral("&lt;script&gt;")));
}

void TstHtmlReport::failureIsStatedFirst() {
  Snapshot snapshot = sample();
  snapshot.failure = views::pages::Failure{
      core::pipeline::Stage::Build,
      {core::ErrorCode::KernelCompileFailed, "The kernel did not compile.", "line 3", {}}};
  const QString html = explorer::htmlReport(snapshot);
  const auto failure = html.indexOf(QStringLiteral("The kernel did not compile."));
  QVERIFY(failure > 0);
  QVERIFY(failure < html.indexOf(QStringLiteral("<h2>")));
}

void TstHtmlReport::nothingIsFetched() {
  const QString html = explorer::htmlReport(sample());
  QVERIFY(!html.contains(QStringLiteral("http://")));
  QVERIFY(!html.contains(QStringLiteral("https://")));
  QVERIFY(!html.contains(QStringLiteral("src=")));
}

void TstHtmlReport::anHtmlCheckerFindsNothing() {
  const QString tidy = QStandardPaths::findExecutable(QStringLiteral("tidy"));
  if (tidy.isEmpty()) QSKIP("tidy is not installed");
  QProcess process;
  process.start(tidy,
                {QStringLiteral("-quiet"), QStringLiteral("-errors"), QStringLiteral("-utf8")});
  QVERIFY(process.waitForStarted());
  process.write(explorer::htmlReport(sample()).toUtf8());
  process.closeWriteChannel();
  QVERIFY(process.waitForFinished());
  const QByteArray complaints = process.readAllStandardError();
  QVERIFY2(process.exitCode() == 0 && complaints.isEmpty(), complaints.constData());
}

QTEST_GUILESS_MAIN(TstHtmlReport)
#include "tst_html_report.moc"
