// Partitions the joint graphs that PyTorch captured, and demands what PyTorch's own partitioners
// made of them: by name, in order, to the byte.

#include <QDir>
#include <QTest>
#include <algorithm>
#include <map>
#include <set>

#include "core/ir/op_table.h"
#include "core/load/capture/capture_reader.h"
#include "core/load/capture/document_text.h"
#include "core/load/capture/json_view.h"
#include "core/partition/partition_joint.h"
#include "core/partition/prepared_joint.h"

using namespace core;
using load::Json;
using Names = std::vector<std::string>;

namespace {

/// A golden, read twice: by the reader under test of its own, and as JSON for the expected values.
struct Golden {
  load::CaptureFile file;
  simdjson::dom::parser parser;
  Json document;
};

const QString kFolder = QStringLiteral(AOT_TEST_DATA "/oracle/goldens/");

Golden& golden(const QString& name) {
  static std::map<QString, std::unique_ptr<Golden>> cache;
  auto& slot = cache[name];
  if (slot) return *slot;
  slot = std::make_unique<Golden>();
  const std::string path = (kFolder + name + ".json.gz").toStdString();
  auto file = load::readCaptureFile(path);
  if (!file) qFatal("%s", file.error().message.c_str());
  slot->file = std::move(*file);
  const auto text = load::readDocumentText(path);
  if (!text || slot->parser.parse(*text).get(slot->document) != simdjson::SUCCESS)
    qFatal("golden %s is damaged", path.c_str());
  return *slot;
}

Json captureOf(const QString& model, const QString& kind) {
  const Json captures = *load::jsonMember(golden(model).document, "captures");
  return *load::jsonMember(captures, kind.toStdString());
}

/// The first place where two lists differ, for a failure message.
std::string difference(const Names& want, const Names& got) {
  std::size_t i = 0;
  while (i < want.size() && i < got.size() && want[i] == got[i]) ++i;
  const auto at = [&](const Names& names) { return i < names.size() ? names[i] : "(end)"; };
  return "at " + std::to_string(i) + ": want " + at(want) + ", got " + at(got) + " (" +
         std::to_string(want.size()) + " and " + std::to_string(got.size()) + " names)";
}

#define COMPARE_NAMES(got, want)                                              \
  do {                                                                        \
    const Names gotNames = (got), wantNames = (want);                         \
    QVERIFY2(gotNames == wantNames, difference(wantNames, gotNames).c_str()); \
  } while (false)

Names without(Names names, const Names& dropped) {
  const std::set<std::string> drop(dropped.begin(), dropped.end());
  std::erase_if(names, [&](const std::string& name) { return drop.contains(name); });
  return names;
}

Names sorted(Names names) {
  std::sort(names.begin(), names.end());
  return names;
}

Names namesOf(const ir::Graph& graph, ir::NodeKind kind) {
  Names names;
  for (const ir::Node& node : graph.nodes())
    if (node.kind == kind) names.push_back(node.name);
  return names;
}

Names outputNames(const ir::Graph& graph) {
  Names names;
  for (const ir::Argument& output : graph.outputs())
    names.push_back(output.isNode() ? "%" + graph.node(output.node()).name : "None");
  return names;
}

Names expectedOutputs(Json half) {
  Names names;
  for (Json output : load::jsonElements(half, "outputs"))
    names.emplace_back(load::jsonAs<std::string_view>(output).value_or("None"));
  return names;
}

Names namesIn(const std::vector<Json>& objects) {
  Names names;
  for (Json object : objects) names.push_back(load::jsonText(object, "name"));
  return names;
}

double numberIn(Json object, const char* key) {
  const auto member = load::jsonMember(object, key);
  return member ? load::jsonAs<double>(*member).value_or(-1) : -1;
}

void compareHalf(const ir::Graph& graph, Json half) {
  COMPARE_NAMES(namesOf(graph, ir::NodeKind::Placeholder), load::jsonTexts(half, "placeholders"));
  const Names dead = load::jsonTexts(half, "dead_calls");
  COMPARE_NAMES(without(namesOf(graph, ir::NodeKind::Call), dead),
                without(load::jsonTexts(half, "calls"), dead));
  COMPARE_NAMES(outputNames(graph), expectedOutputs(half));
}

void compareSaved(const partition::Partition& got, Json want) {
  const auto tensors = load::jsonElements(want, "saved_tensors");
  Names names;
  for (const auto& saved : got.savedTensors) names.push_back(saved.name);
  COMPARE_NAMES(names, namesIn(tensors));
  constexpr std::array kKinds{"static_input", "input", "activation"};
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const partition::SavedTensor& saved = got.savedTensors[i];
    QCOMPARE(static_cast<double>(saved.bytes), numberIn(tensors[i], "bytes"));
    QCOMPARE(kKinds[static_cast<std::size_t>(saved.kind)], load::jsonText(tensors[i], "kind"));
    QCOMPARE(saved.aliasOfInput.value_or(""), load::jsonText(tensors[i], "alias_of_input"));
    QCOMPARE(saved.sharesStorageWithEarlier,
             load::jsonFlag(tensors[i], "shares_storage_with_earlier", false));
  }
  names.clear();
  for (const auto& sym : got.savedSymInts) names.push_back(sym.name);
  COMPARE_NAMES(names, namesIn(load::jsonElements(want, "saved_symints")));
  const auto bytes = [&](const char* key) { return static_cast<qint64>(numberIn(want, key)); };
  QCOMPARE(static_cast<qint64>(got.savedBytesTotal), bytes("saved_bytes_total"));
  QCOMPARE(static_cast<qint64>(got.savedBytesStaticInputs), bytes("saved_bytes_static_inputs"));
  QCOMPARE(static_cast<qint64>(got.savedBytesInputs), bytes("saved_bytes_inputs"));
  QCOMPARE(static_cast<qint64>(got.savedBytesActivations), bytes("saved_bytes_activations"));
  QCOMPARE(static_cast<qint64>(got.savedBytesUniqueStorage), bytes("saved_bytes_unique_storage"));
  QCOMPARE(static_cast<qint64>(got.savedBytesNewStorage), bytes("saved_bytes_new_storage"));
  QCOMPARE(got.donatedIndices, load::jsonInts(want, "bw_donated_idxs"));
}

