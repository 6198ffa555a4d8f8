// Joint graphs of models with dynamic dimensions, as PyTorch's AOTAutograd captured them. The
// symbols' own names mean nothing ("s10" there, the program's "s77" here); which sizes are symbolic
// and their values at the examples must agree.

#include <QTest>

#include "tests/aot/trace_model.h"

using namespace core;

namespace {

bool isSymbolicScalar(const ir::Node& node) {
  return node.sym() != nullptr;
}

bool agree(const std::vector<ir::Size>& mine, const std::vector<ir::Size>& theirs) {
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                    [](const ir::Size& a, const ir::Size& b) {
                      return a.hint() == b.hint() && a.isSymbolic() == b.isSymbolic();
                    });
}

bool agree(const ir::TensorMeta& mine, const ir::TensorMeta& theirs) {
  return mine.dtype == theirs.dtype && agree(mine.sizes, theirs.sizes) &&
         agree(mine.strides, theirs.strides);
}

bool agree(const ir::ValueMeta& mine, const ir::ValueMeta& theirs) {
  if (mine.index() != theirs.index()) return false;
  if (const auto* tensor = std::get_if<ir::TensorMeta>(&mine))
    return agree(*tensor, std::get<ir::TensorMeta>(theirs));
  if (const auto* sym = std::get_if<ir::SymMeta>(&mine))
    return agree({sym->size}, {std::get<ir::SymMeta>(theirs).size});
  const auto* tuple = std::get_if<ir::TupleMeta>(&mine);
  if (!tuple) return true;
  const ir::TupleMeta& other = std::get<ir::TupleMeta>(theirs);
  return std::equal(tuple->elements.begin(), tuple->elements.end(), other.elements.begin(),
                    other.elements.end(), [](const auto& a, const auto& b) {
                      return a.has_value() == b.has_value() && (!a || agree(*a, *b));
                    });
}

/// What differs between two nodes at one position; empty if nothing does.
std::string difference(const ir::Node& mine, const ir::Node& theirs) {
  if (mine.kind != theirs.kind || mine.target != theirs.target) return "target";
  if (!agree(mine.value, theirs.value)) return "shape, dtype or strides";
  if (mine.meta.tag != theirs.meta.tag) return "tag";
  if (mine.meta.sequenceNumber != theirs.meta.sequenceNumber) return "sequence number";
  if (mine.meta.anyModule() && theirs.meta.anyModule())
    if (!(*mine.meta.anyModule() == *theirs.meta.anyModule())) return "module";
  return {};
}

/// A name without its number: PyTorch's numbers count scalars that it made and removed again.
std::string withoutNumber(const std::string& name) {
  const std::size_t end = name.find_last_not_of("0123456789");
  return end != std::string::npos && name[end] == '_' ? name.substr(0, end) : name;
}

/// The nodes that make tensors, and the placeholders.
std::vector<const ir::Node*> tensorNodes(const ir::Graph& graph) {
  std::vector<const ir::Node*> nodes;
  for (const ir::Node& node : graph.nodes())
    if (!isSymbolicScalar(node) && node.kind != ir::NodeKind::Output) nodes.push_back(&node);
  return nodes;
}

/// Where the symbolic arguments of a call come from: "mul(size(primals_16, 0), 2)".
std::string sizeText(const ir::Graph& graph, const ir::Argument& argument) {
  if (argument.integer()) return std::to_string(*argument.integer());
  std::string text;
  if (argument.isList()) {
    for (const ir::Argument& element : argument.list()) text += sizeText(graph, element) + ";";
    return text;
  }
  if (!argument.isNode()) return text;
  const ir::Node& node = graph.node(argument.node());
  if (!isSymbolicScalar(node)) return withoutNumber(node.name);
  for (const ir::Argument& operand : node.args)
    text += (text.empty() ? "" : ", ") + sizeText(graph, operand);
  return node.target + "(" + text + ")";
}

}  // namespace

