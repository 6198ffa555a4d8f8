// Guards through real compiled steps: programs of a few lines, called with inputs that the entry
// serves and with others; the sentence of every miss is PyTorch's, and every step is eager's.

#include <QTest>

#include <cstring>

#include "tests/aot/entry_calls.h"

using namespace core;
using support::EntryCalls;
using support::ProgramBuilder;
using Sentences = std::vector<std::string>;

namespace {

/// Inputs of the program with numbers in them.
load::InputSet inputsOf(ProgramBuilder& program) {
  load::InputSet inputs = program.inputs();
  float number = 0.25F;
  for (std::vector<std::byte>& storage : inputs.storages)
    for (std::size_t at = 0; at + sizeof(float) <= storage.size(); at += sizeof(float)) {
      std::memcpy(storage.data() + at, &number, sizeof(number));
      number = number > 3 ? 0.25F : number + 0.5F;
    }
  return inputs;
}

/// Input `i` begins at `offset` of the first storage, which has `elements` of them.
void place(load::InputSet& inputs, std::size_t i, std::int64_t offset, std::size_t elements) {
  inputs.inputs[i].storage = 0;
  inputs.inputs[i].storageOffset = offset;
  inputs.storages[0].resize(std::max(inputs.storages[0].size(), elements * sizeof(float)));
}

bool hasGuard(const run::EntryGuards& guards, const std::string& part) {
  for (const run::Guard& guard : guards.list())
    if (guard.expression.find(part) != std::string::npos) return true;
  return false;
}

/// Writes a, reads the others.
const char* const kWritesTheFirst =
    "input a f32[4]\n"
    "input b f32[4]\n"
    "input c f32[4]\n"
    "input d f32[4]\n"
    "m = aten.mul_.Tensor(a, other=2)\n"
    "n = aten.add_.Tensor(b, other=1)\n"
    "u = aten.mul.Tensor(m, other=n)\n"
    "v = aten.add.Tensor(c, other=d)\n"
    "y = aten.add.Tensor(u, other=v)\n"
    "return y\n";

/// `same` of the i-th of four inputs: the input that it is, or itself.
load::InputSet withIdentity(load::InputSet inputs, const std::vector<int>& same) {
  for (std::size_t i = 0; i < same.size(); ++i) {
    if (same[i] == static_cast<int>(i)) continue;
    inputs.inputs[i] = inputs.inputs[static_cast<std::size_t>(same[i])];
    inputs.inputs[i].sameObjectAs = same[i];
  }
  return inputs;
}

/// `count` pairs of elements of one tensor, each one written, and one input more over the first
/// half of them.
std::string manyViews(int count) {
  std::string text = "input v0 f32[2]\n";
  std::string body = "s0 = aten.add_.Tensor(v0, other=1)\n";
  for (int i = 1; i < count; ++i) {
    const std::string n = std::to_string(i);
    text += "input v" + n + " f32[2] in=v0 offset=" + std::to_string(2 * i) + "\n";
    body += "s" + n + " = aten.add_.Tensor(v" + n + ", other=1)\n";
  }
  text += "input half f32[" + std::to_string(count) + "] in=v0\n";
  body += "h = aten.mul_.Tensor(half, other=2)\n";
  return text + body + "y = aten.add.Tensor(s0, other=1)\nreturn y\n";
}

}  // namespace

