#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include "core/ir/graph_text.h"
#include "core/load/capture/capture_reader.h"
#include "core/load/capture/capture_writer.h"
#include "core/load/capture/document_text.h"
#include "core/load/capture/partition_writer.h"
#include "core/partition/partition_joint.h"

using namespace core;

namespace {

const QString kFolder = QStringLiteral(AOT_TEST_DATA "/oracle/goldens/");

QJsonObject parsed(const std::string& text) {
  QJsonParseError error;
  const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(text), &error);
  if (error.error != QJsonParseError::NoError) qFatal("%s", qPrintable(error.errorString()));
  return document.object();
}

QJsonObject captureOf(const QJsonObject& document) {
  return document["captures"].toObject()["none"].toObject();
}

}  // namespace

class TestCaptureWriter : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void whatIsWrittenIsReadBack_data() {
    QTest::addColumn<QString>("file");
    for (const QString& file : QDir(kFolder).entryList({"*.json.gz"}, QDir::Files, QDir::Name))
      QTest::newRow(qPrintable(file)) << file;
  }

  void whatIsWrittenIsReadBack() {
    QFETCH(QString, file);
    const auto first = load::readCaptureFile((kFolder + file).toStdString());
    QVERIFY(first);
    const ir::JointGraph& joint = first->find("none")->joint;
    const std::string text = load::captureJson({first->name, first->loss, "cpu", {{0, {1}}}},
                                               {{"none", &joint, {}, 0.5}});
    const auto second = load::parseCaptureFile(text);
    QVERIFY2(second, second ? "" : second.error().message.c_str());
    QCOMPARE(second->name, first->name);
    QCOMPARE(second->loss, first->loss);
    const ir::JointGraph& copy = second->find("none")->joint;
    QCOMPARE(QString::fromStdString(ir::graphText(*copy.graph)),
             QString::fromStdString(ir::graphText(*joint.graph)));
    QCOMPARE(copy.signature.parameterOrder, joint.signature.parameterOrder);
    QCOMPARE(copy.signature.bufferOrder, joint.signature.bufferOrder);
    QCOMPARE(copy.signature.numForwardOutputs, joint.signature.numForwardOutputs);
    QCOMPARE(copy.signature.primalStorage, joint.signature.primalStorage);
    QCOMPARE(copy.metadata.staticInputIndices, joint.metadata.staticInputIndices);
    QCOMPARE(copy.metadata.outputs.size(), joint.metadata.outputs.size());
    QVERIFY(copy.metadata.tracedTangents == joint.metadata.tracedTangents);
    QVERIFY(copy.modules == joint.modules);
  }

  void guardsAreReadBack() {
    const auto file = load::readCaptureFile((kFolder + "dyn_mlp.json.gz").toStdString());
    QVERIFY(file);
    ir::JointGraph joint = file->find("none")->joint;
    joint.guards = {{"s0 >= 2", "A reason.", ""}, {"Eq(s1, 16)", "Another.", "net.py:41"}};
    const auto copy = load::parseCaptureFile(
        load::captureJson({file->name, file->loss, "cpu", {}}, {{"none", &joint, {}, 0.5}}));
    QVERIFY(copy);
    QVERIFY(copy->find("none")->joint.guards == joint.guards);
  }

  void partitionsHaveTheFieldsOfAGolden() {
    const std::string path = (kFolder + "dyn_attn.json.gz").toStdString();
    const auto file = load::readCaptureFile(path);
    QVERIFY(file);
    const ir::JointGraph& joint = file->find("none")->joint;
    partition::PartitionOptions options;
    options.budget = 0.5;
    const auto made = partition::partition(joint, options, StageContext());
    QVERIFY(made);
    const QJsonObject written =
        captureOf(parsed(load::partitionsJson({"dyn_attn"}, {{"none", &joint, {&*made}, 0}})));
    const QJsonObject golden = captureOf(parsed(*load::readDocumentText(path)));
    QVERIFY(!written.contains("joint"));
    QCOMPARE(written["variants"].toObject().keys(), QStringList{"mincut_0.5"});
    const QJsonObject got = written["variants"].toObject()["mincut_0.5"].toObject();
    const QJsonObject want = golden["variants"].toObject()["mincut_0.5"].toObject();
    for (const char* key :
         {"forward", "backward", "recomputed", "recomputed_op_counts", "saved_symints",
          "num_saved_tensors", "saved_bytes_new_storage", "bw_donated_idxs"})
      QVERIFY2(got[key] == want[key], key);
    QCOMPARE(written["mincut"].toObject()["merged_by_cse"],
             golden["mincut"].toObject()["merged_by_cse"]);
    QCOMPARE(written["mincut"].toObject()["solves"].toArray().size(),
             want["solves"].toArray().size());
    QVERIFY(got.contains("partition_seconds") && got.contains("knapsacks"));
  }

  void variantsAreNamedAfterTheirBudget() {
    partition::PartitionOptions options;
    QCOMPARE(load::variantName(options), std::string("mincut_1.0"));
    options.budget = 0.25;
    QCOMPARE(load::variantName(options), std::string("mincut_0.25"));
    options.partitioner = partition::PartitionerKind::Default;
    QCOMPARE(load::variantName(options), std::string("default"));
  }

  void theSameVariantIsWrittenOnce() {
    const auto file = load::readCaptureFile((kFolder + "mlp.json.gz").toStdString());
    QVERIFY(file);
    const ir::JointGraph& joint = file->find("none")->joint;
    const auto made = partition::partition(joint, {}, StageContext());
    QVERIFY(made);
    const std::string text = load::partitionsJson({"mlp"}, {{"none", &joint, {&*made, &*made}, 0}});
    QCOMPARE(QString::fromStdString(text).count("\"mincut_1.0\""), 1);
  }
};

QTEST_APPLESS_MAIN(TestCaptureWriter)
#include "tst_capture_writer.moc"
