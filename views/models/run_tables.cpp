#include "views/models/run_tables.h"

#include <algorithm>
#include <functional>

#include "core/run/cautions.h"
#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::run::Measurement;
using core::run::TensorCheck;
using core::run::Timing;

namespace {

std::size_t at(int row) {
  return static_cast<std::size_t>(row);
}

/// A table whose cells were made beforehand: one title per column, rows of texts.
Table fixedTable(const QStringList& titles, std::vector<QStringList> rows) {
  const auto shared = std::make_shared<const std::vector<QStringList>>(std::move(rows));
  Table table;
  table.rows = static_cast<int>(shared->size());
  for (int column = 0; column < titles.size(); ++column) {
    table.columns.push_back(textColumn(
        titles[column], [shared, column](int row) { return (*shared)[at(row)].value(column); }));
    if (column > 0) table.columns.back().alignment = Alignment::Number;
  }
  return table;
}

QString spreadText(const Timing& timing) {
  if (timing.medianMs <= 0) return QStringLiteral("–");
  return QStringLiteral("± ") + QString::number(timing.iqrMs / timing.medianMs * 50, 'f', 1) +
         QStringLiteral(" %");
}

QString memoryText(std::int64_t bytes) {
  return bytes > 0 ? bytesText(bytes) : QStringLiteral("not measured");
}

/// What the forward handed to the backward, or why there is nothing to tell.
QStringList savedRow(const Measurement& measurement) {
  const bool trains = measurement.mode == core::run::Mode::Train;
  const auto cell = [trains](const Timing& timing) {
    return trains ? memoryText(timing.savedBytes) : QStringLiteral("none: inference");
  };
  QStringList cells{QStringLiteral("saved for backward"), cell(measurement.eager),
                    cell(measurement.compiled)};
  if (measurement.graph) cells += QStringLiteral("inside the graph's own memory");
  if (measurement.whole) cells += QStringLiteral("none: one schedule has no halves");
  return cells;
}

int countSteps(const core::pipeline::CompiledHalf* half, StepKind kind) {
  if (!half) return 0;
  return static_cast<int>(std::count_if(
      half->schedule.steps.begin(), half->schedule.steps.end(), [kind](const auto& step) {
        const bool generated = std::holds_alternative<core::schedule::KernelStep>(step);
        const bool call = std::holds_alternative<core::schedule::ExternStep>(step);
        return kind == StepKind::Generated ? generated : kind == StepKind::Extern && call;
      }));
}

int countCalls(const core::ir::GraphPtr& graph) {
  if (!graph) return 0;
  const auto& nodes = graph->nodes();
  return static_cast<int>(
      std::count_if(nodes.begin(), nodes.end(), [](const auto& node) { return node.isCall(); }));
}

void addScheduleRows(std::vector<QStringList>& rows, const core::pipeline::CompileRecord& record) {
  const auto* forward = record.forward.get();
  const auto* backward = record.backward.get();
  if (!forward && !backward) return;
  const auto number = [](int count) { return countText(count); };
  const auto peak = [](const core::pipeline::CompiledHalf* half) {
    return half ? bytesText(half->schedule.peakBytes) : QStringLiteral("–");
  };
  rows.push_back({QStringLiteral("generated kernels"),
                  number(countSteps(forward, StepKind::Generated)),
                  number(countSteps(backward, StepKind::Generated)), QStringLiteral("–")});
  rows.push_back({QStringLiteral("extern calls"), number(countSteps(forward, StepKind::Extern)),
                  number(countSteps(backward, StepKind::Extern)), QStringLiteral("–")});
  rows.push_back(
      {QStringLiteral("planned peak memory"), peak(forward), peak(backward), QStringLiteral("–")});
}

template <typename EntryOf>
Column estimateColumn(const EntryOf& entry) {
  return {QStringLiteral("estimate"), Alignment::Number,
          [entry](int row) { return millisecondsText(entry(row).estimatedMs()); },
          [entry](int row) { return QVariant(entry(row).estimatedMs()); },
          [](int) { return QStringLiteral("by the roofline of a modest CPU core, not measured"); }};
}

}  // namespace

Table kernelTable(const RecordIndexPtr& index) {
  const auto entry = [index](int row) -> const KernelEntry& { return index->kernels()[at(row)]; };
  Table table;
  table.rows = static_cast<int>(index->kernels().size());
  table.nodeName = [entry](int row) {
    return entry(row).nodes.empty() ? QString() : QString::fromStdString(entry(row).nodes.back());
  };
  table.columns = {
      {QStringLiteral("#"),
       Alignment::Text,
       [entry](int row) { return entry(row).label(); },
       [](int row) { return QVariant(row); },
       {}},
      estimateColumn(entry),
      textColumn(QStringLiteral("kernel or op"),
                 [entry](int row) { return showable(entry(row).name); }),
      textColumn(QStringLiteral("kind"),
                 [entry](int row) { return stepKindText(entry(row).kind); }),
      countColumn(QStringLiteral("nodes"),
                  [entry](int row) { return static_cast<std::int64_t>(entry(row).nodes.size()); }),
      bytesColumn(QStringLiteral("reads"), [entry](int row) { return entry(row).readBytes; }),
      bytesColumn(QStringLiteral("writes"), [entry](int row) { return entry(row).writtenBytes; }),
      {QStringLiteral("operations"),
       Alignment::Number,
       [entry](int row) { return operationsText(entry(row).operations); },
       [entry](int row) { return QVariant(entry(row).operations); },
       {}},
      textColumn(QStringLiteral("why"),
                 [entry](int row) {
                   return entry(row).reasons.empty() ? QString()
                                                     : showable(entry(row).reasons.front());
                 }),
  };
  return table;
}

