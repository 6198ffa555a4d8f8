// Storages that are swapped, resized or shared in ways that no graph can hold: each ends in a
// sentence that names what and why.

#include <QTest>

#include "tests/aot/program_text.h"
#include "tests/aot/trace_model.h"

using namespace core;

namespace {

/// The error of tracing the program; fails the test if there is none.
Error errorOf(const char* text) {
  support::ProgramBuilder program = support::programFromText(text);
  const auto traced = support::trace(program);
  CORE_CHECK(traced.error.has_value(), "the program was traced");
  return *traced.error;
}

#define VERIFY_SAYS(error, words) \
  QVERIFY2((error).message.find(words) != std::string::npos, (error).message.c_str())

}  // namespace

class TestAotStorage : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void swappingTheStorageOfAnInputIsRefused() {
    const Error error = errorOf(
        "input a f32[2]\n"
        "input b f32[2]\n"
        "no_grad {\n"
        "  m = aten.set_.source_Tensor(a, source=b)\n"
        "}\n"
        "n = aten.mul_.Tensor(b, other=2)\n"
        "y = aten.add.Tensor(a, other=b)\n"
        "return y\n");
    QCOMPARE(error.code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(error, "`aten.set_.source_Tensor`");
    VERIFY_SAYS(error, "changes which storage a tensor uses");
  }

  void swappingTheStorageOfALeafIsRefused() {
    const Error error = errorOf(
        "input a f32[2] leaf\n"
        "input b f32[2]\n"
        "m = aten.set_.source_Tensor(a, source=b)\n"
        "y = aten.mul.Tensor(a, other=2)\n"
        "return y\n");
    VERIFY_SAYS(error, "set_");
  }

  void twoSwapsThatCancelAreRefusedAllTheSame() {
    const Error error = errorOf(
        "input a f32[2]\n"
        "d = aten.detach.default(a)\n"
        "b = aten.zeros.default(size=[2])\n"
        "m = aten.set_.source_Tensor(a, source=b)\n"
        "n = aten.set_.source_Tensor(a, source=d)\n"
        "y = aten.mul.Tensor(a, other=2)\n"
        "return y\n");
    QCOMPARE(error.code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(error, "`aten.set_.source_Tensor`");
  }

  void resizingIsRefused_data() {
    QTest::addColumn<QString>("size");
    QTest::newRow("up") << "[8]";
    QTest::newRow("down to nothing") << "[0]";
  }
  void resizingIsRefused() {
    QFETCH(QString, size);
    const std::string text =
        "input a f32[4]\n"
        "no_grad {\n"
        "  m = aten.resize_.default(a, size=" +
        size.toStdString() +
        ")\n"
        "}\n"
        "y = aten.mul.Tensor(a, other=2)\n"
        "return y\n";
    const Error error = errorOf(text.c_str());
    QCOMPARE(error.code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(error, "`aten.resize_.default`");
    VERIFY_SAYS(error, "Use operators that return new tensors");
  }

  void anInputThatMovesInItsStorageIsRefused() {
    const Error error = errorOf(
        "input a f32[4]\n"
        "m = aten.as_strided_.default(a, size=[2], stride=[1], storage_offset=2)\n"
        "y = aten.mul.Tensor(a, other=2)\n"
        "return y\n");
    QCOMPARE(error.code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(error, "moves the input PlainAOTInput(idx=0) to another place of its storage");
  }

  void writingOneElementTwiceIsRefusedAsInEager() {
    const Error error = errorOf(
        "input x f32[1, 3]\n"
        "e = aten.expand.default(x, size=[3, 3])\n"
        "m = aten.add_.Tensor(e, other=1)\n"
        "return e\n");
    VERIFY_SAYS(error, "refers to a single memory location");
  }

  void overlappingInputsOfTwoTypesAreRefused() {
    support::ProgramBuilder program = support::programFromText(
        "input a f32[4]\n"
        "input b i32[4] in=a\n"
        "m = aten.mul_.Tensor(a, other=2)\n"
        "y = aten.add.Tensor(a, other=b)\n"
        "return y\n");
    const auto traced = support::trace(program);
    QVERIFY(traced.error.has_value());
    QCOMPARE(traced.error->code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(*traced.error, "differ in dtype");
  }

  void overlappingLeavesAreRefused() {
    const Error error = errorOf(
        "input a f32[4]\n"
        "input b f32[4] leaf in=a\n"
        "m = aten.mul_.Tensor(a, other=2)\n"
        "y = aten.add.Tensor(a, other=b)\n"
        "return y\n");
    QCOMPARE(error.code, ErrorCode::UnsupportedOp);
    VERIFY_SAYS(error, "must all be views of one tensor that requires grad");
  }

  void sixWaysToLieApartNeedNoBase_data() {
    QTest::addColumn<QString>("first");
    QTest::addColumn<QString>("second");
    QTest::newRow("halves") << "f32[8]"
                            << "f32[8] in=a offset=8";
    QTest::newRow("rows") << "f32[2, 4]"
                          << "f32[2, 4] in=a offset=8";
    QTest::newRow("columns") << "f32[4, 2] strides=[4, 1]"
                             << "f32[4, 2] strides=[4, 1] in=a offset=2";
    QTest::newRow("wide and narrow columns") << "f32[4, 3] strides=[4, 1]"
                                             << "f32[4, 1] strides=[4, 1] in=a offset=3";
    QTest::newRow("even and odd") << "f32[8] strides=[2]"
                                  << "f32[8] strides=[2] in=a offset=1";
    QTest::newRow("every third") << "f32[5] strides=[3]"
                                 << "f32[5] strides=[3] in=a offset=2";
  }
  void sixWaysToLieApartNeedNoBase() {
    QFETCH(QString, first);
    QFETCH(QString, second);
    support::ProgramBuilder program = support::programFromText(
        ("input a " + first + "\ninput b " + second +
         "\nm = aten.mul_.Tensor(a, other=2)\ny = aten.mul.Tensor(b, other=3)\nreturn y\n")
            .toStdString());
    const auto traced = support::trace(program);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    QCOMPARE(support::graphLines(*traced.joint->graph),
             std::string("mul = aten.mul.Tensor(arg0_1, 2)\n"
                         "mul_1 = aten.mul.Tensor(arg1_1, 3)\n"
                         "copy_ = aten.copy_.default(arg0_1, mul)\n"
                         "-> mul_1\n"));
  }
};

QTEST_GUILESS_MAIN(TestAotStorage)
#include "tst_aot_storage.moc"
