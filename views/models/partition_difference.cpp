#include "views/models/partition_difference.h"

#include <unordered_map>

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

using core::partition::Partition;
using core::partition::SavedTensor;

namespace {

/// The fate of every value that is saved or recomputed.
class Fates {
 public:
  explicit Fates(const Partition& partition) {
    for (const SavedTensor& tensor : partition.savedTensors) {
      m_byName.emplace(tensor.name, Fate::Saved);
    }
    for (const std::string& name : partition.recomputed) m_byName.emplace(name, Fate::Recomputed);
  }
  Fate of(const std::string& name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? Fate::Neither : found->second;
  }

 private:
  std::unordered_map<std::string, Fate> m_byName;
};

std::int64_t bytesOf(const Partition& partition, const std::string& name) {
  for (const auto& graph : {partition.forward, partition.backward}) {
    const auto id = graph ? graph->find(name) : std::nullopt;
    if (id) return graph->node(*id).bytes();
  }
  return 0;
}

QString signedText(double difference, const QString& size) {
  if (difference == 0) return QStringLiteral("±0");
  return (difference > 0 ? QStringLiteral("+") : QStringLiteral("−")) + size;
}

QString bytesChange(std::int64_t before, std::int64_t after) {
  const std::int64_t change = after - before;
  return signedText(static_cast<double>(change), bytesText(std::abs(change)));
}

QString countChange(std::size_t before, std::size_t after) {
  const auto change = static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before);
  return signedText(static_cast<double>(change), countText(std::abs(change)));
}

QString timeChange(double before, double after) {
  return signedText(after - before, millisecondsText(std::abs(after - before) * 1e3));
}

QString whyText(const Partition& partition, const std::string& name) {
  for (const auto& decision : partition.decisions) {
    if (decision.name == name) return showable(decision.sentence);
  }
  return QString();
}

/// One figure of both partitions.
struct Figure {
  QString title;
  QString before;
  QString after;
  QString change;
};

/// "roofline", or both models where the partitions were estimated by different ones.
QString timeModels(const Partition& a, const Partition& b) {
  const QString before = timeModelText(a.options), after = timeModelText(b.options);
  return before == after ? after : QStringLiteral("%1 | %2").arg(before, after);
}

Figure measuredFigure(const Partition& a, const Partition& b,
                      const std::vector<MeasuredRun>& runs) {
  const auto before = measuredPeak(runs, a.options), after = measuredPeak(runs, b.options);
  const auto text = [](const std::optional<std::int64_t>& peak) {
    return peak ? bytesText(*peak) : QStringLiteral("not run");
  };
  return {QStringLiteral("peak, measured by a run"), text(before), text(after),
          before && after ? bytesChange(*before, *after) : QString()};
}

std::vector<Figure> figures(const Partition& a, const Partition& b,
                            const std::vector<MeasuredRun>& runs) {
  const auto bytes = [](const QString& title, std::int64_t before, std::int64_t after) {
    return Figure{title, bytesText(before), bytesText(after), bytesChange(before, after)};
  };
  const auto count = [](const QString& title, std::size_t before, std::size_t after) {
    return Figure{title, countText(static_cast<std::int64_t>(before)),
                  countText(static_cast<std::int64_t>(after)), countChange(before, after)};
  };
  return {
      count(QStringLiteral("◆ saved tensors"), a.savedTensors.size(), b.savedTensors.size()),
      bytes(QStringLiteral("saved bytes (the budget's proxy)"), a.savedBytesTotal,
            b.savedBytesTotal),
      bytes(QStringLiteral("of activations"), a.savedBytesActivations, b.savedBytesActivations),
      bytes(QStringLiteral("of new memory"), a.savedBytesNewStorage, b.savedBytesNewStorage),
      count(QStringLiteral("↻ recomputed calls"), a.recomputed.size(), b.recomputed.size()),
      {QStringLiteral("recomputed operations, by formula"), operationsText(a.recomputeFlops),
       operationsText(b.recomputeFlops),
       signedText(b.recomputeFlops - a.recomputeFlops,
                  operationsText(std::abs(b.recomputeFlops - a.recomputeFlops)))},
      {QStringLiteral("recompute time, by %1").arg(timeModels(a, b)),
       millisecondsText(a.recomputeSeconds * 1e3), millisecondsText(b.recomputeSeconds * 1e3),
       timeChange(a.recomputeSeconds, b.recomputeSeconds)},
      bytes(QStringLiteral("peak, simulated"), a.peakBytes, b.peakBytes),
      measuredFigure(a, b, runs),
  };
}

}  // namespace

