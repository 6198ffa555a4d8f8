#include "core/load/trace_log/trace_log.h"

// A record is a line `V1124 09:13:12.181000 23409 path:1619] {json}`, and, if the JSON has
// "has_payload" (an MD5), the lines behind it that begin with a tab. The JSON has one member named
// like the event, and the compile that it belongs to. Files of several ranks are read one after the
// other; records of one rank stay in order.

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <tuple>

#include "core/load/capture/json_view.h"
#include "core/load/mapped_file.h"
#include "core/load/read_failure.h"
#include "core/load/trace_log/md5.h"
#include "core/load/trace_log/readable_graph_reader.h"

namespace core::load {
namespace {

constexpr std::size_t kMaxLine = 16 * 1024 * 1024;
constexpr std::size_t kMaxProblems = 100;
constexpr std::size_t kHeadBytes = 64 * 1024;

/// Events whose payload is a printed graph.
const std::set<std::string, std::less<>>& graphEvents() {
  static const std::set<std::string, std::less<>> events{
      "dynamo_output_graph",     "aot_joint_graph",          "aot_forward_graph",
      "aot_backward_graph",      "aot_inference_graph",      "compiled_autograd_graph",
      "inductor_pre_grad_graph", "inductor_post_grad_graph", "optimize_ddp_split_child"};
  return events;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

/// "V1124 09:13:12", possibly behind "[rank0]:".
bool beginsRecord(std::string_view line) {
  if (line.starts_with("[rank")) line.remove_prefix(std::min(line.find(':') + 1, line.size()));
  return line.size() > 8 && std::string_view("VIWEC").find(line[0]) != std::string_view::npos &&
         std::all_of(line.begin() + 1, line.begin() + 5, isDigit) && line[5] == ' ' &&
         isDigit(line[6]);
}

/// Splits a text into lines; a carriage return in front of a line's end is dropped.
class Lines {
 public:
  explicit Lines(std::string_view text) : m_rest(text) {}
  bool atEnd() const { return m_rest.empty(); }
  int number() const { return m_number; }
  std::string_view next() {
    const std::size_t end = std::min(m_rest.find('\n'), m_rest.size());
    std::string_view line = m_rest.substr(0, end);
    m_rest.remove_prefix(std::min(end + 1, m_rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++m_number;
    return line;
  }
  bool nextIsPayload() const { return m_rest.starts_with('\t'); }

 private:
  std::string_view m_rest;
  int m_number = 0;
};

class LogReader {
 public:
  LogReader(TraceLog& log, const StageContext& context) : m_log(log), m_context(context) {}

  void read(const std::string& path) {
    const auto file = mapFile(path);
    m_file = std::filesystem::path(path).filename().string();
    m_strings.clear();
    const std::span<const std::byte> bytes = file->bytes();
    Lines lines({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    while (!lines.atEnd()) {
      if (m_context.stopRequested())
        failRead(ErrorCode::Cancelled, "Reading the log was cancelled.");
      readRecord(lines);
    }
  }

 private:
  void problem(int line, const std::string& what) {
    if (m_log.problems.size() < kMaxProblems)
      m_log.problems.push_back(m_file + ", line " + std::to_string(line) + ": " + what);
  }

  void readRecord(Lines& lines) {
    const std::string_view line = lines.next();
    const int number = lines.number();
    std::string payload;
    bool hasPayload = false;
    while (lines.nextIsPayload()) {
      if (hasPayload) payload += '\n';
      payload += lines.next().substr(1);
      hasPayload = true;
    }
    if (line.empty()) return;
    const std::size_t json = line.find("] {");
    if (!beginsRecord(line) || json == std::string_view::npos)
      return problem(number, "is no record of a trace log");
    if (line.size() > kMaxLine) return problem(number, "is longer than 16 MiB");
    Json record;
    const std::string text(line.substr(json + 2));
    if (m_parser.parse(text).get(record) != simdjson::SUCCESS)
      return problem(number, "its JSON is damaged");
    const auto sum = jsonGet<std::string_view>(record, "has_payload");
    if (sum && *sum != md5(payload)) {
      problem(number, "its payload is damaged");
      payload.clear();
    }
    readEvents(record, payload, sum.has_value());
  }

  void readEvents(Json record, const std::string& payload, bool hasPayload) {
    const auto members = jsonAs<simdjson::dom::object>(record);
    if (!members) return;
    static const std::set<std::string, std::less<>> envelope{
        "rank",    "compiled_autograd_id", "frame_id", "frame_compile_id", "attempt",
        "stack",   "has_payload",          "process",  "thread",           "timestamp",
        "pathname"};
    for (const auto& member : *members) {
      const std::string event(member.key);
      if (envelope.contains(event)) continue;
      ++m_log.eventCounts[event];
      if (event == "str") {
        learnString(member.value);
      } else if (jsonMember(record, "frame_id") || jsonMember(record, "compiled_autograd_id")) {
        useEvent(event, member.value, record, payload, hasPayload);
      }
    }
  }

  void learnString(Json pair) {
    const std::vector<Json> parts = elementsOf(pair);
    if (parts.size() != 2) return;
    const auto text = jsonAs<std::string_view>(parts[0]);
    const auto id = jsonAs<std::int64_t>(parts[1]);
    if (text && id) m_strings[*id] = *text;
  }

  void useEvent(const std::string& event, Json body, Json record, const std::string& payload,
                bool hasPayload) {
    LoggedCompile& compile = compileOf(record);
    const int attempt = static_cast<int>(jsonGet<std::int64_t>(record, "attempt").value_or(0));
    if (event == "dynamo_start") return learnFunction(body, compile);
    if (event == "create_symbol") return learnSymbol(body, compile);
    if (event == "compilation_metrics") return learnMetrics(body, compile);
    if (!hasPayload) return;
    if (graphEvents().contains(event)) {
      compile.graphs.push_back({event, attempt, payload, nullptr, {}});
    } else if (event == "artifact" || event == "graph_dump") {
      compile.texts.push_back({jsonText(body, "name"), attempt, payload});
    } else if (event == "dynamo_guards" || event == "dynamo_cpp_guards_str") {
      compile.texts.push_back({event, attempt, payload});
    }
  }

  LoggedCompile& compileOf(Json record) {
    const auto number = [&](const char* key) { return jsonGet<std::int64_t>(record, key); };
    const auto rank = number("rank");
    std::string id;
    if (const auto autograd = number("compiled_autograd_id"))
      id = "!" + std::to_string(*autograd) + "/";
    if (const auto frame = number("frame_id"))
      id += std::to_string(*frame) + "/" + std::to_string(number("frame_compile_id").value_or(0));
    const std::string rankText = rank ? std::to_string(*rank) : std::string();
    const auto [known, isNew] = m_places.try_emplace({m_file, rankText, id}, m_log.compiles.size());
    if (isNew) {
      LoggedCompile compile;
      compile.id = id;
      compile.log = m_file;
      compile.rank = rankText;
      m_log.compiles.push_back(std::move(compile));
    }
    return m_log.compiles[known->second];
  }

  /// The innermost frame of the stack is the function that is compiled.
  void learnFunction(Json body, LoggedCompile& compile) {
    const std::vector<Json> frames = jsonElements(body, "stack");
    if (frames.empty()) return;
    const Json frame = frames.back();
    compile.function = jsonText(frame, "name");
    compile.line = static_cast<int>(jsonGet<std::int64_t>(frame, "line").value_or(0));
    const auto file = m_strings.find(jsonGet<std::int64_t>(frame, "filename").value_or(-1));
    if (file != m_strings.end()) compile.file = file->second;
  }

  static void learnMetrics(Json body, LoggedCompile& compile) {
    if (std::string name = jsonText(body, "co_name"); !name.empty()) compile.function = name;
    if (std::string file = jsonText(body, "co_filename"); !file.empty()) compile.file = file;
    if (const auto line = jsonGet<std::int64_t>(body, "co_firstlineno"))
      compile.line = static_cast<int>(*line);
  }

  static void learnSymbol(Json body, LoggedCompile& compile) {
    const auto value = evaluateSize(jsonText(body, "val"), {});
    if (value) compile.symbols[jsonText(body, "symbol")] = *value;
  }

  TraceLog& m_log;
  const StageContext& m_context;
  std::string m_file;
  simdjson::dom::parser m_parser;
  std::map<std::int64_t, std::string> m_strings;  ///< of this file
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> m_places;
};

/// The log's files, sorted by name.
std::vector<std::string> filesOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (entry.path().extension() == ".log" && entry.is_regular_file(error))
      files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  if (files.empty())
    failRead(ErrorCode::FileNotFound, "The folder '" + path + "' has no .log file in it.");
  return files;
}

void readGraphs(TraceLog& log, const StageContext& context) {
  for (LoggedCompile& compile : log.compiles) {
    for (LoggedGraph& graph : compile.graphs) {
      if (context.stopRequested()) failRead(ErrorCode::Cancelled, "Reading the log was cancelled.");
      auto read = readReadableGraph(graph.text, compile.symbols);
      if (read)
        graph.graph = std::move(*read);
      else
        graph.problem = graph.text.empty() ? "its text is damaged" : read.error().message;
    }
  }
}

}  // namespace

const LoggedGraph* LoggedCompile::find(std::string_view kind) const {
  const auto found = std::find_if(graphs.rbegin(), graphs.rend(),
                                  [&](const LoggedGraph& graph) { return graph.kind == kind; });
  return found == graphs.rend() ? nullptr : &*found;
}

const LoggedText* LoggedCompile::findText(std::string_view name) const {
  const auto found = std::find_if(texts.rbegin(), texts.rend(),
                                  [&](const LoggedText& text) { return text.name == name; });
  return found == texts.rend() ? nullptr : &*found;
}

const LoggedCompile* TraceLog::find(std::string_view id) const {
  const auto found = std::find_if(compiles.begin(), compiles.end(),
                                  [&](const LoggedCompile& compile) { return compile.id == id; });
  return found == compiles.end() ? nullptr : &*found;
}

bool isTraceLog(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return true;
  try {
    const auto file = mapFile(path);
    const std::span<const std::byte> bytes = file->bytes();
    const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                                std::min(bytes.size(), kHeadBytes));
    return beginsRecord(head) && head.find("] {") != std::string_view::npos;
  } catch (const ReadFailure&) {
    return false;  // who opens it as a model says why it cannot be opened
  }
}

Result<TraceLog> readTraceLog(const std::string& path, const StageContext& context) {
  try {
    TraceLog log;
    LogReader reader(log, context);
    for (const std::string& file : filesOf(path)) reader.read(file);
    if (log.eventCounts.empty())
      failRead(ErrorCode::FormatUnsupported, "'" + path + "' holds no record of a trace log.");
    readGraphs(log, context);
    return log;
  } catch (ReadFailure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace core::load
