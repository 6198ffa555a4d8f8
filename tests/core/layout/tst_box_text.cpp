// What is written on boxes.

#include <QTest>

#include "core/layout/box_text.h"

using namespace core;
using namespace core::layout;

class TestBoxText : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void bytesHaveUnitsAndThreeDigits() {
    QCOMPARE(bytesText(0), std::string("0 B"));
    QCOMPARE(bytesText(1023), std::string("1023 B"));
    QCOMPARE(bytesText(1024), std::string("1 KiB"));
    QCOMPARE(bytesText(1536), std::string("1.5 KiB"));
    QCOMPARE(bytesText(1023 * 1024), std::string("1.0 MiB"));
    QCOMPARE(bytesText(200ll * 1024 * 1024), std::string("200 MiB"));
    QCOMPARE(bytesText(5ll << 40), std::string("5 TiB"));
  }

  void shapesAreShort() {
    QCOMPARE(shapeText(ir::contiguousMeta(ir::DType::F32, {8, 16})), std::string("f32[8,16]"));
    ir::TupleMeta tuple;
    tuple.elements = {std::nullopt, ir::contiguousMeta(ir::DType::I64, {})};
    QCOMPARE(shapeText(tuple), std::string("i64[]"));
    QCOMPARE(shapeText(ir::SymMeta{ir::Size("s0*4", 12)}), std::string("s0*4"));
    QCOMPARE(shapeText({}), std::string());
  }

  void operatorNamesLoseNamespaceAndOverload() {
    QCOMPARE(shortOpName("aten.convolution.default"), std::string("convolution"));
    QCOMPARE(shortOpName("getitem"), std::string("getitem"));
  }

  void aNumberOfAListHasTheListsName() {
    const auto title = [](const char* path, const char* around) {
      ModuleCall call;
      call.key = call.path = path;
      Box box;
      describeCall(call, around, 1, box);
      return box.title;
    };
    QCOMPARE(title("m.transformer.h.0", "m.transformer.h"), std::string("h.0"));
    QCOMPARE(title("m.stages.1.0", "m.stages.1"), std::string("stages.1.0"));
    QCOMPARE(title("blocks.3", "blocks"), std::string("blocks.3"));
    QCOMPARE(title("0", ""), std::string("0"));
    QCOMPARE(title("m.transformer.ln_f", "m.transformer"), std::string("ln_f"));
  }

  void pathsAreRelativeByWholeComponents() {
    QCOMPARE(relativePath("layer1.0.conv1", "layer1.0"), std::string("conv1"));
    QCOMPARE(relativePath("layer10.conv", "layer1"), std::string("layer10.conv"));
    QCOMPARE(relativePath("conv1", ""), std::string("conv1"));
    QCOMPARE(relativePath("layer1", "layer1"), std::string("layer1"));
  }
};

QTEST_APPLESS_MAIN(TestBoxText)
#include "tst_box_text.moc"