class TestAotGuards : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { qputenv("AOT_KERNEL_CACHE", ""); }

  void stridesAreGuarded() {
    ProgramBuilder program = support::programFromText(
        "input x f32[3, 4] grad\ny = aten.sin.default(x)\nz = aten.mul.Tensor(y, other=x)\n"
        "return z\n");
    EntryCalls call(program);
    const load::InputSet plain = inputsOf(program);
    QVERIFY(call(plain).isCompiled);
    load::InputSet transposed = plain;
    transposed.inputs[0].meta.strides = {ir::Size(1), ir::Size(3)};
    const auto served = call(transposed);
    QCOMPARE(served.misses,
             Sentences{"0/0: tensor 'x' stride mismatch at index 0. expected 4, actual 1"});
    VERIFY_AS_EAGER(call, served);
    const auto again = call(plain);
    QVERIFY(!again.isCompiled);
    VERIFY_AS_EAGER(call, again);
    QCOMPARE(call.compiles(), 2);
  }

  /// A file fixes the dtypes of its inputs, so another one is refused as the exported program
  /// would.
  void anotherDtypeThanTheFilesIsRefused() {
    ProgramBuilder program =
        support::programFromText("input x f32[4]\ny = aten.sin.default(x)\nreturn y\n");
    EntryCalls call(program);
    load::InputSet inputs = inputsOf(program);
    call(inputs);
    inputs.inputs[0].meta.dtype = ir::DType::I32;
    const Error error = call.errorOf(inputs);
    QVERIFY(error.code == ErrorCode::InvalidArgument);
    QVERIFY2(error.message.find("Input 'x'") != std::string::npos, error.message.c_str());
    QCOMPARE(call.compiles(), 1);
  }

  /// Where nothing fixes it, the dtype is a guard.
  void dtypesAreGuarded() {
    ProgramBuilder program =
        support::programFromText("input x f32[4]\ny = aten.sin.default(x)\nreturn y\n");
    program.forgetRecorded("x");
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    QVERIFY(call(inputs).isCompiled);
    load::InputSet whole = inputs;
    whole.inputs[0].meta.dtype = ir::DType::I32;
    const auto served = call(whole);
    QCOMPARE(served.misses,
             Sentences{"0/0: tensor 'x' dtype mismatch. expected Float, actual Int"});
    VERIFY_AS_EAGER(call, served);
  }

  /// Row 9, with the gradient that then flows or does not.
  void requiresGradIsGuardedInBothDirections() {
    ProgramBuilder program = support::programFromText(
        "input x f32[4] leaf\ninput y f32[4]\nz = aten.mul.Tensor(x, other=y)\nreturn z\n");
    EntryCalls call(program);
    const load::InputSet without = inputsOf(program);
    load::InputSet with = without;
    with.inputs[1].requiresGrad = true;
    VERIFY_AS_EAGER(call, call(with));
    const auto served = call(without);
    QCOMPARE(served.misses,
             Sentences{"0/0: tensor 'y' requires_grad mismatch. expected requires_grad=1"});
    VERIFY_AS_EAGER(call, served);
    QVERIFY(!call(with).isCompiled);
    QVERIFY(!call(without).isCompiled);
    QCOMPARE(call.compiles(), 2);
  }

  /// Row 26's counterpart for entries: one is made for each grad mode.
  void theGradModeIsGuarded() {
    ProgramBuilder program =
        support::programFromText("input x f32[4] leaf\ny = aten.sin.default(x)\nreturn y\n");
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    VERIFY_AS_EAGER(call, call(inputs));
    call.setMode(run::Mode::Infer);
    const auto served = call(inputs);
    QCOMPARE(served.misses, Sentences{"0/0: GLOBAL_STATE changed: grad_mode "});
    VERIFY_AS_EAGER(call, served);
    call.setMode(run::Mode::Train);
    QVERIFY(!call(inputs).isCompiled);
  }

  /// Row 16: the sentence names the right pair.
  void theRightPairIsNamed_data() {
    QTest::addColumn<std::vector<int>>("first");
    QTest::addColumn<std::vector<int>>("second");
    QTest::addColumn<QString>("sentence");
    QTest::newRow("a, a, a, a, then a, b, b, b")
        << std::vector<int>{0, 0, 0, 0} << std::vector<int>{0, 1, 1, 1} << "0/0: a is b";
    QTest::newRow("a, b, c, c, then a, b, c, d")
        << std::vector<int>{0, 1, 2, 2} << std::vector<int>{0, 1, 2, 3} << "0/0: c is d";
    QTest::newRow("a, a, c, d, then a, b, c, d")
        << std::vector<int>{0, 0, 2, 3} << std::vector<int>{0, 1, 2, 3} << "0/0: a is b";
    QTest::newRow("a, b, c, d, then a, b, c, a")
        << std::vector<int>{0, 1, 2, 3} << std::vector<int>{0, 1, 2, 0}
        << "0/0: Duplicate tensor found where not expected! a is d, and the entry was compiled for "
           "two tensors";
  }
  void theRightPairIsNamed() {
    QFETCH(std::vector<int>, first);
    QFETCH(std::vector<int>, second);
    QFETCH(QString, sentence);
    ProgramBuilder program = support::programFromText(kWritesTheFirst);
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    VERIFY_AS_EAGER(call, call(withIdentity(inputs, first)));
    const auto served = call(withIdentity(inputs, second));
    QCOMPARE(served.misses, Sentences{sentence.toStdString()});
    VERIFY_AS_EAGER(call, served);
    QVERIFY(!call(withIdentity(inputs, first)).isCompiled);
    QCOMPARE(call.compiles(), 2);
  }

  /// Row 45: views [0:5], [7:13] and [9:] of one tensor, all written; then none overlap.
  void anOverlapThatIsGoneIsTold() {
    ProgramBuilder program = support::programFromText(
        "input a f32[5]\ninput b f32[6] in=a offset=7\ninput c f32[5] in=a offset=9\n"
        "l = aten.add_.Tensor(a, other=1)\nm = aten.mul_.Tensor(b, other=2)\n"
        "n = aten.add_.Tensor(c, other=3)\ny = aten.add.Tensor(l, other=n)\nreturn y\n");
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    VERIFY_AS_EAGER(call, call(inputs));
    load::InputSet apart = inputs;
    place(apart, 2, 13, 18);
    const auto served = call(apart);
    QCOMPARE(served.misses,
             Sentences{"0/0: check_overlapping(overlapping=[b, c], non_overlapping=[a])"});
    VERIFY_AS_EAGER(call, served);
    QCOMPARE(call.compiles(), 2);
  }

  /// Row 46: the guard holds the partition, so {a, b} is not {a, b, c}.
  void anotherSetOfOverlappingInputsIsTold() {
    ProgramBuilder program = support::programFromText(
        "input a f32[4]\ninput b f32[4] in=a offset=2\ninput c f32[4] in=a offset=8\n"
        "input d f32[4] in=a offset=12\n"
        "m = aten.mul_.Tensor(a, other=2)\nn = aten.add_.Tensor(c, other=1)\n"
        "u = aten.add.Tensor(m, other=b)\nv = aten.add.Tensor(n, other=d)\n"
        "y = aten.add.Tensor(u, other=v)\nreturn y\n");
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    VERIFY_AS_EAGER(call, call(inputs));
    load::InputSet three = inputs;
    place(three, 2, 4, 16);
    const auto served = call(three);
    QCOMPARE(served.misses,
             Sentences{"0/0: check_overlapping(overlapping=[a, b], non_overlapping=[c, d])"});
    VERIFY_AS_EAGER(call, served);
    QVERIFY(!call(inputs).isCompiled);
  }

  /// Row 47: whoever only reads does not care.
  void overlapThatIsOnlyReadIsNotGuarded() {
    ProgramBuilder program = support::programFromText(
        "input a f32[4]\ninput b f32[4] in=a offset=2\n"
        "y = aten.mul.Tensor(a, other=b)\nreturn y\n");
    EntryCalls call(program);
    const load::InputSet inputs = inputsOf(program);
    QVERIFY(call(inputs).isCompiled);
    QVERIFY(!hasGuard(call.table()[0], "check_overlapping"));
    load::InputSet apart = inputs;
    place(apart, 1, 4, 8);
    const auto served = call(apart);
    QVERIFY(!served.isCompiled);
    VERIFY_AS_EAGER(call, served);
  }

  /// Row 48: a write makes no such guard where the memory is not shared.
  void writesToMemoryOfTheirOwnAreNotGuardedForOverlap() {
    ProgramBuilder program = support::programFromText(kWritesTheFirst);
    EntryCalls call(program);
    VERIFY_AS_EAGER(call, call(inputsOf(program)));
    QVERIFY(!hasGuard(call.table()[0], "check_overlapping"));
  }

  /// Row 49: a hundred views that lie apart and one over half of them make one guard, not one a
  /// pair.
  void aHundredViewsMakeOneGuard() {
    ProgramBuilder program = support::programFromText(manyViews(100));
    EntryCalls call(program);
    const auto served = call(inputsOf(program));
    VERIFY_AS_EAGER(call, served);
    const std::vector<run::Guard> guards = call.table()[0].list();
    QVERIFY2(guards.size() < 250, std::to_string(guards.size()).c_str());
    const auto overlaps = std::count_if(guards.begin(), guards.end(), [](const run::Guard& guard) {
      return guard.expression.starts_with("check_overlapping");
    });
    QCOMPARE(overlaps, 1);
  }

  /// Rows 12 and 14: Python numbers, also in a list, were specialised by the export; the entry says
  /// for which values it holds.
  void numbersAreGuardedByValue() {
    EntryCalls call(std::string(AOT_TEST_DATA) + "/aot/models/scalars.pt2");
    const load::InputSet inputs = scalarInputs();
    const auto served = call(inputs);
    VERIFY_AS_EAGER(call, served);
    for (const char* guard : {"n == 3", "factors_0 == 2", "factors_1 == 5", "scale == 0.5"})
      QVERIFY2(hasGuard(call.table()[0], guard), guard);
    QVERIFY(hasGuard(call.table()[0], "name == 'unused'"));
    // a + 3 = 3 and b * 2 = 2, so 3 * 5 + 2 * 0.5 + {1, 2, 3}.
    QCOMPARE(served.result.outputs[0]->first8, (std::vector<double>{17, 18, 19}));
  }

  /// Row 12 with numbers among the arguments: the pair of tensors is still named by its names.
  void duplicatesAmongNumbersAreNamed() {
    EntryCalls call(std::string(AOT_TEST_DATA) + "/aot/models/scalars.pt2");
    const load::InputSet inputs = scalarInputs();
    VERIFY_AS_EAGER(call, call(withIdentity(inputs, {0, 0})));
    const auto served = call(inputs);
    QCOMPARE(served.misses, Sentences{"0/0: a is b"});
    VERIFY_AS_EAGER(call, served);
  }

  /// Row 13: a captured tensor is data of the file. No argument can be the same tensor, so writing
  /// an argument never reaches it, and no guard compares the two.
  void aCapturedTensorIsNoArgument() {
    EntryCalls call(std::string(AOT_TEST_DATA) + "/aot/models/scalars.pt2");
    const load::InputSet inputs = scalarInputs();
    call(inputs);
    QVERIFY(!hasGuard(call.table()[0], "lifted"));
    const auto again = call(inputs);
    QVERIFY(!again.isCompiled);
    QCOMPARE(again.result.outputs[0]->first8, (std::vector<double>{17, 18, 19}));
    VERIFY_AS_EAGER(call, again);
  }

  /// A size among the outputs is a number: no gradient comes back for it.
  void aSizeAmongTheOutputsGetsNoTangent() {
    EntryCalls call(std::string(AOT_TEST_DATA) + "/aot/models/size_output.pt2");
    ProgramBuilder alike = support::programFromText("input x f32[6, 3] leaf\nreturn x\n");
    const auto served = call(inputsOf(alike));
    VERIFY_AS_EAGER(call, served);
    QCOMPARE(call.joint(0).metadata.outputs.size(), std::size_t{2});
    QCOMPARE(call.joint(0).metadata.tracedTangents.size(), std::size_t{1});
  }

 private:
  /// Zeros for a, ones for b.
  static load::InputSet scalarInputs() {
    load::InputSet inputs;
    for (const float value : {0.0F, 1.0F}) {
      load::InputSet::Input input;
      input.storage = static_cast<int>(inputs.storages.size());
      input.meta = ir::contiguousMeta(ir::DType::F32, {3});
      inputs.inputs.push_back(input);
      inputs.storages.emplace_back(3 * sizeof(float));
      for (std::size_t i = 0; i < 3; ++i)
        std::memcpy(inputs.storages.back().data() + i * sizeof(float), &value, sizeof(value));
    }
    return inputs;
  }
};

QTEST_APPLESS_MAIN(TestAotGuards)
#include "tst_aot_guards.moc"
