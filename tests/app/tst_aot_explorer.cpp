// The built program: its command line contract, the files it writes, and what it must not load.

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

class TstAotExplorer : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void init();
  void shotIsAPictureOfTheAskedSize_data();
  void shotIsAPictureOfTheAskedSize();
  void shotOfAGraphFollowsTheSuffix_data();
  void shotOfAGraphFollowsTheSuffix();
  void themesDiffer();
  void unattendedRunsLeaveNoTrace();
  void reportIsWritten();
  void failedWorkEndsWithOne();
  void wrongUseEndsWithTwo();
  void helpAndVersionNeedNoDisplay();
  void neverLoadsLibTorchLlvmOrGraphviz();

 private:
  int run(const QStringList& arguments);
  QString file(const QString& name) const { return m_folder->filePath(name); }

  std::unique_ptr<QTemporaryDir> m_folder;
  QProcess m_process;
  QString m_errors;
};

namespace {

constexpr int kPatience = 60000;
const QString kProgram = QStringLiteral(AOT_BIN_DIR "/aot-explorer");
const QStringList kEngine = {QStringLiteral("--engine"), QStringLiteral(AOT_FAKE_ENGINE)};

}  // namespace

void TstAotExplorer::init() {
  m_folder = std::make_unique<QTemporaryDir>();
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_folder->path());
  environment.insert(QStringLiteral("XDG_STATE_HOME"), m_folder->path());
  environment.remove(QStringLiteral("DISPLAY"));
  environment.remove(QStringLiteral("WAYLAND_DISPLAY"));
  environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
  m_process.setProcessEnvironment(environment);
}

int TstAotExplorer::run(const QStringList& arguments) {
  m_process.start(kProgram, arguments);
  if (!m_process.waitForFinished(kPatience)) {
    m_process.kill();
    m_process.waitForFinished();
    return -1;
  }
  m_errors = QString::fromUtf8(m_process.readAllStandardError());
  return m_process.exitStatus() == QProcess::NormalExit ? m_process.exitCode() : -2;
}

void TstAotExplorer::shotIsAPictureOfTheAskedSize_data() {
  QTest::addColumn<QString>("page");
  for (const char* page : {"model", "inputs", "joint", "partition", "kernels", "run", "compare"}) {
    QTest::newRow(page) << QString::fromLatin1(page);
  }
}

void TstAotExplorer::shotIsAPictureOfTheAskedSize() {
  QFETCH(QString, page);
  QCOMPARE(run(kEngine + QStringList{"progress:trace,partial,done", "--page", page, "--size",
                                     "1000x700", "--shot", file("a.png")}),
           0);
  const QImage picture(file("a.png"));
  QCOMPARE(picture.size(), QSize(1000, 700));
  QVERIFY2(m_errors.isEmpty(), qPrintable(m_errors));
}

void TstAotExplorer::shotOfAGraphFollowsTheSuffix_data() {
  QTest::addColumn<QString>("suffix");
  QTest::addColumn<QByteArray>("begin");
  QTest::newRow("svg") << "svg" << QByteArray("<?xml");
  QTest::newRow("pdf") << "pdf" << QByteArray("%PDF-");
  QTest::newRow("dot") << "dot" << QByteArray("digraph");
  QTest::newRow("json") << "json" << QByteArray("{\"format\"");
}

void TstAotExplorer::shotOfAGraphFollowsTheSuffix() {
  QFETCH(QString, suffix);
  QFETCH(QByteArray, begin);
  const QString path = file("graph." + suffix);
  QCOMPARE(run(kEngine + QStringList{"done", "--shot", path}), 0);
  QFile written(path);
  QVERIFY(written.open(QIODevice::ReadOnly));
  QVERIFY(written.read(20).startsWith(begin));
  QCOMPARE(run(kEngine + QStringList{"done", "--page", "run", "--shot", path}), 1);
  QVERIFY2(m_errors.contains("has no graph"), qPrintable(m_errors));
}