void compareSolve(const partition::Solve& got, Json want) {
  const Json options = *load::jsonMember(want, "options");
  const auto flag = [&](const char* key) { return load::jsonFlag(options, key, false); };
  QCOMPARE(got.options.ifUsedFarApart, flag("ban_if_used_far_apart"));
  QCOMPARE(got.options.ifLongFusibleChains, flag("ban_if_long_fusible_chains"));
  QCOMPARE(got.options.ifMaterializedBackward, flag("ban_if_materialized_backward"));
  QCOMPARE(got.options.ifNotInAllowlist, flag("ban_if_not_in_allowlist"));
  QCOMPARE(got.options.ifReduction, flag("ban_if_reduction"));
  COMPARE_NAMES(sorted(got.dontBan), sorted(load::jsonTexts(want, "dont_ban")));
  COMPARE_NAMES(got.banned, load::jsonTexts(want, "banned"));
  QCOMPARE(static_cast<double>(got.flowNodes), numberIn(want, "flow_nodes"));
  QCOMPARE(static_cast<double>(got.flowEdges), numberIn(want, "flow_edges"));
  QCOMPARE(got.cutValue, numberIn(want, "cut_value"));
  COMPARE_NAMES(got.saved, load::jsonTexts(want, "saved"));
}

void compareKnapsack(const partition::Knapsack& got, Json want) {
  QCOMPARE(got.budget, numberIn(want, "budget"));
  QCOMPARE(got.savedRuntime, numberIn(want, "expected_runtime"));
  const auto memory = load::jsonElements(want, "memory");
  const auto runtime = load::jsonElements(want, "runtime");
  Names names, saved;
  for (std::size_t i = 0; i < got.items.size(); ++i) {
    const partition::KnapsackItem& item = got.items[i];
    names.push_back(item.name);
    if (item.saved) saved.push_back(item.name);
    if (i >= memory.size()) continue;
    QVERIFY2(item.memory == load::jsonAs<double>(memory[i]), item.name.c_str());
    QVERIFY2(item.runtime == load::jsonAs<double>(runtime[i]), item.name.c_str());
  }
  COMPARE_NAMES(names, load::jsonTexts(want, "candidates"));
  COMPARE_NAMES(sorted(saved), sorted(load::jsonTexts(want, "save")));
}

void compareMerged(const partition::Partition& got, Json mincut) {
  Names pairs, wanted;
  for (const auto& [removed, kept] : got.mergedByCse) pairs.push_back(removed + "->" + kept);
  const Json merged = *load::jsonMember(mincut, "merged_by_cse");
  const simdjson::dom::object fields = *load::jsonAs<simdjson::dom::object>(merged);
  for (const auto& field : fields)
    wanted.push_back(std::string(field.key) + "->" + load::jsonText(merged, field.key));
  COMPARE_NAMES(sorted(pairs), sorted(wanted));
}

