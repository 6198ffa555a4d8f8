// What single inputs are filled with: the text, files of other programs, and the tensors.

#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <limits>
#include <set>

#include "core/load/element_value.h"
#include "core/load/fill_inputs.h"
#include "core/load/tensor_file.h"
#include "tests/core/load/safetensors_file.h"

using namespace core;
using namespace core::load;
using ir::DType;

namespace {

const std::string kFiles = AOT_TEST_DATA "/core/load/data/";

std::vector<double> numbers(DType dtype, const std::vector<std::byte>& bytes) {
  std::vector<double> values;
  const auto item = static_cast<std::size_t>(ir::dtypeBytes(dtype));
  for (std::size_t at = 0; at < bytes.size(); at += item)
    values.push_back(std::visit([](auto number) { return static_cast<double>(number); },
                                loadElement(dtype, bytes.data() + at)));
  return values;
}

/// Inputs x: f32[s0, 3], s0 of 2 in the example, and n: i64[s0].
LoadedModel twoInputs() {
  LoadedModel model;
  for (const char* name : {"x", "n"})
    model.program.inputSpecs.push_back({InputKind::UserInput, name, {}, true});
  ExportTensor x;
  x.meta.sizes = {ir::Size("s0", 2), ir::Size(3)};
  x.meta.strides = {ir::Size(3), ir::Size(1)};
  ExportTensor n;
  n.meta.dtype = DType::I64;
  n.meta.sizes = {ir::Size("s0", 2)};
  n.meta.strides = {ir::Size(1)};
  model.program.graph.tensors = {{"x", x}, {"n", n}};
  return model;
}

Result<InputSet> filled(const InputFills& fills, const DimensionSizes& dims = {},
                        std::uint64_t seed = 1) {
  return fillInputs(twoInputs(), {fills, dims, seed}, std::nullopt);
}

std::vector<double> valuesOf(const InputSet& set, std::size_t input) {
  const InputSet::Input& one = set.inputs[input];
  return numbers(one.meta.dtype, set.storages[static_cast<std::size_t>(one.storage)]);
}

}  // namespace