Table refusalTable(const RecordIndexPtr& index) {
  const auto entry = [index](int row) -> const RefusalEntry& { return index->refusals()[at(row)]; };
  Table table;
  table.rows = static_cast<int>(index->refusals().size());
  table.nodeName = [entry](int row) { return QString::fromStdString(entry(row).consumer); };
  table.columns = {
      textColumn(QStringLiteral("half"), [entry](int row) { return halfText(entry(row).half); }),
      textColumn(QStringLiteral("producer"),
                 [entry](int row) { return showable(entry(row).producer); }),
      textColumn(QStringLiteral("consumer"),
                 [entry](int row) { return showable(entry(row).consumer); }),
      textColumn(QStringLiteral("rule"), [entry](int row) { return showable(entry(row).rule); }),
      textColumn(QStringLiteral("why they are two kernels"),
                 [entry](int row) { return showable(entry(row).sentence); }),
  };
  return table;
}

Table checkTable(const MeasurementPtr& measurement) {
  if (!measurement) return {};
  const auto tensor = [measurement](int row) -> const TensorCheck& {
    return measurement->check.tensors[at(row)];
  };
  Table table;
  table.rows = static_cast<int>(measurement->check.tensors.size());
  table.columns = {
      textColumn(QStringLiteral("check"),
                 [tensor](int row) {
                   return tensor(row).passed ? QStringLiteral("✓ passed")
                                             : QStringLiteral("✕ failed");
                 }),
      textColumn(QStringLiteral("tensor"),
                 [tensor](int row) { return showable(tensor(row).tensor); }),
      realColumn(QStringLiteral("max abs"), [tensor](int row) { return tensor(row).maxAbs; }),
      realColumn(QStringLiteral("max rel"), [tensor](int row) { return tensor(row).maxRel; }),
      realColumn(QStringLiteral("RMSE compiled"),
                 [tensor](int row) { return tensor(row).rmseCompiled; }),
      realColumn(QStringLiteral("RMSE eager"), [tensor](int row) { return tensor(row).rmseEager; }),
      textColumn(QStringLiteral("reason"),
                 [tensor](int row) { return showable(tensor(row).reason); }),
  };
  return table;
}

Table timingTable(const MeasurementPtr& measurement) {
  if (!measurement) return {};
  const Timing& eager = measurement->eager;
  const Timing& compiled = measurement->compiled;
  const Timing* graph = measurement->graph ? &measurement->graph->timing : nullptr;
  const Timing* whole = measurement->whole ? &measurement->whole->timing : nullptr;
  const auto row = [&](const QString& title, const std::function<QString(const Timing&)>& cell) {
    QStringList cells{title, cell(eager), cell(compiled)};
    if (graph) cells += cell(*graph);
    if (whole) cells += cell(*whole);
    return cells;
  };
  const auto time = [&](const QString& title, double Timing::*field) {
    return row(title, [field](const Timing& timing) { return millisecondsText(timing.*field); });
  };
  std::vector<QStringList> rows = {
      time(QStringLiteral("median"), &Timing::medianMs),
      row(QStringLiteral("half the IQR"), spreadText),
      time(QStringLiteral("minimum"), &Timing::minMs),
      time(QStringLiteral("10th percentile"), &Timing::p10Ms),
      time(QStringLiteral("90th percentile"), &Timing::p90Ms),
      row(QStringLiteral("samples"),
          [](const Timing& timing) {
            return countText(static_cast<std::int64_t>(timing.samplesMs.size()));
          }),
      row(QStringLiteral("peak memory"),
          [](const Timing& timing) { return memoryText(timing.peakBytes); }),
      savedRow(*measurement),
      row(QStringLiteral("steps a sample"),
          [](const Timing& timing) { return countText(timing.stepsPerSample); }),
  };
  QStringList titles{QStringLiteral("figure"), QStringLiteral("eager"), QStringLiteral("compiled")};
  if (graph) titles += QStringLiteral("CUDA graph");
  if (whole) titles += QStringLiteral("as one");
  return fixedTable(titles, std::move(rows));
}

