#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <cstdlib>
#include <limits>

#include "core/base/check.h"
#include "core/base/json_writer.h"

using core::JsonWriter;

class TestJsonWriter : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void compactTextStaysOnOneLine() {
    JsonWriter json;
    json.beginObject().member("a", 1).key("b").beginArray().value(true).null().value("x");
    json.endArray().key("c").beginObject().endObject().endObject();
    QCOMPARE(json.take(), std::string(R"({"a": 1, "b": [true, null, "x"], "c": {}})"));
  }

  void prettyTextStopsAtItsDepth() {
    JsonWriter json(1, 1);
    json.beginObject().member("a", 1).key("b").beginArray().value(2).value(3).endArray();
    json.endObject();
    QCOMPARE(json.take(), std::string("{\n \"a\": 1,\n \"b\": [2, 3]\n}\n"));
  }

  void everyByteIsEscapedSoThatAReaderGetsItBack() {
    std::string text = "quote\" back\\slash \xc3\xa9 ";
    for (char c = 1; c < 32; ++c) text += c;
    const std::string quoted = "[" + core::jsonQuoted(text) + "]";
    const auto document = QJsonDocument::fromJson(QByteArray::fromStdString(quoted));
    QCOMPARE(document.array().at(0).toString(), QString::fromStdString(text));
  }

  void doublesRoundTripAndKeepTheirType_data() {
    QTest::addColumn<double>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("integral") << 1.0 << "1.0";
    QTest::newRow("negative zero") << -0.0 << "-0.0";
    QTest::newRow("shortest") << 0.1 << "0.1";
    QTest::newRow("small") << 5e-324 << "5e-324";
    QTest::newRow("large") << 1e300 << "1e+300";
    QTest::newRow("nan") << std::numeric_limits<double>::quiet_NaN() << "\"nan\"";
    QTest::newRow("inf") << std::numeric_limits<double>::infinity() << "\"inf\"";
    QTest::newRow("-inf") << -std::numeric_limits<double>::infinity() << "\"-inf\"";
  }

  void doublesRoundTripAndKeepTheirType() {
    QFETCH(double, number);
    QFETCH(QString, text);
    JsonWriter json;
    json.value(number);
    const std::string written = json.take();
    QCOMPARE(QString::fromStdString(written), text);
    if (!text.startsWith('"')) QCOMPARE(std::strtod(written.c_str(), nullptr), number);
  }

  void vectorsAndOptionalsAreValues() {
    JsonWriter json;
    json.beginArray().value(std::vector<std::string>{"a", "b"}).value(std::optional<int>());
    json.value(std::optional<double>(2.5)).value(std::vector<std::vector<int>>{{1}, {}});
    QCOMPARE(json.endArray().take(), std::string(R"([["a", "b"], null, 2.5, [[1], []]])"));
  }

  void misuseIsAnInternalError() {
    QVERIFY_EXCEPTION_THROWN(JsonWriter().beginObject().value(1), core::InternalError);
    QVERIFY_EXCEPTION_THROWN(JsonWriter().beginArray().key("a"), core::InternalError);
    QVERIFY_EXCEPTION_THROWN(JsonWriter().beginArray().endObject(), core::InternalError);
    QVERIFY_EXCEPTION_THROWN(JsonWriter().beginObject().key("a").endObject(), core::InternalError);
    QVERIFY_EXCEPTION_THROWN(JsonWriter().beginObject().take(), core::InternalError);
  }
};

QTEST_APPLESS_MAIN(TestJsonWriter)
#include "tst_json_writer.moc"