void TstAotExplorer::themesDiffer() {
  QCOMPARE(run(kEngine + QStringList{"--theme", "light", "--shot", file("light.png")}), 0);
  QCOMPARE(run(kEngine + QStringList{"--theme", "dark", "--shot", file("dark.png")}), 0);
  const auto lightness = [this](const char* name) {
    return QImage(file(name))
        .scaled(1, 1, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
        .pixelColor(0, 0)
        .lightnessF();
  };
  QVERIFY(lightness("light.png") > 0.7F);
  QVERIFY(lightness("dark.png") < 0.3F);
}

// A picture must not depend on, or change, what a person opened before.
void TstAotExplorer::unattendedRunsLeaveNoTrace() {
  QCOMPARE(run(kEngine + QStringList{"done", "--shot", file("a.png")}), 0);
  QVERIFY(!QFile::exists(file("aot-explorer/state.ini")));
  QVERIFY(!QFile::exists(file("aot-explorer/settings.ini")));
}

void TstAotExplorer::reportIsWritten() {
  QCOMPARE(run(kEngine + QStringList{"done", "--report", file("a.html")}), 0);
  QFile report(file("a.html"));
  QVERIFY(report.open(QIODevice::ReadOnly));
  QVERIFY(report.readAll().contains("<h1>net</h1>"));
}

void TstAotExplorer::failedWorkEndsWithOne() {
  QCOMPARE(run(kEngine + QStringList{"progress:trace,fail", "--shot", file("a.png")}), 1);
  QVERIFY2(m_errors.contains("trace"), qPrintable(m_errors));
  QVERIFY(m_errors.count(QChar('\n')) == 1);
  QVERIFY(QFile::exists(file("a.png")));
  QCOMPARE(run(kEngine + QStringList{"progress:build,crash", "--shot", file("b.png")}), 1);
  QVERIFY2(m_errors.contains("build"), qPrintable(m_errors));
  QCOMPARE(run(kEngine + QStringList{"done", "--report", file("no/such/folder.html")}), 1);
}

void TstAotExplorer::wrongUseEndsWithTwo() {
  QCOMPARE(run({"--no-such-option"}), 2);
  QCOMPARE(run(kEngine + QStringList{"done", "--shot", file("a.bmp")}), 2);
  QCOMPARE(run({"--sample", "no-such-sample", "--shot", file("a.png")}), 2);
  QVERIFY2(m_errors.contains("no-such-sample"), qPrintable(m_errors));
}

void TstAotExplorer::helpAndVersionNeedNoDisplay() {
  QCOMPARE(run({"--help"}), 0);
  const QString help = QString::fromUtf8(m_process.readAllStandardOutput());
  for (const char* option : {"--sample", "--engine", "--page", "--shot", "--report", "--theme"}) {
    QVERIFY2(help.contains(QLatin1String(option)), option);
  }
  static const QRegularExpression example("Example: aot-explorer --sample (\\S+)");
  const QString sample = example.match(help).captured(1);
  QVERIFY2(QFile::exists(AOT_SOURCE_DIR "/resources/samples/" + sample + ".pt2"),
           qPrintable(sample));
  QCOMPARE(run({"--version"}), 0);
  QVERIFY(m_process.readAllStandardOutput().contains("Qt 6"));
}

// The libraries of a running window with a model open, as the kernel sees them.
void TstAotExplorer::neverLoadsLibTorchLlvmOrGraphviz() {
  m_process.start(kProgram, kEngine + QStringList{"partial,done"});
  QVERIFY(m_process.waitForStarted(kPatience));
  QByteArray maps;
  const auto read = [&] {
    QFile file(QStringLiteral("/proc/%1/maps").arg(m_process.processId()));
    return file.open(QIODevice::ReadOnly) && (maps = file.readAll()).contains("libQt6Svg") &&
           maps.contains("libqoffscreen");
  };
  QTRY_VERIFY_WITH_TIMEOUT(read(), kPatience);
  QTest::qWait(1000);
  QVERIFY(read());
  m_process.kill();
  m_process.waitForFinished(kPatience);
  for (const char* library :
       {"libtorch", "libc10", "libLLVM", "libclang", "libgvc", "libcgraph", "libcuda", "libaot_"}) {
    QVERIFY2(!maps.contains(library), library);
  }
}

QTEST_GUILESS_MAIN(TstAotExplorer)
#include "tst_aot_explorer.moc"
