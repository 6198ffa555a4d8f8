// Joint graphs with symbols, from the texts of traces at several sizes.

#include <QTest>

#include <cmath>
#include <map>

#include "core/ir/graph_text.h"
#include "core/trace/fit_symbols.h"
#include "tests/support/graph_from_text.h"

using namespace core;
using trace::InputSymbol;
using trace::SymbolSample;

namespace {

using Words = std::map<std::string, std::int64_t>;
using Fractions = std::map<std::string, double>;

/// The template with every <word> replaced by its number.
std::string filled(std::string text, const Words& words, const Fractions& fractions = {}) {
  const auto fill = [&](const std::string& word, const std::string& value) {
    const std::string mark = "<" + word + ">";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
      text.replace(at, mark.size(), value);
  };
  for (const auto& [word, number] : words) fill(word, std::to_string(number));
  for (const auto& [word, number] : fractions)
    fill(word, QString::number(number, 'g', 17).toStdString());
  return text;
}

SymbolSample sample(std::vector<std::int64_t> values, const std::string& text, const Words& words,
                    const Fractions& fractions = {}) {
  auto joint = std::make_shared<ir::JointGraph>();
  joint->graph = support::graphFromText(filled(text, words, fractions));
  joint->metadata.outputs.resize(joint->graph->outputs().size());
  return {std::move(values), std::move(joint)};
}

/// Traces of one symbol B, the size of dimension 0 of the first primal.
trace::FitResult fitBatch(const std::string& text) {
  std::vector<SymbolSample> samples;
  for (const std::int64_t b : {6, 11, 13, 17})
    samples.push_back(
        sample({b}, text, {{"B", b}, {"4B", 4 * b}, {"B+2", b + 2}, {"B/2", b / 2}, {"odd", b % 2}},
               {{"1/4B", 1.0 / static_cast<double>(4 * b)},
                {"root", 1.0 / std::sqrt(static_cast<double>(b))},
                {"ratio", static_cast<double>(b + 2) / static_cast<double>(b)},
                {"freedom", 2.0 / static_cast<double>(b - 1)}}));
  return trace::fitSymbols({InputSymbol{"s0", 6, 2, 512, 0, 0}}, samples);
}

/// The same for a batch B and a length L, its dimensions 0 and 1.
trace::FitResult fitSequence(const std::string& text) {
  std::vector<SymbolSample> samples;
  for (const auto& [b, l] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {3, 10}, {11, 10}, {3, 13}, {17, 19}, {23, 29}})
    samples.push_back(
        sample({b, l}, text, {{"B", b}, {"L", l}, {"BL", b * l}, {"2B", 2 * b}, {"L/2", l / 2}}));
  return trace::fitSymbols(
      {InputSymbol{"s0", 3, 2, 512, 0, 0}, InputSymbol{"s1", 10, 2, 512, 0, 1}}, samples);
}

/// The lines of the fitted graph's calls, without phase and numbers.
std::vector<std::string> calls(const trace::FitResult& fit) {
  std::vector<std::string> lines;
  if (!fit.joint) return lines;
  for (const ir::Node& node : fit.joint->graph->nodes())
    if (node.isCall()) {
      const std::string line = ir::nodeText(*fit.joint->graph, node);
      lines.push_back(line.substr(0, line.find("  #")));
    }
  return lines;
}

#define COMPARE_CALLS(fit, ...)                                                \
  do {                                                                         \
    const std::vector<std::string> expected{__VA_ARGS__};                      \
    const std::vector<std::string> actual = calls(fit);                        \
    for (std::size_t i = 0; i < std::min(actual.size(), expected.size()); ++i) \
      QCOMPARE(actual[i], expected[i]);                                        \
    QCOMPARE(actual.size(), expected.size());                                  \
  } while (false)

}  // namespace