Table comparedValueTable(const std::shared_ptr<const core::run::StepSearch>& search) {
  if (!search) return {};
  const auto at = [search](int row) -> const core::run::ComparedValue& {
    return search->compared[static_cast<std::size_t>(row)];
  };
  Table table;
  table.rows = static_cast<int>(search->compared.size());
  table.columns = {
      numberColumn(0),
      textColumn(QStringLiteral("value"), [at](int row) { return showable(at(row).node); }),
      textColumn(
          QStringLiteral("half"),
          [at](int row) { return halfText(at(row).inBackward ? Half::Backward : Half::Forward); }),
      textColumn(QStringLiteral("agrees"),
                 [at](int row) {
                   return at(row).passed ? QStringLiteral("✓ yes") : QStringLiteral("✕ no");
                 }),
      realColumn(QStringLiteral("max relative"), [at](int row) { return at(row).maxRel; }),
      realColumn(QStringLiteral("max absolute"), [at](int row) { return at(row).maxAbs; }),
  };
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).node); };
  return table;
}

Table compileTimeTable(const MeasurementPtr& measurement) {
  if (!measurement) return {};
  const auto& times = measurement->compile;
  const std::optional<double> steps = core::run::stepsToPayBack(*measurement);
  return fixedTable({QStringLiteral("compile step"), QStringLiteral("time or number")},
                    {{QStringLiteral("trace"), millisecondsText(times.traceMs)},
                     {QStringLiteral("partition"), millisecondsText(times.partitionMs)},
                     {QStringLiteral("codegen"), millisecondsText(times.codegenMs)},
                     {QStringLiteral("build"), millisecondsText(times.buildMs)},
                     {QStringLiteral("total"), millisecondsText(times.totalMs)},
                     {QStringLiteral("kernels built"), countText(times.kernelsBuilt)},
                     {QStringLiteral("kernels from cache"), countText(times.kernelsFromCache)},
                     {QStringLiteral("steps until paid back"),
                      steps ? countText(static_cast<std::int64_t>(*steps))
                            : QStringLiteral("not shown to be faster")}});
}

Table comparisonTable(const RecordIndexPtr& index) {
  const auto& record = index->record();
  if (!record || !record->partition) return {};
  const auto& partition = *record->partition;
  const QString none = QStringLiteral("–");
  std::vector<QStringList> rows = {
      {QStringLiteral("call nodes"), countText(countCalls(partition.forward)),
       countText(countCalls(partition.backward)), none},
      {QStringLiteral("saved tensors"),
       countText(static_cast<std::int64_t>(partition.savedTensors.size())), none, none},
      {QStringLiteral("recomputed nodes"), none,
       countText(static_cast<std::int64_t>(partition.recomputed.size())), none}};
  const auto* measured = record->measurement.get();
  rows.push_back({QStringLiteral("saved bytes, all"), bytesText(partition.savedBytesTotal), none,
                  measured ? memoryText(measured->eager.savedBytes) : none});
  rows.push_back({QStringLiteral("saved bytes, new memory"),
                  bytesText(partition.savedBytesNewStorage), none, none});
  rows.push_back(
      {QStringLiteral("recomputed work"), none, operationsText(partition.recomputeFlops), none});
  rows.push_back(
      {QStringLiteral("simulated peak of both"), bytesText(partition.peakBytes), none, none});
  addScheduleRows(rows, *record);
  if (measured) {
    rows.push_back({QStringLiteral("median time"), millisecondsText(measured->compiledForwardMs),
                    millisecondsText(measured->compiledBackwardMs),
                    millisecondsText(measured->eager.medianMs)});
    rows.push_back({QStringLiteral("peak memory of a step"),
                    memoryText(measured->compiled.peakBytes), none,
                    memoryText(measured->eager.peakBytes)});
  }
  return fixedTable({QStringLiteral("figure"), QStringLiteral("forward"),
                     QStringLiteral("backward"), QStringLiteral("eager step")},
                    std::move(rows));
}

QString speedupSentence(const Measurement& measurement) {
  if (!measurement.check.passed) {
    return QStringLiteral("No speed-up is shown: the compiled values differ from eager's.");
  }
  if (!measurement.speedup) return QStringLiteral("No speed-up is shown: nothing was timed.");
  const auto& speedup = *measurement.speedup;
  const auto ratio = [](double value) {
    return QString::number(value, 'f', 2) + QStringLiteral("×");
  };
  QString other;
  if (measurement.graph && measurement.graph->speedup)
    other = QStringLiteral("; as one CUDA graph %1").arg(ratio(measurement.graph->speedup->median));
  if (measurement.whole && measurement.whole->speedup)
    other = QStringLiteral("; forward, loss and backward as one schedule %1")
                .arg(ratio(measurement.whole->speedup->median));
  if (!measurement.graphReason.empty())
    other = QStringLiteral("; no CUDA graph: ") + showable(measurement.graphReason);
  // With the drift taken out, the ratio is not that of the medians beside it.
  const QString what = speedup.driftRemoved ? QStringLiteral("eager ÷ compiled, round by round")
                                            : QStringLiteral("eager median ÷ compiled median");
  return QStringLiteral("%1 (%2), 95 % interval %3 to %4: %5")
             .arg(ratio(speedup.median), what, ratio(speedup.low), ratio(speedup.high),
                  QString::fromLatin1(core::run::verdictName(speedup.verdict))) +
         other;
}

}  // namespace views::models
