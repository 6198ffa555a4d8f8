// The simulated memory of many graphs against a plain interpreter that looks, at every step, which
// values will still be read.

#include <QTest>
#include <map>
#include <set>

#include "core/partition/memory_program.h"
#include "core/partition/partition_joint.h"
#include "tests/support/random_joint.h"
#include "tests/support/transformer_joint.h"

using namespace core;
using namespace core::ir;
using namespace core::partition;

namespace {

/// Owners of memory by value name: a view's owner is that of what it looks at. Names are unique
/// over both halves but for recomputed values, which "b:" marks.
class SlowMemory {
 public:
  explicit SlowMemory(const Partition& parts) {
    add(*parts.forward, "");
    m_forwardSteps = m_steps.size();
    const std::size_t saved = parts.savedTensors.size() + parts.savedSymInts.size();
    const auto& outputs = parts.forward->outputs();
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (outputs[i].isNode() && i + saved < outputs.size())
        m_forever.insert(owner(parts.forward->node(outputs[i].node()).name));
    for (std::size_t i = outputs.size() - saved; i < outputs.size(); ++i)
      if (outputs[i].isNode()) m_saved.insert(owner(parts.forward->node(outputs[i].node()).name));
    add(*parts.backward, "b:");
    for (const Argument& output : parts.backward->outputs())
      if (output.isNode()) m_forever.insert(owner("b:" + parts.backward->node(output.node()).name));
  }

  std::int64_t peak() const {
    std::int64_t most = 0;
    for (std::size_t step = 0; step < m_steps.size(); ++step) most = std::max(most, bytesAt(step));
    return most;
  }

 private:
  struct Step {
    std::vector<std::string> made;  ///< owners
    std::vector<std::string> read;  ///< owners
  };

  std::string owner(const std::string& name) const {
    const auto found = m_owner.find(name);
    return found == m_owner.end() ? std::string() : found->second;
  }

  void add(const Graph& graph, const std::string& prefix) {
    for (const Node& node : graph.nodes()) {
      const std::string name = prefix + node.name;
      if (node.kind == NodeKind::Placeholder)
        m_owner[name] = prefix.empty() ? std::string() : owner(node.name);
      if (!node.isCall()) continue;
      Step step;
      forEachInput(node, [&](NodeId id) {
        const Node& input = graph.node(id);
        if (input.tuple())
          for (std::size_t i = 0; i < input.tuple()->elements.size() && !node.isCallTo("getitem");
               ++i)
            step.read.push_back(owner(prefix + input.name + "." + std::to_string(i)));
        else
          step.read.push_back(owner(prefix + input.name));
      });
      make(graph, node, prefix, step);
      m_steps.push_back(std::move(step));
    }
  }

  void make(const Graph& graph, const Node& node, const std::string& prefix, Step& step) {
    const std::string name = prefix + node.name;
    const auto allocate = [&](const std::string& what, std::int64_t bytes) {
      m_owner[what] = what;
      m_bytes[what] = bytes;
      step.made.push_back(what);
    };
    if (node.isCallTo("getitem")) {
      const Node& tuple = graph.node(node.args[0].node());
      m_owner[name] = owner(prefix + tuple.name + "." + std::to_string(*node.args[1].integer()));
      step.read.push_back(m_owner[name]);
    } else if (opFacts(node.target).sharesStorage) {
      m_owner[name] = owner(prefix + graph.node(node.args[0].node()).name);
    } else if (node.tensor()) {
      allocate(name, node.bytes());
    } else if (node.tuple()) {
      const auto& elements = node.tuple()->elements;
      for (std::size_t i = 0; i < elements.size(); ++i)
        allocate(name + "." + std::to_string(i), elements[i] ? elements[i]->bytes() : 0);
    }
  }

  bool isReadAfter(const std::string& what, std::size_t step) const {
    for (std::size_t later = step; later < m_steps.size(); ++later)
      for (const std::string& read : m_steps[later].read)
        if (read == what) return true;
    return m_forever.contains(what) || (m_saved.contains(what) && step < m_forwardSteps);
  }

  std::int64_t bytesAt(std::size_t step) const {
    std::int64_t bytes = 0;
    for (const std::string& made : m_steps[step].made) bytes += m_bytes.at(made);
    for (std::size_t earlier = 0; earlier < step; ++earlier)
      for (const std::string& made : m_steps[earlier].made)
        if (isReadAfter(made, step)) bytes += m_bytes.at(made);
    return bytes;
  }

  std::map<std::string, std::string> m_owner;  ///< empty: the caller's memory
  std::map<std::string, std::int64_t> m_bytes;
  std::vector<Step> m_steps;
  std::set<std::string> m_forever, m_saved;
  std::size_t m_forwardSteps = 0;
};

QString fault(const JointGraph& joint, double budget) {
  PartitionOptions options;
  options.budget = budget;
  const auto parts = partition::partition(joint, options, StageContext());
  if (!parts) return QString::fromStdString(parts.error().message);
  const std::size_t saved = parts->savedTensors.size() + parts->savedSymInts.size();
  const auto peak = [&](InPlaceReuse reuse) {
    return memoryProgram(*parts->forward, *parts->backward, saved, reuse).peak();
  };
  const std::int64_t slow = SlowMemory(*parts).peak();
  if (peak(InPlaceReuse::No) != slow)
    return QString("simulated %1, interpreted %2").arg(peak(InPlaceReuse::No)).arg(slow);
  if (peak(InPlaceReuse::Yes) > slow) return "reuse in place needs more";
  if (parts->peakBytes != peak(InPlaceReuse::Yes)) return "the partition says another peak";
  return {};
}

}  // namespace

class TestMemoryProperties : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void thePeakEqualsAnInterpreters() {
    for (unsigned seed = 0; seed < 200; ++seed)
      for (double budget : {0.0, 0.5, 1.0}) {
        const QString wrong = fault(support::randomJoint(seed), budget);
        QVERIFY2(wrong.isEmpty(), qPrintable(QString("seed %1: %2").arg(seed).arg(wrong)));
      }
  }

  void thePeakOfATransformerEqualsAnInterpreters() {
    for (double budget : {0.0, 0.3, 1.0})
      QCOMPARE(fault(support::transformerJoint({1, 2, 8, 16, 2}), budget), QString());
  }
};

QTEST_APPLESS_MAIN(TestMemoryProperties)
#include "tst_memory_properties.moc"
