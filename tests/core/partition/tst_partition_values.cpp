// Whatever the options, the two halves together must compute what the joint graph computes, and
// draw every random number once.

#include <QDir>
#include <QTest>
#include <algorithm>
#include <set>

#include "core/load/capture/capture_reader.h"
#include "core/partition/partition_joint.h"
#include "tests/support/random_joint.h"
#include "tests/support/symbolic_run.h"
#include "tests/support/transformer_joint.h"

using namespace core;
using namespace core::ir;
using partition::Partition;
using partition::PartitionOptions;
using support::SymbolicRun;

namespace {

/// Values that the forward hands over, by name. What lies in an input that the forward has written
/// to by then is lost.
std::map<std::string, SymbolicRun::Value> handedOver(const Partition& parts,
                                                     const SymbolicRun& forward) {
  const std::vector<int> storages = valueStorages(*parts.forward);
  std::set<int> written;
  for (const Node& node : parts.forward->nodes())
    if (node.isCallTo("aten.copy_.default")) written.insert(storages[node.id.index]);
  std::map<std::string, SymbolicRun::Value> values;
  const auto add = [&](const std::string& name) {
    const Node& node = parts.forward->node(*parts.forward->find(name));
    const bool lost =
        written.contains(storages[node.id.index]) && !node.isCallTo("aten.copy_.default");
    values[name] = lost ? 1 : forward.of(node.id);
  };
  for (const auto& saved : parts.savedTensors) add(saved.name);
  for (const auto& saved : parts.savedSymInts) add(saved.name);
  return values;
}

/// Empty if all is well, else what is wrong.
QString fault(const JointGraph& joint, const Partition& parts) {
  const SymbolicRun whole(*joint.graph, {});
  const SymbolicRun forward(*parts.forward, {});
  const SymbolicRun backward(*parts.backward, handedOver(parts, forward));
  std::vector<SymbolicRun::Value> outputs = forward.outputs();
  outputs.resize(static_cast<std::size_t>(joint.signature.numForwardOutputs));
  const auto gradients = backward.outputs();
  outputs.insert(outputs.end(), gradients.begin(), gradients.end());
  const auto expected = whole.outputs();
  if (outputs.size() != expected.size()) return "another number of outputs";
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (outputs[i] != expected[i]) return QString("output %1 differs").arg(i);
  std::vector<std::string> draws = forward.draws;
  draws.insert(draws.end(), backward.draws.begin(), backward.draws.end());
  std::sort(draws.begin(), draws.end());
  const auto twice = std::adjacent_find(draws.begin(), draws.end());
  return twice == draws.end() ? QString() : QString::fromStdString(*twice + " is drawn twice");
}

constexpr double kBudgets[] = {0.0, 0.1, 0.5, 0.9, 1.0};

}  // namespace

class TestPartitionValues : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void capturedModelsComputeTheSame_data() {
    QTest::addColumn<QString>("path");
    const QDir folder(QStringLiteral(AOT_TEST_DATA "/oracle/goldens"));
    for (const QString& file : folder.entryList({"*.json.gz"}, QDir::Files, QDir::Name))
      QTest::newRow(qPrintable(file)) << folder.filePath(file);
  }

  void capturedModelsComputeTheSame() {
    QFETCH(QString, path);
    const auto file = load::readCaptureFile(path.toStdString());
    QVERIFY(file);
    for (const load::Capture& capture : file->captures) {
      for (double budget : kBudgets) {
        PartitionOptions options;
        options.budget = budget;
        const auto parts = partition::partition(capture.joint, options, StageContext());
        QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
        QCOMPARE(fault(capture.joint, *parts), QString());
      }
      for (partition::KnapsackSolver solver :
           {partition::KnapsackSolver::Greedy, partition::KnapsackSolver::Ilp}) {
        PartitionOptions options;
        options.budget = 0.4;
        options.solver = solver;
        const auto parts = partition::partition(capture.joint, options, StageContext());
        QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
        QCOMPARE(fault(capture.joint, *parts), QString());
      }
      PartitionOptions options;
      options.partitioner = partition::PartitionerKind::Default;
      const auto parts = partition::partition(capture.joint, options, StageContext());
      QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
      QCOMPARE(fault(capture.joint, *parts), QString());
    }
  }

  void randomGraphsComputeTheSame() {
    // AOT_SEEDS=5000 looks longer.
    const int seeds = std::max(qEnvironmentVariableIntValue("AOT_SEEDS"), 2000);
    for (unsigned seed = 0; seed < static_cast<unsigned>(seeds); ++seed) {
      const JointGraph joint = support::randomJoint(seed);
      for (double budget : kBudgets) {
        PartitionOptions options;
        options.budget = budget;
        const auto parts = partition::partition(joint, options, StageContext());
        QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
        const QString wrong = fault(joint, *parts);
        QVERIFY2(wrong.isEmpty(), qPrintable(QString("seed %1, budget %2: %3\n%4")
                                                 .arg(seed)
                                                 .arg(budget)
                                                 .arg(wrong, graphText(*joint.graph).c_str())));
      }
    }
  }

  void transformersComputeTheSame() {
    for (int layers : {1, 3, 6}) {
      const JointGraph joint = support::transformerJoint({layers, 2, 8, 16, 2});
      for (double budget : kBudgets) {
        PartitionOptions options;
        options.budget = budget;
        const auto parts = partition::partition(joint, options, StageContext());
        QVERIFY2(parts, parts ? "" : parts.error().message.c_str());
        QCOMPARE(fault(joint, *parts), QString());
      }
    }
  }

  void plansUnderAPeakLimitComputeTheSame() {
    int made = 0;
    for (unsigned seed = 0; seed < 60; ++seed) {
      const JointGraph joint = support::randomJoint(seed);
      for (std::int64_t limit : {0, 4096, 8192, 16384, 1 << 20}) {
        PartitionOptions options;
        options.peakLimit = limit;
        const auto parts = partition::partition(joint, options, StageContext());
        if (!parts) {
          QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
          continue;
        }
        ++made;
        QVERIFY(parts->peakBytes <= limit);
        QCOMPARE(fault(joint, *parts), QString());
      }
    }
    QVERIFY(made > 100);
  }

  void pinnedValuesGetTheirFateOrANamedError() {
    int honoured = 0, refused = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
      const JointGraph joint = support::randomJoint(seed);
      for (const Node& node : joint.graph->nodes()) {
        if (node.kind == NodeKind::Output) continue;
        for (const bool save : {true, false}) {
          PartitionOptions options;
          (save ? options.save : options.recompute).push_back(node.name);
          const auto parts = partition::partition(joint, options, StageContext());
          if (!parts) {
            QCOMPARE(parts.error().code, ErrorCode::PartitionInfeasible);
            QVERIFY(parts.error().message.find(node.name) != std::string::npos);
            ++refused;
            continue;
          }
          ++honoured;
          QCOMPARE(fault(joint, *parts), QString());
          const auto isThis = [&](const auto& value) { return value.name == node.name; };
          const auto& saved = parts->savedTensors;
          if (!save) QVERIFY(std::none_of(saved.begin(), saved.end(), isThis));
        }
      }
    }
    QVERIFY(honoured > 1000);
    QVERIFY(refused > 1000);
  }
};

QTEST_APPLESS_MAIN(TestPartitionValues)
#include "tst_partition_values.moc"
