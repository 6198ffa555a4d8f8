// Views between producer and consumer, folded into strides or into the index of a fused kernel.

#include <QTest>

#include "core/schedule/storage.h"
#include "tests/support/graph_from_text.h"
#include "tests/support/run_schedule.h"

using namespace core::schedule;
using tests::Elements;

namespace {

Elements counting(std::size_t count) {
  Elements elements(count);
  for (std::size_t i = 0; i < count; ++i) elements[i] = static_cast<double>(i);
  return elements;
}

}  // namespace

class TestViews : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void readsThroughViews_data() {
    QTest::addColumn<QString>("views");
    QTest::addColumn<QString>("type");
    QTest::addColumn<std::vector<double>>("want");
    // x = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    const auto row = [](const char* name, const char* views, const char* type, Elements want) {
      QTest::newRow(name) << QString(views) << QString(type) << want;
    };
    row("t", "%v : f64[4, 3]{1, 4} = aten.t.default(%b)\n", "f64[4, 3]",
        {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
    row("permute", "%v : f64[4, 3]{1, 4} = aten.permute.default(%b, [1, 0])\n", "f64[4, 3]",
        {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
    row("view", "%v : f64[2, 6] = aten.view.default(%b, [2, 6])\n", "f64[2, 6]", counting(12));
    row("view that splits", "%v : f64[3, 2, 2] = aten.view.default(%b, [3, 2, 2])\n",
        "f64[3, 2, 2]", counting(12));
    row("unsqueeze and expand",
        "%u : f64[3, 1, 4]{4, 4, 1} = aten.unsqueeze.default(%b, 1)\n"
        "%v : f64[3, 2, 4]{4, 0, 1} = aten.expand.default(%u, [3, 2, 4])\n",
        "f64[3, 2, 4]",
        {0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 8, 9, 10, 11, 8, 9, 10, 11});
    row("slice", "%v : f64[3, 2]{4, 2} = aten.slice.Tensor(%b, 1, 1, 9223372036854775807, 2)\n",
        "f64[3, 2]", {1, 3, 5, 7, 9, 11});
    row("slice from the end", "%v : f64[2, 4] = aten.slice.Tensor(%b, 0, -2)\n", "f64[2, 4]",
        {4, 5, 6, 7, 8, 9, 10, 11});
    row("select", "%v : f64[3]{4} = aten.select.int(%b, 1, -1)\n", "f64[3]", {3, 7, 11});
    row("split",
        "%s : (f64[3, 3]{4, 1}, f64[3, 1]{4, 1}) = aten.split.Tensor(%b, 3, 1)\n"
        "%v : f64[3, 1]{4, 1} = getitem(%s, 1)\n",
        "f64[3, 1]", {3, 7, 11});
    row("split with sizes",
        "%s : (f64[1, 4], f64[2, 4]) = aten.split_with_sizes.default(%b, [1, 2])\n"
        "%v : f64[2, 4] = getitem(%s, 1)\n",
        "f64[2, 4]", {4, 5, 6, 7, 8, 9, 10, 11});
    row("unbind",
        "%s : (f64[4], f64[4], f64[4]) = aten.unbind.int(%b)\n%v : f64[4] = getitem(%s, 2)\n",
        "f64[4]", {8, 9, 10, 11});
    row("as_strided", "%v : f64[2, 2]{1, 4} = aten.as_strided.default(%b, [2, 2], [1, 4], 5)\n",
        "f64[2, 2]", {5, 9, 6, 10});
    row("diagonal", "%v : f64[3]{5} = aten.diagonal.default(%b, 1)\n", "f64[3]", {1, 6, 11});
    row("unfold", "%v : f64[3, 2, 3]{4, 1, 1} = aten.unfold.default(%b, 1, 3, 1)\n", "f64[3, 2, 3]",
        {0, 1, 2, 1, 2, 3, 4, 5, 6, 5, 6, 7, 8, 9, 10, 9, 10, 11});
    row("a chain",
        "%u : f64[3, 2, 2] = aten.view.default(%b, [3, 2, 2])\n"
        "%p : f64[2, 3, 2]{2, 4, 1} = aten.permute.default(%u, [1, 0, 2])\n"
        "%q : f64[3, 2]{4, 1} = aten.select.int(%p, 0, 1)\n"
        "%v : f64[2, 3]{1, 4} = aten.t.default(%q)\n",
        "f64[2, 3]", {2, 6, 10, 3, 7, 11});
  }
  /// `%b` is an input, then a computed value: the view is of memory, or inside a kernel.
  void readsThroughViews() {
    QFETCH(QString, views);
    QFETCH(QString, type);
    QFETCH(std::vector<double>, want);
    Elements negated = want;
    for (double& element : negated) element = -element;
    const QString use = "%r : " + type + " = aten.neg.default(%v)\nreturn (%r)\n";
    const QString fromInput = "%b : f64[3, 4] = placeholder\n" + views + use;
    QCOMPARE(tests::runText(fromInput.toStdString(), {counting(12)})[0], negated);
    const QString fromValue =
        "%a : f64[3, 4] = placeholder\n%b : f64[3, 4] = aten.neg.default(%a)\n" + views + use;
    QCOMPARE(tests::runText(fromValue.toStdString(), {counting(12)})[0], want);
  }

  void permutedAndReshapedProducersShareAKernel() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[4, 6] = placeholder\n%b : f64[4, 6] = aten.exp.default(%a)\n"
        "%v : f64[4, 2, 3] = aten.view.default(%b, [4, 2, 3])\n"
        "%p : f64[2, 4, 3]{3, 6, 1} = aten.permute.default(%v, [1, 0, 2])\n"
        "%r : f64[2, 4, 3] = aten.neg.default(%p)\nreturn (%r)\n");
    QCOMPARE(schedule.groups.size(), std::size_t{1});
  }

  void broadcastOperandsAlignAtTheLastDimension() {
    const auto out = tests::runText(
        "%a : f64[2, 3] = placeholder\n%b : f64[3] = placeholder\n%c : f64[2, 1] = placeholder\n"
        "%s : f64[2, 3] = aten.add.Tensor(%a, %b)\n%r : f64[2, 3] = aten.mul.Tensor(%s, %c)\n"
        "return (%r)\n",
        {{0, 1, 2, 3, 4, 5}, {10, 20, 30}, {1, -1}});
    QCOMPARE(out[0], (Elements{10, 21, 32, -13, -24, -35}));
  }

  void aViewThatIsReturnedIsAPlaceInItsBuffer() {
    const auto schedule = tests::scheduleOf(
        "%a : f64[3, 4] = placeholder\n%b : f64[3, 4] = aten.neg.default(%a)\n"
        "%v : f64[2, 4] = aten.slice.Tensor(%b, 0, 1)\nreturn (%v)\n");
    const auto& place = schedule.places[schedule.graph->find("v")->index];
    QVERIFY(place.has_value());
    QCOMPARE(place->offset, std::int64_t{4});
    QVERIFY(schedule.buffers[static_cast<std::size_t>(place->buffer)].kind ==
            BufferKind::GraphOutput);
  }

  void extentReachesTheLastElement() {
    core::ir::TensorMeta meta = core::ir::contiguousMeta(core::ir::DType::F32, {2, 3});
    QCOMPARE(extentOf(meta), std::int64_t{6});
    meta.strides = {8, 2};
    QCOMPARE(extentOf(meta), std::int64_t{13});
    QVERIFY(isNonOverlapping(meta));
    meta.strides = {1, 1};
    QVERIFY(!isNonOverlapping(meta));
    meta.sizes = {0, 3};
    QCOMPARE(extentOf(meta), std::int64_t{0});
  }
};

QTEST_APPLESS_MAIN(TestViews)
#include "tst_views.moc"
