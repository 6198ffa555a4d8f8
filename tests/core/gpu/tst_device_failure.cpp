// Which CUDA errors end a process, and what slows a GPU's clocks down.

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include "core/gpu/device_state.h"
#include "core/torch/device_failure.h"

class TestDeviceFailure : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void theTableIsThatOfTheRuntimesHeader() {
    QFile header(QStringLiteral(AOT_TORCH_SITE "/nvidia/cu13/include/driver_types.h"));
    QVERIFY(header.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(header.readAll());
    const QRegularExpression entry("/\\*\\*(.*?)\\*/\\s*cudaError\\w+\\s*=\\s*(\\d+)",
                                   QRegularExpression::DotMatchesEverythingOption);
    int sticky = 0;
    for (auto found = entry.globalMatch(text); found.hasNext();) {
      const auto match = found.next();
      const bool ends = match.captured(1).contains("relaunched");
      sticky += ends ? 1 : 0;
      QVERIFY2(core::torch::isStickyCudaError(match.captured(2).toInt()) == ends,
               qPrintable(match.captured(0)));
    }
    QVERIFY(sticky > 10);
  }

  void theFirstStickyErrorIsRemembered() {
    core::torch::noteCudaError(2, "out of memory");
    QVERIFY(core::torch::stickyCudaError().empty());
    core::torch::noteCudaError(700, "an illegal address");
    core::torch::noteCudaError(719, "a failed launch");
    QCOMPARE(core::torch::stickyCudaError(), std::string("an illegal address"));
  }

  void onlySlowdownsAreReasons() {
    QVERIFY(core::gpu::throttleReasons(0x1 | 0x2).empty());
    QCOMPARE(core::gpu::throttleReasons(0x4 | 0x40),
             (std::vector<std::string>{"power cap", "hardware thermal slowdown"}));
  }
};

QTEST_GUILESS_MAIN(TestDeviceFailure)

#include "tst_device_failure.moc"
