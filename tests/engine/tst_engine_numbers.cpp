// Loss, outputs, gradients, buffers and inputs of a step, eager and compiled, against what PyTorch
// computed for the same model and inputs.

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

#include "core/load/capture/document_text.h"
#include "tests/engine/run_engine.h"

class TstEngineNumbers : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void stepEqualsPyTorch_data();
  void stepEqualsPyTorch();
  void aWrongNumberIsNoticed();

 private:
  QTemporaryDir m_folder;
};

namespace {

/// JSON has no infinities and not-a-numbers: they are text.
double numberOf(const QJsonValue& value) {
  return value.isString() ? value.toString().toDouble() : value.toDouble();
}

bool close(double wanted, double got, double tolerance) {
  if (std::isnan(wanted) || std::isnan(got)) return std::isnan(wanted) && std::isnan(got);
  if (std::isinf(wanted) || std::isinf(got)) return wanted == got;
  return std::abs(wanted - got) <= tolerance;
}

double relativeTolerance(const QString& dtype) {
  if (dtype == "f64") return 1e-6;
  if (dtype == "f32") return 1e-4;
  if (dtype == "f16") return 1e-2;
  return dtype == "bf16" ? 2e-2 : 0.0;
}

double elementsOf(const QJsonObject& checksum) {
  double count = 1;
  for (const auto& size : checksum["shape"].toArray()) count *= size.toDouble();
  return std::max(count, 1.0);
}

/// The difference of two checksums as a sentence; empty if they agree.
QString difference(const QJsonValue& wantedValue, const QJsonValue& gotValue, double atol) {
  if (wantedValue.isNull() != gotValue.isNull()) return "one of them has no tensor";
  if (wantedValue.isNull()) return {};
  const QJsonObject wanted = wantedValue.toObject();
  const QJsonObject got = gotValue.toObject();
  for (const char* key : {"shape", "dtype"})
    if (wanted[key] != got[key]) return QString("another %1").arg(key);
  const double n = elementsOf(wanted);
  const double rtol = relativeTolerance(wanted["dtype"].toString());
  const double absSum = numberOf(wanted["abs_sum"]);
  for (const char* key : {"sum", "abs_sum"})
    if (!close(numberOf(wanted[key]), numberOf(got[key]), rtol * absSum + atol * n))
      return QString("%1: want %2, got %3")
          .arg(key)
          .arg(numberOf(wanted[key]))
          .arg(numberOf(got[key]));
  const QJsonArray first = wanted["first8"].toArray();
  const QJsonArray mine = got["first8"].toArray();
  if (first.size() != mine.size()) return "another number of first elements";
  for (qsizetype i = 0; i < first.size(); ++i) {
    const double x = numberOf(first[i]);
    if (!close(x, numberOf(mine[i]), rtol * std::max(absSum / n, std::abs(x)) + atol))
      return QString("element %1: want %2, got %3").arg(i).arg(x).arg(numberOf(mine[i]));
  }
  return {};
}

QStringList compareLists(const QString& key, const QJsonObject& wanted, const QJsonObject& got) {
  const QJsonArray mine = got[key].toArray();
  const QJsonArray theirs = wanted[key].toArray();
  if (mine.size() != theirs.size()) return {key + ": another number of tensors"};
  QStringList differences;
  for (qsizetype i = 0; i < theirs.size(); ++i)
    if (const QString text = difference(theirs[i], mine[i], 1e-6); !text.isEmpty())
      differences << QString("%1[%2]: %3").arg(key).arg(i).arg(text);
  return differences;
}

QStringList compareNamed(const QString& key, const QJsonObject& wanted, const QJsonObject& got,
                         double atol) {
  QStringList differences;
  const QJsonObject theirs = wanted[key].toObject();
  const QJsonObject mine = got[key].toObject();
  for (const QString& name : theirs.keys()) {
    const QJsonValue value = mine.contains(name) ? mine[name] : QJsonValue(QJsonValue::Null);
    if (const QString text = difference(theirs[name], value, atol); !text.isEmpty())
      differences << QString("%1.%2: %3").arg(key, name, text);
  }
  return differences;
}

QStringList compareStep(const QJsonObject& wanted, const QJsonObject& got) {
  double largest = 0;
  for (const auto& gradient : wanted["gradients"].toObject())
    if (gradient.isObject())
      largest = std::max(
          largest, numberOf(gradient.toObject()["abs_sum"]) / elementsOf(gradient.toObject()));
  QStringList differences;
  const double loss = numberOf(wanted["loss_value"]);
  if (!close(loss, numberOf(got["loss_value"]), 1e-4 * std::max(std::abs(loss), 1e-6)))
    differences << "loss_value";
  differences << compareLists("outputs", wanted, got) << compareLists("inputs_after", wanted, got)
              << compareNamed("gradients", wanted, got, 1e-5 * (largest > 0 ? largest : 1.0))
              << compareNamed("buffers_after", wanted, got, 1e-6);
  return differences;
}

QJsonObject goldenOf(const QString& model) {
  const QString path = QString(AOT_TEST_DATA "/oracle/goldens/%1.json.gz").arg(model);
  const auto text = core::load::readDocumentText(path.toStdString());
  if (!text) return {};
  return QJsonDocument::fromJson(QByteArray::fromStdString(*text)).object();
}

}  // namespace

void TstEngineNumbers::stepEqualsPyTorch_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("execution");
  const QStringList files = QDir(AOT_TEST_DATA "/oracle/models").entryList({"*.pt2"});
  QVERIFY(files.size() >= 10);
  for (const QString& file : files)
    for (const char* execution : {"eager", "compiled"}) {
      const QString model = file.chopped(4);
      QTest::newRow(qPrintable(model + " " + execution)) << model << execution;
    }
}

void TstEngineNumbers::stepEqualsPyTorch() {
  QFETCH(QString, model);
  QFETCH(QString, execution);
  const QJsonObject golden = goldenOf(model);
  QVERIFY(!golden.isEmpty());
  const QString out = m_folder.filePath("run.json");
  QStringList arguments{"run",         oracleFile(model + ".pt2"),
                        "--inputs",    oracleFile(model + ".json"),
                        "--execution", execution,
                        "--json",      out,
                        "--loss",      golden["loss"].toString()};
  if (golden["seed"].isDouble())
    arguments << "--seed" << QString::number(golden["seed"].toInteger());
  const EngineRun run = runEngine(arguments);
  QVERIFY2(!run.crashed && run.exitCode == 0, qPrintable(run.errors));
  const QStringList differences = compareStep(golden["eager"].toObject(), readJson(out));
  QVERIFY2(differences.isEmpty(), qPrintable("\n" + differences.join('\n')));
}

void TstEngineNumbers::aWrongNumberIsNoticed() {
  const QJsonObject wanted = goldenOf("mlp_ce")["eager"].toObject();
  QVERIFY(compareStep(wanted, wanted).isEmpty());
  QJsonObject spoiled = wanted;
  QJsonObject gradients = spoiled["gradients"].toObject();
  QJsonObject gradient = gradients["fc1.weight"].toObject();
  gradient["sum"] = numberOf(gradient["sum"]) + 0.01 * numberOf(gradient["abs_sum"]);
  gradients["fc1.weight"] = gradient;
  spoiled["gradients"] = gradients;
  QCOMPARE(compareStep(wanted, spoiled).size(), 1);
}

QTEST_GUILESS_MAIN(TstEngineNumbers)
#include "tst_engine_numbers.moc"
