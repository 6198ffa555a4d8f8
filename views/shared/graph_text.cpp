#include "views/shared/graph_text.h"

#include <algorithm>
#include <cstdio>

namespace views::shared {
namespace {

using core::ir::Node;
using core::ir::NodeId;

/// In double quotes, for JSON; DOT reads the same escapes of quotes and backslashes.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string shapeOf(const Node& node) {
  std::string text = "[";
  for (const auto& size : node.tensor()->sizes) {
    if (text.size() > 1) text += ", ";
    text += !size.isSymbolic() ? size.text() : quoted(size.text());
  }
  return text + "]";
}

std::string metaText(const Node& node) {
  if (!node.tensor()) return {};
  std::string text(core::ir::dtypeName(node.tensor()->dtype));
  text += '[';
  for (const auto& size : node.tensor()->sizes) {
    if (text.back() != '[') text += ',';
    text += size.text();
  }
  return text + "]";
}

bool isIn(const FilterSubject& subject, std::string_view part) {
  return std::find(subject.parts.begin(), subject.parts.end(), part) != subject.parts.end();
}

bool isBackward(const FilterSubject& subject) {
  return isIn(subject, "tangent") || (isIn(subject, "bwd") && !isIn(subject, "fwd"));
}

void dotNodes(const FilterSubjects& subjects, bool backward, std::string& out) {
  out += backward ? "  subgraph cluster_backward {\n    label=\"backward\";\n"
                  : "  subgraph cluster_forward {\n    label=\"forward\";\n";
  for (const FilterSubject& subject : subjects.all()) {
    if (isBackward(subject) != backward) continue;
    const Node& node = *subject.node;
    std::string label = node.name;
    if (node.isCall()) label += " = " + node.target;
    const std::string meta = metaText(node);
    if (!meta.empty()) label += ": " + meta;
    out += "    " + quoted(node.name) + " [label=" + quoted(label);
    if (subject.isSaved) out += ", style=bold";
    if (subject.isRecomputed) out += ", style=dashed";
    out += "];\n";
  }
  out += "  }\n";
}

}  // namespace

std::string dotText(const FilterSubjects& subjects) {
  std::string out = "digraph joint {\n  node [shape=box, fontname=\"sans-serif\"];\n";
  dotNodes(subjects, false, out);
  dotNodes(subjects, true, out);
  for (const FilterSubject& subject : subjects.all()) {
    core::ir::forEachInput(*subject.node, [&](NodeId input) {
      out += "  " + quoted(subject.graph->node(input).name) + " -> " + quoted(subject.node->name) +
             ";\n";
    });
  }
  return out + "}\n";
}

namespace {

std::string jsonNode(const FilterSubject& subject) {
  const Node& node = *subject.node;
  std::string out = "{\"name\": " + quoted(node.name) + ", \"op\": " + quoted(node.target);
  const auto list = [&out](const char* name, const auto& each) {
    out += std::string(", \"") + name + "\": [";
    bool isFirst = true;
    each([&](const std::string& text) {
      out += (isFirst ? "" : ", ") + quoted(text);
      isFirst = false;
    });
    out += "]";
  };
  list("parts", [&](const auto& add) {
    for (const std::string& part : subject.parts) add(part);
  });
  list("inputs", [&](const auto& add) {
    core::ir::forEachInput(node, [&](NodeId input) { add(subject.graph->node(input).name); });
  });
  if (node.tensor()) {
    out += ", \"dtype\": " + quoted(core::ir::dtypeName(node.tensor()->dtype));
    out += ", \"shape\": " + shapeOf(node);
    out += ", \"bytes\": " + std::to_string(node.bytes());
  }
  if (const auto* module = node.meta.anyModule()) out += ", \"module\": " + quoted(module->path);
  if (node.meta.source) {
    out += ", \"source\": " +
           quoted(node.meta.source->file + ":" + std::to_string(node.meta.source->line));
  }
  out += std::string(", \"saved\": ") + (subject.isSaved ? "true" : "false");
  out += std::string(", \"recomputed\": ") + (subject.isRecomputed ? "true" : "false");
  return out + "}";
}

}  // namespace

std::string jsonText(const FilterSubjects& subjects) {
  std::string out = "{\"format\": \"aot-explorer graph\", \"version\": 1, \"nodes\": [";
  const char* separator = "\n";
  for (const FilterSubject& subject : subjects.all()) {
    out += separator + jsonNode(subject);
    separator = ",\n";
  }
  out += "\n], \"outputs\": [";
  separator = "";
  if (!subjects.all().empty()) {
    const auto& graph = *subjects.all().front().graph;
    for (const auto& output : graph.outputs()) {
      out += separator;
      out += output.isNode() ? quoted(graph.node(output.node()).name) : std::string("null");
      separator = ", ";
    }
  }
  return out + "]}\n";
}

}  // namespace views::shared
