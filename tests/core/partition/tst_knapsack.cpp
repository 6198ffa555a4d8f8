#include <QTest>
#include <random>

#include "core/partition/knapsack.h"

using namespace core::partition;
using core::StageContext;

namespace {

Knapsack knapsackOf(double budget, const std::vector<std::pair<double, double>>& items) {
  Knapsack knapsack;
  knapsack.budget = budget;
  for (const auto& [memory, runtime] : items) {
    KnapsackItem item;
    item.name = "item";
    item.memory = memory;
    item.runtime = runtime;
    knapsack.items.push_back(item);
  }
  return knapsack;
}

QString savedBy(KnapsackSolver solver, Knapsack& knapsack) {
  if (!solveKnapsack(solver, knapsack, StageContext())) return "error";
  QString text;
  for (const KnapsackItem& item : knapsack.items) text += item.saved ? '1' : '0';
  return text;
}

double best(const Knapsack& knapsack) {
  double most = 0;
  for (unsigned bits = 0; bits < 1U << knapsack.items.size(); ++bits) {
    double memory = 0, runtime = 0;
    for (std::size_t i = 0; i < knapsack.items.size(); ++i) {
      if (!(bits >> i & 1U)) continue;
      memory += knapsack.items[i].memory;
      runtime += knapsack.items[i].runtime;
    }
    if (memory <= knapsack.budget + 1e-12) most = std::max(most, runtime);
  }
  return most;
}

}  // namespace

