#include "views/shared/filter.h"

#include <algorithm>

#include "views/shared/filter_reach.h"
#include "views/shared/filter_term.h"

namespace views::shared {
namespace {

using core::ir::Node;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Where `word`, in lower case, begins in `text`, in any case; npos if nowhere.
std::size_t findAnyCase(std::string_view text, std::string_view word, std::size_t from = 0) {
  if (from > text.size()) return std::string_view::npos;
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), word.begin(),
                  word.end(), [](char a, char b) { return lower(a) == b; });
  return found == text.end() && !word.empty() ? std::string_view::npos
                                              : static_cast<std::size_t>(found - text.begin());
}

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

std::string sourceOf(const Node& node) {
  if (!node.meta.source) return {};
  return node.meta.source->file + ":" + std::to_string(node.meta.source->line);
}

std::string_view moduleOf(const Node& node) {
  const auto* module = node.meta.anyModule();
  return module ? std::string_view(module->path) : std::string_view();
}

template <typename Holds>
bool anyOf(const std::vector<std::string>& texts, const Holds& holds) {
  return std::any_of(texts.begin(), texts.end(), holds);
}

/// Whether `holds` is true of a text that a term of that field looks at.
template <typename Holds>
bool anyText(const FilterSubject& subject, FilterField field, const Holds& holds) {
  const Node& node = *subject.node;
  const auto* facts = subject.facts;
  switch (field) {
    case FilterField::Any:
      return holds(node.name) || holds(node.target) || holds(moduleOf(node)) ||
             (node.meta.source && holds(sourceOf(node)));
    case FilterField::Name: return holds(node.name);
    case FilterField::Op: return holds(node.target);
    case FilterField::Module: return holds(moduleOf(node));
    case FilterField::Part: return anyOf(subject.parts, holds);
    case FilterField::Dtype:
      return node.tensor() && holds(core::ir::dtypeName(node.tensor()->dtype));
    case FilterField::Shape: return holds(shapeOf(node));
    case FilterField::Device:
      return node.tensor() && holds(core::ir::deviceName(node.tensor()->device));
    case FilterField::Group: return facts && anyOf(facts->groups, holds);
    case FilterField::Kernel: return facts && anyOf(facts->kernels, holds);
    case FilterField::Pass: return holds(node.meta.originalOp) || holds(node.meta.exportedOp);
    case FilterField::Source: return holds(sourceOf(node));
    case FilterField::Tag: return holds(core::ir::partitionerTagName(node.meta.tag));
    case FilterField::Saved:
    case FilterField::Recompute:
    case FilterField::Fused:
    case FilterField::Banned:
    case FilterField::Changed:
    case FilterField::Bytes:
    case FilterField::Time:
    case FilterField::Flops:
    case FilterField::Error:
    case FilterField::Fanout:
    case FilterField::UserOf:
    case FilterField::InputOf:
    case FilterField::Path:
    case FilterField::Within: return false;
  }
  return false;
}

bool isWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool hasWord(std::string_view text, std::string_view word) {
  for (auto at = findAnyCase(text, word); at != std::string_view::npos;
       at = findAnyCase(text, word, at + 1)) {
    const bool startsWord = at == 0 || !isWordCharacter(lower(text[at - 1]));
    const auto end = at + word.size();
    if (startsWord && (end == text.size() || !isWordCharacter(lower(text[end])))) return true;
  }
  return false;
}

bool matchesText(const FilterTerm& term, const FilterSubject& subject) {
  return anyText(subject, term.field, [&term](std::string_view text) {
    return term.kind == FilterKind::Word ? hasWord(text, term.text)
                                         : findAnyCase(text, term.text) != std::string_view::npos;
  });
}

/// Names and source lines differ from node to node; of the other fields a graph has few values.
bool hasFewValues(FilterField field) {
  return field != FilterField::Any && field != FilterField::Name && field != FilterField::Source;
}

bool matchesRegex(const FilterTerm& term, const FilterSubject& subject, FilterScope& scope) {
  const auto search = [&term](std::string_view text) {
    return std::regex_search(text.begin(), text.end(), term.regex);
  };
  if (!hasFewValues(term.field)) return anyText(subject, term.field, search);
  auto& known = scope.matched[&term];
  return anyText(subject, term.field, [&](std::string_view text) {
    const auto [entry, isNew] = known.try_emplace(std::string(text), false);
    if (isNew) entry->second = search(text);
    return entry->second;
  });
}

bool flagOf(const FilterSubject& subject, FilterField field) {
  const auto* facts = subject.facts;
  if (field == FilterField::Saved) return subject.isSaved;
  if (field == FilterField::Recompute) return subject.isRecomputed;
  if (field == FilterField::Fused) return facts && facts->isFused;
  if (field == FilterField::Banned) return facts && facts->isBanned;
  return facts && facts->isChanged;
}

/// The number that a range looks at, negative if it is not known; and the sum over the graph.
std::pair<double, double> numberOf(const FilterSubject& subject, FilterField field,
                                   const FilterScope& scope) {
  const auto* facts = subject.facts;
  if (field == FilterField::Bytes) {
    return {static_cast<double>(subject.node->bytes()), scope.bytes};
  }
  if (field == FilterField::Time) return {facts ? facts->seconds : -1, scope.seconds};
  if (field == FilterField::Flops) return {facts ? facts->flops : -1, scope.flops};
  if (field == FilterField::Error) return {facts ? facts->error : -1, 0};
  return {static_cast<double>(subject.graph->users(subject.node->id).size()), 0};
}

bool matchesRange(const FilterTerm& term, const FilterSubject& subject, const FilterScope& scope) {
  auto [value, total] = numberOf(subject, term.field, scope);
  if (value < 0) return false;
  if (term.isPercent) value = total > 0 ? value / total * 100 : 0;
  return term.isOpen ? value > term.low && value < term.high
                     : value >= term.low && value <= term.high;
}

bool matchesReach(const FilterTerm& term, const FilterSubject& subject, FilterScope& scope) {
  auto found = scope.reached.find(&term);
  if (found == scope.reached.end()) {
    found = scope.reached.emplace(&term, reachedNodes(*subject.graph, term)).first;
  }
  return found->second[subject.node->id.index] != 0;
}

bool matchesTerm(const FilterTerm& term, const FilterSubject& subject, FilterScope& scope) {
  const auto holds = [&](const FilterTermPtr& child) {
    return matchesTerm(*child, subject, scope);
  };
  switch (term.kind) {
    case FilterKind::All: return std::all_of(term.children.begin(), term.children.end(), holds);
    case FilterKind::Either: return std::any_of(term.children.begin(), term.children.end(), holds);
    case FilterKind::Not: return !holds(term.children.front());
    case FilterKind::Text:
    case FilterKind::Word: return matchesText(term, subject);
    case FilterKind::Regex: return matchesRegex(term, subject, scope);
    case FilterKind::Flag: return term.flag == flagOf(subject, term.field);
    case FilterKind::Range: return matchesRange(term, subject, scope);
    case FilterKind::Reach: return matchesReach(term, subject, scope);
  }
  return false;
}

}  // namespace

std::string lowerCase(std::string text) {
  for (char& c : text) c = lower(c);
  return text;
}

Filter::Filter() = default;

Filter::Filter(std::shared_ptr<const FilterTerm> root) : m_root(std::move(root)) {}

bool Filter::matches(const FilterSubject& subject, FilterScope& scope) const {
  return !m_root || matchesTerm(*m_root, subject, scope);
}

}  // namespace views::shared
