// Loops of machine code, from instructions written by hand.

#include <QtTest>

#include "core/jit/assembly.h"

using core::jit::Assembly;
using core::jit::findLoops;

namespace {

/// One instruction a line; "-> 2" at its end makes it a jump to instruction 2.
Assembly assemblyOf(const QString& text) {
  Assembly assembly;
  for (QString line : text.split('\n', Qt::SkipEmptyParts)) {
    core::jit::Instruction instruction;
    if (const auto arrow = line.indexOf("->"); arrow >= 0) {
      instruction.target = line.mid(arrow + 2).trimmed().toInt();
      line = line.left(arrow);
    }
    instruction.text = line.trimmed().replace(' ', '\t').toStdString();
    assembly.instructions.push_back(instruction);
  }
  findLoops(assembly);
  return assembly;
}

constexpr const char* kNested = R"(
xor eax
mov ecx
vmovups zmm0,[rdi]
vaddps zmm0,zmm0,[rsp]
vmovups [rsi],zmm0
jne -> 2
inc eax
jne -> 1
ret
)";

}  // namespace

class TestAssembly : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aJumpBackMakesALoopAndOneAheadDoesNot() {
    const Assembly assembly = assemblyOf("je -> 2\ninc eax\njne -> 1\nret");
    QCOMPARE(assembly.loops.size(), std::size_t(1));
    QCOMPARE(assembly.loops[0].first, 1);
    QCOMPARE(assembly.loops[0].last, 2);
  }

  void theInnermostLoopWithMostVectorsIsHot() {
    const Assembly nested = assemblyOf(kNested);
    QCOMPARE(nested.loops.size(), std::size_t(2));
    QCOMPARE(nested.loops[0].last, 7);
    QCOMPARE(nested.hotLoop, 1);
    const Assembly two = assemblyOf(
        "vmovss xmm0,[rdi]\njne -> 0\nvmovups ymm0,[rdi]\nvmulps ymm0,ymm0,ymm1\njne -> 2\nret");
    QCOMPARE(two.loops[static_cast<std::size_t>(two.hotLoop)].first, 2);
  }

  void codeWithoutLoopsHasNoHotOne() {
    QCOMPARE(assemblyOf("ret").hotLoop, -1);
    QVERIFY(!QString::fromStdString(core::jit::assemblyText(assemblyOf("ret"))).contains("hot"));
  }

  void theTextDrawsLoopsAndNamesTargets() {
    const QStringList lines =
        QString::fromStdString(core::jit::assemblyText(assemblyOf(kNested))).split('\n');
    QCOMPARE(lines[0], QString("; hot loop (*): 4 instructions, 512-bit vectors"));
    QCOMPARE(lines[1], QString(";   loads: 1, stores: 1"));
    QCOMPARE(lines[2], QString(";   on the stack for want of registers: 1"));
    const QStringList code = lines.mid(4);
    QCOMPARE(code[0], QString("         xor           eax"));
    QCOMPARE(code[1], QString("L0:"));
    QCOMPARE(code[2], QString::fromUtf8("  ┌      mov           ecx"));
    QCOMPARE(code[3], QString("L1:"));
    QCOMPARE(code[4], QString::fromUtf8("* │┌     vmovups       zmm0,[rdi]"));
    QCOMPARE(code[7], QString::fromUtf8("* │└     jne           L1"));
    QCOMPARE(code[9], QString::fromUtf8("  └      jne           L0"));
  }
};

QTEST_APPLESS_MAIN(TestAssembly)
#include "tst_assembly.moc"
