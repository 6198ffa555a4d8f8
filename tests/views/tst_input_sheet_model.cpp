// The rows of a step's inputs: what an edit changes, and what stands beside one that cannot be
// used.

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "views/models/input_sheet_model.h"

using core::load::InputFills;
using views::models::DimensionSizes;
using views::models::InputSheetModel;

namespace {

/// x: f32[s0, 3] and n: i64[s0], with s0 of 2 in the file.
std::vector<core::pipeline::ModelInput> twoInputs() {
  core::ir::TensorMeta x = core::ir::contiguousMeta(core::ir::DType::F32, {2, 3});
  x.sizes[0] = core::ir::Size("s0", 2);
  core::ir::TensorMeta n = core::ir::contiguousMeta(core::ir::DType::I64, {2});
  n.sizes[0] = core::ir::Size("s0", 2);
  return {{"x", x}, {"n", n}};
}

QString text(const InputSheetModel& model, int row, int column) {
  return model.index(row, column).data().toString();
}

bool edit(InputSheetModel& model, int row, int column, const char* value) {
  return model.setData(model.index(row, column), QString::fromUtf8(value));
}

}  // namespace

class TstInputSheetModel : public QObject {
  Q_OBJECT

 private:
  InputSheetModel m_model;

 private Q_SLOTS:
  void init() { m_model.setInputs(twoInputs(), {}, {}); }

  void itIsAProperModel() {
    QAbstractItemModelTester tester(&m_model);
    m_model.setInputs(twoInputs(), {{"x", "zeros"}}, {{"s0", 4}});
    edit(m_model, 0, InputSheetModel::Fill, "ones");
    edit(m_model, 1, InputSheetModel::Shape, "8");
  }

  void untouchedRowsAreNoFills() {
    QVERIFY(m_model.fills().empty());
    QCOMPARE(text(m_model, 0, InputSheetModel::Fill), QStringLiteral("example"));
    QCOMPARE(text(m_model, 0, InputSheetModel::Shape), QStringLiteral("s0=2, 3"));
    QCOMPARE(m_model.bytes(), std::int64_t{24 + 16});
  }

  void fillsRoundTrip() {
    const InputFills fills{{"n", "range:0..9,seed=3"}, {"x", "a.npy,f32,grad"}};
    m_model.setInputs(twoInputs(), fills, {});
    QCOMPARE(m_model.fills(), fills);
    QCOMPARE(text(m_model, 0, InputSheetModel::Fill), QStringLiteral("a.npy,f32"));
    QCOMPARE(text(m_model, 1, InputSheetModel::DType), QStringLiteral("i64"));
  }

  void whatCannotBeUsedStaysWithItsReason() {
    QVERIFY(edit(m_model, 1, InputSheetModel::Fill, "zeroes"));
    QCOMPARE(text(m_model, 1, InputSheetModel::Fill), QStringLiteral("zeroes"));
    QVERIFY(text(m_model, 1, InputSheetModel::Problem).contains(QStringLiteral("no fill")));
    QCOMPARE(m_model.firstProblem(), 1);
    edit(m_model, 1, InputSheetModel::Fill, "zeros");
    QCOMPARE(m_model.firstProblem(), -1);
    QCOMPARE(m_model.fills(), (InputFills{{"n", "zeros"}}));
  }

  void aNamedSizeChangesEveryRow() {
    QSignalSpy changed(&m_model, &InputSheetModel::dimensionsChanged);
    edit(m_model, 0, InputSheetModel::Shape, "s0=8, 3");
    QCOMPARE(changed.count(), 1);
    QCOMPARE(m_model.dimensions(), (DimensionSizes{{"s0", 8}}));
    QCOMPARE(text(m_model, 1, InputSheetModel::Shape), QStringLiteral("s0=8"));
    QCOMPARE(m_model.bytes(), std::int64_t{96 + 64});
  }

  void wrongShapesAreNamed_data() {
    QTest::addColumn<QByteArray>("shape");
    QTest::addColumn<QString>("named");
    QTest::newRow("fixed") << QByteArray("2, 4") << "only named ones";
    QTest::newRow("rank") << QByteArray("2") << "2 dimensions";
    QTest::newRow("zero") << QByteArray("0, 3") << "no size";
    QTest::newRow("word") << QByteArray("s0=x, 3") << "no size";
  }

  void wrongShapesAreNamed() {
    QFETCH(QByteArray, shape);
    QFETCH(QString, named);
    edit(m_model, 0, InputSheetModel::Shape, shape.constData());
    QVERIFY(text(m_model, 0, InputSheetModel::Problem).contains(named));
    QCOMPARE(text(m_model, 0, InputSheetModel::Shape), QString::fromUtf8(shape));
    QVERIFY(m_model.dimensions().empty());
  }

  void onlyFloatsOfferAGradient() {
    const auto state = [this](int row) {
      return m_model.index(row, InputSheetModel::Gradient).data(Qt::CheckStateRole);
    };
    QCOMPARE(state(0).toInt(), int(Qt::PartiallyChecked));
    QVERIFY(!state(1).isValid());
    m_model.setData(m_model.index(0, InputSheetModel::Gradient), Qt::Checked, Qt::CheckStateRole);
    QCOMPARE(m_model.fills(), (InputFills{{"x", "example,grad"}}));
    edit(m_model, 0, InputSheetModel::Fill, "ones");
    QCOMPARE(m_model.fills(), (InputFills{{"x", "ones,grad"}}));
  }
};

QTEST_MAIN(TstInputSheetModel)
#include "tst_input_sheet_model.moc"
