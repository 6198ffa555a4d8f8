// The child that makes machine code, played by small shell programs.

#include <QtTest>

#include "app/explorer/jobs/assembly_child.h"

using explorer::AssemblyChild;

class TestAssemblyChild : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theListingOfTheSourceComesBack() {
    AssemblyChild child({"sh", "-c", "echo \"$0 $1 of $(cat)\""});
    QSignalSpy made(&child, &AssemblyChild::made);
    child.make("a kernel");
    QVERIFY(made.wait());
    QCOMPARE(made[0][0].toString(), QString("assembly - of a kernel\n"));
  }

  void theBuiltEngineUnderstandsTheRequest() {
    AssemblyChild child({AOT_BIN_DIR "/aot-engine"});
    QSignalSpy made(&child, &AssemblyChild::made);
    child.make("\nextern \"C\" void add(void* const* p, long, long) { *(float*)p[0] += 1; }\n");
    QVERIFY(made.wait(60000));
    QVERIFY2(made[0][0].toString().contains("vaddss"), qPrintable(made[0][0].toString()));
  }

  void theEnginesReasonIsShown() {
    AssemblyChild child({"sh", "-c", "cat >/dev/null; echo 'error: no compiler' >&2; exit 1"});
    QSignalSpy made(&child, &AssemblyChild::made);
    child.make("a kernel");
    QVERIFY(made.wait());
    QVERIFY(made[0][0].toString().contains("no compiler"));
  }

  void aMissingEngineIsNamed() {
    AssemblyChild child({"/no/such/engine"});
    QSignalSpy made(&child, &AssemblyChild::made);
    child.make("a kernel");
    QTRY_COMPARE(made.count(), 1);
    QVERIFY(made[0][0].toString().contains("/no/such/engine"));
  }

  void aNewRequestEndsTheOneBefore() {
    AssemblyChild child({"sh", "-c", "read x; [ \"$x\" = slow ] && sleep 30; echo \"$x\""});
    QSignalSpy made(&child, &AssemblyChild::made);
    child.make("slow\n");
    child.make("quick\n");
    QVERIFY(made.wait());
    QCOMPARE(made[0][0].toString(), QString("quick\n"));
    QCOMPARE(made.count(), 1);
  }
};

QTEST_MAIN(TestAssemblyChild)
#include "tst_assembly_child.moc"
