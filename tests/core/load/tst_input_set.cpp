#include <QTemporaryDir>
#include <QTest>

#include "core/load/loaded_model.h"
#include "tests/error/stored_zip.h"

using core::ErrorCode;

class TestInputSet : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;

  core::Result<core::load::InputSet> read(const std::string& storages, const std::string& inputs) {
    const std::string head = m_folder.filePath("x.json").toStdString();
    tests::writeFile(head, "{\"storages\":[" + storages + "],\"inputs\":[" + inputs + "]}");
    tests::writeFile(m_folder.filePath("x.bin").toStdString(), std::string(64, '\1'));
    return core::load::readInputSet(head);
  }

  static std::string input(const std::string& shape, const std::string& stride,
                           const std::string& rest = "") {
    return "{\"storage\":0,\"dtype\":\"f32\",\"shape\":" + shape + ",\"stride\":" + stride +
           ",\"storage_offset\":0" + rest + "}";
  }

 private Q_SLOTS:
  void aliasedInputsShareAStorage() {
    const auto set = core::load::readInputSet(AOT_TEST_DATA "/oracle/inputs/alias_args.json");
    QVERIFY(set.has_value());
    QCOMPARE(set->storages.size(), std::size_t{1});
    QCOMPARE(set->storages[0].size(), std::size_t{128});
    QCOMPARE(set->inputs.size(), std::size_t{2});
    QCOMPARE(set->inputs[1].storage, 0);
    QCOMPARE(set->inputs[1].storageOffset, std::int64_t{2});
    QVERIFY((set->inputs[0].meta.strideHints() == std::vector<std::int64_t>{8, 1}));
  }

  void anInputThatIsAnotherOneSaysSo() {
    const auto set = core::load::readInputSet(AOT_TEST_DATA "/oracle/inputs/dup_args.json");
    QVERIFY(set.has_value());
    QVERIFY(!set->inputs[0].sameObjectAs);
    QCOMPARE(set->inputs[1].sameObjectAs.value_or(-1), 0);
    QVERIFY(set->inputs[0].requiresGrad);
  }

  void badHeadsAreRefused() {
    const std::string storage = "{\"offset\":0,\"bytes\":64}";
    const auto refuses = [&](const std::string& storages, const std::string& inputs) {
      const auto set = read(storages, inputs);
      return !set && set.error().code == ErrorCode::FormatUnsupported;
    };
    QVERIFY(read(storage, input("[4,4]", "[4,1]")).has_value());
    QVERIFY(refuses(storage, input("[4,4]", "[5,1]")));
    QVERIFY(refuses(storage, input("[4]", "[-1]")));
    QVERIFY(refuses(storage, input("[4,4]", "[4]")));
    QVERIFY(refuses(storage, input("[9223372036854775807,4]", "[9223372036854775807,1]")));
    QVERIFY(refuses(storage, input("[4]", "[1]", ",\"same_object_as\":0")));
    QVERIFY(refuses("{\"offset\":60,\"bytes\":8}", ""));
    QVERIFY(refuses("{\"offset\":-4,\"bytes\":8}", ""));
    QVERIFY(refuses("", input("[4]", "[1]")));
  }

  void aMissingFileIsNotFound() {
    const auto set = core::load::readInputSet("/nowhere/x.json");
    QVERIFY(!set && set.error().code == ErrorCode::FileNotFound);
  }
};

QTEST_GUILESS_MAIN(TestInputSet)
#include "tst_input_set.moc"
