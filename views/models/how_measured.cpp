#include "views/models/how_measured.h"

#include <QCoreApplication>

#include "views/models/showable_text.h"

namespace views::models {

using core::run::GpuConditions;
using core::run::Measurement;
using core::run::Mode;
using core::run::Timing;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("HowMeasured", text);
}

QString samplesText(const QString& run, const Timing& timing) {
  return tr("%1: %2, each %3.")
      .arg(run, countedText(static_cast<std::int64_t>(timing.samplesMs.size()), tr("sample")),
           timing.stepsPerSample == 1
               ? tr("one step")
               : tr("the mean of %1").arg(countedText(timing.stepsPerSample, tr("step"))));
}

QString clocksText(const GpuConditions& gpu) {
  QStringList throttling;
  for (const std::string& reason : gpu.throttling) throttling << showable(reason);
  return tr("%1: %2 MHz, memory %3 MHz, %4 °C, %5 W right after the samples; throttled: %6.")
      .arg(showable(gpu.name))
      .arg(gpu.smClockMHz)
      .arg(gpu.memoryClockMHz)
      .arg(gpu.temperature)
      .arg(gpu.watts, 0, 'f', 0)
      .arg(throttling.isEmpty() ? tr("no") : throttling.join(QStringLiteral(", ")));
}

QString intervalText(const Measurement& measurement) {
  if (!measurement.speedup)
    return tr("No ratio is shown, because the values of both runs do not agree.");
  return measurement.speedup->driftRemoved ? tr("The ratio compares samples of the same round, "
                                                "since the machine's speed drifted; "
                                                "its interval is a 95 % bootstrap over rounds.")
                                           : tr("The ratio is that of the medians; its interval is "
                                                "a 95 % bootstrap over rounds.");
}

}  // namespace

QStringList howMeasured(const Measurement& measurement) {
  const bool onGpu = measurement.gpu.has_value();
  QStringList lines;
  lines << tr("%1 on %2 with %3, budget %4.")
               .arg(measurement.mode == Mode::Train ? tr("A training step: forward, loss, backward")
                                                    : tr("Inference: forward only"),
                    showable(measurement.device))
               .arg(countedText(measurement.threads, tr("thread")))
               .arg(measurement.budget);
  lines << tr(
      "First the values were checked; then, after a warm-up, eager and compiled were timed "
      "in turn, round by round, so that a drift meets both.");
  lines << samplesText(tr("Eager"), measurement.eager)
        << samplesText(tr("Compiled"), measurement.compiled);
  if (measurement.graph) lines << samplesText(tr("CUDA graph"), measurement.graph->timing);
  if (measurement.whole) lines << samplesText(tr("Whole step"), measurement.whole->timing);
  lines << intervalText(measurement);
  lines
      << (onGpu
              ? tr("Time is that of the device, from event to event.")
              : tr("Time is wall time of a monotonic clock; memory is what tensors held at once."));
  if (onGpu) lines << clocksText(*measurement.gpu);
  const auto& load = measurement.load;
  lines << tr("Meanwhile other programs kept %1 of %2 cores busy, the host took %3; slowed down by "
              "heat: %4.")
               .arg(load.otherCores, 0, 'f', 2)
               .arg(load.cores)
               .arg(load.stolenCores, 0, 'f', 2)
               .arg(countedText(load.throttles, tr("time")));
  return lines;
}

}  // namespace views::models
