#include <QTest>

#include "core/load/provenance.h"

using core::load::Provenance;

class TestProvenance : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void moduleStackIsOutermostFirst() {
    Provenance provenance;
    const auto stack = provenance.moduleStack(
        "L__self__,,__main__.Net;L__self__fc.0,fc.0,torch.nn.modules.linear.Linear");
    QCOMPARE(stack.size(), std::size_t{2});
    QCOMPARE(stack[0]->path, std::string());
    QCOMPARE(stack[0]->className, std::string("__main__.Net"));
    QCOMPARE(stack[1]->path, std::string("fc.0"));
    QCOMPARE(stack[1]->className, std::string("torch.nn.modules.linear.Linear"));
  }

  void equalModulesAreOneObjectAndListedOnce() {
    Provenance provenance;
    const auto first = provenance.moduleStack("a,,Net;b,x,Linear");
    const auto second = provenance.moduleStack("a,,Net;b,y,Linear");
    QCOMPARE(first[0].get(), second[0].get());
    QVERIFY(first[1] != second[1]);
    QCOMPARE(provenance.modules().size(), std::size_t{3});
    QCOMPARE(provenance.modules()[2].path, std::string("y"));
  }

  void brokenModuleTextIsLeftOut() {
    Provenance provenance;
    QVERIFY(provenance.moduleStack("").empty());
    QVERIFY(provenance.moduleStack("nonsense;;a,b").empty());
  }

  void innermostFrameOfTheModelWinsOverPyTorchs() {
    Provenance provenance;
    const auto source = provenance.innermostFrame(
        "File \"train.py\", line 9, in <module>\n    net(x)\n"
        "  File \"net.py\", line 35, in forward\n    return self.fc(x)\n"
        "  File \"/usr/lib/site-packages/torch/nn/modules/linear.py\", line 134, in forward\n"
        "    return F.linear(input, self.weight, self.bias)");
    QVERIFY(source);
    QCOMPARE(source->file, std::string("net.py"));
    QCOMPARE(source->line, 35);
    QCOMPARE(source->function, std::string("forward"));
    QCOMPARE(source->code, std::string("return self.fc(x)"));
  }

  void aTraceInsidePyTorchOnlyGivesItsInnermostFrame() {
    Provenance provenance;
    const auto source = provenance.innermostFrame(
        "File \"torch/fx/a.py\", line 1, in f\n  File \"torch/fx/b.py\", line 2, in g\n");
    QVERIFY(source);
    QCOMPARE(source->file, std::string("torch/fx/b.py"));
    QCOMPARE(source->code, std::string());
  }

  void equalLinesAreOneObject() {
    Provenance provenance;
    const char* trace = "File \"net.py\", line 35, in forward\n    x = 1\n";
    QCOMPARE(provenance.innermostFrame(trace).get(), provenance.innermostFrame(trace).get());
  }

  void aTextWithoutFramesIsNull() {
    Provenance provenance;
    QVERIFY(!provenance.innermostFrame(""));
    QVERIFY(!provenance.innermostFrame("File \"net.py\", line x, in f\nsomething else"));
  }
};

QTEST_GUILESS_MAIN(TestProvenance)
#include "tst_provenance.moc"
