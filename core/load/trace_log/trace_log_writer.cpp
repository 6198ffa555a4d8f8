#include "core/load/trace_log/trace_log_writer.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <map>

#include "core/base/json_writer.h"
#include "core/ir/readable_text.h"
#include "core/load/capture/size_expression.h"
#include "core/load/trace_log/md5.h"

namespace core::load {
namespace {

using Clock = std::chrono::system_clock;

std::string prefixOf(Clock::time_point when, int process) {
  const std::time_t seconds = Clock::to_time_t(when);
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count() %
      1'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "V%02d%02d %02d:%02d:%02d.%06d %d aot_explorer.cpp:1]",
                parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                static_cast<int>(micros), process);
  return text.data();
}

/// Where the first call of the model stands; an empty location if none is known.
ir::SourceLocation firstSource(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes())
    if (node.meta.source) return *node.meta.source;
  return {};
}

/// The symbols that are a size of an input, with their values.
std::map<std::string, std::int64_t> inputSymbols(const ir::Graph& graph) {
  std::map<std::string, std::int64_t> symbols;
  const auto learn = [&](const ir::Size& size) {
    if (size.isSymbolic() && isPlainSymbol(size.expression()))
      symbols[size.expression()] = size.hint();
  };
  for (const ir::NodeId id : graph.placeholders()) {
    if (const ir::TensorMeta* tensor = graph.node(id).tensor())
      for (const ir::Size& size : tensor->sizes) learn(size);
    if (const ir::SymMeta* sym = graph.node(id).sym()) learn(sym->size);
  }
  return symbols;
}

std::string listText(const std::vector<int>& numbers) {
  std::string text = "[";
  for (const int number : numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(number);
  return text + "]";
}

/// The fields of PyTorch's text that say which inputs are special.
std::string metadataText(const ir::ViewAndMutationMeta& meta) {
  return "ViewAndMutationMeta(is_train=" + std::string(meta.isTrain ? "True" : "False") +
         ", num_intermediate_bases=" + std::to_string(meta.intermediateBases) +
         ", mutated_inp_runtime_indices=" + listText(meta.mutatedRuntimeIndices) +
         ", mutated_graph_handled_indices=" + listText(meta.mutatedGraphHandledIndices) +
         ", static_input_indices=" + listText(meta.staticInputIndices) + ")";
}

class LogWriter {
 public:
  void add(const RunToLog& run) {
    m_prefix = prefixOf(run.end, run.process);
    const ir::SourceLocation source = firstSource(*run.joint->graph);
    const int file = intern(source.file);
    record([&](JsonWriter& json) {
      json.key("dynamo_start").beginObject().key("stack").beginArray().beginObject();
      json.member("line", source.line).member("name", source.function).member("filename", file);
      json.endObject().endArray().endObject();
    });
    for (const auto& [name, size] : inputSymbols(*run.joint->graph))
      record([&, &symbol = name, &value = size](JsonWriter& json) {
        json.key("create_symbol").beginObject().member("symbol", symbol);
        json.member("val", std::to_string(value)).endObject();
      });
    addGraphs(run);
    addMetrics(run, source);
    ++m_frame;
  }

  std::string take() { return std::move(m_text); }

 private:
  void addGraphs(const RunToLog& run) {
    const bool train = run.joint->metadata.isTrain;
    graph(train ? "aot_joint_graph" : "aot_inference_graph", run.joint->graph);
    artifact("aot_forward_graph_fw_metadata", "string", metadataText(run.joint->metadata));
    if (!run.minCutInformation.empty())
      artifact("min_cut_information", "json", run.minCutInformation);
    if (!train) return;
    graph("aot_forward_graph", run.forward);
    graph("aot_backward_graph", run.backward);
  }

  void graph(const char* event, const ir::GraphPtr& content) {
    if (!content) return;
    record([&](JsonWriter& json) { json.key(event).beginObject().endObject(); },
           ir::readableText(*content));
  }

  void artifact(const char* name, const char* encoding, const std::string& payload) {
    record(
        [&](JsonWriter& json) {
          json.key("artifact").beginObject().member("name", name).member("encoding", encoding);
          json.endObject();
        },
        payload);
  }

  void addMetrics(const RunToLog& run, const ir::SourceLocation& source) {
    const double end = std::chrono::duration<double>(run.end.time_since_epoch()).count();
    record([&](JsonWriter& json) {
      json.key("compilation_metrics").beginObject();
      json.member("compile_id", std::to_string(m_frame) + "/0")
          .member("co_name", source.function.empty() ? run.model : source.function)
          .member("co_filename", source.file)
          .member("co_firstlineno", source.line)
          .member("graph_node_count", run.joint->graph->size())
          .member("graph_input_count", run.joint->graph->placeholders().size())
          .member("start_time", end - run.seconds)
          .member("entire_frame_compile_time_s", run.seconds);
      json.endObject();
    });
  }

  /// The number of a text in the log's table; a new one is written first.
  int intern(const std::string& text) {
    const auto [known, isNew] = m_strings.try_emplace(text, static_cast<int>(m_strings.size()));
    if (isNew) {
      JsonWriter json;
      json.beginObject().key("str").beginArray().value(text).value(known->second);
      line(json.endArray().endObject().take());
    }
    return known->second;
  }

  template <typename Event>
  void record(Event&& event, const std::string& payload = {}) {
    JsonWriter json;
    event(json.beginObject());
    json.member("frame_id", m_frame).member("frame_compile_id", 0).member("attempt", 0);
    if (!payload.empty()) json.member("has_payload", md5(payload));
    line(json.endObject().take());
    if (payload.empty()) return;
    m_text += '\t';
    for (const char c : payload) {
      m_text += c;
      if (c == '\n') m_text += '\t';
    }
    m_text += '\n';
  }

  void line(const std::string& json) { m_text += m_prefix + " " + json + "\n"; }

  std::string m_prefix;
  std::map<std::string, int> m_strings;
  int m_frame = 0;
  std::string m_text;
};

}  // namespace

std::string traceLogText(const std::vector<RunToLog>& runs) {
  LogWriter writer;
  for (const RunToLog& run : runs) writer.add(run);
  return writer.take();
}

}  // namespace core::load
