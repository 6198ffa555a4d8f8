// Options of a compile as words of a sweep, and back.

#include <QTest>

#include "app/explorer/history/point_settings.h"

using core::pipeline::CompileOptions;
using explorer::settingsOf;
using explorer::withSettings;

class TstPointSettings : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void defaultsNeedNoWords() { QCOMPARE(settingsOf({}, {}).value(), QString()); }

  void whatIsVariedIsLeftOut() {
    CompileOptions options;
    options.partition.budget = 0.25;
    options.threads = 2;
    options.mode = core::run::Mode::Infer;
    options.dims = {{"s0", 8}};
    options.partition.save = {"relu"};
    QCOMPARE(settingsOf(options, {}).value(),
             QStringLiteral("--mode infer --threads 2 --dim s0=8 --budget 0.25 --save relu"));
    QCOMPARE(settingsOf(options, {QStringLiteral("budget"), QStringLiteral("dim")}).value(),
             QStringLiteral("--mode infer --threads 2 --save relu"));
  }

  void aSpaceIsRefused() {
    CompileOptions options;
    options.inputsPath = "my inputs.json";
    const auto words = settingsOf(options, {});
    QVERIFY(!words);
    QVERIFY(words.error().message.find("my inputs.json") != std::string::npos);
  }

  void aPointChangesTheOptions() {
    CompileOptions options;
    options.seed = 3;
    const auto changed =
        withSettings(options, "--budget 0.5 --threads 4 --dim s0=16 --device cuda:0 --mode train");
    QVERIFY(changed.has_value());
    QCOMPARE(changed->partition.budget, 0.5);
    QCOMPARE(changed->threads, 4);
    QCOMPARE(changed->dims.at("s0"), 16);
    QCOMPARE(changed->device, std::string("cuda:0"));
    QVERIFY(changed->mode == core::run::Mode::Train);
    QCOMPARE(changed->seed, std::uint64_t{3});
  }

  void aPresetReplacesWhatItKeeps() {
    CompileOptions options;
    options.seed = 7;
    options.loss = core::run::LossSpec{1};
    options.fills = {{"x", "my file.npy,grad"}, {"y", "range:0..9"}};
    options.dims = {{"s0", 8}};
    options.inputsPath = "a b.json";
    options.threads = 3;
    const auto words = explorer::presetWords(options);
    CompileOptions other;
    other.dims = {{"s1", 2}};
    other.threads = 5;
    const auto changed = explorer::withPreset(other, words);
    QVERIFY2(changed, changed ? "" : changed.error().message.c_str());
    options.threads = 5;
    QVERIFY(*changed == options);
    QVERIFY(!explorer::withPreset({}, {"--input", "x=zeroes"}));
  }

  void otherOptionsAreNamed_data() {
    QTest::addColumn<QString>("settings");
    QTest::newRow("unknown") << "--learn-shapes 3";
    QTest::newRow("no number") << "--budget much";
    QTest::newRow("no value") << "--threads";
    QTest::newRow("no size") << "--dim s0";
  }

  void otherOptionsAreNamed() {
    QFETCH(QString, settings);
    const auto changed = withSettings({}, settings.toStdString());
    QVERIFY(!changed);
    const QString option = settings.section(QChar(' '), 0, 0);
    QVERIFY(QString::fromStdString(changed.error().message).contains(option));
  }
};

QTEST_GUILESS_MAIN(TstPointSettings)
#include "tst_point_settings.moc"
