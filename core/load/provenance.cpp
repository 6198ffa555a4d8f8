#include "core/load/provenance.h"

#include <charconv>
#include <optional>

namespace core::load {
namespace {

/// The text before `separator`, which is removed from `rest` together with it; all of it if there
/// is no separator.
std::string_view takeUntil(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// `File "net.py", line 35, in forward`; empty for any other line.
std::optional<ir::SourceLocation> parseFrameLine(std::string_view line) {
  constexpr std::string_view kFile = "File \"";
  constexpr std::string_view kLine = "\", line ";
  constexpr std::string_view kFunction = ", in ";
  line = trimmed(line);
  if (!line.starts_with(kFile)) return std::nullopt;
  const std::size_t nameEnd = line.find(kLine, kFile.size());
  if (nameEnd == std::string_view::npos) return std::nullopt;
  ir::SourceLocation location;
  location.file = line.substr(kFile.size(), nameEnd - kFile.size());
  std::string_view rest = line.substr(nameEnd + kLine.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), location.line);
  if (error != std::errc()) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  if (rest.starts_with(kFunction)) location.function = rest.substr(kFunction.size());
  return location;
}

bool isInsidePytorch(const std::string& file) {
  return file.find("site-packages/torch/") != std::string::npos ||
         file.find("dist-packages/torch/") != std::string::npos || file.starts_with("torch/");
}

}  // namespace

Provenance::ModuleStack Provenance::moduleStack(std::string_view text) {
  ModuleStack stack;
  while (!text.empty()) {
    std::string_view entry = takeUntil(text, ';');
    takeUntil(entry, ',');  // the key, which repeats the path
    const std::string_view path = takeUntil(entry, ',');
    if (!entry.empty()) stack.push_back(internModule(std::string(path), std::string(entry)));
  }
  return stack;
}

std::shared_ptr<const ir::SourceLocation> Provenance::innermostFrame(std::string_view stackTrace) {
  std::optional<ir::SourceLocation> innermost;
  bool wantsCode = false;
  while (!stackTrace.empty()) {
    const std::string_view line = takeUntil(stackTrace, '\n');
    if (auto frame = parseFrameLine(line)) {
      wantsCode = !innermost || isInsidePytorch(innermost->file) || !isInsidePytorch(frame->file);
      if (wantsCode) innermost = std::move(frame);
    } else if (wantsCode) {
      innermost->code = trimmed(line);
      wantsCode = false;
    }
  }
  return innermost ? internSource(std::move(*innermost)) : nullptr;
}

std::shared_ptr<const ir::ModuleScope> Provenance::internModule(std::string path,
                                                                std::string className) {
  auto& slot = m_moduleByName[{path, className}];
  if (!slot) {
    slot = std::make_shared<const ir::ModuleScope>(
        ir::ModuleScope{std::move(path), std::move(className)});
    m_modules.push_back(*slot);
  }
  return slot;
}

std::shared_ptr<const ir::SourceLocation> Provenance::internSource(ir::SourceLocation location) {
  auto& slot = m_sourceByPlace[{location.file, location.line, location.function, location.code}];
  if (!slot) slot = std::make_shared<const ir::SourceLocation>(std::move(location));
  return slot;
}

}  // namespace core::load
