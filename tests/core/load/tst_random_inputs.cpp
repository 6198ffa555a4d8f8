#include <QTest>
#include <cmath>
#include <cstring>

#include "core/load/random_inputs.h"

using namespace core::load;

namespace {

LoadedModelPtr open(const char* name) {
  const auto model = loadModel(std::string(AOT_TEST_DATA "/oracle/models/") + name + ".pt2", {});
  return model ? *model : nullptr;
}

template <typename T>
std::vector<T> values(const std::vector<std::byte>& bytes) {
  std::vector<T> result(bytes.size() / sizeof(T));
  std::memcpy(result.data(), bytes.data(), bytes.size());
  return result;
}

}  // namespace

class TestRandomInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void floatsAreNormal() {
    const auto model = open("mlp");
    QVERIFY(model);
    const auto set = randomInputs(*model, 7);
    QVERIFY(set.has_value());
    QCOMPARE(set->inputs.size(), std::size_t{1});
    QVERIFY(set->inputs[0].meta == core::ir::contiguousMeta(core::ir::DType::F32, {8, 64}));
    double sum = 0, squares = 0;
    const auto floats = values<float>(set->storages[0]);
    QCOMPARE(floats.size(), std::size_t{512});
    for (const float value : floats) {
      sum += static_cast<double>(value);
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    QVERIFY(std::abs(sum / 512) < 0.2);
    QVERIFY(std::abs(squares / 512 - 1) < 0.3);
  }

  void integersAreZeroOrOne() {
    const auto model = open("gpt_sdpa");
    QVERIFY(model);
    const auto set = randomInputs(*model, 7);
    QVERIFY(set.has_value());
    QCOMPARE(set->inputs.size(), std::size_t{2});
    bool seen[2] = {};
    for (const std::int64_t value : values<std::int64_t>(set->storages[0])) {
      QVERIFY(value == 0 || value == 1);
      seen[value] = true;
    }
    QVERIFY(seen[0] && seen[1]);
  }

  void symbolicDimensionsTakeTheSizesAskedFor() {
    LoadedModel model;
    model.program.inputSpecs.push_back({InputKind::UserInput, "x", {}, true});
    ExportTensor x;
    x.meta.sizes = {core::ir::Size("s7", 4), core::ir::Size(3)};
    x.meta.strides = {core::ir::Size(3), core::ir::Size(1)};
    ExportTensor y;
    y.meta.sizes = {core::ir::Size("2*s7", 8)};
    y.meta.strides = {core::ir::Size(1)};
    model.program.graph.tensors = {{"x", x}, {"y", y}};
    model.program.inputSpecs.push_back({InputKind::UserInput, "y", {}, true});
    model.program.rangeConstraints["s7"] = {2, 16};
    const auto usual = randomInputs(model, 1);
    QVERIFY(usual && usual->inputs[1].meta.numel() == 8);
    const auto larger = randomInputs(model, 1, {{"s7", 5}});
    QVERIFY2(larger.has_value(), larger ? "" : larger.error().message.c_str());
    QVERIFY((larger->inputs[0].meta.sizeHints() == std::vector<std::int64_t>{5, 3}));
    QVERIFY(!larger->inputs[0].meta.sizes[0].isSymbolic());
    QCOMPARE(larger->inputs[1].meta.numel(), std::int64_t{10});
    for (const DimensionSizes& bad : {DimensionSizes{{"s7", 17}}, DimensionSizes{{"s8", 3}}}) {
      const auto refused = randomInputs(model, 1, bad);
      QVERIFY(!refused && refused.error().code == core::ErrorCode::InvalidArgument);
    }
  }

  void theSeedDecides() {
    const auto model = open("mlp");
    QVERIFY(model);
    const auto first = randomInputs(*model, 1);
    const auto same = randomInputs(*model, 1);
    const auto other = randomInputs(*model, 2);
    QVERIFY(first->storages == same->storages);
    QVERIFY(first->storages != other->storages);
  }
};

QTEST_GUILESS_MAIN(TestRandomInputs)
#include "tst_random_inputs.moc"
