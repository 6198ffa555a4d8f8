#include "tests/architecture/include_rules.h"

#include <QRegularExpression>

namespace {

/// Headers of our own that a folder may include: folders, or single headers.
struct FolderRule {
  const char* folder;
  QStringList allowed;
};

/// Plain structs that later stages and the views read.
const QStringList kArtifacts{"core/base/",
                             "core/ir/",
                             "core/partition/partition.h",
                             "core/schedule/schedule.h",
                             "core/schedule/loop_nest.h",
                             "core/codegen/kernel.h",
                             "core/load/input_fill.h",
                             "core/run/cautions.h",
                             "core/run/entry_record.h",
                             "core/history/compare_runs.h",
                             "core/history/kept_run.h",
                             "core/history/sweep_plan.h",
                             "core/run/measurement.h",
                             "core/run/profile.h",
                             "core/run/profile_gaps.h",
                             "core/run/profile_study.h",
                             "core/run/step_search.h",
                             "core/pipeline/compile_record.h",
                             "core/pipeline/compile_options.h",
                             "core/pipeline/model_hash.h",
                             "core/pipeline/operator_table.h",
                             "core/trace/operator_coverage.h"};

const QStringList kTorchWorld = kArtifacts + QStringList{"core/gpu/gpu.h", "core/load/",
                                                         "core/torch/", "core/trace/", "core/run/"};

// The most specific folder stands first.
const QList<FolderRule>& folderRules() {
  static const QList<FolderRule> rules{
      {"core/base/", {"core/base/"}},
      {"core/ir/", {"core/base/", "core/ir/"}},
      {"core/passes/", {"core/base/", "core/ir/", "core/passes/"}},
      {"core/partition/", {"core/base/", "core/ir/", "core/passes/", "core/partition/"}},
      {"core/schedule/", {"core/base/", "core/ir/", "core/schedule/"}},
      {"core/codegen/", {"core/base/", "core/ir/", "core/schedule/loop_nest.h", "core/codegen/"}},
      {"core/layout/", {"core/base/", "core/ir/", "core/partition/partition.h", "core/layout/"}},
      {"core/load/capture/", kArtifacts + QStringList{"core/load/", "core/partition/"}},
      {"core/load/", {"core/base/", "core/ir/", "core/load/"}},
      {"core/protocol/", kArtifacts + QStringList{"core/protocol/"}},
      {"core/history/",
       {"core/base/", "core/run/measurement.h", "core/run/profile_study.h", "core/run/statistics.h",
        "core/history/"}},
      {"core/jit/", {"core/base/", "core/codegen/", "core/jit/"}},
      {"core/gpu/", {"core/base/", "core/codegen/", "core/gpu/"}},
      {"core/torch/", kTorchWorld},
      {"core/trace/", kTorchWorld},
      {"core/run/", kTorchWorld},
      {"core/pipeline/", {"core/"}},
      {"views/",
       kArtifacts + QStringList{"core/codegen/kernel_work.h", "core/codegen/source_lines.h",
                                "core/codegen/write_reproducer.h", "core/layout/",
                                "core/partition/", "views/"}},
      {"app/explorer/", kArtifacts + QStringList{"core/history/", "core/layout/", "core/partition/",
                                                 "core/protocol/", "views/", "app/explorer/"}},
      {"app/engine/", {"core/", "app/engine/"}},
      {"app/graphviz/", {"app/graphviz/"}},
  };
  return rules;
}

/// Headers of a library, and the only folders that may include them.
struct LibraryRule {
  const char* name;
  const char* pattern;
  QStringList folders;
};

const QList<LibraryRule>& libraryRules() {
  static const QList<LibraryRule> rules{
      {"LibTorch", "^(ATen|c10|torch|caffe2)/", {"core/torch/", "core/trace/", "core/run/"}},
      {"QCustomPlot", "^qcustomplot\\.h$", {"views/plot/"}},
      {"Qt", "^(Q[A-Z]\\w*|Qt\\w+/.*)$", {"views/", "app/explorer/"}},
      {"LLVM", "^(llvm|clang|lld)/", {"core/jit/"}},
      {"CUDA", "^(cuda|nvrtc|cublas|cudnn)\\w*\\.h$", {"core/torch/cuda/"}},
      {"FlatBuffers", "^flatbuffers/", {"core/protocol/"}},
      {"libzip", "^zip\\.h$", {"core/load/"}},
      {"SQLite", "^sqlite3\\.h$", {"core/history/"}},
      {"simdjson", "^simdjson\\.h$", {"core/load/"}},
      {"CLI11", "^CLI/", {"app/engine/"}},
      {"Graphviz", "^(gvc|cgraph|cdt|graphviz/.*)(\\.h)?$", {"app/graphviz/"}},
  };
  return rules;
}

bool startsWithAny(const QString& text, const QStringList& prefixes) {
  for (const QString& prefix : prefixes)
    if (text.startsWith(prefix)) return true;
  return false;
}

QString brokenLibraryRule(const QString& file, const QString& header) {
  for (const LibraryRule& rule : libraryRules()) {
    if (!QRegularExpression(rule.pattern).match(header).hasMatch()) continue;
    if (!startsWithAny(file, rule.folders))
      return QString("%1 belongs into %2 only").arg(rule.name, rule.folders.join(", "));
    const bool ownHeader = file.endsWith(".h") && QString(rule.name) == "LibTorch";
    if (ownHeader && !file.endsWith("_torch.h") && !file.endsWith("precompiled_torch.h"))
      return "a header that includes LibTorch is named *_torch.h";
  }
  return {};
}

}  // namespace

QString brokenRule(const QString& file, const QString& header) {
  if (file.startsWith("tests/")) return {};
  if (QString rule = brokenLibraryRule(file, header); !rule.isEmpty()) return rule;
  const bool ours = startsWithAny(header, {"core/", "views/", "app/", "tests/"});
  if (!ours) return {};
  if (header.endsWith("_torch.h") &&
      !startsWithAny(file, {"core/torch/", "core/trace/", "core/run/"}))
    return "*_torch.h headers stay inside the LibTorch module";
  for (const FolderRule& rule : folderRules()) {
    if (!file.startsWith(rule.folder)) continue;
    if (startsWithAny(header, rule.allowed)) return {};
    return QString("%1 may include %2").arg(rule.folder, rule.allowed.join(", "));
  }
  return {};
}

int lineLimit(const QString& file) {
  // Tables of operators and the protocol's moves are lists; cutting them up helps nobody.
  static const QStringList lists{"core/ir/op_table", "core/protocol/wire_graph.cpp"};
  if (startsWithAny(file, lists)) return 700;
  if (file.startsWith("tests/")) return 700;
  return file.endsWith(".h") ? 180 : 420;
}
