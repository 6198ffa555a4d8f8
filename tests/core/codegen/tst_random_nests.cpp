// Nests that nobody thought of: random axes, strides, ops and reductions, compiled and compared
// with the plain interpreter. The seeds are fixed, so a failure comes back.

#include <QtTest>

#include "tests/support/random_nest.h"

using tests::NestBuilder;
using tests::RandomNest;

class TestRandomNests : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void compiledNestsAgreeWithTheInterpreter() {
    for (unsigned seed = 1; seed <= 120; ++seed) {
      NestBuilder builder = RandomNest(seed).make();
      const std::string difference = tests::compareWithInterpreter(builder.nest(), {2e-4, 2e-4});
      if (!difference.empty())
        QFAIL(qPrintable(QString("seed %1: %2\n%3")
                             .arg(seed)
                             .arg(QString::fromStdString(difference),
                                  QString::fromStdString(loopNestText(builder.nest())))));
    }
  }
};

QTEST_GUILESS_MAIN(TestRandomNests)
#include "tst_random_nests.moc"
