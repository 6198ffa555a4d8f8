// A compiled step under a caller's hands: the backward run twice, from strange gradients, with
// parts missing, after writes; everything that a single check run does not do.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>

#include <QTest>

#include "core/run/check_torch.h"
#include "core/run/compiled_step_torch.h"
#include "tests/aot/program_text.h"
#include "tests/core/run/run_model.h"

using namespace core;
using at::Tensor;

extern "C" core::torch::TorchModule* aotTorchModule();

namespace {

/// The program compiled for training; its inputs are given at each run.
class Step {
 public:
  explicit Step(const char* program, double budget = 1)
      : m_builder(support::programFromText(program)) {
    m_model = support::valueOf(aotTorchModule()->open(m_builder.model(), m_builder.inputs(), 0));
    m_step.emplace(support::compile(*m_model, run::Mode::Train, support::minCut(budget),
                                    support::Build::ExternOnly),
                   c10::kCPU);
  }
  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) { return m_step->run(inputs); }

 private:
  support::ProgramBuilder m_builder;
  support::TorchModelPtr m_model;
  std::optional<run::CompiledStep> m_step;
};

/// sin(x) * w, of which autograd saves all three.
const char* const kSineTimes =
    "input x f32[3, 4] leaf\n"
    "input w f32[3, 4] leaf\n"
    "s = aten.sin.default(x)\n"
    "y = aten.mul.Tensor(s, other=w)\n"
    "return y\n";

Tensor leaf(at::IntArrayRef sizes, double phase) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return (at::arange(count, at::kFloat) * 0.37 + phase).sin().view(sizes).requires_grad_(true);
}

void backward(const Tensor& root, const Tensor& gradient, bool retain = false,
              bool createGraph = false) {
  ::torch::autograd::backward({root}, {gradient}, retain, createGraph);
}

template <typename Work>
QString messageOf(Work&& work) {
  try {
    work();
  } catch (const c10::Error& error) {
    return QString::fromStdString(error.what_without_backtrace());
  }
  return {};
}

bool close(const Tensor& a, const Tensor& b) {
  return a.defined() && b.defined() && a.sizes() == b.sizes() && at::allclose(a, b, 1e-5, 1e-6);
}

/// The memory of a tensor, without holding it.
c10::weak_intrusive_ptr<c10::StorageImpl> watch(const Tensor& tensor) {
  return c10::weak_intrusive_ptr<c10::StorageImpl>(
      c10::intrusive_ptr<c10::StorageImpl>::reclaim_copy(tensor.storage().unsafeGetStorageImpl()));
}

/// Gradients of x and w for `gradient`, by eager.
std::pair<Tensor, Tensor> eagerGradients(const Tensor& x, const Tensor& w, const Tensor& gradient) {
  const at::NoGradGuard noGrad;
  return {gradient * w * x.cos(), gradient * x.sin()};
}

}  // namespace

