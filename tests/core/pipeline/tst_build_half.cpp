// A half whose kernels do not compile runs all the same.

#include <QTest>

#include "core/pipeline/build_half.h"
#include "core/schedule/make_schedule.h"
#include "tests/support/graph_from_text.h"

using namespace core;

namespace {

/// A backend whose compiler answers with `m_error`, or with empty kernels.
class FakeBackend final : public pipeline::KernelBackend {
 public:
  explicit FakeBackend(std::optional<Error> error = std::nullopt) : m_error(std::move(error)) {}

  Result<schedule::Schedule> schedule(const ir::GraphPtr& graph, const schedule::FusionOptions&,
                                      const StageContext& context) const override {
    return schedule::makeSchedule(graph, context);
  }
  Result<codegen::KernelSource> write(const schedule::LoopNest&) const override {
    return codegen::KernelSource{};
  }
  Result<std::vector<codegen::BuiltKernel>> build(const std::vector<codegen::KernelSource>& sources,
                                                  const StageContext&) override {
    if (m_error) return *m_error;
    return std::vector<codegen::BuiltKernel>(sources.size());
  }
  bool roundsLikeEager() const override { return true; }
  bool accumulates() const override { return true; }
  const char* language() const override { return "none"; }

 private:
  std::optional<Error> m_error;
};

std::shared_ptr<const pipeline::CompiledHalf> halfWithTwoKernels() {
  auto half = std::make_shared<pipeline::CompiledHalf>();
  half->graph = support::graphFromText(
      "%x : f32[8, 8] = placeholder\n%y : f32[8, 8] = aten.exp.default(%x)\n"
      "%t : f32[8, 8]{1, 8} = aten.t.default(%y)\n%z : f32[8, 8] = aten.add.Tensor(%y, %t)\n"
      "return (%z)\n");
  half->schedule = *FakeBackend{}.schedule(half->graph, {}, {});
  half->kernels.resize(half->schedule.groups.size());
  return half;
}

}  // namespace

class TestBuildHalf : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void builtKernelsRunTheScheduleOfTheHalf() {
    auto half = halfWithTwoKernels();
    const auto before = half;
    FakeBackend backend;
    const auto built = pipeline::buildHalf(half, backend, {});
    QVERIFY(built.has_value());
    QVERIFY(half == before);
    QCOMPARE(built->kernels.size(), half->schedule.groups.size());
    QVERIFY(built->schedule.get() == &half->schedule);
  }

  void withoutACompiledKernelEveryOperatorIsACall() {
    auto half = halfWithTwoKernels();
    FakeBackend backend(Error{ErrorCode::KernelCompileFailed, "Kernel exp: too slow.", {}, {}});
    std::vector<LogEntry> log;
    StageContext context;
    context.onLog = [&](const LogEntry& entry) { log.push_back(entry); };
    const auto built = pipeline::buildHalf(half, backend, context);
    QVERIFY(built.has_value());
    QVERIFY(built->kernels.empty());
    QVERIFY(half->kernels.empty());
    for (const schedule::Step& step : built->schedule->steps) {
      QVERIFY(std::holds_alternative<schedule::ExternStep>(step));
      QCOMPARE(std::get<schedule::ExternStep>(step).reason, std::string("Kernel exp: too slow."));
    }
    QCOMPARE(built->schedule->steps.size(), std::size_t{3});
    QCOMPARE(log.size(), std::size_t{1});
    QVERIFY(log[0].level == LogLevel::Warning);
    QVERIFY(log[0].text.find("too slow") != std::string::npos);
  }

  void aMissingCompilerIsAnError() {
    auto half = halfWithTwoKernels();
    FakeBackend backend(Error{ErrorCode::CompilerMissing, "No compiler.", {}, {}});
    const auto built = pipeline::buildHalf(half, backend, {});
    QVERIFY(!built.has_value());
    QCOMPARE(built.error().code, ErrorCode::CompilerMissing);
  }
};

QTEST_APPLESS_MAIN(TestBuildHalf)
#include "tst_build_half.moc"
