#include "core/trace/meta_kernels/operator_coverage.h"

#include <QFile>
#include <QTest>
#include <algorithm>

#include "core/pipeline/operator_table.h"
#include "core/trace/meta_kernels/meta_kernels.h"

using core::trace::InCoreTable;
using core::trace::OperatorCoverage;
using core::trace::ShapeSource;
using core::trace::Treatment;

class TestOperatorCoverage : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { m_rows = core::trace::operatorCoverage(); }
  void rowsAreSortedAndUnique();
  void aRowSaysWhoseShapesAndWhatBecomesOfACall_data();
  void aRowSaysWhoseShapesAndWhatBecomesOfACall();
  void everyKernelOfOursIsARow();
  void formsWithAnOutArgumentAreLeftOut();
  void refusedOperatorsSayWhy();
  void operatorsLeftOutOfTheCoreTableSayWhy();
  void everyOperatorOfPyTorchsCoreTableIsDecomposedOrLeftOutForAReason();

 private:
  const OperatorCoverage* find(const std::string& op) const;

  std::vector<OperatorCoverage> m_rows;
};

const OperatorCoverage* TestOperatorCoverage::find(const std::string& op) const {
  const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                  [&](const OperatorCoverage& row) { return row.op == op; });
  return found == m_rows.end() ? nullptr : &*found;
}

void TestOperatorCoverage::rowsAreSortedAndUnique() {
  QVERIFY(m_rows.size() > 1000);
  QVERIFY(std::is_sorted(m_rows.begin(), m_rows.end(),
                         [](const auto& a, const auto& b) { return a.op < b.op; }));
  QVERIFY(std::adjacent_find(m_rows.begin(), m_rows.end(), [](const auto& a, const auto& b) {
            return a.op == b.op;
          }) == m_rows.end());
}

void TestOperatorCoverage::aRowSaysWhoseShapesAndWhatBecomesOfACall_data() {
  QTest::addColumn<QString>("op");
  QTest::addColumn<QString>("text");
  QTest::newRow("ours") << "aten.relu.default"
                        << "ours, recorded";
  QTest::newRow("theirs") << "aten.add.Tensor"
                          << "LibTorch's, recorded";
  QTest::newRow("composite") << "aten.linear.default"
                             << "of its parts, taken apart";
  QTest::newRow("write") << "aten.add_.Tensor"
                         << "LibTorch's, made functional";
  QTest::newRow("write of a composite") << "aten.squeeze_.dim"
                                        << "of its parts, made functional";
  QTest::newRow("composite below autograd") << "aten._foreach_add.List"
                                            << "of its parts, recorded";
  QTest::newRow("replaced") << "aten.dropout.default"
                            << "of its parts, replaced";
  QTest::newRow("whole") << "aten.mish_backward.default"
                         << "of its parts, kept whole; core: decomposed";
  QTest::newRow("decomposed") << "aten.t.default"
                              << "of its parts, recorded; core: decomposed";
  QTest::newRow("left out") << "aten.multilabel_margin_loss_forward.default"
                            << "ours, recorded; core: left out, PyTorch's body is index "
                               "arithmetic around a gather or a scatter, which the kernel does in "
                               "one call";
  QTest::newRow("nobody") << "aten._cudnn_init_dropout_state.default"
                          << "none, refused: it is a kernel of another device's library. Export "
                             "the module for the CPU";
}

void TestOperatorCoverage::aRowSaysWhoseShapesAndWhatBecomesOfACall() {
  QFETCH(QString, op);
  QFETCH(QString, text);
  const OperatorCoverage* row = find(op.toStdString());
  QVERIFY(row);
  std::string actual = core::pipeline::shapeWord(row->source);
  actual.append(", ").append(core::pipeline::treatmentWord(row->treatment));
  if (!row->why.empty()) actual.append(": ").append(row->why);
  if (row->core != InCoreTable::No)
    actual.append("; core: ").append(core::pipeline::coreWord(row->core));
  if (!row->whyLeftOut.empty()) actual.append(", ").append(row->whyLeftOut);
  QCOMPARE(QString::fromStdString(actual), text);
}

void TestOperatorCoverage::everyKernelOfOursIsARow() {
  const auto names = core::trace::ownMetaKernelNames();
  for (const std::string& name : names) {
    const bool isOut = name.find("out") != std::string::npos || name.ends_with("dim_values") ||
                       name.ends_with(".values");
    const bool hasOverload = name.find('.') != std::string::npos;
    const OperatorCoverage* row = find("aten." + name + (hasOverload ? "" : ".default"));
    QVERIFY2(row || isOut, name.c_str());
    if (row) QCOMPARE(row->source, ShapeSource::Ours);
  }
}

void TestOperatorCoverage::formsWithAnOutArgumentAreLeftOut() {
  QVERIFY(find("aten.add.Tensor"));
  QVERIFY(!find("aten.add.out"));
  QVERIFY(!find("aten.median.dim_values"));
}

void TestOperatorCoverage::refusedOperatorsSayWhy() {
  for (const OperatorCoverage& row : m_rows) {
    QCOMPARE(row.why.empty(), row.treatment != Treatment::Refused);
  }
  QCOMPARE(find("aten.nonzero.default")->treatment, Treatment::Refused);
}

void TestOperatorCoverage::operatorsLeftOutOfTheCoreTableSayWhy() {
  for (const OperatorCoverage& row : m_rows)
    QCOMPARE(row.whyLeftOut.empty(), row.core != InCoreTable::LeftOut);
}

/// core_aten_table.txt lists what PyTorch 2.11's table decomposes, forms that write left out.
void TestOperatorCoverage::everyOperatorOfPyTorchsCoreTableIsDecomposedOrLeftOutForAReason() {
  QFile file(AOT_TEST_DATA "/core/trace/decompositions/core_aten_table.txt");
  QVERIFY(file.open(QIODevice::ReadOnly | QIODevice::Text));
  const QStringList names = QString::fromUtf8(file.readAll()).split('\n', Qt::SkipEmptyParts);
  QVERIFY(names.size() > 200);
  for (const QString& name : names) {
    const OperatorCoverage* row = find(name.toStdString());
    QVERIFY2(row, qPrintable(name));
    QVERIFY2(row->core != InCoreTable::No, qPrintable(name));
  }
  for (const OperatorCoverage& row : m_rows)
    if (row.core != InCoreTable::No)
      QVERIFY2(names.contains(QString::fromStdString(row.op)), row.op.c_str());
}

QTEST_GUILESS_MAIN(TestOperatorCoverage)
#include "tst_operator_coverage.moc"