class TestCompiledStep : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aRetainedGraphRunsAgain() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), ones = at::ones({3, 4});
    const Tensor y = step({x, w})[0];
    backward(y, ones, /*retain=*/true);
    backward(y, ones, /*retain=*/true);
    backward(y, ones);
    const auto [dx, dw] = eagerGradients(x, w, ones);
    QVERIFY(close(x.grad(), 3 * dx));
    QVERIFY(close(w.grad(), 3 * dw));
  }

  void fiveStepsInARowGiveTheSameGradients() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), ones = at::ones({3, 4});
    for (int i = 1; i <= 5; ++i) {
      backward(step({x, w})[0], ones);
      QVERIFY(close(w.grad(), i * eagerGradients(x, w, ones).second));
    }
  }

  void aLargeResultTakesTheMemoryOfTheOneBeforeOnceThatIsGone() {
    Step step(
        "input x f32[300, 400] leaf\n"
        "y = aten.sin.default(x)\n"
        "return y\n");
    const Tensor x = leaf({300, 400}, 0.1), other = leaf({300, 400}, 0.7);
    const void* first = step({x})[0].data_ptr();
    Tensor kept = step({x})[0];
    QCOMPARE(kept.data_ptr(), first);
    const Tensor next = step({other})[0];
    QVERIFY(next.data_ptr() != first);
    QVERIFY(close(kept.detach(), x.detach().sin()));
    QVERIFY(close(next.detach(), other.detach().sin()));
    kept.reset();
    QCOMPARE(step({x})[0].data_ptr(), first);
  }

  void resultsOutliveTheirStep() {
    std::optional<Step> step(std::in_place,
                             "input x f32[300, 400] leaf\n"
                             "y = aten.sin.default(x)\n"
                             "return y\n");
    const Tensor x = leaf({300, 400}, 0.1);
    const Tensor y = (*step)({x})[0];
    step.reset();
    QVERIFY(close(y.detach(), x.detach().sin()));
    backward(y, at::ones({300, 400}));
    QVERIFY(close(x.grad(), x.detach().cos()));
  }

  void aSecondBackwardOfAReleasedGraphSaysSo() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), ones = at::ones({3, 4});
    const Tensor y = step({x, w})[0];
    backward(y, ones);
    const QString message = messageOf([&] { backward(y, ones); });
    QVERIFY2(message.contains("retain_graph"), qPrintable(message));
  }

  void gradientsThatWereMadeWithAGraphAreRight() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), ones = at::ones({3, 4});
    const Tensor y = step({x, w})[0];
    const auto made = ::torch::autograd::grad({y}, {x, w}, {ones}, true, /*create_graph=*/true);
    const auto [dx, dw] = eagerGradients(x, w, ones);
    QVERIFY(close(made[0].detach(), dx));
    QVERIFY(close(made[1].detach(), dw));
    backward(y, ones);
    QVERIFY(close(x.grad(), dx));
  }

  void doubleBackwardIsRefused() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), ones = at::ones({3, 4});
    const Tensor y = step({x, w})[0];
    const auto made = ::torch::autograd::grad({y}, {x, w}, {ones}, true, /*create_graph=*/true);
    QVERIFY(made[0].requires_grad());
    const QString message = messageOf([&] { ::torch::autograd::grad({made[0].sum()}, {w}); });
    QVERIFY2(message.contains("double backward"), qPrintable(message));
  }

  void doubleBackwardThroughTheIncomingGradientIsRefused() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2), incoming = leaf({3, 4}, 2);
    const Tensor y = step({x, w})[0];
    const auto made = ::torch::autograd::grad({y}, {x}, {incoming}, true, /*create_graph=*/true);
    const QString message =
        messageOf([&] { ::torch::autograd::grad({made[0].sum()}, {incoming}); });
    QVERIFY2(message.contains("double backward"), qPrintable(message));
  }

  void withoutCreateGraphGradientsHaveNoHistory() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2);
    const auto made = ::torch::autograd::grad({step({x, w})[0]}, {x}, {at::ones({3, 4})});
    QVERIFY(!made[0].requires_grad());
  }

  void anOutputThatIsNotUsedHasAZeroGradient() {
    Step step(
        "input x f32[3, 4] leaf\n"
        "a = aten.sin.default(x)\n"
        "b = aten.cos.default(x)\n"
        "return a, b\n");
    const Tensor x = leaf({3, 4}, 0.1);
    backward(step({x})[1], at::ones({3, 4}));
    QVERIFY(close(x.grad(), -x.detach().sin()));
  }

  void severalOutputsGiveOneGradient() {
    Step step(
        "input x f32[3, 4] leaf\n"
        "a = aten.sin.default(x)\n"
        "b = aten.cos.default(x)\n"
        "v, i = aten.max.dim(x, dim=1)\n"
        "return a, v, i, b\n");
    const Tensor x = leaf({3, 4}, 0.1);
    const std::vector<Tensor> outputs = step({x});
    QVERIFY(!outputs[2].requires_grad());
    const Tensor ones = at::ones({3, 4}), row = at::ones({3});
    ::torch::autograd::backward({outputs[0], outputs[1], outputs[3]}, {ones, row, ones * 2});
    const Tensor eager = x.detach().clone().requires_grad_(true);
    ::torch::autograd::backward({eager.sin(), std::get<0>(eager.max(1)), eager.cos()},
                                {ones, row, ones * 2});
    QVERIFY(close(x.grad(), eager.grad()));
  }

  void anOutputThatIsReturnedTwiceIsOneTensor() {
    Step step("input x f32[3, 4] leaf\ny = aten.sin.default(x)\nreturn y, y\n");
    const Tensor x = leaf({3, 4}, 0.1);
    const std::vector<Tensor> outputs = step({x});
    QVERIFY(outputs[0].is_same(outputs[1]));
    const Tensor ones = at::ones({3, 4});
    ::torch::autograd::backward({outputs[0], outputs[1]}, {ones, ones});
    QVERIFY(close(x.grad(), x.detach().cos() * 2));
  }

  /// Row 44: a file holds no backward of its own that could write its incoming gradient, and the
  /// compiled one must not: neither kernels nor calls overwrite it, nor what was saved.
  void theIncomingGradientIsLeftAsItWas() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 0.9);
    const Tensor gradient = leaf({3, 4}, 0.4).detach();
    const Tensor before = gradient.clone();
    const auto version = gradient._version();
    backward(step({x, w})[0], gradient);
    QVERIFY(at::equal(gradient, before));
    QCOMPARE(gradient._version(), version);
  }

  /// Saved views and outputs go with the last who holds them, also if no backward was called.
  void aStepLeavesNothingBehind() {
    Step step(
        "input x f32[3, 4] leaf\n"
        "s = aten.sin.default(x)\n"
        "v = aten.view.default(s, size=[4, 3])\n"
        "y = aten.mul.Tensor(v, other=v)\n"
        "return y, v\n");
    const Tensor x = leaf({3, 4}, 0.1);
    std::vector<Tensor> outputs = step({x});
    const auto first = watch(outputs[0]);
    const auto second = watch(outputs[1]);
    QVERIFY(!first.expired() && !second.expired());
    outputs.clear();
    QVERIFY(first.expired());
    QVERIFY(second.expired());
  }

  void incomingGradientsOfAnyLayoutAreTaken_data() {
    QTest::addColumn<int>("kind");
    QTest::newRow("transposed") << 0;
    QTest::newRow("expanded") << 1;
    QTest::newRow("every second column") << 2;
    QTest::newRow("with an offset") << 3;
  }
  void incomingGradientsOfAnyLayoutAreTaken() {
    QFETCH(int, kind);
    const Tensor numbers = leaf({8, 8}, 0.5).detach();
    const Tensor gradient = kind == 0   ? numbers.slice(0, 0, 4).slice(1, 0, 3).t()
                            : kind == 1 ? numbers.slice(0, 0, 1).slice(1, 0, 4).expand({3, 4})
                            : kind == 2 ? numbers.slice(0, 0, 3).slice(1, 0, 8, 2)
                                        : numbers.slice(0, 5, 8).slice(1, 4, 8);
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2);
    backward(step({x, w})[0], gradient);
    const auto [dx, dw] = eagerGradients(x, w, gradient);
    QVERIFY(close(x.grad(), dx));
    QVERIFY(close(w.grad(), dw));
  }

  void aChannelsLastOutputTakesAPlainGradient() {
    Step step(
        "input x f32[2, 3, 4, 5] leaf\n"
        "c = aten.contiguous.default(x, memory_format=channels_last)\n"
        "y = aten.sin.default(c)\n"
        "return y\n");
    const Tensor x = leaf({2, 3, 4, 5}, 0.1), gradient = leaf({2, 3, 4, 5}, 2).detach();
    const Tensor y = step({x})[0];
    QVERIFY(y.is_contiguous(at::MemoryFormat::ChannelsLast));
    backward(y, gradient);
    QVERIFY(close(x.grad(), gradient * x.detach().cos()));
  }

  void writingAnInputThatTheBackwardNeedsIsRefused() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2);
    const Tensor y = step({x, w})[0];
    {
      const at::NoGradGuard noGrad;
      w.add_(1);
    }
    const QString message = messageOf([&] { backward(y, at::ones({3, 4})); });
    QVERIFY2(message.contains("modified by an in-place operation"), qPrintable(message));
  }

  void writingAnOutputThatTheBackwardNeedsIsRefused() {
    Step step(
        "input x f32[3, 4] leaf\n"
        "y = aten.exp.default(x)\n"
        "return y\n");
    const Tensor y = step({leaf({3, 4}, 0.1)})[0];
    y.detach().add_(1);
    const QString message = messageOf([&] { backward(y, at::ones({3, 4})); });
    QVERIFY2(message.contains("modified by an in-place operation"), qPrintable(message));
  }

  void writingAnOutputThatNobodyNeedsIsFine() {
    Step step(
        "input x f32[3, 4] leaf\n"
        "y = aten.sin.default(x)\n"
        "return y\n");
    const Tensor x = leaf({3, 4}, 0.1);
    const Tensor y = step({x})[0];
    y.add_(1);
    backward(y, at::ones({3, 4}));
    QVERIFY(close(x.grad(), x.detach().cos()));
  }

  void gradientsFlowOnThroughAnInputThatIsNoLeaf() {
    Step step(kSineTimes);
    const Tensor start = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2);
    const Tensor x = start * 2;
    backward(step({x, w})[0], at::ones({3, 4}));
    QVERIFY(close(start.grad(), 2 * eagerGradients(x, w, at::ones({3, 4})).first));
  }

  void onlyTheWantedGradientsAreMade() {
    Step step(kSineTimes);
    const Tensor x = leaf({3, 4}, 0.1), w = leaf({3, 4}, 1.2);
    const auto made = ::torch::autograd::grad({step({x, w})[0]}, {w}, {at::ones({3, 4})});
    QVERIFY(close(made[0], x.detach().sin()));
    QVERIFY(!x.grad().defined());
  }

  void aWriteToAViewOfTheOutputReachesAutograd() {
    Step step(
        "input x f32[2, 3] grad\n"
        "v = aten.view.default(x, size=[6])\n"
        "y = aten.mul.Tensor(x, other=2)\n"
        "return v, y\n");
    const Tensor start = leaf({2, 3}, 0.1);
    const Tensor x = start.clone();
    const auto outputs = step({x});
    outputs[0].mul_(3);
    QVERIFY(close(x.detach(), 3 * start.detach()));
    backward(x, at::ones({2, 3}));
    QVERIFY(close(start.grad(), at::full({2, 3}, 3.0)));
  }

  void aWrittenInputHasANodeAndGradientsFlowThroughIt() {
    Step step(
        "input a f32[4] grad\n"
        "m = aten.mul_.Tensor(a, other=2)\n"
        "y = aten.mul.Tensor(a, other=3)\n"
        "return y\n");
    const Tensor start = leaf({4}, 0.1);
    const Tensor a = start.clone();
    const Tensor y = step({a})[0];
    backward((a + y).sum(), {});
    QVERIFY(close(a.detach(), 2 * start.detach()));
    QVERIFY(close(start.grad(), at::full({4}, 8.0)));
  }

  void anOutputThatNeedsNoGradientHasNoNode() {
    Step step(
        "input x f32[2, 3] leaf\n"
        "v, i = aten.max.dim(x, dim=1)\n"
        "return v, i\n");
    const auto outputs = step({leaf({2, 3}, 0.1)});
    QVERIFY(outputs[0].requires_grad());
    QVERIFY(!outputs[1].requires_grad() && outputs[1].is_leaf());
  }

  void theBackwardIsNotNamedAnEagerOperator() {
    Step step(kSineTimes);
    const Tensor y = step({leaf({3, 4}, 0.1), leaf({3, 4}, 1.2)})[0];
    QCOMPARE(y.grad_fn()->name(), std::string("CompiledBackward"));
  }

  /// A batch norm's mean of what another one centred: zero but for rounding, in either run.
  void aMeanOfNothingButRoundingIsJudgedOnTheScaleOfTheOtherBuffers() {
    const auto passes = [](double compiledMean) {
      const auto step = [](double mean) {
        run::FinishedStep finished;
        finished.buffers = {{"buffer:mean", at::full({4}, mean)},
                            {"buffer:variance", at::full({4}, 0.9)},
                            {"buffer:count", at::full({1}, 1 << 20, at::kLong)}};
        return finished;
      };
      run::FinishedStep compiled = step(compiledMean);
      run::FinishedStep eager = step(3e-11);
      return run::compareSteps(compiled, eager, std::nullopt).passed;
    };
    QVERIFY(passes(-6e-11));
    QVERIFY(!passes(1e-6));
  }
};

QTEST_GUILESS_MAIN(TestCompiledStep)
#include "tst_compiled_step.moc"
