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

}  // namespace

ir::NodeMeta readOrigin(std::string_view comment) {
  ir::NodeMeta meta;
  meta.source = readSource(comment);
  if (const auto scope = between(comment, "# nn_module: ", ")")) meta.module = readScope(*scope);
  if (const auto scope = between(comment, "# fwd_nn_module: ", ")"))
    meta.forwardModule = readScope(*scope);
  constexpr std::array<std::pair<std::string_view, ir::RecomputeTag>, 4> kTags{
      {{"recompute: MUST_SAVE", ir::RecomputeTag::MustSave},
       {"recompute: PREFER_SAVE", ir::RecomputeTag::PreferSave},
       {"recompute: MUST_RECOMPUTE", ir::RecomputeTag::MustRecompute},
       {"recompute: PREFER_RECOMPUTE", ir::RecomputeTag::PreferRecompute}}};
  for (const auto& [word, tag] : kTags)
    if (comment.substr(0, comment.find(" File: ")).find(word) != std::string_view::npos)
      meta.recompute = tag;
  return meta;
}

}  // namespace core::load
