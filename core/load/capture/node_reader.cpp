#include "core/load/capture/node_reader.h"

#include <limits>

#include "core/base/check.h"
#include "core/load/capture/capture_words.h"

namespace core::load {
namespace {

/// "MUST_SAVE" or "CheckpointPolicy.MUST_SAVE".
ir::RecomputeTag recomputeTag(std::string_view name) {
  if (name.ends_with("MUST_SAVE")) return ir::RecomputeTag::MustSave;
  if (name.ends_with("PREFER_SAVE")) return ir::RecomputeTag::PreferSave;
  if (name.ends_with("MUST_RECOMPUTE")) return ir::RecomputeTag::MustRecompute;
  if (name.ends_with("PREFER_RECOMPUTE")) return ir::RecomputeTag::PreferRecompute;
  return ir::RecomputeTag::None;
}

std::optional<double> specialFloat(std::string_view text) {
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

template <typename T>
Result<ir::Argument> argumentOr(const std::optional<T>& value, std::string_view text) {
  if (value) return ir::Argument(*value);
  return malformed("the argument '" + std::string(text) + "' is not understood");
}

}  // namespace

Result<ir::GraphPtr> NodeReader::read(const std::vector<Json>& nodes) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::string name = jsonText(nodes[i], "name");
    const std::string where = "node " + std::to_string(i) + " ('" + name + "'): ";
    if (name.empty()) return malformed(where + "it has no name");
    const bool isLast = i + 1 == nodes.size();
    if (isLast != (jsonText(nodes[i], "op") == "output"))
      return malformed(where + "a graph has one output node, the last");
    if (auto done = isLast ? readOutput(nodes[i]) : readNode(nodes[i], name); !done)
      return Error{done.error().code, where + done.error().message, {}, name};
  }
  if (nodes.empty()) return malformed("the joint graph has no nodes");
  try {
    return std::move(m_builder).freeze();
  } catch (const InternalError& broken) {  // the verifier speaks of the file here, not of a bug
    return malformed(std::string("the joint graph is inconsistent: ") + broken.what());
  }
}

Result<void> NodeReader::readOutput(Json node) {
  CORE_TRY(std::vector<ir::Argument> outputs, readArguments(node));
  std::vector<std::string> descriptors = jsonTexts(node, "descs");
  if (!descriptors.empty() && descriptors.size() != outputs.size())
    return malformed("there is not one description per output");
  m_builder.setOutputs(std::move(outputs), std::move(descriptors));
  return {};
}

Result<void> NodeReader::readNode(Json node, const std::string& name) {
  if (m_builder.hasName(name) || name == "output") return malformed("the name is taken");
  const std::string op = jsonText(node, "op");
  const std::string target = jsonText(node, "target");
  ir::ValueMeta value;
  if (const auto recorded = jsonMember(node, "val")) {
    CORE_TRY(value, m_values.read(*recorded));
  }
  CORE_TRY(ir::NodeMeta meta, readMeta(node, target));
  ir::NodeId id;
  if (op == "placeholder") {
    id = m_builder.addPlaceholder(name, std::move(value), std::move(meta));
  } else if (op == "get_attr") {
    id = m_builder.addAttribute(name, target, std::move(value), std::move(meta));
  } else if (op == "call_function" || op.empty()) {
    CORE_TRY(auto args, readArguments(node));
    CORE_TRY(auto keywords, readKeywords(node));
    if (target.empty()) return malformed("a call without a target");
    id = m_builder.addCall(name, target, std::move(args), std::move(keywords), std::move(value),
                           std::move(meta));
  } else {
    return malformed("unknown kind of node '" + op + "'");
  }
  m_ids.emplace(name, id);
  return {};
}

Result<std::vector<ir::Argument>> NodeReader::readArguments(Json node) const {
  std::vector<ir::Argument> args;
  for (Json element : jsonElements(node, "args")) {
    CORE_TRY(ir::Argument argument, readArgument(element));
    args.push_back(std::move(argument));
  }
  return args;
}

