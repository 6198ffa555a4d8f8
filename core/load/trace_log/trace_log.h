#pragma once

// A log that Python wrote under TORCH_TRACE: what torch.compile did, compile by compile, with the
// graphs as text (aot-behaviour §4.9 of the design).

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/stage_context.h"
#include "core/ir/joint_graph.h"
#include "core/load/capture/size_expression.h"

namespace core::load {

/// One printed graph. Its text is kept also where it could not be read.
struct LoggedGraph {
  std::string kind;     ///< "aot_joint_graph", "dynamo_output_graph" ...
  int attempt = 0;      ///< Dynamo starts a compile again when it learns something
  std::string text;     ///< as PyTorch printed it
  ir::GraphPtr graph;   ///< null if `problem` says why it is not read
  std::string problem;  ///< with line and column of the text
};

/// Any other payload: "dynamo_graph_break_reason", "min_cut_information", "recompile_reasons".
struct LoggedText {
  std::string name;
  int attempt = 0;
  std::string text;
};

/// One compile of one piece of a function.
struct LoggedCompile {
  std::string id;        ///< "0/1": frame and its compile; "!2/" in front for compiled autograd
  std::string log;       ///< name of the file
  std::string rank;      ///< of a distributed run; empty if the log names none
  std::string function;  ///< "forward"
  std::string file;      ///< of the function; empty if not logged
  int line = 0;
  SymbolHints symbols;  ///< sizes at which the compile ran ("s77" -> 6)
  std::vector<LoggedGraph> graphs;
  std::vector<LoggedText> texts;

  /// The last graph of that kind, or null.
  const LoggedGraph* find(std::string_view kind) const;
  /// The last text of that name, or null.
  const LoggedText* findText(std::string_view name) const;
};

struct TraceLog {
  std::vector<LoggedCompile> compiles;     ///< in the order in which they began
  std::map<std::string, int> eventCounts;  ///< records by event
  std::vector<std::string> problems;       ///< damaged records, the first hundred

  /// The compile of that id (the first, where several files or ranks have it), or null.
  const LoggedCompile* find(std::string_view id) const;
};

/// Whether `path` is a folder, or a file that begins like a log.
bool isTraceLog(const std::string& path);

/// Reads a log file, or every `*.log` of a folder in the order of their names. Damaged records are
/// left out and named in `problems`; lines over 16 MiB are damaged. Errors: FileNotFound;
/// FormatUnsupported if there is no record at all; Cancelled.
Result<TraceLog> readTraceLog(const std::string& path, const StageContext& context);

/// The joint graph of a compile with what its texts say of inputs and outputs; an inference graph
/// if the compile had no backward. Errors: InvalidArgument if it has neither, FormatUnsupported if
/// the graph could not be read.
Result<ir::JointGraph> loggedJointGraph(const LoggedCompile& compile);

}  // namespace core::load
