// A backward is built by its first call, as in PyTorch: what is built when, and what becomes of a
// build that fails or is stopped.

#include <QTest>

#include "core/torch/deferred_half.h"
#include "tests/aot/entry_calls.h"
#include "tests/core/run/run_model.h"

using namespace core;

namespace {

/// sin(x) * w, of which autograd saves all three.
const char* const kSineTimes =
    "input x f32[3, 4] leaf\n"
    "input w f32[3, 4] leaf\n"
    "s = aten.sin.default(x)\n"
    "y = aten.mul.Tensor(s, other=w)\n"
    "return y\n";

/// A program whose backward waits, and counts its builds.
class LazyStep {
 public:
  explicit LazyStep(std::function<Result<void>()> beforeBuild = [] { return Result<void>(); })
      : m_builder(support::programFromText(kSineTimes)),
        m_model(support::openModel(m_builder.model(), m_builder.inputs())),
        m_step(support::compile(*m_model, run::Mode::Train, support::minCut(1),
                                support::Build::Kernels)) {
    m_step.backward.deferred = std::make_shared<torch::DeferredHalf>(
        [this, beforeBuild = std::move(beforeBuild),
         half = m_step.backward](const StageContext& context) -> Result<torch::ExecutableHalf> {
          ++m_builds;
          CORE_TRY_VOID(beforeBuild());
          CORE_TRY_VOID(context.checkCancelled("build"));
          return half;
        });
    m_step.backward.kernels.clear();
  }

  Result<run::StepResult> run(run::Mode mode, const StageContext& context = {}) {
    return m_model->runCompiled(m_step, options(mode), context);
  }
  run::StepResult eager(run::Mode mode) {
    return support::valueOf(m_model->runEager(options(mode), {}));
  }
  int builds() const { return m_builds; }

 private:
  static torch::RunOptions options(run::Mode mode) {
    torch::RunOptions options;
    options.mode = mode;
    options.threads = 1;
    return options;
  }

  support::ProgramBuilder m_builder;
  support::TorchModelPtr m_model;
  torch::ExecutableStep m_step;
  int m_builds = 0;
};

}  // namespace

class TestAotLazyBackward : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { qputenv("AOT_KERNEL_CACHE", ""); }

  void theBackwardIsBuiltByItsFirstCall() {
    LazyStep step;
    QVERIFY(step.run(run::Mode::Infer).has_value());
    QCOMPARE(step.builds(), 0);
    for (int i = 0; i < 2; ++i) {
      const auto ran = step.run(run::Mode::Train);
      QVERIFY2(ran.has_value(), ran ? "" : ran.error().message.c_str());
      QCOMPARE(ran->gradients.size(), std::size_t{2});
      QCOMPARE(support::differenceOf(*ran, step.eager(run::Mode::Train)), std::string());
      QCOMPARE(step.builds(), 1);
    }
  }

  /// The error keeps its code on the way through autograd, and the next backward tries again.
  void aBackwardThatCannotBeBuiltSaysSo() {
    int failures = 1;
    LazyStep step([&]() -> Result<void> {
      if (failures-- > 0) return Error{ErrorCode::CompilerMissing, "no compiler", {}, {}};
      return {};
    });
    const auto failed = step.run(run::Mode::Train);
    QVERIFY(!failed);
    QVERIFY(failed.error().code == ErrorCode::CompilerMissing);
    QCOMPARE(failed.error().message, std::string("no compiler"));
    const auto ran = step.run(run::Mode::Train);
    QVERIFY(ran.has_value());
    QCOMPARE(support::differenceOf(*ran, step.eager(run::Mode::Train)), std::string());
    QCOMPARE(step.builds(), 2);
  }

  void aStopEndsTheBuildOfABackward() {
    std::stop_source source;
    LazyStep step([&]() -> Result<void> {
      source.request_stop();
      return {};
    });
    StageContext context;
    context.stop = source.get_token();
    const auto stopped = step.run(run::Mode::Train, context);
    QVERIFY(!stopped);
    QVERIFY(stopped.error().code == ErrorCode::Cancelled);
  }

  void anEntryTellsWhenItsBackwardWasBuilt() {
    support::EntryCalls call(support::programFromText(kSineTimes));
    const load::InputSet inputs = support::programFromText(kSineTimes).inputs();
    QVERIFY(call(inputs).isCompiled);
    const run::EntryRecord entry = call.record().entries.at(0);
    QVERIFY(entry.backward == run::BackwardBuild::AtFirstCall);
    QVERIFY(entry.backwardMs > 0);
    QVERIFY(!call(inputs).isCompiled);
    QCOMPARE(call.record().entries.at(0).backwardMs, entry.backwardMs);
  }

  void aBackwardThatReadsSizesIsBuiltWithTheForward() {
    support::EntryCalls call(support::EntryCalls::oracleModel("dyn_mlp"));
    call(support::valueOf(load::readInputSet(support::oraclePath("inputs/dyn_mlp.json"))));
    QVERIFY(call.record().entries.at(0).backward == run::BackwardBuild::WithTheForward);
  }

  void inferenceHasNoBackwardToBuild() {
    support::EntryCalls call(support::programFromText(kSineTimes));
    call.setMode(run::Mode::Infer);
    call(support::programFromText(kSineTimes).inputs());
    QVERIFY(call.record().entries.at(0).backward == run::BackwardBuild::None);
  }
};

QTEST_APPLESS_MAIN(TestAotLazyBackward)
#include "tst_aot_lazy_backward.moc"
