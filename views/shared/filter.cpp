#include "views/shared/filter.h"

#include <algorithm>

#include "views/shared/filter_term.h"

namespace views::shared {
namespace {

using core::ir::Node;

std::string shapeOf(const Node& node) {
  std::string text;
  if (const auto* tensor = node.tensor()) {
    for (const auto& size : tensor->sizes) {
      if (!text.empty()) text += ',';
      text += size.text();
    }
  }
  return text;
}

std::string dtypeOf(const Node& node) {
  return node.tensor() ? std::string(core::ir::dtypeName(node.tensor()->dtype)) : std::string();
}

std::string sourceOf(const Node& node) {
  if (!node.meta.source) return {};
  return node.meta.source->file + ":" + std::to_string(node.meta.source->line);
}

std::string moduleOf(const Node& node) {
  const auto* module = node.meta.anyModule();
  return module ? module->path : std::string();
}

/// The texts that a term of that field looks at.
std::vector<std::string> textsOf(const FilterSubject& subject, FilterField field) {
  const Node& node = *subject.node;
  switch (field) {
    case FilterField::Any: return {node.name, node.target, moduleOf(node), sourceOf(node)};
    case FilterField::Name: return {node.name};
    case FilterField::Op: return {node.target};
    case FilterField::Module: return {moduleOf(node)};
    case FilterField::Part: return subject.parts;
    case FilterField::Dtype: return {dtypeOf(node)};
    case FilterField::Shape: return {shapeOf(node)};
    case FilterField::Source: return {sourceOf(node)};
    case FilterField::Tag: return {std::string(core::ir::partitionerTagName(node.meta.tag))};
    case FilterField::Saved:
    case FilterField::Recompute:
    case FilterField::Bytes:
    case FilterField::Fanout:
    case FilterField::UserOf:
    case FilterField::InputOf: return {};
  }
  return {};
}

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool hasWord(const std::string& text, const std::string& word) {
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool startsWord = at == 0 || !isWordCharacter(text[at - 1]);
    const auto end = at + word.size();
    if (startsWord && (end == text.size() || !isWordCharacter(text[end]))) return true;
  }
  return false;
}

bool reads(const Node& reader, core::ir::NodeId value) {
  bool found = false;
  core::ir::forEachInput(reader, [&](core::ir::NodeId input) { found |= input == value; });
  return found;
}

bool matchesText(const FilterTerm& term, const FilterSubject& subject) {
  if (term.field == FilterField::UserOf || term.field == FilterField::InputOf) {
    const auto other = subject.graph->find(term.text);
    if (!other) return false;
    return term.field == FilterField::UserOf ? reads(*subject.node, *other)
                                             : reads(subject.graph->node(*other), subject.node->id);
  }
  const auto texts = textsOf(subject, term.field);
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    const std::string lower = lowerCase(text);
    return term.kind == FilterKind::Word ? hasWord(lower, term.text)
                                         : lower.find(term.text) != std::string::npos;
  });
}

bool matchesRegex(const FilterTerm& term, const FilterSubject& subject) {
  const auto texts = textsOf(subject, term.field);
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return std::regex_search(text, term.regex); });
}

bool matchesTerm(const FilterTerm& term, const FilterSubject& subject) {
  const auto holds = [&subject](const FilterTermPtr& child) {
    return matchesTerm(*child, subject);
  };
  switch (term.kind) {
    case FilterKind::All: return std::all_of(term.children.begin(), term.children.end(), holds);
    case FilterKind::Either: return std::any_of(term.children.begin(), term.children.end(), holds);
    case FilterKind::Not: return !holds(term.children.front());
    case FilterKind::Text:
    case FilterKind::Word: return matchesText(term, subject);
    case FilterKind::Regex: return matchesRegex(term, subject);
    case FilterKind::Flag:
      return term.flag ==
             (term.field == FilterField::Saved ? subject.isSaved : subject.isRecomputed);
    case FilterKind::Range: {
      const std::int64_t value =
          term.field == FilterField::Bytes
              ? subject.node->bytes()
              : static_cast<std::int64_t>(subject.graph->users(subject.node->id).size());
      return value >= term.low && value <= term.high;
    }
  }
  return false;
}

}  // namespace

std::string lowerCase(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

Filter::Filter() = default;

Filter::Filter(std::shared_ptr<const FilterTerm> root) : m_root(std::move(root)) {}

bool Filter::matches(const FilterSubject& subject) const {
  return !m_root || matchesTerm(*m_root, subject);
}

}  // namespace views::shared
