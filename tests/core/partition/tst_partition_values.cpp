// Whatever the options, the two halves together must compute what the joint graph computes, and
// draw every random number once.

#include <QDir>
#include <QTest>
#include <algorithm>
#include <random>
#include <set>

#include "core/ir/graph_builder.h"
#include "core/load/capture/capture_reader.h"
#include "core/partition/partition_joint.h"
#include "tests/support/symbolic_run.h"

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

/// A random joint graph of square matrices: views, pointwise and heavy operators, dropout, writes
/// to inputs, gradients, and values that only the backward needs. As under autograd, the backward
/// does not read what lies in an input that the forward writes to.
class RandomJoint {
 public:
  explicit RandomJoint(unsigned seed) : m_random(seed) {}

  JointGraph make() {
    const int primals = 2 + below(4);
    for (int i = 1; i <= primals; ++i)
      m_forward.push_back(m_builder.addPlaceholder("primals_" + std::to_string(i), meta(),
                                                   tagged(PartitionerTag::IsForward)));
    const std::vector<NodeId> inputs = m_forward;
    for (NodeId input : inputs)
      if (below(4) == 0) m_written.insert(input);
    for (int i = 1; i <= 2; ++i)
      m_backward.push_back(m_builder.addPlaceholder("tangents_" + std::to_string(i), meta(),
                                                    tagged(PartitionerTag::IsBackward)));
    for (int i = 0, n = 3 + below(25); i < n; ++i) addForward(PartitionerTag::IsForward);
    std::vector<Argument> outputs{m_forward.back(), pick(m_forward)};
    for (int i = 0, n = 3 + below(20); i < n; ++i) addBackward();
    for (NodeId input : inputs) {
      if (m_written.contains(input))
        call("aten.copy_.default", {input, outputs[0]}, PartitionerTag::MustBeInForward);
      outputs.push_back(below(5) == 0 ? Argument() : Argument(pick(m_backward)));
    }
    m_builder.setOutputs(outputs);
    JointGraph joint;
    joint.graph = std::move(m_builder).freeze();
    joint.signature.numPrimals = primals;
    joint.signature.numForwardOutputs = 2;
    joint.metadata.staticInputIndices = {0};
    return joint;
  }

 private:
  static TensorMeta meta() { return contiguousMeta(DType::F32, {16, 16}); }
  static NodeMeta tagged(PartitionerTag tag) {
    NodeMeta meta;
    meta.tag = tag;
    return meta;
  }
  int below(int n) { return static_cast<int>(m_random() % static_cast<unsigned>(n)); }
  NodeId pick(const std::vector<NodeId>& nodes) {
    // Mostly recent values, so that graphs are deep.
    const int size = static_cast<int>(nodes.size());
    const int back = below(3) == 0 ? below(size) : below(std::min(size, 4));
    return nodes[static_cast<std::size_t>(size - 1 - back)];
  }

  /// A forward value that a call of this half may read; a tangent if none is found.
  NodeId operand(PartitionerTag tag) {
    if (tag == PartitionerTag::IsForward) return pick(m_forward);
    for (int attempt = 0; attempt < 50; ++attempt)
      if (const NodeId id = pick(m_forward); !m_written.contains(id)) return id;
    return m_backward.front();
  }

  NodeId call(const std::string& target, std::vector<Argument> args, PartitionerTag tag) {
    const std::string name = "n" + std::to_string(m_builder.size());
    return m_builder.addCall(name, target, std::move(args), {}, meta(), tagged(tag));
  }

  void addBackward() {
    const PartitionerTag tag = PartitionerTag::IsBackward;
    if (below(6) == 0) addForward(tag);
    m_backward.push_back(call("aten.mul.Tensor", {pick(m_backward), operand(tag)}, tag));
  }

  /// A call that needs no tangent; with a backward tag only the backward reads it.
  void addForward(PartitionerTag tag) {
    static const std::vector<std::string> kUnary{"aten.sin.default",    "aten.relu.default",
                                                 "aten.t.default",      "aten.transpose.int",
                                                 "aten.cumsum.default", "aten.clone.default"};
    static const std::vector<std::string> kBinary{"aten.mul.Tensor", "aten.mm.default",
                                                  "aten.add.Tensor", "aten.cat.default"};
    const int kind = below(10);
    const NodeId input = operand(tag);
    if (kind == 0) {
      addDropout(input, tag);
    } else if (kind < 5) {
      const std::string& target = kUnary[static_cast<std::size_t>(below(6))];
      m_forward.push_back(call(target, {input}, tag));
      const bool isView = target == "aten.t.default" || target == "aten.transpose.int";
      if (isView && m_written.contains(input)) m_written.insert(m_forward.back());
    } else {
      const std::string& target = kBinary[static_cast<std::size_t>(below(4))];
      m_forward.push_back(call(target, {input, operand(tag)}, tag));
    }
  }

  void addDropout(NodeId input, PartitionerTag tag) {
    const std::string name = "n" + std::to_string(m_builder.size());
    const NodeId tuple = m_builder.addCall(name, "aten.native_dropout.default", {input, 0.5, true},
                                           {}, TupleMeta{{meta(), meta()}}, tagged(tag));
    for (std::int64_t i = 0; i < 2; ++i) m_forward.push_back(call("getitem", {tuple, i}, tag));
  }

  std::mt19937 m_random;
  GraphBuilder m_builder;
  std::vector<NodeId> m_forward;   ///< values that need no tangent
  std::vector<NodeId> m_backward;  ///< values that do
  std::set<NodeId> m_written;      ///< values in an input that is written to
};

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
    for (unsigned seed = 0; seed < 400; ++seed) {
      const JointGraph joint = RandomJoint(seed).make();
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

  void pinnedValuesGetTheirFateOrANamedError() {
    int honoured = 0, refused = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
      const JointGraph joint = RandomJoint(seed).make();
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
