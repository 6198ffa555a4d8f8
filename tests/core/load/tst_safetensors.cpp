// The reader believes nothing: every damaged file ends in a named error.

#include <QTemporaryDir>
#include <QTest>

#include "core/load/safetensors.h"
#include "tests/core/load/safetensors_file.h"

using namespace core;

namespace {

const QByteArray kTwoTensors = R"({"__metadata__":{"format":"pt"},)"
                               R"("b":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},)"
                               R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}})";

QByteArray one(const char* entry) {
  return QByteArray(R"({"a":{)") + entry + "}}";
}

}  // namespace

class TestSafetensors : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void tensorsAreNamedAndPlaced() {
    const auto file = read(support::safetensorsBytes(kTwoTensors, 28));
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE(file->tensors.size(), std::size_t{2});
    const load::StoredTensor* a = file->find("a");
    QVERIFY(a);
    QCOMPARE(a->meta, ir::contiguousMeta(ir::DType::F32, {2, 3}));
    QCOMPARE(a->offset, static_cast<std::uint64_t>(8 + kTwoTensors.size()));
    QCOMPARE(file->find("b")->offset, a->offset + 24);
    QCOMPARE(file->find("b")->meta.dtype, ir::DType::BF16);
    QCOMPARE(std::to_integer<int>(file->file->bytes()[file->find("b")->offset]), 24);
    QVERIFY(!file->find("c"));
  }

  void anEmptyTensorAndAScalarAreFine() {
    const auto file =
        read(support::safetensorsBytes(R"({"e":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]},)"
                                       R"("s":{"dtype":"I64","shape":[],"data_offsets":[0,8]}})",
                                       8));
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE(file->find("s")->meta.rank(), 0);
  }

  void damagedFilesAreRefused_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("why");
    const auto row = [](const char* name, const QByteArray& header, int data, const char* why) {
      QTest::newRow(name) << support::safetensorsBytes(header, data) << why;
    };
    QTest::newRow("empty") << QByteArray() << "too short";
    QTest::newRow("header past the end")
        << support::safetensorsBytes("{}", 0).left(9) << "more than the file has";
    QByteArray large(100, '\0');
    qToLittleEndian<quint64>(100'000'001, large.data());
    QTest::newRow("header over the limit") << large << "at most 100,000,000";
    QByteArray huge(100, '\xff');
    QTest::newRow("header of 2^64 - 1") << huge << "at most 100,000,000";
    row("no object", "[1]", 0, "begin with '{'");
    row("no JSON", "{oops}", 0, "header");
    row("duplicate names",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
        R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
        2, "twice");
    row("bytes behind the last tensor", kTwoTensors, 29, "the file holds 29");
    row("bytes missing", kTwoTensors, 27, "the file holds 27");
    row("overlap",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
        R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
        3, "overlap");
    row("gap",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
        R"("b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
        3, "gap");
    row("range and shape disagree", one(R"("dtype":"F32","shape":[2],"data_offsets":[0,4])"), 4,
        "spans 4 bytes");
    row("unknown dtype", one(R"("dtype":"F4","shape":[2],"data_offsets":[0,1])"), 1, "'F4'");
    row("negative size", one(R"("dtype":"U8","shape":[-1],"data_offsets":[0,1])"), 1, "negative");
    row("size that overflows",
        one(R"("dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0])"), 0,
        "does not fit");
    row("zero times a size that overflows",
        one(R"("dtype":"F64","shape":[0,9223372036854775807,9],"data_offsets":[0,0])"), 0,
        "does not fit");
    row("backward range", one(R"("dtype":"U8","shape":[0],"data_offsets":[1,0])"), 1, "range");
    row("three offsets", one(R"("dtype":"U8","shape":[0],"data_offsets":[0,0,0])"), 0, "pair");
    row("unknown member", one(R"("dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1)"), 0,
        "not a member");
    row("shape of texts", one(R"("dtype":"U8","shape":["1"],"data_offsets":[0,1])"), 1, "shape");
    row("metadata that is no text", R"({"__metadata__":{"a":1}})", 0, "not a text");
  }
  void damagedFilesAreRefused() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, why);
    const auto file = read(bytes);
    QVERIFY(!file);
    QVERIFY(file.error().code == ErrorCode::ArchiveCorrupt ||
            file.error().code == ErrorCode::FormatUnsupported);
    const QString message = QString::fromStdString(file.error().message);
    QVERIFY2(message.contains(why), qPrintable(message));
  }

  // Whatever is read lies inside the file.
  void everyChangedByteEndsInATensorInsideTheFileOrInAnError() {
    const QByteArray good = support::safetensorsBytes(kTwoTensors, 28);
    int refused = 0;
    for (int at = 0; at < 8 + kTwoTensors.size(); ++at) {
      for (const char change : {'\x01', '\x10', '\x7f'}) {
        QByteArray bytes = good;
        bytes[at] = static_cast<char>(bytes[at] ^ change);
        const auto file = read(bytes);
        if (!file) {
          ++refused;
          QVERIFY(!file.error().message.empty());
          continue;
        }
        for (const load::StoredTensor& tensor : file->tensors)
          QVERIFY(tensor.offset + static_cast<std::uint64_t>(tensor.meta.bytes()) <=
                  static_cast<std::uint64_t>(bytes.size()));
      }
    }
    QVERIFY(refused > 200);
  }

  void everyTruncationIsRefused() {
    const QByteArray good = support::safetensorsBytes(kTwoTensors, 28);
    for (int length = 0; length < good.size(); ++length) QVERIFY(!read(good.left(length)));
  }

  void aFolderIsNoFile() {
    const auto file = load::readSafetensors(m_folder.path().toStdString());
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::FormatUnsupported);
  }

 private:
  Result<load::SafetensorsFile> read(const QByteArray& bytes) {
    return load::readSafetensors(support::written(m_folder.filePath("w.safetensors"), bytes));
  }

  QTemporaryDir m_folder;
};

QTEST_APPLESS_MAIN(TestSafetensors)
#include "tst_safetensors.moc"