QString timeModelText(const core::partition::PartitionOptions& options) {
  switch (options.cost.timeKind()) {
    case core::partition::CostModelKind::Flops:
    case core::partition::CostModelKind::Roofline: return QStringLiteral("roofline");
    case core::partition::CostModelKind::Profile: return QStringLiteral("measured profile");
  }
  return QString();
}

QString fateName(Fate fate) {
  switch (fate) {
    case Fate::Saved: return QStringLiteral("◆ saved");
    case Fate::Recomputed: return QStringLiteral("↻ recomputed");
    case Fate::Neither: return QStringLiteral("–");
  }
  return QString();
}

PartitionDifference partitionDifference(const PartitionPtr& before, const PartitionPtr& after) {
  PartitionDifference difference{{}, before, after};
  const Fates old(*before);
  const Fates now(*after);
  const auto add = [&](const std::string& name, std::int64_t bytes) {
    if (old.of(name) != now.of(name)) {
      difference.moved.push_back({name, old.of(name), now.of(name), bytes});
    }
  };
  for (const SavedTensor& tensor : after->savedTensors) add(tensor.name, tensor.bytes);
  for (const std::string& name : after->recomputed) {
    if (now.of(name) == Fate::Recomputed) add(name, bytesOf(*after, name));
  }
  for (const SavedTensor& tensor : before->savedTensors) {
    if (now.of(tensor.name) == Fate::Neither) add(tensor.name, tensor.bytes);
  }
  for (const std::string& name : before->recomputed) {
    const bool isDropped = now.of(name) == Fate::Neither && old.of(name) == Fate::Recomputed;
    if (isDropped) add(name, bytesOf(*before, name));
  }
  return difference;
}

QString differenceSentence(const Partition& a, const Partition& b) {
  return QStringLiteral(
             "◆ %1 saved (%2) in %3 tensors (%4) · ↻ %5 recomputed (%6), %7 (%8) · peak %9 (%10)")
      .arg(bytesText(b.savedBytesTotal), bytesChange(a.savedBytesTotal, b.savedBytesTotal),
           countText(static_cast<std::int64_t>(b.savedTensors.size())),
           countChange(a.savedTensors.size(), b.savedTensors.size()),
           countText(static_cast<std::int64_t>(b.recomputed.size())),
           countChange(a.recomputed.size(), b.recomputed.size()),
           millisecondsText(b.recomputeSeconds * 1e3),
           timeChange(a.recomputeSeconds, b.recomputeSeconds), bytesText(b.peakBytes))
      .arg(bytesChange(a.peakBytes, b.peakBytes));
}

Table movedTable(const std::shared_ptr<const PartitionDifference>& difference,
                 const QString& beforeTitle) {
  if (!difference) return {};
  const auto at = [difference](int row) -> const MovedValue& {
    return difference->moved[static_cast<std::size_t>(row)];
  };
  const auto why = [difference, at](int row) { return whyText(*difference->after, at(row).name); };
  Table table;
  table.rows = static_cast<int>(difference->moved.size());
  table.nodeName = [at](int row) { return QString::fromStdString(at(row).name); };
  table.columns = {
      textColumn(QStringLiteral("value"), [at](int row) { return showable(at(row).name); }),
      textColumn(beforeTitle, [at](int row) { return fateName(at(row).before); }),
      textColumn(QStringLiteral("now"), [at](int row) { return fateName(at(row).after); }),
      bytesColumn(QStringLiteral("bytes"), [at](int row) { return at(row).bytes; }),
      textColumn(QStringLiteral("why"), why),
  };
  return table;
}

Table figuresTable(const PartitionPtr& before, const QString& beforeTitle,
                   const PartitionPtr& after, const std::vector<MeasuredRun>& runs) {
  if (!before || !after) return {};
  const auto rows = std::make_shared<const std::vector<Figure>>(figures(*before, *after, runs));
  const auto column = [rows](const QString& title, QString Figure::*member) {
    Column made = textColumn(
        title, [rows, member](int row) { return (*rows)[static_cast<std::size_t>(row)].*member; });
    if (member != &Figure::title) made.alignment = Alignment::Number;
    return made;
  };
  Table table;
  table.rows = static_cast<int>(rows->size());
  table.columns = {column(QStringLiteral("figure"), &Figure::title),
                   column(beforeTitle, &Figure::before),
                   column(QStringLiteral("now"), &Figure::after),
                   column(QStringLiteral("change"), &Figure::change)};
  return table;
}

}  // namespace views::models
