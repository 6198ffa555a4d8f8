#include <array>
#include <cstdio>

#include "app/engine/command_output.h"
#include "app/engine/commands.h"
#include "core/base/json_writer.h"
#include "core/pipeline/make_operator_table.h"

namespace engine {
namespace {

using namespace core::pipeline;
using core::trace::Treatment;

/// "1,203 operators: 804 recorded, ..."
void printSummary(const std::vector<OperatorRow>& rows) {
  std::array<int, 6> counts{};
  for (const OperatorRow& row : rows) ++counts[static_cast<std::size_t>(row.coverage.treatment)];
  std::printf("%zu operators:", rows.size());
  for (std::size_t i = 0; i < counts.size(); ++i)
    std::printf("%s %d %s", i == 0 ? "" : ",", counts[i], treatmentWord(static_cast<Treatment>(i)));
  std::printf("\n");
}

void printTable(const std::vector<OperatorRow>& rows) {
  std::printf("%-56s %-12s %-15s %-11s %-10s %-9s %s\n", "operator", "shapes", "trace", "core",
              "decomposed", "kernel", "reason");
  for (const OperatorRow& row : rows)
    std::printf("%-56s %-12s %-15s %-11s %-10s %-9s %s\n", row.coverage.op.c_str(),
                shapeWord(row.coverage.source), treatmentWord(row.coverage.treatment),
                coreWord(row.coverage.core), row.isDecomposed ? "yes" : "-", formWord(row.form),
                row.reason.c_str());
}

std::string tableJson(const std::vector<OperatorRow>& rows) {
  core::JsonWriter json(1, 2);
  json.beginObject().member("format", 1).key("operators").beginArray();
  for (const OperatorRow& row : rows)
    json.beginObject()
        .member("op", row.coverage.op)
        .member("shapes", shapeWord(row.coverage.source))
        .member("trace", treatmentWord(row.coverage.treatment))
        .member("core", coreWord(row.coverage.core))
        .member("why_left_out_of_core", row.coverage.whyLeftOut)
        .member("decomposed", row.isDecomposed)
        .member("kernel", formWord(row.form))
        .member("reason", row.reason)
        .endObject();
  return json.endArray().endObject().take();
}

}  // namespace

int opsCommand(const EngineOptions& options) {
  const auto rows = makeOperatorTable();
  if (!rows) return fail(rows.error());
  printTable(*rows);
  printSummary(*rows);
  const auto written = writeFile(options.json, tableJson(*rows));
  return written ? kDone : fail(written.error());
}

}  // namespace engine
