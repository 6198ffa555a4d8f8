#include "core/load/trace_log/node_origin.h"

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace core::load {
namespace {

/// The text between `begin` and `end`, if both are there.
std::optional<std::string_view> between(std::string_view text, std::string_view begin,
                                        std::string_view end) {
  const std::size_t start = text.find(begin);
  if (start == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(start + begin.size());
  const std::size_t stop = rest.find(end);
  if (stop == std::string_view::npos) return std::nullopt;
  return rest.substr(0, stop);
}

std::shared_ptr<const ir::ModuleScope> readScope(std::string_view text) {
  const std::size_t open = text.rfind('(');
  if (open == std::string_view::npos) return nullptr;
  std::string_view path = text.substr(0, open);
  if (path.ends_with(' ')) path.remove_suffix(1);
  return std::make_shared<const ir::ModuleScope>(
      ir::ModuleScope{std::string(path), std::string(text.substr(open + 1))});
}

/// "File: net.py:9 in forward, code: y = f(x)".
std::shared_ptr<const ir::SourceLocation> readSource(std::string_view comment) {
  const auto place = between(comment, " File: ", ", code: ");
  if (!place) return nullptr;
  const std::size_t in = place->rfind(" in ");
  const std::size_t colon = place->substr(0, in).rfind(':');
  if (in == std::string_view::npos || colon == std::string_view::npos) return nullptr;
  ir::SourceLocation source;
  source.file = place->substr(0, colon);
  source.function = place->substr(in + 4);
  source.code = comment.substr(comment.find(", code: ") + 8);
  std::from_chars(place->data() + colon + 1, place->data() + in, source.line);
  return std::make_shared<const ir::SourceLocation>(std::move(source));
}

/// What stands in front of the source line.
std::string_view marksOf(std::string_view comment) {
  return comment.substr(0, comment.find(" File: "));
}

/// "recompute: MUST_SAVE", or "ac_graph_id: 3 - MUST_SAVE" in a checkpointed region.
ir::RecomputeTag readTag(std::string_view comment) {
  constexpr std::array<std::pair<std::string_view, ir::RecomputeTag>, 4> kTags{
      {{"MUST_SAVE", ir::RecomputeTag::MustSave},
       {"PREFER_SAVE", ir::RecomputeTag::PreferSave},
       {"MUST_RECOMPUTE", ir::RecomputeTag::MustRecompute},
       {"PREFER_RECOMPUTE", ir::RecomputeTag::PreferRecompute}}};
  std::string_view marks = marksOf(comment);
  const std::size_t region = marks.find("ac_graph_id: ");
  const std::string_view before = region == std::string_view::npos ? "recompute: " : " - ";
  const std::size_t start = marks.find(before, region == std::string_view::npos ? 0 : region);
  if (start == std::string_view::npos) return ir::RecomputeTag::None;
  marks.remove_prefix(start + before.size());
  for (const auto& [word, tag] : kTags)
    if (marks.starts_with(word)) return tag;
  return ir::RecomputeTag::None;
}

}  // namespace

ir::NodeMeta readOrigin(std::string_view comment) {
  ir::NodeMeta meta;
  meta.source = readSource(comment);
  if (const auto scope = between(comment, "# nn_module: ", ")")) meta.module = readScope(*scope);
  if (const auto scope = between(comment, "# fwd_nn_module: ", ")"))
    meta.forwardModule = readScope(*scope);
  meta.recompute = readTag(comment);
  return meta;
}

std::optional<std::int64_t> readRegion(std::string_view comment) {
  constexpr std::string_view kRegion = "ac_graph_id: ";
  const std::string_view marks = marksOf(comment);
  const std::size_t start = marks.find(kRegion);
  if (start == std::string_view::npos) return std::nullopt;
  std::int64_t region = 0;
  const char* digits = marks.data() + start + kRegion.size();
  const auto [end, error] = std::from_chars(digits, marks.data() + marks.size(), region);
  if (error != std::errc()) return std::nullopt;
  return region;
}

}  // namespace core::load
