#include "core/load/trace_log/python_values.h"

#include <utility>

#include "core/ir/graph_text_words.h"
#include "core/ir/readable_text.h"
#include "core/load/capture/capture_words.h"

namespace core::load {
namespace {

using ir::Argument;

constexpr int kMaxDepth = 64;

Argument readValue(PythonScanner& in, const NodesByName& nodes, int depth);

/// device(type='cuda', index=0).
Argument readDevice(PythonScanner& in) {
  in.expect("(");
  in.accept("type=");
  if (!in.atString()) in.fail("expected the name of a device");
  std::string name = in.takeString();
  if (in.accept(", index=")) {
    const auto index = in.tryNumber();
    if (!index || !index->integer()) in.fail("expected the index of a device");
    name += ":" + std::to_string(*index->integer());
  }
  in.expect(")");
  const auto device = deviceFromName(name);
  if (!device) in.fail("the device '" + name + "' is not known");
  return Argument(*device);
}

std::optional<Argument> readWord(PythonScanner& in, const NodesByName& nodes,
                                 std::string_view word) {
  if (const auto node = nodes.find(word); node != nodes.end()) return Argument(node->second);
  if (word == "None") return Argument();
  if (word == "True" || word == "False") return Argument(word == "True");
  if (const auto dtype = ir::dtypeFromPythonName(word)) return Argument(*dtype);
  if (word == "device" || word == "torch.device") return readDevice(in);
  if (!word.starts_with("torch.")) return std::nullopt;
  const std::string_view name = word.substr(6);
  if (const auto format = ir::fromWord(ir::kMemoryFormatWords, name)) return Argument(*format);
  if (name == "strided") return Argument(ir::Layout::Strided);
  if (name.starts_with("sparse_") || name == "jagged") return Argument(ir::Layout::Other);
  return std::nullopt;
}

Argument readList(PythonScanner& in, const NodesByName& nodes, std::string_view end, int depth) {
  Argument::List list;
  while (true) {
    in.skipBlankLines();
    if (in.accept(end)) return Argument(std::move(list));
    list.push_back(readValue(in, nodes, depth + 1));
    in.skipBlankLines();
    if (in.accept(end)) return Argument(std::move(list));
    in.expect(",");
  }
}

Argument readValue(PythonScanner& in, const NodesByName& nodes, int depth) {
  if (depth > kMaxDepth) in.fail("lists are nested too deeply");
  if (in.accept("[")) return readList(in, nodes, "]", depth);
  if (in.accept("(")) return readList(in, nodes, ")", depth);
  if (in.atString()) return in.takeString();
  if (auto number = in.tryNumber()) return *std::move(number);
  const std::size_t start = in.position();
  const std::string_view word = in.takeDotted();
  if (auto known = readWord(in, nodes, word)) return *std::move(known);
  in.returnTo(start);
  in.fail("the value is not understood");
}

}  // namespace

ir::Argument readPythonValue(PythonScanner& in, const NodesByName& nodes) {
  return readValue(in, nodes, 0);
}

}  // namespace core::load
