#include <QTest>

#include "core/trace/node_names.h"
#include "core/trace/python_names.h"

using core::trace::fxBaseName;
using core::trace::NodeNames;

class TestNodeNames : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aTakenNameCountsOn() {
    NodeNames names;
    QCOMPARE(names.fresh("add"), std::string("add"));
    QCOMPARE(names.fresh("add"), std::string("add_1"));
    QCOMPARE(names.fresh("add"), std::string("add_2"));
    QCOMPARE(names.fresh("mul"), std::string("mul"));
  }

  void namesOfPythonStartWithANumber() {
    NodeNames names;
    QCOMPARE(names.fresh("sum"), std::string("sum_1"));
    QCOMPARE(names.fresh("sum"), std::string("sum_2"));
    QCOMPARE(names.fresh("slice"), std::string("slice_1"));
  }

  void aNumberInTheCandidateIsKeptWhenFree() {
    NodeNames names;
    QCOMPARE(names.fresh("primals_1"), std::string("primals_1"));
    QCOMPARE(names.fresh("primals_7"), std::string("primals_7"));
    QCOMPARE(names.fresh("primals_7"), std::string("primals_8"));
    QCOMPARE(names.fresh("primals"), std::string("primals"));
    QCOMPARE(names.fresh("arg0_1"), std::string("arg0_1"));
  }

  void inPlaceNamesKeepTheirUnderscore() {
    NodeNames names;
    QCOMPARE(names.fresh("copy_"), std::string("copy_"));
    QCOMPARE(names.fresh("copy_"), std::string("copy__1"));
  }

  void otherCharactersBecomeUnderscores() {
    NodeNames names;
    QCOMPARE(names.fresh("a.b c"), std::string("a_b_c"));
    QCOMPARE(names.fresh("2d"), std::string("_2d"));
  }

  void aHugeNumberIsPartOfTheName() {
    NodeNames names;
    const std::string name = "x_99999999999999999999";
    QCOMPARE(names.fresh(name), name);
    QCOMPARE(names.fresh(name), name + "_1");
  }

  void magicOperatorsLoseTheirUnderscores() {
    QCOMPARE(fxBaseName("__and__"), std::string("and"));
    QCOMPARE(fxBaseName("_unsafe_view"), std::string("_unsafe_view"));
    QCOMPARE(fxBaseName("FooBar"), std::string("foo_bar"));
    NodeNames names;
    QCOMPARE(names.fresh(fxBaseName("__and__")), std::string("and_1"));
  }

  void keywordsAndBuiltinsAreReserved() {
    QVERIFY(core::trace::isReservedInPython("lambda"));
    QVERIFY(core::trace::isReservedInPython("zip"));
    QVERIFY(core::trace::isReservedInPython("inf"));
    QVERIFY(!core::trace::isReservedInPython("view"));
  }
};

QTEST_APPLESS_MAIN(TestNodeNames)
#include "tst_node_names.moc"
