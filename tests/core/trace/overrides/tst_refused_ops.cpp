#include "core/trace/refused_ops.h"

#include <QTest>

using core::ErrorCode;
using core::trace::isDataDependent;
using core::trace::refusalError;
using core::trace::refusedOp;

class TestRefusedOps : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void anOperatorIsFoundUnderEachOfItsSpellings_data();
  void anOperatorIsFoundUnderEachOfItsSpellings();
  void ordinaryOperatorsAreNotRefused_data();
  void ordinaryOperatorsAreNotRefused();
  void dataDependenceIsToldFromOtherReasons();
  void theSentenceNamesTheOperatorTheReasonAndAWayOut();
};

void TestRefusedOps::anOperatorIsFoundUnderEachOfItsSpellings_data() {
  QTest::addColumn<QString>("op");
  QTest::addColumn<QString>("entry");
  QTest::newRow("schema name") << "aten::nonzero"
                               << "nonzero";
  QTest::newRow("dump name") << "aten.nonzero.default"
                             << "nonzero";
  QTest::newRow("bare") << "nonzero"
                        << "nonzero";
  QTest::newRow("any overload") << "aten.set_.source_Tensor"
                                << "set_";
  QTest::newRow("out overload") << "aten.masked_select.out"
                                << "masked_select";
  QTest::newRow("one overload only") << "aten.lstm.data"
                                     << "lstm.data";
  QTest::newRow("by its beginning") << "aten.to_sparse.sparse_dim"
                                    << "to_sparse*";
}

void TestRefusedOps::anOperatorIsFoundUnderEachOfItsSpellings() {
  QFETCH(QString, op);
  QFETCH(QString, entry);
  const auto* refused = refusedOp(op.toStdString());
  QVERIFY(refused);
  QCOMPARE(std::string(refused->name), entry.toStdString());
}

void TestRefusedOps::ordinaryOperatorsAreNotRefused_data() {
  QTest::addColumn<QString>("op");
  for (const char* op :
       {"aten.add.Tensor", "aten.lstm.input", "aten.nonzero_static.default",
        "aten.masked_fill.Scalar", "aten.equal_.default", "aten.items.default", "aten.eq.Tensor",
        "aten.tensor_split.sections", "aten.resize.default", "aten.unsqueeze.default", ""}) {
    QTest::newRow(op) << op;
  }
}

void TestRefusedOps::ordinaryOperatorsAreNotRefused() {
  QFETCH(QString, op);
  QVERIFY(!refusedOp(op.toStdString()));
  QVERIFY(!isDataDependent(op.toStdString()));
}

void TestRefusedOps::dataDependenceIsToldFromOtherReasons() {
  QVERIFY(isDataDependent("aten._local_scalar_dense.default"));
  QVERIFY(isDataDependent("aten._unique2.default"));
  QVERIFY(!isDataDependent("aten.set_.source_Storage"));
  QVERIFY(!isDataDependent("aten._native_multi_head_attention.default"));
  QCOMPARE(refusedOp("aten.set_.source_Storage")->code, ErrorCode::UnsupportedOp);
}

void TestRefusedOps::theSentenceNamesTheOperatorTheReasonAndAWayOut() {
  const auto error = refusalError("aten.nonzero.default", *refusedOp("aten.nonzero.default"));
  QCOMPARE(error.code, ErrorCode::DataDependentShape);
  QCOMPARE(QString::fromStdString(error.message),
           QStringLiteral("Cannot trace `aten.nonzero.default`: its output shape depends on data. "
                          "Replace it by a form of fixed size, such as a mask."));
}

QTEST_APPLESS_MAIN(TestRefusedOps)
#include "tst_refused_ops.moc"
