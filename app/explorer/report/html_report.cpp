#include "app/explorer/report/html_report.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>

#include "app/explorer/report/html_chart.h"
#include "core/run/cautions.h"
#include "views/models/graph_tables.h"
#include "views/models/model_tables.h"
#include "views/models/partition_tables.h"
#include "views/models/run_tables.h"
#include "views/models/showable_text.h"
#include "views/pages/run_page.h"

namespace explorer {

using core::pipeline::CompileRecord;
using views::models::Table;
using views::pages::Snapshot;

namespace {

// Beyond this a report of a large model would no longer open quickly; the page says what is left
// out.
constexpr int kMaxRows = 2000;

const char* const kStyle = R"(
:root { color-scheme: light dark; --line: #8884; --muted: #68707c; --good: #1a7038; --bad: #b3261e;
  --eager: #a35c00; --compiled: #1264ad; }
@media (prefers-color-scheme: dark) { :root { --muted: #9aa4b2; --good: #6cc788; --bad: #ff8078;
  --eager: #e0a458; --compiled: #5fb3f3; } }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; font-size: 13px; margin: .6rem 0; display: block;
  overflow-x: auto; }
th, td { padding: .2rem .6rem; text-align: left; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { font-size: 12px; overflow-x: auto; padding: .7rem; border: 1px solid var(--line); }
.muted { color: var(--muted); } .good { color: var(--good); } .bad { color: var(--bad); }
.verdict { font-size: 1.25rem; font-weight: 600; }
svg text { fill: currentColor; font-size: 12px; }
)";

QString escaped(const QString& text) {
  return text.toHtmlEscaped();
}

QString paragraph(const QString& text, const QString& kind = QString()) {
  const QString attribute = kind.isEmpty() ? QString() : QStringLiteral(" class=\"%1\"").arg(kind);
  return QStringLiteral("<p%1>%2</p>\n").arg(attribute, escaped(text));
}

QString heading(const QString& text) {
  return QStringLiteral("<h2>%1</h2>\n").arg(escaped(text));
}

QString row(const Table& table, const QString& tag, const std::function<QString(int)>& cell) {
  QString html = QStringLiteral("<tr>");
  for (int column = 0; column < static_cast<int>(table.columns.size()); ++column) {
    const bool number = table.columns[static_cast<std::size_t>(column)].alignment ==
                        views::models::Alignment::Number;
    html += QStringLiteral("<%1%2>%3</%1>")
                .arg(tag, number ? QStringLiteral(" class=\"number\"") : QString(),
                     escaped(cell(column)));
  }
  return html + QStringLiteral("</tr>\n");
}

QString tableHtml(const Table& table) {
  if (table.rows == 0) return paragraph(QStringLiteral("none"), QStringLiteral("muted"));
  const auto column = [&](int index) -> const views::models::Column& {
    return table.columns[static_cast<std::size_t>(index)];
  };
  QString html = QStringLiteral("<table>\n");
  html += row(table, QStringLiteral("th"), [&](int index) { return column(index).title; });
  const int rows = std::min(table.rows, kMaxRows);
  for (int r = 0; r < rows; ++r) {
    html += row(table, QStringLiteral("td"), [&](int index) { return column(index).text(r); });
  }
  html += QStringLiteral("</table>\n");
  if (rows < table.rows) {
    html += paragraph(QStringLiteral("%1 more rows are left out.").arg(table.rows - rows),
                      QStringLiteral("muted"));
  }
  return html;
}

QString modelPart(const Snapshot& snapshot) {
  const auto& record = snapshot.index->record();
  QString html = heading(QStringLiteral("Model"));
  html += QStringLiteral("<h3>Inputs</h3>") +
          tableHtml(views::models::portTable(record, views::models::Port::Inputs));
  html += QStringLiteral("<h3>Outputs</h3>") +
          tableHtml(views::models::portTable(record, views::models::Port::Outputs));
  html += QStringLiteral("<h3>Operators</h3>") + tableHtml(views::models::opCountTable(record));
  html += QStringLiteral("<h3>Parameters and buffers</h3>") +
          tableHtml(views::models::parameterTable(record));
  if (!record->model.unsupported.empty()) {
    html +=
        QStringLiteral("<h3>Unsupported</h3>") + tableHtml(views::models::unsupportedTable(record));
  }
  return html + heading(QStringLiteral("Stages")) + tableHtml(views::models::stageTable(record));
}

QString partitionPart(const Snapshot& snapshot) {
  const auto& partition = snapshot.record()->partition;
  if (!partition) return QString();
  const bool minCut = partition->options.partitioner == core::partition::PartitionerKind::MinCut;
  QString html = heading(QStringLiteral("Partition"));
  html += paragraph(
      QStringLiteral("%1: %2 saved in %3 tensors, %4 of it new memory; %5 nodes recomputed.")
          .arg(minCut ? QStringLiteral("Min-cut with budget %1").arg(partition->options.budget)
                      : QStringLiteral("Default partition"),
               views::models::bytesText(partition->savedBytesTotal))
          .arg(partition->savedTensors.size())
          .arg(views::models::bytesText(partition->savedBytesNewStorage))
          .arg(partition->recomputed.size()));
  html += QStringLiteral("<h3>Saved tensors</h3>") +
          tableHtml(views::models::savedTensorTable(snapshot.index));
  html += QStringLiteral("<h3>Recomputed</h3>") +
          tableHtml(views::models::recomputedTable(snapshot.index));
  return html;
}

QString kernelPart(const Snapshot& snapshot) {
  if (snapshot.index->kernels().empty()) return QString();
  QString html = heading(QStringLiteral("Kernels"));
  html += tableHtml(views::models::kernelTable(snapshot.index));
  html += QStringLiteral("<h3>Fusions that were refused</h3>") +
          tableHtml(views::models::refusalTable(snapshot.index));
  html += QStringLiteral("<h3>Sources</h3>\n");
  for (const auto& entry : snapshot.index->kernels()) {
    if (!entry.source) continue;
    html += QStringLiteral("<details><summary>%1 %2</summary><pre>%3</pre></details>\n")
                .arg(entry.label(), escaped(views::models::showable(entry.name)),
                     escaped(QString::fromStdString(entry.source->source)));
  }
  return html;
}

QString measurementPart(const Snapshot& snapshot) {
  const auto measurement = snapshot.record()->measurement;
  if (!measurement) return QString();
  QString html = heading(QStringLiteral("Eager and compiled"));
  html += paragraph(views::models::speedupSentence(*measurement), QStringLiteral("verdict"));
  html += paragraph(views::pages::checkSentence(measurement->check),
                    measurement->check.passed ? QStringLiteral("good") : QStringLiteral("bad"));
  for (const std::string& caution : core::run::cautions(*measurement))
    html += paragraph(QString::fromStdString(caution));
  html += paragraph(QStringLiteral("Device %1, %2 threads, seed %3.")
                        .arg(views::models::showable(measurement->device))
                        .arg(measurement->threads)
                        .arg(snapshot.options.seed),
                    QStringLiteral("muted"));
  html += sampleChartSvg(*measurement);
  html += tableHtml(views::models::timingTable(measurement));
  html += QStringLiteral("<h3>Check per tensor</h3>") +
          tableHtml(views::models::checkTable(measurement));
  html += QStringLiteral("<h3>Forward, backward, eager</h3>") +
          tableHtml(views::models::comparisonTable(snapshot.index));
  html += QStringLiteral("<h3>Compile time</h3>") +
          tableHtml(views::models::compileTimeTable(measurement));
  return html;
}

QString failurePart(const Snapshot& snapshot) {
  if (!snapshot.failure) return QString();
  const auto& error = snapshot.failure->error;
  QString html =
      paragraph(QStringLiteral("✕ Stopped in stage \"%1\": %2 (%3)")
                    .arg(QString::fromLatin1(core::pipeline::stageName(snapshot.failure->stage)),
                         views::models::showable(error.message),
                         QString::fromLatin1(core::errorCodeName(error.code))),
                QStringLiteral("bad"));
  if (!error.details.empty()) {
    html += QStringLiteral("<pre>%1</pre>\n").arg(escaped(QString::fromStdString(error.details)));
  }
  return html;
}

}  // namespace

QString htmlReport(const Snapshot& snapshot) {
  const auto* record = snapshot.record();
  const QString name = record ? views::models::showable(record->model.name)
                              : views::models::showable(snapshot.modelPath.toStdString());
  QString html = QStringLiteral(
                     "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<title>%1</title><style>%2</style></head><body>\n<h1>%1</h1>\n")
                     .arg(escaped(name), QString::fromLatin1(kStyle));
  html += paragraph(QStringLiteral("AOT Explorer %1 · %2 · %3")
                        .arg(QCoreApplication::applicationVersion(),
                             QDateTime::currentDateTime().toString(Qt::ISODate),
                             views::models::showable(snapshot.modelPath.toStdString())),
                    QStringLiteral("muted"));
  html += failurePart(snapshot);
  if (record) {
    html += measurementPart(snapshot) + modelPart(snapshot) + partitionPart(snapshot) +
            kernelPart(snapshot);
  }
  return html + QStringLiteral("</body></html>\n");
}

}  // namespace explorer
