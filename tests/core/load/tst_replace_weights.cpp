#include <QTemporaryDir>
#include <QTest>

#include "core/load/replace_weights.h"
#include "tests/core/load/safetensors_file.h"

using namespace core;

namespace {

class Bytes final : public load::MappedFile {
 public:
  explicit Bytes(std::size_t size) : m_bytes(size) {}
  std::span<const std::byte> bytes() const override { return m_bytes; }

 private:
  std::vector<std::byte> m_bytes;
};

/// Weights one after the other, each in a storage of its own.
std::shared_ptr<load::LoadedModel> modelOf(const std::vector<load::Weight>& weights) {
  auto model = std::make_shared<load::LoadedModel>();
  std::uint64_t offset = 0;
  for (load::Weight weight : weights) {
    const auto length = static_cast<std::uint64_t>(weight.meta.bytes());
    weight.storage = static_cast<int>(model->storages.size());
    model->storages.push_back({weight.name, offset, length, {}});
    model->program.inputSpecs.push_back(
        {load::InputKind::Parameter, weight.name, weight.name, true});
    model->weights.push_back(weight);
    offset += length;
  }
  model->file = std::make_shared<Bytes>(offset);
  return model;
}

load::Weight weight(const std::string& name, const std::vector<std::int64_t>& sizes) {
  return {name, true, true, 0, ir::contiguousMeta(ir::DType::U8, sizes), 0};
}

/// The element bytes that a weight's storage holds.
std::vector<int> valuesOf(const load::LoadedModel& model, const std::string& name) {
  std::vector<int> values;
  for (const std::byte byte : model.storageBytes(model.findWeight(name)->storage))
    values.push_back(std::to_integer<int>(byte));
  return values;
}

}  // namespace

class TestReplaceWeights : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void weightsComeFromTheOtherFile() {
    const auto model = modelOf({weight("a", {2}), weight("b", {3})});
    const auto replaced = replace(model,
                                  R"({"b":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                                  R"("a":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}})",
                                  5);
    QVERIFY2(replaced, replaced ? "" : replaced.error().message.c_str());
    QCOMPARE(valuesOf(**replaced, "a"), (std::vector<int>{3, 4}));
    QCOMPARE(valuesOf(**replaced, "b"), (std::vector<int>{0, 1, 2}));
    QCOMPARE(valuesOf(*model, "a"), (std::vector<int>{0, 0}));
  }

  void otherStridesAreKept() {
    load::Weight transposed = weight("w", {2, 3});
    transposed.meta.strides = {1, 2};
    const auto replaced = replace(modelOf({transposed}),
                                  R"({"w":{"dtype":"U8","shape":[2,3],"data_offsets":[0,6]}})", 6);
    QVERIFY(replaced);
    QCOMPARE((*replaced)->findWeight("w")->meta.strideHints(), (std::vector<std::int64_t>{1, 2}));
    QCOMPARE(valuesOf(**replaced, "w"), (std::vector<int>{0, 3, 1, 4, 2, 5}));
  }

  void oneNameOfTiedWeightsIsEnough() {
    const auto model = modelOf({weight("head", {2}), weight("embedding", {2})});
    model->weights[1].storage = 0;
    const auto replaced =
        replace(model, R"({"head":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 2);
    QVERIFY2(replaced, replaced ? "" : replaced.error().message.c_str());
    QCOMPARE((*replaced)->findWeight("head")->storage,
             (*replaced)->findWeight("embedding")->storage);
    QCOMPARE(valuesOf(**replaced, "embedding"), (std::vector<int>{0, 1}));
  }

  void constantsAndBuffersThatAreNotSavedKeepTheirValues() {
    const auto model = modelOf({weight("a", {1}), weight("mask", {1}), weight("c", {1})});
    model->program.inputSpecs[1].kind = load::InputKind::Buffer;
    model->program.inputSpecs[1].persistent = false;
    model->program.inputSpecs[2].kind = load::InputKind::TensorConstant;
    const auto replaced =
        replace(model, R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1);
    QVERIFY2(replaced, replaced ? "" : replaced.error().message.c_str());
    QCOMPARE((*replaced)->findWeight("mask")->storage, 1);
  }

  void whatDoesNotFitIsListed() {
    std::vector<load::Weight> weights{weight("shape", {2})};
    for (int i = 0; i < 7; ++i) weights.push_back(weight("gone" + std::to_string(i), {1}));
    const auto replaced = replace(modelOf(weights),
                                  R"({"shape":{"dtype":"U8","shape":[1,2],"data_offsets":[0,2]},)"
                                  R"("new":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                                  3);
    QVERIFY(!replaced);
    QCOMPARE(replaced.error().code, ErrorCode::InvalidArgument);
    const std::string& message = replaced.error().message;
    for (const char* part : {"Missing: 'gone0', 'gone1'", "and 2 more", "Unexpected: 'new'",
                             "'shape' is u8[1, 2], wanted is u8[2]"})
      QVERIFY2(message.find(part) != std::string::npos, message.c_str());
    QVERIFY(message.find("'gone6'") == std::string::npos);
  }

  void aDtypeIsNotConverted() {
    const auto replaced = replace(modelOf({weight("a", {2})}),
                                  R"({"a":{"dtype":"I8","shape":[2],"data_offsets":[0,2]}})", 2);
    QVERIFY(!replaced);
    QVERIFY(replaced.error().message.find("'a' is i8[2], wanted is u8[2]") != std::string::npos);
  }

  void weightsThatShareAPartOfTheirMemoryAreRefused() {
    const auto model = modelOf({weight("all", {4}), weight("part", {2})});
    model->weights[1].storage = 0;
    model->weights[1].storageOffset = 2;
    const auto replaced = replace(model,
                                  R"({"all":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                  R"("part":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}})",
                                  6);
    QVERIFY(!replaced);
    QVERIFY(replaced.error().message.find("that others view too") != std::string::npos);
  }

 private:
  Result<load::LoadedModelPtr> replace(const load::LoadedModelPtr& model, const QByteArray& header,
                                       int dataBytes) {
    const QByteArray bytes = support::safetensorsBytes(header, dataBytes);
    return load::withWeightsOf(model, support::written(m_folder.filePath("w.safetensors"), bytes));
  }

  QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestReplaceWeights)
#include "tst_replace_weights.moc"
