// Example inputs: a torch.save archive inside the model's archive, written here byte by byte.

#include <QTemporaryDir>
#include <QTest>
#include <cstring>

#include "core/load/loaded_model.h"
#include "core/load/pickle_reader.h"
#include "core/load/read_failure.h"
#include "tests/error/stored_zip.h"

using namespace std::string_literals;

namespace {

std::string integer(std::int32_t value) {
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &value, 4);
  return "J" + bytes;
}

std::string text(const std::string& value) {
  const auto length = static_cast<std::uint32_t>(value.size());
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &length, 4);
  return "X" + bytes + value;
}

/// A float32 tensor [8, 64] over the storage "0", as torch.save writes it.
std::string tensor(int rows) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" +
         text("0") + text("cpu") + integer(512) + "tQ" + integer(0) + integer(rows) + integer(64) +
         "\x86" + integer(64) + integer(1) + "\x86\x89" + "ccollections\nOrderedDict\n)RtR";
}

/// ((tensor,), {})
std::string argumentsPickle(const std::string& argument) {
  return "\x80\x02" + argument + "\x85}\x86.";
}

std::string savedArchive(const std::string& pickle, std::size_t storageBytes) {
  tests::StoredZip zip;
  zip.entries.emplace_back("archive/data.pkl", pickle);
  zip.entries.emplace_back("archive/data/0", std::string(storageBytes, '\x3f'));
  return zip.bytes();
}

}  // namespace

class TestSampleInputs : public QObject {
  Q_OBJECT

 private:
  QTemporaryDir m_folder;
  std::vector<std::string> m_remarks;

  core::load::LoadedModelPtr modelWith(const std::string& samples) {
    auto zip = tests::StoredZip::of(tests::readFile(AOT_TEST_DATA "/oracle/models/mlp.pt2"));
    zip.content("sample_inputs/model.pt") = samples;
    const std::string path = m_folder.filePath("mlp.pt2").toStdString();
    tests::writeFile(path, zip.bytes());
    m_remarks.clear();
    core::StageContext context;
    context.onLog = [this](const core::LogEntry& entry) { m_remarks.push_back(entry.text); };
    const auto model = core::load::loadModel(path, context);
    return model ? *model : nullptr;
  }

  bool isRemarkedAndIgnored(const std::string& samples) {
    const auto model = modelWith(samples);
    return model && !model->sampleInputs && m_remarks.size() == 1;
  }

 private Q_SLOTS:
  void tensorsOfTheArchiveAreRead() {
    const auto model = modelWith(savedArchive(argumentsPickle(tensor(8)), 2048));
    QVERIFY(model && model->sampleInputs);
    const auto& set = *model->sampleInputs;
    QCOMPARE(set.inputs.size(), std::size_t{1});
    QVERIFY((set.inputs[0].meta.sizeHints() == std::vector<std::int64_t>{8, 64}));
    QVERIFY(set.inputs[0].meta.dtype == core::ir::DType::F32);
    QCOMPARE(set.storages.size(), std::size_t{1});
    QCOMPARE(set.storages[0].size(), std::size_t{2048});
    QCOMPARE(set.storages[0][7], std::byte{0x3f});
    QVERIFY(m_remarks.empty());
  }

  void anEmptyRecordIsNoRemark() {
    const auto model = modelWith("");
    QVERIFY(model && !model->sampleInputs && m_remarks.empty());
  }

  void whatCannotBeReadIsRemarkedAndIgnored() {
    QVERIFY(isRemarkedAndIgnored("not a zip"));
    QVERIFY(isRemarkedAndIgnored(savedArchive(argumentsPickle(tensor(9)), 2048)));
    QVERIFY(isRemarkedAndIgnored(savedArchive(argumentsPickle(tensor(8)), 2044)));
    QVERIFY(isRemarkedAndIgnored(savedArchive(argumentsPickle(integer(3)), 2048)));
    QVERIFY(isRemarkedAndIgnored(savedArchive("\x80\x02)}\x86.", 2048)));
    QVERIFY(isRemarkedAndIgnored(savedArchive("cos\nsystem\n" + text("ls") + "\x85R.", 2048)));
  }

  void aPickleThatGrowsWhenUnfoldedIsIgnored() {
    // A list, then sixty times the pair of the last thing with itself.
    std::string pickle = "\x80\x02]q"s + '\0';
    for (int i = 0; i < 60; ++i) pickle += "h\0h\0\x86q\0"s;
    QVERIFY(isRemarkedAndIgnored(savedArchive(pickle + ".", 2048)));
  }

  void damagedPicklesThrow() {
    const std::string good = argumentsPickle(tensor(8));
    QCOMPARE(core::load::readPickle(good).values.empty(), false);
    for (std::size_t length = 0; length < good.size(); ++length) {
      QVERIFY_EXCEPTION_THROWN((void)core::load::readPickle(good.substr(0, length)),
                               core::load::ReadFailure);
    }
    for (const std::string& bad : {"."s, "t."s, "h\x05."s, "}]s."s, "]N}e."s, "(NR."s, "Xzzzz."s,
                                   "\x8a\x09xxxxxxxxx."s, "NQ."s, "\xff."s}) {
      QVERIFY_EXCEPTION_THROWN((void)core::load::readPickle(bad), core::load::ReadFailure);
    }
  }

  void numbersKeepTheirSign() {
    const auto value = [](const std::string& pickle) {
      const core::load::Pickle read = core::load::readPickle(pickle);
      return std::get<std::int64_t>(read.at(read.root));
    };
    QCOMPARE(value(integer(-7) + "."), std::int64_t{-7});
    QCOMPARE(value("\x8a\x01\xff."), std::int64_t{-1});
    QCOMPARE(value("\x8a\x02\xff\x7f."s), std::int64_t{32767});
    QCOMPARE(value("K\xff."), std::int64_t{255});
  }
};

QTEST_GUILESS_MAIN(TestSampleInputs)
#include "tst_sample_inputs.moc"
