// What the command line means, and what it refuses.

#include <QTest>

#include "app/explorer/command_line.h"

using core::pipeline::Goal;
using explorer::parseCommandLine;
using views::pages::PageId;

class TstCommandLine : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void nothingOpensTheStartPage();
  void modelOpensTheJointPage();
  void everyOptionIsRead();
  void everyPageWordIsKnown();
  void wrongUseIsNamed_data();
  void wrongUseIsNamed();
  void pagesNeedWorkOnlyAsFarAsTheyShow();
};

void TstCommandLine::nothingOpensTheStartPage() {
  const auto options = parseCommandLine({});
  QVERIFY(options);
  QCOMPARE(options->page, PageId::Start);
  QVERIFY(!options->unattended());
}

void TstCommandLine::modelOpensTheJointPage() {
  const auto options = parseCommandLine({"net.pt2"});
  QVERIFY(options);
  QCOMPARE(options->model, QStringLiteral("net.pt2"));
  QCOMPARE(options->page, PageId::Joint);
}

void TstCommandLine::everyOptionIsRead() {
  const auto options =
      parseCommandLine({"--sample",      "gpt",     "--engine", "ssh host \"aot engine\" serve",
                        "--page",        "kernels", "--shot",   "a.png",
                        "--report",      "b.html",  "--size",   "800x600",
                        "--theme",       "dark",    "--budget", "0.25",
                        "--partitioner", "default", "--mode",   "infer",
                        "--seed",        "7",       "--inputs", "in.json"});
  QVERIFY2(options, options ? "" : options.error().message.c_str());
  QCOMPARE(options->sample, QStringLiteral("gpt"));
  QCOMPARE(options->engine, QStringList({"ssh", "host", "aot engine", "serve"}));
  QCOMPARE(options->page, PageId::Kernels);
  QVERIFY(options->unattended());
  QCOMPARE(options->size, QSize(800, 600));
  QCOMPARE(options->theme, views::look::Theme::Dark);
  QCOMPARE(options->compile.partition.budget, 0.25);
  QCOMPARE(options->compile.partition.partitioner, core::partition::PartitionerKind::Default);
  QCOMPARE(*options->compile.mode, core::run::Mode::Infer);
  QCOMPARE(options->compile.seed, std::uint64_t(7));
  QCOMPARE(options->compile.inputsPath, std::string("in.json"));
}

void TstCommandLine::everyPageWordIsKnown() {
  for (const PageId page : views::pages::kPages) {
    const auto options = parseCommandLine({"net.pt2", "--page", views::pages::pageWord(page)});
    QVERIFY(options);
    QCOMPARE(options->page, page);
  }
}

void TstCommandLine::wrongUseIsNamed_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("word");
  QTest::newRow("unknown option") << QStringList{"--colour"} << "colour";
  QTest::newRow("page") << QStringList{"a.pt2", "--page", "graphs"} << "graphs";
  QTest::newRow("page without model") << QStringList{"--page", "run"} << "--page run";
  QTest::newRow("size") << QStringList{"--size", "12x"} << "--size";
  QTest::newRow("theme") << QStringList{"--theme", "pink"} << "pink";
  QTest::newRow("budget") << QStringList{"a.pt2", "--budget", "2"} << "--budget";
  QTest::newRow("budget nan") << QStringList{"a.pt2", "--budget", "nan"} << "--budget";
  QTest::newRow("partitioner") << QStringList{"a.pt2", "--partitioner", "x"} << "--partitioner";
  QTest::newRow("two models") << QStringList{"a.pt2", "b.pt2"} << "One model";
  QTest::newRow("model and sample") << QStringList{"a.pt2", "--sample", "b"} << "not both";
  QTest::newRow("stdin") << QStringList{"-"} << "seek";
  QTest::newRow("report of nothing") << QStringList{"--report", "a.html"} << "--report";
}

void TstCommandLine::wrongUseIsNamed() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, word);
  const auto options = parseCommandLine(arguments);
  QVERIFY(!options);
  QCOMPARE(options.error().code, core::ErrorCode::InvalidArgument);
  QVERIFY2(QString::fromStdString(options.error().message).contains(word),
           options.error().message.c_str());
}

void TstCommandLine::pagesNeedWorkOnlyAsFarAsTheyShow() {
  QCOMPARE(explorer::goalForPage(PageId::Joint), Goal::Partition);
  QCOMPARE(explorer::goalForPage(PageId::Kernels), Goal::Kernels);
  QCOMPARE(explorer::goalForPage(PageId::Run), Goal::Measure);
  QCOMPARE(explorer::goalForPage(PageId::Compare), Goal::Measure);
}

QTEST_GUILESS_MAIN(TstCommandLine)
#include "tst_command_line.moc"
