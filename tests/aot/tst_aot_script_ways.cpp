// TorchScript programs whose branches and loops depend on data run: each call goes its own way, and
// every way is an entry. scripts/make_scripts.py ran the same programs in PyTorch (ways.json).

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "tests/aot/entry_calls.h"

using namespace core;

namespace {

std::string scriptPath(const std::string& name) {
  return std::string(AOT_TEST_DATA "/aot/scripts/") + name;
}

load::InputSet inputsOf(const std::string& name) {
  return support::valueOf(load::readInputSet(scriptPath(name + ".json")));
}

QJsonArray ways() {
  QFile file(QString::fromStdString(scriptPath("ways.json")));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QJsonDocument::fromJson(file.readAll()).array();
}

bool isClose(const std::optional<run::Checksum>& mine, const QJsonArray& golden) {
  if (!mine || mine->first8.size() != static_cast<std::size_t>(golden.size())) return false;
  for (int i = 0; i < golden.size(); ++i) {
    const double wanted = golden[i].toDouble();
    if (std::abs(mine->first8[static_cast<std::size_t>(i)] - wanted) >
        1e-4 * (1 + std::abs(wanted)))
      return false;
  }
  return true;
}

/// A program of scripts/, opened for the inputs `rows`.
class Script {
 public:
  explicit Script(const std::string& program)
      : m_entries(m_open, scriptPath(program + ".pt"), options()) {}

  pipeline::ServedCall operator()(const std::string& inputs) {
    return support::valueOf(m_entries.call(inputsOf(inputs), m_run, {}));
  }
  run::StepResult eager() { return support::valueOf(m_open.torch->runEager(m_run, {})); }
  const pipeline::EntryCounters& counters() const { return m_entries.counters(); }
  run::EntriesRecord record() const { return m_entries.record(); }

 private:
  static pipeline::CompileOptions options() {
    pipeline::CompileOptions options;
    options.allowTorchScript = true;
    options.inputsPath = scriptPath("rows.json");
    options.threads = 1;
    return options;
  }

  pipeline::OpenModel m_open;
  pipeline::CompiledEntries m_entries;
  torch::RunOptions m_run;
};

}  // namespace

class TestAotScriptWays : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { qputenv("AOT_KERNEL_CACHE", ""); }

  void everyWayGivesPyTorchsValuesAndGradients() {
    const QJsonArray goldens = ways();
    QCOMPARE(goldens.size(), 4);
    for (const QJsonValue& each : goldens) {
      const QJsonObject golden = each.toObject();
      Script script(golden["program"].toString().toStdString());
      const auto served = script(golden["inputs"].toString().toStdString());
      VERIFY_AS_EAGER(script, served);
      QVERIFY(isClose(served.result.outputs.at(0), golden["output"].toArray()));
      QCOMPARE(served.result.gradients.at(0).first, std::string("p"));
      QVERIFY(isClose(served.result.gradients[0].second, golden["gradient"].toArray()));
    }
  }

  void anotherWayIsAnotherEntryAndTheSameWayIsServed() {
    Script script("branch");
    QVERIFY(script("rows").isCompiled);
    const auto other = script("high");
    QVERIFY(other.isCompiled);
    QCOMPARE(other.misses.size(), std::size_t{1});
    const QString miss = QString::fromStdString(other.misses[0]);
    QVERIFY2(miss.startsWith("0/0: the program takes another way. expected make_scripts.py:"),
             qPrintable(miss));
    QVERIFY2(miss.contains("if bool(y[0][0] < 3):` reads True, actual "), qPrintable(miss));
    QVERIFY2(miss.endsWith("reads False"), qPrintable(miss));
    QCOMPARE(*script("rows").entry, std::size_t{0});
    const auto again = script("high");
    QCOMPARE(*again.entry, std::size_t{1});
    VERIFY_AS_EAGER(script, again);
    QCOMPARE(script.counters().compiles, 2);
    QCOMPARE(script.counters().hits, 2);
  }

  void aLoopRunsAsOftenAsItsDataSay() {
    Script script("loop");
    script("high");
    const std::vector<run::Guard> guards = script.record().entries.at(0).guards;
    const auto way = std::find_if(guards.begin(), guards.end(), [](const run::Guard& guard) {
      return guard.expression.find("int(x.sum())") != std::string::npos;
    });
    QVERIFY(way != guards.end());
    QVERIFY2(way->expression.ends_with("reads 3"), way->expression.c_str());
  }
  /// What was drawn to see the way would be drawn anew by every run.
  void aWayThatRandomNumbersDecideIsRefused() {
    const auto way =
        support::torchModule().followTorchScript(scriptPath("drawn.pt"), inputsOf("rows"), {});
    QVERIFY(!way);
    QVERIFY(way.error().code == ErrorCode::UnsupportedOp);
    QVERIFY2(way.error().message.find("if bool(x.sum() > 0):` may depend on random numbers") !=
                 std::string::npos,
             way.error().message.c_str());
  }
};

QTEST_APPLESS_MAIN(TestAotScriptWays)
#include "tst_aot_script_ways.moc"
