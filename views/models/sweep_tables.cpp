#include "views/models/sweep_tables.h"

#include <QCoreApplication>
#include <algorithm>

#include "core/history/sweep_plan.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::history::KeptRun;
using core::history::PointState;
using core::history::SweepPoint;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("SweepTables", text);
}

QString stateText(const SweepPoint& point, const KeptRun* run) {
  switch (point.state) {
    case PointState::Waiting: return tr("waiting");
    case PointState::Running: return tr("● running, or was interrupted");
    case PointState::Done: return run && run->measurement.speedup ? tr("✓ done") : tr("✕ check");
    case PointState::Failed: return tr("✕ failed");
  }
  return {};
}

const core::run::Timing* timingOf(const KeptRun* run) {
  return run && run->measurement.speedup ? &run->measurement.compiled : nullptr;
}

/// Text, and the key to sort by, of what only a done point has.
Column figureColumn(const QString& title, std::function<const KeptRun*(int)> run,
                    std::function<double(const core::run::Measurement&)> value,
                    std::function<QString(double)> text) {
  return {title,
          Alignment::Number,
          [run, value, text](int row) {
            return run(row) ? text(value(run(row)->measurement)) : QStringLiteral("–");
          },
          [run, value](int row) { return QVariant(run(row) ? value(run(row)->measurement) : 0.0); },
          {}};
}

}  // namespace

const KeptRun* SweepResults::runOf(const SweepPoint& point) const {
  const auto found = point.run ? runs.find(*point.run) : runs.end();
  return found == runs.end() ? nullptr : &found->second;
}

int SweepResults::count(PointState state) const {
  return static_cast<int>(std::count_if(sweep.points.begin(), sweep.points.end(),
                                        [&](const auto& point) { return point.state == state; }));
}

QStringList variedOptions(const SweepResults& results) {
  QStringList options;
  if (results.sweep.points.empty()) return options;
  for (const std::string& word : core::history::wordsOf(results.sweep.points.front().settings))
    if (word.starts_with("--")) options << QString::fromStdString(word.substr(2));
  return options;
}

QString valueOf(const std::string& settings, const QString& option) {
  const auto words = core::history::wordsOf(settings);
  const std::string wanted = "--" + option.toStdString();
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == wanted) return QString::fromStdString(words[i + 1]);
  return {};
}

std::vector<int> bestPoints(const SweepResults& results) {
  const auto& points = results.sweep.points;
  std::vector<const core::run::Timing*> timings;
  for (const SweepPoint& point : points) timings.push_back(timingOf(results.runOf(point)));
  const auto beats = [](const core::run::Timing& a, const core::run::Timing& b) {
    const bool noWorse = a.medianMs <= b.medianMs && a.peakBytes <= b.peakBytes;
    return noWorse && (a.medianMs < b.medianMs || a.peakBytes < b.peakBytes);
  };
  std::vector<int> best;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!timings[i]) continue;
    const bool isBeaten = std::any_of(timings.begin(), timings.end(), [&](const auto* other) {
      return other && beats(*other, *timings[i]);
    });
    if (!isBeaten) best.push_back(static_cast<int>(i));
  }
  return best;
}

Table sweepTable(const SweepPtr& results) {
  if (!results) return {};
  const auto at = [results](int row) -> const SweepPoint& {
    return results->sweep.points[static_cast<std::size_t>(row)];
  };
  const auto run = [results, at](int row) { return results->runOf(at(row)); };
  const auto best = std::make_shared<const std::vector<int>>(bestPoints(*results));
  const auto milliseconds = [](double ms) { return millisecondsText(ms); };
  Table table;
  table.rows = static_cast<int>(results->sweep.points.size());
  table.columns = {
      numberColumn(0),
      textColumn(tr("best"),
                 [best](int row) {
                   const bool isBest = std::binary_search(best->begin(), best->end(), row);
                   return isBest ? QStringLiteral("★") : QString();
                 }),
      textColumn(tr("settings"), [at](int row) { return showable(at(row).settings); }),
      textColumn(tr("state"), [at, run](int row) { return stateText(at(row), run(row)); }),
      figureColumn(
          tr("eager"), run, [](const auto& m) { return m.eager.medianMs; }, milliseconds),
      figureColumn(
          tr("compiled"), run, [](const auto& m) { return m.compiled.medianMs; }, milliseconds),
      figureColumn(
          tr("speed-up"), run, [](const auto& m) { return m.speedup ? m.speedup->median : 0.0; },
          [](double ratio) {
            return ratio > 0 ? QStringLiteral("%1×").arg(ratio, 0, 'f', 2) : QStringLiteral("–");
          }),
      figureColumn(
          tr("compiled peak"), run,
          [](const auto& m) { return static_cast<double>(m.compiled.peakBytes); },
          [](double bytes) { return bytesText(static_cast<std::int64_t>(bytes)); }),
      textColumn(tr("remark"), [at](int row) { return showable(at(row).error); }),
  };
  return table;
}

}  // namespace views::models