Result<std::vector<std::pair<std::string, ir::Argument>>> NodeReader::readKeywords(
    Json node) const {
  std::vector<std::pair<std::string, ir::Argument>> keywords;
  const auto object = jsonGet<simdjson::dom::object>(node, "kwargs");
  if (!object) return keywords;
  for (const auto& field : *object) {
    CORE_TRY(ir::Argument argument, readArgument(field.value));
    keywords.emplace_back(std::string(field.key), std::move(argument));
  }
  return keywords;
}

Result<ir::Argument> NodeReader::readArgument(Json argument) const {
  using Type = simdjson::dom::element_type;
  switch (argument.type()) {
    case Type::NULL_VALUE: return ir::Argument();
    case Type::BOOL: return ir::Argument(*jsonAs<bool>(argument));
    case Type::INT64: return ir::Argument(*jsonAs<std::int64_t>(argument));
    case Type::DOUBLE: return ir::Argument(*jsonAs<double>(argument));
    case Type::STRING: return readText(*jsonAs<std::string_view>(argument));
    case Type::ARRAY: {
      ir::Argument::List list;
      for (Json element : elementsOf(argument)) {
        CORE_TRY(ir::Argument item, readArgument(element));
        list.push_back(std::move(item));
      }
      return ir::Argument(std::move(list));
    }
    case Type::UINT64: return malformed("an integer argument does not fit 64 bits");
    case Type::OBJECT: return malformed("arguments that are slices or dictionaries are not read");
  }
  return malformed("an argument of an unknown kind");
}

Result<ir::Argument> NodeReader::readText(std::string_view text) const {
  if (text.starts_with("%")) {
    const auto found = m_ids.find(text.substr(1));
    if (found != m_ids.end()) return ir::Argument(found->second);
    return malformed("it uses '" + std::string(text) + "', which no earlier node defines");
  }
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  const std::string_view rest = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  if (kind == "str") return ir::Argument(std::string(rest));
  if (kind == "dtype") return argumentOr(ir::dtypeFromName(rest), text);
  if (kind == "device") return argumentOr(deviceFromName(rest), text);
  if (kind == "layout") return argumentOr(layoutFromName(rest), text);
  if (kind == "memory_format") return argumentOr(memoryFormatFromName(rest), text);
  if (kind == "float") return argumentOr(specialFloat(rest), text);
  return malformed("the argument '" + std::string(text) + "' is not understood");
}

Result<ir::NodeMeta> NodeReader::readMeta(Json node, const std::string& target) {
  ir::NodeMeta meta;
  const std::string tag = jsonText(node, "tag");
  const auto known = ir::partitionerTagFromName(tag);
  if (!known) return malformed("unknown tag '" + tag + "'");
  meta.tag = *known;
  meta.sequenceNumber = jsonGet<std::int64_t>(node, "seq_nr");
  meta.gradientAccumulation = jsonFlag(node, "is_gradient_acc", false);
  meta.module = scope(node, "module");
  meta.forwardModule = scope(node, "fwd_module");
  const std::string original = jsonText(node, "original_aten");
  if (original != target) meta.originalOp = original;
  meta.exportedOp = jsonText(node, "exported_op");
  meta.descriptor = jsonText(node, "desc");
  meta.recompute = recomputeTag(jsonText(node, "recompute"));
  if (const auto source = jsonMember(node, "source")) {
    ir::SourceLocation location;
    location.file = jsonText(*source, "file");
    location.line = static_cast<int>(jsonGet<std::int64_t>(*source, "line").value_or(0));
    location.function = jsonText(*source, "function");
    location.code = jsonText(*source, "code");
    meta.source = std::make_shared<const ir::SourceLocation>(std::move(location));
  }
  return meta;
}

std::shared_ptr<const ir::ModuleScope> NodeReader::scope(Json node, std::string_view key) {
  const std::vector<std::string> texts = jsonTexts(node, key);
  if (texts.size() != 2) return nullptr;
  auto& interned = m_scopes[{texts[0], texts[1]}];
  if (!interned) {
    interned = std::make_shared<const ir::ModuleScope>(ir::ModuleScope{texts[0], texts[1]});
    m_modules.push_back(*interned);
  }
  return interned;
}

}  // namespace core::load
