#include "core/codegen/prelude_piece.h"

#include <sstream>

#include "core/base/check.h"

namespace core::codegen {
namespace {

void addWithNeeds(const std::vector<const PreludePiece*>& all, const std::string& name,
                  std::set<std::string>& needed) {
  if (!needed.insert(name).second) return;
  const PreludePiece* found = nullptr;
  for (const PreludePiece* piece : all)
    if (piece->name == name) found = piece;
  CORE_CHECK(found != nullptr, "no prelude piece is called " + name);
  std::istringstream needs(found->needs);
  for (std::string need; needs >> need;) addWithNeeds(all, need, needed);
}

}  // namespace

std::string joinedPieces(const std::vector<const PreludePiece*>& all,
                         const std::set<std::string>& wanted) {
  std::set<std::string> needed;
  for (const std::string& name : wanted) addWithNeeds(all, name, needed);
  std::string text;
  for (const PreludePiece* piece : all)
    if (needed.count(piece->name)) text += piece->text;
  return text;
}

}  // namespace core::codegen
