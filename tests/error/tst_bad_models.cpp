// Damaged and hostile model files: each is made from a small good one, and each must end in a named
// error. None may crash, hang or open.

#include <QTemporaryDir>
#include <QTest>
#include <functional>

#include "core/load/loaded_model.h"
#include "tests/error/stored_zip.h"

using core::ErrorCode;
using tests::StoredZip;

namespace {

constexpr const char* kProgram = "models/model.json";
constexpr const char* kWeights = "model_weights_config.json";

using Damage = std::function<std::string(const std::string& good)>;

/// A damage done to the entries.
Damage entries(const std::function<void(StoredZip&)>& change) {
  return [change](const std::string& good) {
    StoredZip zip = StoredZip::of(good);
    change(zip);
    return zip.bytes();
  };
}

Damage programText(const std::string& from, const std::string& to) {
  return entries([=](StoredZip& zip) { zip.replace(kProgram, from, to); });
}

Damage weightsText(const std::string& from, const std::string& to) {
  return entries([=](StoredZip& zip) { zip.replace(kWeights, from, to); });
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

std::string poke(std::string bytes, std::size_t at, const std::string& value) {
  return bytes.replace(at, value.size(), value);
}

}  // namespace

Q_DECLARE_METATYPE(Damage)
Q_DECLARE_METATYPE(core::ErrorCode)

class TestBadModels : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;
  std::string m_good;

  core::Result<core::load::LoadedModelPtr> load(const std::string& bytes) {
    const std::string path = m_folder.filePath("model.pt2").toStdString();
    tests::writeFile(path, bytes);
    return core::load::loadModel(path, {});
  }

 private Q_SLOTS:
  void initTestCase() {
    m_good = tests::readFile(AOT_TEST_DATA "/oracle/models/mlp.pt2");
    QVERIFY(!m_good.empty());
  }

  void theGoodFileOpensAlsoWhenPutTogetherByUs() {
    QVERIFY(load(m_good));
    const auto model = load(StoredZip::of(m_good).bytes());
    QVERIFY2(model.has_value(), model ? "" : model.error().message.c_str());
    QCOMPARE((*model)->weights.size(), std::size_t{4});
  }

  void isRefusedByName_data() {
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QString>("says");
    containerRows();
    jsonRows();
    programRows();
    weightRows();
  }

  void isRefusedByName() {
    QFETCH(Damage, damage);
    QFETCH(ErrorCode, code);
    QFETCH(QString, says);
    const auto model = load(damage(m_good));
    QVERIFY2(!model, "the damaged file was opened");
    const QString message = QString::fromStdString(model.error().message);
    QCOMPARE(core::errorCodeName(model.error().code), core::errorCodeName(code));
    QVERIFY2(message.contains(says), qPrintable(message));
  }

  void everyTruncationIsRefused() {
    for (std::size_t length = 0; length < m_good.size(); length += 97) {
      const auto model = load(m_good.substr(0, length));
      QVERIFY2(!model, qPrintable(QString("opened with %1 bytes").arg(length)));
      QVERIFY(model.error().code == ErrorCode::ArchiveCorrupt);
    }
  }

