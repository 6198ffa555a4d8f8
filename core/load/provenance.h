#pragma once

// Where a node came from, parsed from the texts of its metadata. Equal modules and source lines are
// one object, because thousands of nodes name the same few.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/ir/graph.h"

namespace core::load {

class Provenance {
 public:
  using ModuleStack = std::vector<std::shared_ptr<const ir::ModuleScope>>;

  /// "L__self__,,__main__.Net;L__self__fc1,fc1,torch.nn.modules.linear.Linear" -> the root and
  /// fc1, outermost first. Parts that have no three fields are left out.
  ModuleStack moduleStack(std::string_view text);
  /// The innermost frame of a Python stack trace that is not inside PyTorch itself (a layer's own
  /// `return F.linear(...)` says nothing about the model); the innermost of all if every frame is.
  /// Null if the text holds no frame.
  std::shared_ptr<const ir::SourceLocation> innermostFrame(std::string_view stackTrace);
  /// Every module seen so far, in order of first appearance.
  const std::vector<ir::ModuleScope>& modules() const { return m_modules; }

 private:
  std::shared_ptr<const ir::ModuleScope> internModule(std::string path, std::string className);
  std::shared_ptr<const ir::SourceLocation> internSource(ir::SourceLocation location);

  std::map<std::pair<std::string, std::string>, std::shared_ptr<const ir::ModuleScope>>
      m_moduleByName;
  std::map<std::tuple<std::string, int, std::string, std::string>,
           std::shared_ptr<const ir::SourceLocation>>
      m_sourceByPlace;
  std::vector<ir::ModuleScope> m_modules;
};

}  // namespace core::load
