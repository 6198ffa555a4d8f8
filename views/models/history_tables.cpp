#include "views/models/history_tables.h"

#include <QCoreApplication>

#include "views/models/column_makers.h"
#include "views/models/record_index.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::history::ComparedFigure;
using core::history::ComparedPart;
using core::history::KeptRun;
using core::run::Measurement;

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("HistoryTables", text);
}

Column millisecondsColumn(const QString& title, std::function<double(int)> ms) {
  return {title, Alignment::Number, [ms](int row) { return millisecondsText(ms(row)); },
          [ms](int row) { return QVariant(ms(row)); },
          [ms](int row) { return QStringLiteral("%1 ms").arg(ms(row)); }};
}

QString speedupText(const Measurement& measurement) {
  if (!measurement.speedup) return tr("✕ check failed");
  return QStringLiteral("%1×").arg(measurement.speedup->median, 0, 'f', 2);
}

QString amountText(const ComparedFigure& figure, double value) {
  return figure.isBytes ? bytesText(static_cast<std::int64_t>(value)) : millisecondsText(value);
}

}  // namespace

Table keptRunTable(const KeptRuns& runs) {
  if (!runs) return {};
  const auto at = [runs](int row) -> const KeptRun& {
    return (*runs)[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(runs->size());
  table.columns = {
      countColumn(tr("run"), [at](int row) { return at(row).id; }),
      textColumn(tr("when (UTC)"), [at](int row) { return showable(at(row).when); }),
      textColumn(tr("model"), [at](int row) { return showable(at(row).conditions.model); }),
      textColumn(tr("device"), [at](int row) { return showable(at(row).measurement.device); }),
      countColumn(tr("threads"), [at](int row) { return at(row).measurement.threads; }),
      realColumn(tr("budget"), [at](int row) { return at(row).measurement.budget; }),
      millisecondsColumn(tr("eager"), [at](int row) { return at(row).measurement.eager.medianMs; }),
      millisecondsColumn(tr("compiled"),
                         [at](int row) { return at(row).measurement.compiled.medianMs; }),
      {tr("speed-up"),
       Alignment::Number,
       [at](int row) { return speedupText(at(row).measurement); },
       [at](int row) {
         const auto& speedup = at(row).measurement.speedup;
         return QVariant(speedup ? speedup->median : 0.0);
       },
       {}},
      bytesColumn(tr("compiled peak"),
                  [at](int row) { return at(row).measurement.compiled.peakBytes; }),
      textColumn(tr("settings"), [at](int row) { return showable(at(row).conditions.settings); }),
      textColumn(tr("processor"), [at](int row) { return showable(at(row).conditions.processor); }),
      textColumn(tr("versions"), [at](int row) { return showable(at(row).conditions.versions); }),
      textColumn(tr("graph"), [at](int row) { return showable(at(row).conditions.graphHash); }),
  };
  return table;
}

Table comparedFigureTable(const std::shared_ptr<const RunPair>& pair) {
  if (!pair) return {};
  const auto at = [pair](int row) -> const ComparedFigure& {
    return pair->comparison.figures[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(pair->comparison.figures.size());
  const auto amountColumn = [at](const QString& title, double ComparedFigure::*field) {
    return Column{title,
                  Alignment::Number,
                  [at, field](int row) { return amountText(at(row), at(row).*field); },
                  [at, field](int row) { return QVariant(at(row).*field); },
                  {}};
  };
  table.columns = {
      textColumn(tr("figure"), [at](int row) { return QString::fromStdString(at(row).name); }),
      amountColumn(tr("run %1").arg(pair->before), &ComparedFigure::before),
      amountColumn(tr("run %1").arg(pair->after), &ComparedFigure::after),
      {tr("change"),
       Alignment::Number,
       [at](int row) { return percentText(at(row).ratio() - 1); },
       [at](int row) { return QVariant(at(row).ratio()); },
       {}},
  };
  return table;
}

Table comparedPartTable(const std::shared_ptr<const RunPair>& pair) {
  if (!pair) return {};
  const auto at = [pair](int row) -> const ComparedPart& {
    return pair->parts[static_cast<std::size_t>(row)];
  };
  const auto microseconds = [](const QString& title, std::function<double(int)> us) {
    return millisecondsColumn(title, [us](int row) { return us(row) / 1e3; });
  };
  Table table;
  table.rows = static_cast<int>(pair->parts.size());
  table.columns = {
      textColumn(tr("module"), [at](int row) { return showable(at(row).module); }),
      textColumn(tr("kernel or operator"), [at](int row) { return showable(at(row).name); }),
      textColumn(tr("execution"),
                 [at](int row) { return at(row).isCompiled ? tr("compiled") : tr("eager"); }),
      textColumn(
          tr("half"),
          [at](int row) { return halfText(at(row).inBackward ? Half::Backward : Half::Forward); }),
      microseconds(tr("run %1").arg(pair->before), [at](int row) { return at(row).beforeUs; }),
      microseconds(tr("run %1").arg(pair->after), [at](int row) { return at(row).afterUs; }),
      microseconds(tr("change"), [at](int row) { return at(row).changeUs(); }),
  };
  return table;
}

}  // namespace views::models