class TestFillInputs : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void textsRoundTrip_data() {
    QTest::addColumn<QString>("text");
    for (const char* text : {"example", "zeros", "ones,grad", "random,seed=7", "range:0..9,i64",
                             "range:-1.5..2,seed=3,f64,no-grad", "a/b.npy,f32", "./x"})
      QTest::newRow(text) << text;
  }

  void textsRoundTrip() {
    QFETCH(QString, text);
    const auto fill = parseInputFill(text.toStdString());
    QVERIFY2(fill, fill ? "" : fill.error().message.c_str());
    QCOMPARE(QString::fromStdString(inputFillText(*fill)), text);
  }

  void wrongTextsSayWhatMayStandThere_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("word") << "zeroes"
                          << "zeros";
    QTest::newRow("empty") << ""
                           << "example";
    QTest::newRow("range") << "range:9..0"
                           << "lower number first";
    QTest::newRow("half a range") << "range:3"
                                  << "LOW..HIGH";
    QTest::newRow("seed of zeros") << "zeros,seed=3"
                                   << "seed";
    QTest::newRow("property") << "zeros,f33"
                              << "no fill";
  }

  void wrongTextsSayWhatMayStandThere() {
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto fill = parseInputFill(text.toStdString());
    QVERIFY(!fill);
    QCOMPARE(fill.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(QString::fromStdString(fill.error().message).contains(named),
             fill.error().message.c_str());
  }

  void filesOfOtherProgramsAreRead_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("meta");
    QTest::addColumn<QString>("values");
    QTest::newRow("npy") << "rows.npy"
                         << "f32[2, 3]"
                         << "0 1 2 3 4 5";
    QTest::newRow("column-major") << "columns.npy"
                                  << "f64[2, 3]"
                                  << "0 1 2 3 4 5";
    QTest::newRow("scalar") << "scalar.npy"
                            << "i64[]"
                            << "7";
    QTest::newRow("a view") << "transposed.pt"
                            << "f32[2, 3]"
                            << "0 2 4 1 3 5";
    QTest::newRow("by name") << "named.pt"
                             << "i64[2, 3]"
                             << "0 1 2 3 4 5";
  }

  void filesOfOtherProgramsAreRead() {
    QFETCH(QString, file);
    QFETCH(QString, meta);
    QFETCH(QString, values);
    const auto tensor = readTensorFile(kFiles + file.toStdString(), "x");
    QVERIFY2(tensor, tensor ? "" : tensor.error().message.c_str());
    QCOMPARE(QString::fromStdString(ir::tensorMetaText(tensor->meta)), meta);
    QStringList texts;
    for (const double value : numbers(tensor->meta.dtype, tensor->elements))
      texts << QString::number(value);
    QCOMPARE(texts.join(' '), values);
  }

  void safetensorsAreRead() {
    QTemporaryDir folder;
    const std::string path = support::written(
        folder.filePath("w.safetensors"),
        support::safetensorsBytes(R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", 3));
    const auto tensor = readTensorFile(path, "whatever it is called");
    QVERIFY2(tensor, tensor ? "" : tensor.error().message.c_str());
    QCOMPARE(numbers(DType::U8, tensor->elements), (std::vector<double>{0, 1, 2}));
  }

  void aTensorOfAnotherNameIsNotGuessed() {
    const auto tensor = readTensorFile(kFiles + "named.pt", "z");
    QVERIFY(!tensor);
    QVERIFY(QString::fromStdString(tensor.error().message).contains("'x', 'y'"));
  }

  void damagedFilesEndInAnError() {
    QTemporaryDir folder;
    QFile whole(QString::fromStdString(kFiles + "rows.npy"));
    QVERIFY(whole.open(QIODevice::ReadOnly));
    const QByteArray bytes = whole.readAll();
    for (qsizetype length = 0; length < bytes.size(); ++length) {
      const auto tensor =
          readTensorFile(support::written(folder.filePath("cut.npy"), bytes.first(length)), "x");
      QVERIFY2(!tensor, qPrintable(QString::number(length)));
      QVERIFY(tensor.error().code == ErrorCode::ArchiveCorrupt ||
              tensor.error().code == ErrorCode::FormatUnsupported);
    }
    QByteArray big = bytes;
    big.replace("'<f4'", "'>f4'");
    QCOMPARE(readTensorFile(support::written(folder.filePath("big.npy"), big), "x").error().code,
             ErrorCode::FormatUnsupported);
    QCOMPARE(readTensorFile(folder.filePath("none.npy").toStdString(), "x").error().code,
             ErrorCode::FileNotFound);
  }

  void fillsReplaceOnlyTheirInput() {
    const auto set = filled({{"x", "ones"}});
    QVERIFY2(set, set ? "" : set.error().message.c_str());
    QCOMPARE(valuesOf(*set, 0), std::vector<double>(6, 1));
    const auto usual = randomInputs(twoInputs(), 1);
    QCOMPARE(valuesOf(*set, 1), valuesOf(*usual, 1));
    QCOMPARE(valuesOf(*filled({{"x", "zeros"}}), 0), std::vector<double>(6, 0));
  }

  void rangesAreEvenAndWholeForIntegers() {
    const auto set = filled({{"n", "range:5..6,seed=2"}, {"x", "range:-1..1"}}, {{"s0", 64}});
    QVERIFY(set);
    std::set<double> seen;
    for (const double value : valuesOf(*set, 1)) seen.insert(value);
    QCOMPARE(seen, (std::set<double>{5, 6}));
    for (const double value : valuesOf(*set, 0)) QVERIFY(value >= -1 && value < 1);
    QVERIFY(filled({{"n", "range:0.2..0.8"}}).error().message.find("whole") != std::string::npos);
  }

  void seedsDecide() {
    const auto first = valuesOf(*filled({{"x", "random,seed=7"}}, {}, 1), 0);
    QCOMPARE(valuesOf(*filled({{"x", "random,seed=7"}}, {}, 2), 0), first);
    QVERIFY(valuesOf(*filled({{"x", "random,seed=8"}}, {}, 1), 0) != first);
  }

  void aFileSetsTheSymbolicSizes() {
    QTemporaryDir folder;
    const std::string path =
        support::written(folder.filePath("n.safetensors"),
                         support::safetensorsBytes(
                             R"({"n":{"dtype":"I64","shape":[4],"data_offsets":[0,32]}})", 32));
    const auto set = filled({{"n", path}});
    QVERIFY2(set, set ? "" : set.error().message.c_str());
    QCOMPARE(set->inputs[0].meta.sizeHints(), (std::vector<std::int64_t>{4, 3}));
    const auto clash = filled({{"n", path}, {"x", kFiles + "rows.npy"}});
    QVERIFY(!clash && clash.error().message.find("s0") != std::string::npos);
    QVERIFY(!filled({{"n", path}}, {{"s0", 5}}));
  }

  void aFileMustFitOrBeConverted() {
    const auto other = filled({{"x", kFiles + "columns.npy"}});
    QVERIFY(!other && other.error().message.find("columns.npy,f32") != std::string::npos);
    const auto converted = filled({{"x", kFiles + "columns.npy,f32"}});
    QVERIFY2(converted, converted ? "" : converted.error().message.c_str());
    QCOMPARE(valuesOf(*converted, 0), (std::vector<double>{0, 1, 2, 3, 4, 5}));
    QVERIFY(converted->inputs[0].meta.dtype == DType::F32);
    const auto misfit = filled({{"n", kFiles + "rows.npy,i64"}});
    QVERIFY(!misfit && misfit.error().message.find("i64[2]") != std::string::npos);
  }

  void gradientsAreOfFloatsOnly() {
    const auto set = filled({{"x", "example,grad"}});
    QVERIFY(set && set->inputs[0].requiresGrad && !set->inputs[0].isLeaf);
    QCOMPARE(valuesOf(*set, 0), valuesOf(*randomInputs(twoInputs(), 1), 0));
    QVERIFY(filled({{"n", "zeros,grad"}}).error().message.find("floating-point") !=
            std::string::npos);
    QVERIFY(filled({{"y", "zeros"}}).error().message.find("it has x, n") != std::string::npos);
  }

  void stridesStay() {
    LoadedModel model = twoInputs();
    model.program.graph.tensors["x"].meta.strides = {ir::Size(1), ir::Size(2)};
    const auto set = fillInputs(model, {{{"x", kFiles + "rows.npy"}}, {}, 1}, std::nullopt);
    QVERIFY2(set, set ? "" : set.error().message.c_str());
    QCOMPARE(set->inputs[0].meta.strideHints(), (std::vector<std::int64_t>{1, 2}));
    QCOMPARE(valuesOf(*set, 0), (std::vector<double>{0, 3, 1, 4, 2, 5}));
  }

  void halvesAreRoundedToTheNearest_data() {
    QTest::addColumn<double>("given");
    QTest::addColumn<double>("half");
    QTest::newRow("exact") << 1.5 << 1.5;
    QTest::newRow("tie to even") << 2049.0 << 2048.0;
    QTest::newRow("up") << 2051.0 << 2052.0;
    QTest::newRow("carry") << 2047.75 << 2048.0;
    QTest::newRow("subnormal") << 0x1p-24 << 0x1p-24;
    QTest::newRow("to normal") << 0x1.fffp-15 << 0x1p-14;
    QTest::newRow("least") << 0x1p-26 << 0.0;
    QTest::newRow("most") << 65504.0 << 65504.0;
    QTest::newRow("infinite") << -65520.0 << -std::numeric_limits<double>::infinity();
  }

  void halvesAreRoundedToTheNearest() {
    QFETCH(double, given);
    QFETCH(double, half);
    std::byte bytes[2];
    storeElement(DType::F16, bytes, given);
    QCOMPARE(std::get<double>(loadElement(DType::F16, bytes)), half);
  }
};

QTEST_APPLESS_MAIN(TestFillInputs)
#include "tst_fill_inputs.moc"