/// Node classes and distances, after clean-up.
void compareClasses(const ir::JointGraph& joint, Json nodeInfo) {
  const auto prepared = partition::prepare(joint, partition::cleanUp(joint), {});
  QVERIFY(prepared);
  const partition::NodeClasses& classes = (*prepared)->classes;
  const ir::Graph& graph = *(*prepared)->problem.graph;
  const Json distances = *load::jsonMember(nodeInfo, "dist_from_bw");
  Names forward, backward, closure, unclaimed, statics;
  for (const ir::Node& node : graph.nodes()) {
    if (node.kind == ir::NodeKind::Output) continue;
    const std::size_t i = node.id.index;
    if (classes.requiredForward[i]) forward.push_back(node.name);
    if (classes.requiredBackward[i]) backward.push_back(node.name);
    if (classes.tangentClosure[i]) closure.push_back(node.name);
    if (classes.unclaimed(node.id)) unclaimed.push_back(node.name);
    if ((*prepared)->problem.isStatic[i]) statics.push_back(node.name);
    QVERIFY2(numberIn(distances, node.name.c_str()) == classes.distance[i], node.name.c_str());
  }
  COMPARE_NAMES(sorted(forward), sorted(load::jsonTexts(nodeInfo, "required_fw")));
  COMPARE_NAMES(sorted(backward),
                sorted(without(load::jsonTexts(nodeInfo, "required_bw"), {"output"})));
  COMPARE_NAMES(sorted(closure),
                sorted(without(load::jsonTexts(nodeInfo, "tangents_closure"), {"output"})));
  COMPARE_NAMES(sorted(unclaimed), sorted(load::jsonTexts(nodeInfo, "unclaimed")));
  COMPARE_NAMES(sorted(statics), sorted(load::jsonTexts(nodeInfo, "static_lifetime_inputs")));
}

partition::PartitionOptions optionsOf(const QString& variant) {
  partition::PartitionOptions options;
  if (variant == "default")
    options.partitioner = partition::PartitionerKind::Default;
  else
    options.budget = variant.section('_', 1).toDouble();
  return options;
}

}  // namespace

class TestPartitionOracle : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void partitionEqualsPyTorchsByName_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("capture");
    QTest::addColumn<QString>("variant");
    const QStringList files = QDir(kFolder).entryList({"*.json.gz"}, QDir::Files, QDir::Name);
    QCOMPARE(files.size(), 36);
    for (const QString& file : files) {
      const QString model = file.section('.', 0, 0);
      for (const load::Capture& capture : golden(model).file.captures)
        for (const std::string& variant : capture.variants) {
          const QString kind = QString::fromStdString(capture.kind);
          const QString name = QString::fromStdString(variant);
          QTest::addRow("%s", qPrintable(model + " " + kind + " " + name)) << model << kind << name;
        }
    }
  }

  void partitionEqualsPyTorchsByName() {
    QFETCH(QString, model);
    QFETCH(QString, capture);
    QFETCH(QString, variant);
    const ir::JointGraph& joint = golden(model).file.find(capture.toStdString())->joint;
    const auto result = partition::partition(joint, optionsOf(variant), StageContext());
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    const Json capturedBy = captureOf(model, capture);
    const Json want =
        *load::jsonMember(*load::jsonMember(capturedBy, "variants"), variant.toStdString());
    if (load::jsonMember(want, "wrong_gradients_upstream")) {
      // PyTorch draws dropout masks twice here. We must not.
      for (const std::string& name : result->recomputed) {
        const ir::Node& node = result->backward->node(*result->backward->find(name));
        QVERIFY2(!ir::drawsRandomNumbers(node), name.c_str());
      }
      return;
    }
    if (variant != "default") {
      const Json mincut = *load::jsonMember(capturedBy, "mincut");
      compareMerged(*result, mincut);
      compareClasses(joint, *load::jsonMember(mincut, "node_info"));
      if (QTest::currentTestFailed()) return;
      const auto solves = load::jsonElements(mincut, "solves");
      const auto indices = load::jsonInts(want, "solves");
      for (std::size_t i = 0; i < std::min(indices.size(), result->solves.size()); ++i) {
        compareSolve(result->solves[i], solves[static_cast<std::size_t>(indices[i])]);
        if (QTest::currentTestFailed()) return;
      }
      QCOMPARE(result->solves.size(), indices.size());
      const auto knapsacks = load::jsonElements(want, "knapsacks");
      QCOMPARE(result->knapsacks.size(), knapsacks.size());
      for (std::size_t i = 0; i < knapsacks.size(); ++i)
        compareKnapsack(result->knapsacks[i], knapsacks[i]);
    }
    compareSaved(*result, want);
    compareHalf(*result->forward, *load::jsonMember(want, "forward"));
    const Json backward = *load::jsonMember(want, "backward");
    compareHalf(*result->backward, backward);
    const Names dead = load::jsonTexts(backward, "dead_calls");
    COMPARE_NAMES(without(result->recomputed, dead),
                  without(load::jsonTexts(want, "recomputed"), dead));
  }
};

QTEST_APPLESS_MAIN(TestPartitionOracle)
#include "tst_partition_oracle.moc"
