// Every text of tests/aot/programs: the metadata and the joint graph are those of PyTorch, which
// wrote them into the file (scripts/make_programs.py), and the compiled program behaves as eager.

#include <QDir>
#include <QTest>

#include "core/ir/metadata_text.h"
#include "tests/aot/check_program.h"
#include "tests/aot/program_text.h"
#include "tests/aot/trace_model.h"

using namespace core;

namespace {

std::string pathOf(const QString& name) {
  return std::string(AOT_TEST_DATA) + "/aot/programs/" + name.toStdString() + ".txt";
}

}  // namespace

class TestAotPrograms : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theMetadataIsPyTorchs_data() { addPrograms(); }
  void theMetadataIsPyTorchs() {
    QFETCH(QString, name);
    const support::ProgramFile file = support::readProgramFile(pathOf(name));
    support::ProgramBuilder program = support::programFromText(file.program);
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const std::string mine = ir::metadataText(traced.joint->metadata);
    QVERIFY2(mine == file.metadata, (mine + "instead of\n" + file.metadata).c_str());
  }

  void theJointGraphIsPyTorchs_data() { addPrograms(); }
  void theJointGraphIsPyTorchs() {
    QFETCH(QString, name);
    const support::ProgramFile file = support::readProgramFile(pathOf(name));
    support::ProgramBuilder program = support::programFromText(file.program);
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const std::string mine = support::graphLines(*traced.joint->graph);
    QVERIFY2(mine == file.joint, (mine + "instead of\n" + file.joint).c_str());
  }

  void theCompiledProgramBehavesAsEager_data() { addPrograms(); }
  void theCompiledProgramBehavesAsEager() {
    QFETCH(QString, name);
    support::ProgramBuilder program =
        support::programFromText(support::readProgramFile(pathOf(name)).program);
    VERIFY_PROGRAM(program);
  }

  /// The same with generated kernels: writes, views and versions survive the fusion.
  void theKernelsBehaveAsEager_data() { addPrograms(); }
  void theKernelsBehaveAsEager() {
    QFETCH(QString, name);
    support::ProgramBuilder program =
        support::programFromText(support::readProgramFile(pathOf(name)).program);
    const std::string found = support::differenceOfKernels(program);
    QVERIFY2(found.empty(), found.c_str());
  }

 private:
  static void addPrograms() {
    QTest::addColumn<QString>("name");
    const QDir folder(QString(AOT_TEST_DATA) + "/aot/programs");
    for (const QFileInfo& file : folder.entryInfoList({"*.txt"}, QDir::Files, QDir::Name))
      QTest::newRow(qPrintable(file.baseName())) << file.baseName();
  }
};

QTEST_GUILESS_MAIN(TestAotPrograms)
#include "tst_aot_programs.moc"