class TestAotSymbols : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyNodeIsPyTorchs_data() { addModels({"dyn_mlp", "dyn_cnn"}); }
  void everyNodeIsPyTorchs() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::JointGraph golden = support::goldenJoint(name);
    const auto& mine = traced.joint->graph->nodes();
    const auto& theirs = golden.graph->nodes();
    QCOMPARE(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const std::string differs = difference(mine[i], theirs[i]);
      QVERIFY2(differs.empty(), (theirs[i].name + ": " + differs).c_str());
      QCOMPARE(withoutNumber(mine[i].name), withoutNumber(theirs[i].name));
      QVERIFY2(mine[i].args == theirs[i].args, mine[i].name.c_str());
      QVERIFY2(mine[i].kwargs == theirs[i].kwargs, mine[i].name.c_str());
    }
  }

  void everySizeIsReadWherePyTorchReadsIt_data() {
    addModels({"dyn_mlp", "dyn_cnn", "dyn_attn", "dyn_conv", "dyn_mask", "dyn_mean", "dyn_up",
               "dyn_pos", "dyn_block"});
  }
  void everySizeIsReadWherePyTorchReadsIt() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    QVERIFY(traced.joint);
    const ir::JointGraph golden = support::goldenJoint(name);
    const auto mine = tensorNodes(*traced.joint->graph);
    const auto theirs = tensorNodes(*golden.graph);
    QCOMPARE(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i)
      QCOMPARE(sizeText(*traced.joint->graph, mine[i]->args),
               sizeText(*golden.graph, theirs[i]->args));
  }

  /// PyTorch makes a product when it computes it, we make it before its first use; tensors and
  /// their order do not differ.
  void everyTensorIsPyTorchs_data() {
    addModels({"dyn_attn", "dyn_conv", "dyn_mask", "dyn_mean", "dyn_up", "dyn_pos", "dyn_block"});
  }
  void everyTensorIsPyTorchs() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    QVERIFY2(!traced.error, traced.error ? traced.error->message.c_str() : "");
    const ir::JointGraph golden = support::goldenJoint(name);
    const auto mine = tensorNodes(*traced.joint->graph);
    const auto theirs = tensorNodes(*golden.graph);
    QCOMPARE(mine.size(), theirs.size());
    for (std::size_t i = 0; i < mine.size(); ++i) {
      const std::string differs = difference(*mine[i], *theirs[i]);
      QVERIFY2(differs.empty(), (theirs[i]->name + ": " + differs).c_str());
    }
  }

  void dynamicDimensionsOfOutputsAndTangents_data() {
    addModels({"dyn_mlp", "dyn_cnn", "dyn_attn", "dyn_conv", "dyn_mask", "dyn_mean", "dyn_up",
               "dyn_pos", "dyn_block"});
  }
  void dynamicDimensionsOfOutputsAndTangents() {
    QFETCH(std::string, name);
    const auto traced = support::traceOracleModel(name);
    const ir::ViewAndMutationMeta& mine = traced.joint->metadata;
    const ir::JointGraph golden = support::goldenJoint(name);
    const ir::ViewAndMutationMeta& theirs = golden.metadata;
    QCOMPARE(mine.outputs.size(), theirs.outputs.size());
    for (std::size_t i = 0; i < mine.outputs.size(); ++i) {
      QVERIFY(!mine.outputs[i].dynamicDims.empty());
      QVERIFY(mine.outputs[i].dynamicDims == theirs.outputs[i].dynamicDims);
    }
    QCOMPARE(mine.tracedTangents.size(), theirs.tracedTangents.size());
    for (std::size_t i = 0; i < mine.tracedTangents.size(); ++i)
      QVERIFY(agree(mine.tracedTangents[i], theirs.tracedTangents[i]));
  }

 private:
  static void addModels(std::initializer_list<const char*> names) {
    QTest::addColumn<std::string>("name");
    for (const char* name : names) QTest::newRow(name) << std::string(name);
  }
};

QTEST_APPLESS_MAIN(TestAotSymbols)
#include "tst_aot_symbols.moc"