class TestFitSymbols : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void sizesAndStridesBecomeExpressions() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %t : f32[4, <B>]{1, 4} = aten.t.default(%primals_1)  # is_forward seq=0
      %clone : f32[4, <B>] = aten.clone.default(%t)  # is_forward seq=1
      return (%clone)
    })");
    COMPARE_CALLS(fit, "%t : f32[4, s0=6]{1, 4} = aten.t.default(%primals_1)",
                  "%clone : f32[4, s0=6]{s0=6, 1} = aten.clone.default(%t)");
    QVERIFY(fit.joint->metadata.outputs[0].dynamicDims == std::vector<int>{1});
  }

  void theSizeIsReadAfterTheFirstCallThatReadsTheInput() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder  # is_forward
      %primals_2 : f32[4, 4] = placeholder  # is_forward
      %t : f32[4, 4]{1, 4} = aten.t.default(%primals_2)  # is_forward seq=0 module="fc:Linear"
      %mm : f32[<B>, 4] = aten.mm.default(%primals_1, %t)  # is_forward seq=1 module="fc:Linear"
      %relu : f32[<B>, 4] = aten.relu.default(%mm)  # is_forward seq=2 module=":Net"
      %view : f32[<B>, 2, 2] = aten.view.default(%relu, [<B>, 2, 2])  # is_forward seq=3
      return (%view)
    })");
    const std::vector<std::string> lines = calls(fit);
    QCOMPARE(lines.size(), std::size_t{5});
    QCOMPARE(lines[2], std::string("%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)"));
    QVERIFY(lines[4].find("aten.view.default(%relu, [%sym_size_int, 2, 2])") != std::string::npos);
    const auto id = fit.joint->graph->find("sym_size_int");
    const ir::NodeMeta& meta = fit.joint->graph->node(*id).meta;
    QCOMPARE(meta.sequenceNumber, std::optional<std::int64_t>(1));
    QCOMPARE(meta.module->path, std::string("fc"));
    QVERIFY(meta.tag == ir::PartitionerTag::IsForward);
  }

  void aSizeThatNoArgumentNeedsHasNoNode() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %relu : f32[<B>, 4] = aten.relu.default(%primals_1)
      return (%relu)
    })");
    COMPARE_CALLS(fit, "%relu : f32[s0=6, 4] = aten.relu.default(%primals_1)");
  }

  void aSizeThatIsNeededEarlierIsReadEarlier() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %ones : f32[<B>, 4] = aten.ones.default([<B>, 4])
      %add : f32[<B>, 4] = aten.add.Tensor(%ones, %primals_1)
      return (%add)
    })");
    COMPARE_CALLS(fit, "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
                  "%ones : f32[s0=6, 4] = aten.ones.default([%sym_size_int, 4])",
                  "%add : f32[s0=6, 4] = aten.add.Tensor(%ones, %primals_1)");
  }

  void productsAndSumsStandBeforeTheirFirstUseAndAreMadeOnce() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %mul : f32[<B>, 4] = aten.mul.Tensor(%primals_1, 2)  # seq=0
      %view : f32[<4B>] = aten.view.default(%mul, [<4B>])  # seq=1
      %view_1 : f32[<4B>, 1] = aten.view.default(%view, [<4B>, 1])  # seq=2
      %pad : f32[<B+2>, 4] = aten.constant_pad_nd.default(%mul, [0, <B+2>])  # seq=3
      return (%view_1, %pad)
    })");
    COMPARE_CALLS(fit, "%mul : f32[s0=6, 4] = aten.mul.Tensor(%primals_1, 2)",
                  "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
                  "%mul_1 : sym[4*s0=24] = _operator.mul(%sym_size_int, 4)",
                  "%view : f32[4*s0=24] = aten.view.default(%mul, [%mul_1])",
                  "%view_1 : f32[4*s0=24, 1] = aten.view.default(%view, [%mul_1, 1])",
                  "%add : sym[s0 + 2=8] = _operator.add(%sym_size_int, 2)",
                  "%pad : f32[s0 + 2=8, 4] = aten.constant_pad_nd.default(%mul, [0, %add])");
  }

  void twoSymbolsAndTheirProduct() {
    const auto fit = fitSequence(R"(graph {
      %primals_1 : i64[<B>, <L>] = placeholder
      %view : i64[<BL>] = aten.view.default(%primals_1, [<BL>])
      %view_1 : i64[<B>, <L>] = aten.view.default(%view, [<B>, <L>])
      return (%view_1)
    })");
    COMPARE_CALLS(fit, "%sym_size_int : sym[s0=3] = aten.sym_size.int(%primals_1, 0)",
                  "%sym_size_int_1 : sym[s1=10] = aten.sym_size.int(%primals_1, 1)",
                  "%mul : sym[s0*s1=30] = _operator.mul(%sym_size_int, %sym_size_int_1)",
                  "%view : i64[s0*s1=30] = aten.view.default(%primals_1, [%mul])",
                  "%view_1 : i64[s0=3, s1=10]{s1=10, 1} = aten.view.default(%view, "
                  "[%sym_size_int, %sym_size_int_1])");
  }

  void aSizeThatAViewComputedIsReadFromTheView() {
    const auto fit = fitSequence(R"(graph {
      %primals_1 : f32[<B>, <L>, 4] = placeholder  # is_forward
      %tangents_1 : f32[<B>, <L>, 4] = placeholder  # is_backward
      %view : f32[<BL>, 4] = aten.view.default(%primals_1, [<BL>, 4])  # is_forward seq=0
      %tanh : f32[<BL>, 4] = aten.tanh.default(%view)  # is_forward seq=1
      %view_1 : f32[<B>, <L>, 4] = aten.view.default(%tanh, [<B>, <L>, 4])  # is_forward seq=2
      %view_2 : f32[<BL>, 4] = aten.view.default(%tangents_1, [<BL>, 4])  # is_backward seq=2
      return (%view_1, %view_2)
    })");
    const std::vector<std::string> lines = calls(fit);
    QCOMPARE(lines.size(), std::size_t{8});
    QCOMPARE(lines[2], std::string("%mul : sym[s0*s1=30] = _operator.mul(%sym_size_int, "
                                   "%sym_size_int_1)"));
    QCOMPARE(lines[4],
             std::string("%sym_size_int_2 : sym[s0*s1=30] = aten.sym_size.int(%view, 0)"));
    QVERIFY(lines[7].find("(%tangents_1, [%sym_size_int_2, 4])") != std::string::npos);
  }

  void aSizeThatACallKeepsIsNotReadAgain() {
    const auto fit = fitSequence(R"(graph {
      %primals_1 : f32[<B>, <L>] = placeholder  # is_forward
      %tangents_1 : f32[<B>] = placeholder  # is_backward
      %tanh : f32[<B>, <L>] = aten.tanh.default(%primals_1)  # is_forward seq=0
      %sum_1 : f32[<B>] = aten.sum.dim_IntList(%tanh, [1])  # is_forward seq=1
      %expand : f32[<B>, <L>]{1, 0} = aten.expand.default(%tangents_1, [<B>, <L>])  # is_backward seq=1
      return (%sum_1, %expand)
    })");
    for (const std::string& line : calls(fit))
      if (line.find("sym_size.int(") != std::string::npos)
        QVERIFY2(line.find("sym_size.int(%primals_1") != std::string::npos, line.c_str());
  }

  void everyElementOfATupleIsFitted() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %split : (f32[<B>, 2]{4, 1}, f32[<B>, 2]{4, 1}) = aten.split.Tensor(%primals_1, 2, 1)
      %getitem : f32[<B>, 2]{4, 1} = getitem(%split, 1)
      return (%getitem)
    })");
    COMPARE_CALLS(
        fit,
        "%split : (f32[s0=6, 2]{4, 1}, f32[s0=6, 2]{4, 1}) = aten.split.Tensor(%primals_1, 2, 1)",
        "%getitem : f32[s0=6, 2]{4, 1} = getitem(%split, 1)");
  }

  void tangentsOfTheMetadataAreFitted() {
    std::vector<SymbolSample> samples;
    for (const std::int64_t b : {6, 11, 13, 17}) {
      auto joint = std::make_shared<ir::JointGraph>();
      joint->graph = support::graphFromText(filled(R"(graph {
        %primals_1 : f32[<B>, 4] = placeholder
        return (%primals_1)
      })",
                                                   {{"B", b}}));
      joint->metadata.tracedTangents = {ir::contiguousMeta(ir::DType::F32, {4, b})};
      samples.push_back({{b}, std::move(joint)});
    }
    const auto fit = trace::fitSymbols({InputSymbol{"s0", 6, 2, 512, 0, 0}}, samples);
    const ir::TensorMeta& tangent = fit.joint->metadata.tracedTangents.front();
    QCOMPARE(tangent.sizes[1].text(), std::string("s0"));
    QCOMPARE(tangent.strides[0].text(), std::string("s0"));
    QCOMPARE(tangent.sizes[1].hint(), std::int64_t{6});
  }

  void aNumberThatIsNoExpressionNamesTheCallAndTheSymbol() {
    const auto half = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %slice : f32[<B/2>, 4] = aten.slice.Tensor(%primals_1, 0, 0, <B/2>)
      return (%slice)
    })");
    QVERIFY(!half.joint);
    QCOMPARE(half.failure->symbol, std::size_t{0});
    QVERIFY(half.failure->reason.find("`aten.slice.Tensor` (slice)") != std::string::npos);

    const auto second = fitSequence(R"(graph {
      %primals_1 : f32[<B>, <L>] = placeholder
      %slice : f32[<B>, <L/2>] = aten.slice.Tensor(%primals_1, 1, 0, <L/2>)
      return (%slice)
    })");
    QVERIFY(!second.joint);
    QCOMPARE(second.failure->symbol, std::size_t{1});
  }

  /// What is left of a strided window is in no product or sum of sizes, but the program says it.
  void theProgramsExpressionsAreFittedWithTheirProducts() {
    std::vector<SymbolSample> samples;
    for (const auto& [b, h] : std::vector<std::pair<std::int64_t, std::int64_t>>{
             {3, 10}, {11, 10}, {3, 13}, {17, 19}, {23, 29}}) {
      const std::int64_t half = (h - 1) / 2 + 1;
      samples.push_back(sample({b, h}, R"(graph {
        %primals_1 : f32[<B>, 4, <H>] = placeholder  # is_forward
        %window : f32[<B>, 4, <half>] = aten.avg_pool1d.default(%primals_1, [3], [2], [1])  # is_forward seq=0
        %view : f32[<flat>] = aten.view.default(%window, [<flat>])  # is_forward seq=1
        %pad : f32[<pad>] = aten.constant_pad_nd.default(%view, [0, <half>])  # is_forward seq=2
        return (%pad)
      })",
                               {{"B", b},
                                {"H", h},
                                {"half", half},
                                {"flat", 4 * b * half},
                                {"pad", 4 * b * half + half}}));
    }
    const auto fit = trace::fitSymbols(
        {InputSymbol{"s0", 3, 2, 512, 0, 0}, InputSymbol{"s1", 10, 2, 512, 0, 2}}, samples, {},
        {"(s1 - 1)//2 + 1", "4*s0*((s1 - 1)//2 + 1) + (s1 - 1)//2 + 1"});
    QVERIFY2(fit.joint, fit.failure ? fit.failure->reason.c_str() : "");
    COMPARE_CALLS(
        fit,
        "%window : f32[s0=3, 4, (s1 - 1)//2 + 1=5]{4*((s1 - 1)//2 + 1)=20, (s1 - 1)//2 + 1=5, 1} = "
        "aten.avg_pool1d.default(%primals_1, [3], [2], [1])",
        "%sym_size_int : sym[s0=3] = aten.sym_size.int(%primals_1, 0)",
        "%sym_size_int_1 : sym[s1=10] = aten.sym_size.int(%primals_1, 2)",
        "%mul : sym[4*s0=12] = _operator.mul(%sym_size_int, 4)",
        "%sub : sym[s1 - 1=9] = _operator.sub(%sym_size_int_1, 1)",
        "%floordiv : sym[(s1 - 1)//2=4] = _operator.floordiv(%sub, 2)",
        "%add : sym[(s1 - 1)//2 + 1=5] = _operator.add(%floordiv, 1)",
        "%mul_1 : sym[4*s0*((s1 - 1)//2 + 1)=60] = _operator.mul(%mul, %add)",
        "%view : f32[4*s0*((s1 - 1)//2 + 1)=60] = aten.view.default(%window, [%mul_1])",
        "%pad : f32[4*s0*((s1 - 1)//2 + 1) + (s1 - 1)//2 + 1=65] = "
        "aten.constant_pad_nd.default(%view, [0, %add])");
  }

  void graphsThatDifferInMoreThanIntegersDoNotFit() {
    std::vector<SymbolSample> samples;
    for (const std::int64_t b : {6, 11, 13, 17})
      samples.push_back(sample({b},
                               std::string(R"(graph {
        %primals_1 : f32[<B>, 4] = placeholder
        %out : f32[<B>, 4] = )") + (b % 2 ? "aten.relu.default" : "aten.sin.default") +
                                   R"((%primals_1)
        return (%out)
      })",
                               {{"B", b}}));
    const auto fit = trace::fitSymbols({InputSymbol{"s0", 6, 2, 512, 0, 0}}, samples);
    QVERIFY(!fit.joint);
    QVERIFY(fit.failure->reason.find("is another call") != std::string::npos);
  }

  void aFractionOfSizesIsComputed() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %mul : f32[<B>, 4] = aten.mul.Tensor(%primals_1, <1/4B>)
      return (%mul)
    })");
    COMPARE_CALLS(
        fit, "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
        "%mul_1 : sym[4*s0=24] = _operator.mul(%sym_size_int, 4)",
        "%truediv : real[1.0/(4*s0)=0.041666666666666664] = _operator.truediv(1.0, %mul_1)",
        "%mul : f32[s0=6, 4] = aten.mul.Tensor(%primals_1, %truediv)");
  }

  /// The scale of an image that was enlarged; its size is read from the tensor that has it.
  void aRatioOfSizesIsComputed() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder  # is_forward
      %pad : f32[<B+2>, 4] = aten.constant_pad_nd.default(%primals_1, [0, 0, 1, 1])  # is_forward seq=0
      %mul : f32[<B+2>, 4] = aten.mul.Tensor(%pad, <ratio>)  # is_forward seq=1
      return (%mul)
    })");
    COMPARE_CALLS(fit,
                  "%pad : f32[s0 + 2=8, 4] = aten.constant_pad_nd.default(%primals_1, "
                  "[0, 0, 1, 1])",
                  "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
                  "%sym_size_int_1 : sym[s0 + 2=8] = aten.sym_size.int(%pad, 0)",
                  "%truediv : real[(s0 + 2)/s0=1.3333333333333333] = "
                  "_operator.truediv(%sym_size_int_1, %sym_size_int)",
                  "%mul : f32[s0 + 2=8, 4] = aten.mul.Tensor(%pad, %truediv)");
  }

  void theDegreesOfFreedomOfAVarianceAreComputed() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %mul : f32[<B>, 4] = aten.mul.Tensor(%primals_1, <freedom>)
      return (%mul)
    })");
    COMPARE_CALLS(fit, "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
                  "%sym_float : real[ToFloat(s0)=6.0] = torch.sym_float(%sym_size_int)",
                  "%sub : real[ToFloat(s0) - 1.0=5.0] = _operator.sub(%sym_float, 1.0)",
                  "%truediv : real[2.0/(ToFloat(s0) - 1.0)=0.4] = _operator.truediv(2.0, %sub)",
                  "%mul : f32[s0=6, 4] = aten.mul.Tensor(%primals_1, %truediv)");
  }

  void aRootOfASizeIsComputed() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %mul : f32[<B>, 4] = aten.mul.Tensor(%primals_1, <root>)
      return (%mul)
    })");
    COMPARE_CALLS(fit, "%sym_size_int : sym[s0=6] = aten.sym_size.int(%primals_1, 0)",
                  "%_sym_sqrt : real[sqrt(s0)=2.449489742783178] = torch._sym_sqrt(%sym_size_int)",
                  "%truediv : real[1.0/sqrt(s0)=0.4082482904638631] = "
                  "_operator.truediv(1.0, %_sym_sqrt)",
                  "%mul : f32[s0=6, 4] = aten.mul.Tensor(%primals_1, %truediv)");
  }

  void aFloatingPointNumberThatMovesDoesNotFit() {
    const auto fit = fitBatch(R"(graph {
      %primals_1 : f32[<B>, 4] = placeholder
      %div : f32[<B>, 4] = aten.div.Tensor(%primals_1, <B>.5)
      return (%div)
    })");
    QVERIFY(!fit.joint);
  }
};

QTEST_APPLESS_MAIN(TestFitSymbols)
#include "tst_fit_symbols.moc"
