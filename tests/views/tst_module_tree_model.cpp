#include <QAbstractItemModelTester>
#include <QTest>

#include "tests/support/sample_record.h"
#include "views/models/module_tree_model.h"

using namespace views::models;

class TstModuleTreeModel : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void isAConsistentModel();
  void modulesNestByPathAndCountTheirNodes();
  void parentsOfModulesWithoutNodesAreMade();
  void clearingLeavesNoRows();
};

namespace {

RecordIndexPtr sample() {
  return std::make_shared<const RecordIndex>(support::sampleRecord(support::Filled::Partition));
}

}  // namespace

void TstModuleTreeModel::isAConsistentModel() {
  ModuleTreeModel model;
  const QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setIndex(sample());
  QCOMPARE(model.rowCount(), 1);
  model.setIndex(nullptr);
  QCOMPARE(model.rowCount(), 0);
}

void TstModuleTreeModel::modulesNestByPathAndCountTheirNodes() {
  ModuleTreeModel model;
  model.setIndex(sample());
  const QModelIndex root = model.index(0, 0);
  QCOMPARE(root.data().toString(), QStringLiteral("net"));
  QCOMPARE(model.rowCount(root), 3);
  const QModelIndex fc1 = model.indexOfPath(QStringLiteral("fc1"));
  QVERIFY(fc1.isValid());
  QCOMPARE(fc1.parent(), root);
  QCOMPARE(fc1.siblingAtColumn(ModuleTreeModel::ClassColumn).data().toString(),
           QStringLiteral("Linear"));
  QCOMPARE(fc1.siblingAtColumn(ModuleTreeModel::NodesColumn).data().toString(),
           QStringLiteral("4"));
}

void TstModuleTreeModel::parentsOfModulesWithoutNodesAreMade() {
  auto record = std::make_shared<core::pipeline::CompileRecord>();
  record->model.name = "deep";
  record->model.modules = {{"layers.0.attention.query", "Linear"}};
  ModuleTreeModel model;
  model.setIndex(std::make_shared<const RecordIndex>(record));
  const QModelIndex query = model.indexOfPath(QStringLiteral("layers.0.attention.query"));
  QVERIFY(query.isValid());
  QCOMPARE(query.data().toString(), QStringLiteral("query"));
  QCOMPARE(query.parent().data().toString(), QStringLiteral("attention"));
  QVERIFY(!model.indexOfPath(QStringLiteral("layers.1")).isValid());
}

void TstModuleTreeModel::clearingLeavesNoRows() {
  ModuleTreeModel model;
  model.setIndex(sample());
  model.setIndex(std::make_shared<const RecordIndex>(nullptr));
  QCOMPARE(model.rowCount(), 0);
}

QTEST_GUILESS_MAIN(TstModuleTreeModel)
#include "tst_module_tree_model.moc"