class TestKnapsack : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void dpFindsTheBestSet() {
    Knapsack knapsack = knapsackOf(0.5, {{0.4, 10}, {0.3, 7}, {0.2, 6}});
    QCOMPARE(savedBy(KnapsackSolver::Dp, knapsack), QString("011"));
    QCOMPARE(knapsack.savedRuntime, 13.0);
  }

  void dpRecomputesTheLaterOfEqualItems() {
    Knapsack knapsack = knapsackOf(0.5, {{0.5, 3}, {0.5, 3}});
    QCOMPARE(savedBy(KnapsackSolver::Dp, knapsack), QString("10"));
  }

  void dpRoundsHalfToEven() {
    // 0.00005 is half a step: 0, even; 0.00015 rounds to 2 steps.
    Knapsack halves = knapsackOf(0, {{0.00005, 1}, {0.00015, 1}});
    QCOMPARE(savedBy(KnapsackSolver::Dp, halves), QString("10"));
    Knapsack budget = knapsackOf(0.00025, {{0.0002, 1}});  // the budget itself: 2 steps
    QCOMPARE(savedBy(KnapsackSolver::Dp, budget), QString("1"));
  }

  void dpAddsInFloat32() {
    // Beside 2^24 a run time of 1 is lost, so even an item without weight may be recomputed.
    Knapsack knapsack = knapsackOf(0.1, {{0.1, 16777216}, {0, 1}});
    QCOMPARE(savedBy(KnapsackSolver::Dp, knapsack), QString("10"));
    QCOMPARE(knapsack.savedRuntime, 16777216.0);
  }

  void greedyTakesTheDensestThatFits() {
    Knapsack knapsack = knapsackOf(0.5, {{0.4, 10}, {0.3, 9}, {0.2, 4}});
    QCOMPARE(savedBy(KnapsackSolver::Greedy, knapsack), QString("011"));
    Knapsack trap = knapsackOf(1, {{0.1, 2}, {1, 10}});
    QCOMPARE(savedBy(KnapsackSolver::Greedy, trap), QString("10"));
    QCOMPARE(savedBy(KnapsackSolver::Ilp, trap), QString("01"));
  }

  void anEmptyBudgetOrListSavesNothing() {
    for (KnapsackSolver solver :
         {KnapsackSolver::Dp, KnapsackSolver::Greedy, KnapsackSolver::Ilp}) {
      Knapsack none = knapsackOf(0, {{0.5, 3}, {0.1, 1}});
      QCOMPARE(savedBy(solver, none), QString("00"));
      Knapsack empty = knapsackOf(0.5, {});
      QCOMPARE(savedBy(solver, empty), QString());
    }
  }

  void exactSolversAgreeWithBruteForce() {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::pair<double, double>> items;
      for (unsigned i = 0, n = 1 + random() % 10; i < n; ++i)
        items.emplace_back(static_cast<double>(random() % 50) / 100,
                           static_cast<double>(1 + random() % 40));
      const double budget = static_cast<double>(random() % 100) / 100;
      Knapsack dp = knapsackOf(budget, items);
      Knapsack ilp = dp;
      savedBy(KnapsackSolver::Dp, dp);
      savedBy(KnapsackSolver::Ilp, ilp);
      QCOMPARE(dp.savedRuntime, best(dp));
      QCOMPARE(ilp.savedRuntime, best(ilp));
      double memory = 0;
      for (const KnapsackItem& item : ilp.items) memory += item.saved ? item.memory : 0;
      QVERIFY(memory <= budget + 1e-9);
    }
  }

  void theExactAnswerIsAtLeastTheTablesAndThatAtLeastTheGreedy() {
    std::mt19937 random(23);
    for (int round = 0; round < 300; ++round) {
      std::vector<std::pair<double, double>> items;
      for (unsigned i = 0, n = 1 + random() % 40; i < n; ++i)
        items.emplace_back(static_cast<double>(1 + random() % 2000) / 10000,  // whole steps
                           static_cast<double>(1 + random() % 5000));
      const double budget = static_cast<double>(random() % 10001) / 10000;
      Knapsack greedy = knapsackOf(budget, items), dp = greedy, ilp = greedy;
      savedBy(KnapsackSolver::Greedy, greedy);
      savedBy(KnapsackSolver::Dp, dp);
      savedBy(KnapsackSolver::Ilp, ilp);
      QVERIFY(dp.savedRuntime >= greedy.savedRuntime);
      QVERIFY(ilp.savedRuntime >= dp.savedRuntime);
    }
  }

  void theTableAnswersForEveryCapacity() {
    const Knapsack whole = knapsackOf(0.01, {{0.004, 10}, {0.003, 7}, {0.002, 6}, {0.003, 7}});
    const KnapsackTable table(whole.items, whole.budget);
    const std::vector<std::uint64_t> keys = table.selectionKeys();
    QCOMPARE(table.capacity(), std::size_t{100});
    for (std::size_t capacity = 0; capacity <= table.capacity(); ++capacity) {
      Knapsack one = knapsackOf(static_cast<double>(capacity) / 10000, {});
      one.items = whole.items;
      const QString saved = savedBy(KnapsackSolver::Dp, one);
      QString text;
      for (const bool isSaved : table.select(capacity)) text += isSaved ? '1' : '0';
      QCOMPARE(text, saved);
      QCOMPARE(table.savedRuntime(capacity), one.savedRuntime);
      if (capacity > 0)
        QCOMPARE(keys[capacity] == keys[capacity - 1],
                 table.select(capacity) == table.select(capacity - 1));
    }
  }

  void manyEqualItemsDoNotHangTheExactSolver() {
    Knapsack knapsack = knapsackOf(0.5, std::vector<std::pair<double, double>>(200, {0.013, 5}));
    QVERIFY(solveKnapsack(KnapsackSolver::Ilp, knapsack, StageContext()));
    QCOMPARE(knapsack.savedRuntime, 38 * 5.0);
  }

  void theExactSolverCanBeStopped() {
    std::stop_source stop;
    stop.request_stop();
    StageContext context;
    context.stop = stop.get_token();
    Knapsack knapsack = knapsackOf(0.5, {{0.1, 1}});
    const auto result = solveKnapsack(KnapsackSolver::Ilp, knapsack, context);
    QVERIFY(!result);
    QCOMPARE(result.error().code, core::ErrorCode::Cancelled);
  }
};

QTEST_APPLESS_MAIN(TestKnapsack)
#include "tst_knapsack.moc"
