#include "views/models/model_tables.h"

#include "views/models/column_makers.h"
#include "views/models/showable_text.h"

namespace views::models {

namespace {

std::size_t at(int row) {
  return static_cast<std::size_t>(row);
}

}  // namespace

Table portTable(const CompileRecordPtr& record, Port port) {
  if (!record) return {};
  const auto ports = [record, port]() -> const std::vector<core::pipeline::ModelInput>& {
    return port == Port::Inputs ? record->model.inputs : record->model.outputs;
  };
  Table table;
  table.rows = static_cast<int>(ports().size());
  table.columns = {
      numberColumn(0),
      textColumn(QStringLiteral("name"),
                 [ports](int row) { return showable(ports()[at(row)].name); }),
      textColumn(QStringLiteral("value"),
                 [ports](int row) { return valueText(ports()[at(row)].meta); }),
      textColumn(QStringLiteral("device"),
                 [ports](int row) {
                   return showable(core::ir::deviceName(ports()[at(row)].meta.device));
                 }),
      bytesColumn(QStringLiteral("bytes"),
                  [ports](int row) { return ports()[at(row)].meta.bytes(); }),
  };
  return table;
}

QStringList dimensionNames(const core::pipeline::ModelSummary& model) {
  QStringList names;
  for (const auto& input : model.inputs)
    for (const core::ir::Size& size : input.meta.sizes) {
      const QString name = QString::fromStdString(size.expression());
      if (size.isSymbolic() && !names.contains(name)) names << name;
    }
  return names;
}

Table parameterTable(const CompileRecordPtr& record) {
  if (!record) return {};
  const auto parameter = [record](int row) -> const core::pipeline::ModelParameter& {
    return record->model.parameters[at(row)];
  };
  Table table;
  table.rows = static_cast<int>(record->model.parameters.size());
  table.columns = {
      numberColumn(0),
      textColumn(QStringLiteral("name"),
                 [parameter](int row) { return showable(parameter(row).name); }),
      textColumn(QStringLiteral("value"),
                 [parameter](int row) { return valueText(parameter(row).meta); }),
      bytesColumn(QStringLiteral("bytes"),
                  [parameter](int row) { return parameter(row).meta.bytes(); }),
      countColumn(QStringLiteral("elements"),
                  [parameter](int row) { return parameter(row).meta.numel(); }),
      textColumn(QStringLiteral("kind"),
                 [parameter](int row) {
                   return parameter(row).isParameter ? QStringLiteral("parameter")
                                                     : QStringLiteral("buffer");
                 }),
      textColumn(QStringLiteral("gradient"),
                 [parameter](int row) {
                   return parameter(row).requiresGrad ? QStringLiteral("yes")
                                                      : QStringLiteral("no");
                 }),
  };
  return table;
}

Table opCountTable(const CompileRecordPtr& record) {
  if (!record) return {};
  Table table;
  table.rows = static_cast<int>(record->model.opCounts.size());
  table.columns = {
      textColumn(QStringLiteral("op"),
                 [record](int row) { return showable(record->model.opCounts[at(row)].first); }),
      countColumn(QStringLiteral("calls"),
                  [record](int row) { return record->model.opCounts[at(row)].second; }),
  };
  return table;
}

Table unsupportedTable(const CompileRecordPtr& record) {
  if (!record) return {};
  const auto node = [record](int row) -> const core::pipeline::UnsupportedNode& {
    return record->model.unsupported[at(row)];
  };
  Table table;
  table.rows = static_cast<int>(record->model.unsupported.size());
  table.columns = {
      textColumn(QStringLiteral("✕ op"), [node](int row) { return showable(node(row).target); }),
      textColumn(QStringLiteral("module"), [node](int row) { return showable(node(row).module); }),
      textColumn(QStringLiteral("source"), [node](int row) { return showable(node(row).source); }),
      textColumn(QStringLiteral("reason"), [node](int row) { return showable(node(row).reason); }),
  };
  return table;
}

Table stageTable(const CompileRecordPtr& record) {
  if (!record) return {};
  const auto stage = [record](int row) -> const core::pipeline::StageRecord& {
    return record->stages[at(row)];
  };
  Table table;
  table.rows = static_cast<int>(record->stages.size());
  table.columns = {
      textColumn(QStringLiteral("stage"),
                 [stage](int row) {
                   return QString::fromLatin1(core::pipeline::stageName(stage(row).stage));
                 }),
      {QStringLiteral("time"),
       Alignment::Number,
       [stage](int row) { return millisecondsText(stage(row).seconds * 1e3); },
       [stage](int row) { return QVariant(stage(row).seconds); },
       {}},
      textColumn(QStringLiteral("result"),
                 [stage](int row) {
                   const auto& error = stage(row).error;
                   return error ? QStringLiteral("✕ ") + showable(error->message)
                                : showable(stage(row).summary);
                 }),
  };
  return table;
}

Table logTable(const std::vector<core::LogEntry>& entries) {
  const auto shared = std::make_shared<const std::vector<core::LogEntry>>(entries);
  Table table;
  table.rows = static_cast<int>(shared->size());
  table.columns = {
      textColumn(QStringLiteral("level"),
                 [shared](int row) {
                   return QString::fromLatin1(core::logLevelName((*shared)[at(row)].level));
                 }),
      textColumn(QStringLiteral("category"),
                 [shared](int row) { return showable((*shared)[at(row)].category); }),
      textColumn(QStringLiteral("text"),
                 [shared](int row) { return showable((*shared)[at(row)].text); }),
  };
  return table;
}

}  // namespace views::models