  void everyFlippedByteOfTheDirectoryOpensOrIsRefused() {
    // A flipped time stamp is harmless; whatever else is flipped must give a named error.
    int refused = 0;
    for (std::size_t at = m_good.size() - 1029; at < m_good.size(); ++at) {
      std::string bytes = m_good;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x41);
      const auto model = load(bytes);
      if (model) continue;
      ++refused;
      QVERIFY(model.error().code == ErrorCode::ArchiveCorrupt ||
              model.error().code == ErrorCode::FormatUnsupported);
    }
    QVERIFY(refused > 500);
  }

  void aProgramWithFlippedBytesOpensOrIsRefused() {
    const StoredZip zip = StoredZip::of(m_good);
    StoredZip good = zip;
    const std::size_t length = good.content(kProgram).size();
    for (std::size_t at = 0; at < length; at += 13) {
      StoredZip bad = zip;
      bad.content(kProgram)[at] ^= 0x15;
      const auto model = load(bad.bytes());
      if (model) continue;
      QVERIFY(model.error().code == ErrorCode::ArchiveCorrupt ||
              model.error().code == ErrorCode::FormatUnsupported);
    }
  }

  void whatIsNoFileIsRefused() {
    const auto missing = core::load::loadModel("/nowhere/model.pt2", {});
    QVERIFY(!missing && missing.error().code == ErrorCode::FileNotFound);
    const auto folder = core::load::loadModel(m_folder.path().toStdString(), {});
    QVERIFY(!folder && folder.error().code == ErrorCode::FormatUnsupported);
    const auto device = core::load::loadModel("/dev/zero", {});
    QVERIFY(!device && device.error().code == ErrorCode::FormatUnsupported);
  }

 private:
  static void row(const char* name, Damage damage, ErrorCode code, const char* says) {
    QTest::newRow(name) << damage << code << QString(says);
  }

  static void containerRows() {
    const auto corrupt = ErrorCode::ArchiveCorrupt;
    const auto foreign = ErrorCode::FormatUnsupported;
    row(
        "empty file", [](const std::string&) { return std::string(); }, corrupt, "too short");
    row(
        "not a zip", [](const std::string&) { return std::string(5000, 'x'); }, corrupt,
        "end record is missing");
    row(
        "junk in front", [](const std::string& good) { return "junk" + good; }, corrupt,
        "zip64 end record is missing");
    row(
        "junk behind", [](const std::string& good) { return good + "junk"; }, corrupt,
        "end record is missing");
    row("an entry twice",
        entries([](StoredZip& zip) { zip.entries.push_back(zip.entries.front()); }), corrupt,
        "occurs twice");
    row("a name that climbs out",
        entries([](StoredZip& zip) { zip.entries.emplace_back("mlp/../../etc/passwd", "x"); }),
        corrupt, "not a plain path");
    row("an absolute name",
        entries([](StoredZip& zip) { zip.entries.emplace_back("/etc/passwd", "x"); }), corrupt,
        "not a plain path");
    row("too many entries", entries([](StoredZip& zip) {
          for (int i = 0; i < 10'001; ++i)
            zip.entries.emplace_back("mlp/x" + std::to_string(i), "");
        }),
        corrupt, "the limit is 10000");
    row("an entry outside of the root",
        entries([](StoredZip& zip) { zip.entries.emplace_back("other/x", "x"); }), foreign,
        "outside of");
    row(
        "wrong checksum",
        [](const std::string& good) {
          return poke(good, good.find("\"graph_module\""), "\"graph_m0dule\"");
        },
        corrupt, "checksum");
    row(
        "another zip file",
        [](const std::string&) {
          StoredZip zip;
          zip.entries.emplace_back("photos/cat.jpg", "x");
          return zip.bytes();
        },
        foreign, "not a model");
    row(
        "a pickled model",
        [](const std::string&) {
          StoredZip zip;
          zip.entries.emplace_back("archive/data.pkl", "x");
          return zip.bytes();
        },
        foreign, "torch.export.save");
    row("big-endian", entries([](StoredZip& zip) { zip.content("/byteorder") = "big"; }), foreign,
        "little-endian");
    row("no program", entries([](StoredZip& zip) { zip.remove(kProgram); }), foreign,
        "models/model.json");
  }

  static void jsonRows() {
    const auto corrupt = ErrorCode::ArchiveCorrupt;
    row("JSON cut in the middle", entries([](StoredZip& zip) {
          std::string& text = zip.content(kProgram);
          text.resize(text.size() / 2);
        }),
        corrupt, "not valid JSON");
    row("JSON that is empty", entries([](StoredZip& zip) { zip.content(kProgram).clear(); }),
        corrupt, "not valid JSON");
    row("deep nesting", entries([](StoredZip& zip) {
          zip.content(kProgram) = repeated("[", 1'000'000) + repeated("]", 1'000'000);
        }),
        corrupt, "not valid JSON");
    row("nesting just over the limit", entries([](StoredZip& zip) {
          zip.content(kProgram) = "{\"a\":" + repeated("[", 64) + repeated("]", 64) + "}";
        }),
        corrupt, "not valid JSON");
    row("too many values", entries([](StoredZip& zip) {
          zip.content(kWeights) = "{\"config\":{},\"x\":[" + repeated("0,", 2'000'000) + "0]}";
        }),
        corrupt, "values");
    row("a key twice", programText("\"range_constraints\"", "\"graph_module\""), corrupt, "twice");
    row("not UTF-8", programText("L__self__", "L\xff\xffself__"), corrupt, "not valid JSON");
    row("a number out of range", programText("\"as_int\": 8", "\"as_int\": 1e999"), corrupt,
        "not valid JSON");
  }

  static void programRows() {
    const auto foreign = ErrorCode::FormatUnsupported;
    row("not an object", entries([](StoredZip& zip) { zip.content(kProgram) = "[]"; }), foreign,
        "not an object");
    row("a future schema", programText("\"major\": 8", "\"major\": 9"), foreign,
        "major version 8 can be read");
    row("a missing member", programText("\"signature\"", "\"sign\""), foreign,
        "no member 'signature'");
    row("a wrong type", programText("\"requires_grad\": true", "\"requires_grad\": 1"), foreign,
        "requires_grad is not true or false");
    row("an unknown dtype", programText("\"dtype\": 7", "\"dtype\": 99"), foreign,
        "unknown element type 99");
    row("a negative size", programText("{\"as_int\": 128}", "{\"as_int\": -1}"), foreign,
        "negative size");
    row("sizes that overflow",
        programText("[{\"as_int\": 128}, {\"as_int\": 64}]",
                    "[{\"as_int\": 4611686018427387904}, {\"as_int\": 4611686018427387904}]"),
        foreign, "more than 2^40");
    row("a use before the definition",
        programText("{\"as_tensor\": {\"name\": \"x\"}}, \"kind\": 1",
                    "{\"as_tensor\": {\"name\": \"linear_1\"}}, \"kind\": 1"),
        foreign, "not defined before");
    row("a definition twice",
        programText("\"outputs\": [{\"as_tensor\": {\"name\": \"gelu\"}}]",
                    "\"outputs\": [{\"as_tensor\": {\"name\": \"linear\"}}]"),
        foreign, "a second time");
    row("a signature that does not fit",
        programText("[{\"user_output\": {\"arg\": {\"as_tensor\": {\"name\": \"linear_1\"}}}}]",
                    "[]"),
        foreign, "has 0 entries");
    row("a union with two tags", programText("{\"as_int\": 8}", "{\"as_int\": 8, \"as_bool\": 1}"),
        foreign, "exactly one key");
    row("a size without a value",
        programText("{\"as_int\": 8}",
                    "{\"as_expr\": {\"expr_str\": \"Symbol('u0')\", \"hint\": null}}"),
        foreign, "depends on data");
    row("a size that is no expression",
        programText(
            "{\"as_int\": 8}",
            "{\"as_expr\": {\"expr_str\": \"os.system('x')(\", \"hint\": {\"as_int\": 8}}}"),
        foreign, "symbolic size");
    row("a sparse tensor", programText("\"layout\": 7", "\"layout\": 2"), foreign, "sparse");
  }

  static void weightRows() {
    const auto corrupt = ErrorCode::ArchiveCorrupt;
    row("a weight shorter than its record",
        entries([](StoredZip& zip) { zip.content("weights/weight_1").resize(64); }), corrupt,
        "reaches past the end");
    row("a weight that is missing", entries([](StoredZip& zip) { zip.remove("weights/weight_1"); }),
        corrupt, "lacks the record");
    row("no configuration", entries([](StoredZip& zip) { zip.remove(kWeights); }), corrupt,
        "holds no such tensor");
    row("strides that reach out",
        weightsText("\"strides\": [{\"as_int\": 64}", "\"strides\": [{\"as_int\": 65}"), corrupt,
        "reaches past the end");
    row("negative strides",
        weightsText("\"strides\": [{\"as_int\": 64}", "\"strides\": [{\"as_int\": -64}"), corrupt,
        "reaches past the end");
    row("an offset that overflows",
        weightsText("\"storage_offset\": {\"as_int\": 0}",
                    "\"storage_offset\": {\"as_int\": 9223372036854775807}"),
        corrupt, "reaches past the end");
    row("strides that overflow",
        weightsText("\"strides\": [{\"as_int\": 64}",
                    "\"strides\": [{\"as_int\": 9223372036854775807}"),
        corrupt, "reaches past the end");
    row("another shape than the program's",
        weightsText("\"sizes\": [{\"as_int\": 128}, {\"as_int\": 64}]",
                    "\"sizes\": [{\"as_int\": 64}, {\"as_int\": 64}]"),
        corrupt, "expects");
    row("another dtype than the program's", weightsText("\"dtype\": 7", "\"dtype\": 4"), corrupt,
        "expects");
    row("a pickled weight", weightsText("\"use_pickle\": false", "\"use_pickle\": true"), corrupt,
        "holds no such tensor");
    row("a path that climbs out", weightsText("\"weight_0\"", "\"../../../etc/passwd\""), corrupt,
        "lacks the record");
  }
};

QTEST_GUILESS_MAIN(TestBadModels)
#include "tst_bad_models.moc"
