#include "core/ir/joint_graph.h"

#include <algorithm>
#include <array>

namespace core::ir {
namespace {

constexpr std::array<std::string_view, 3> kMutationNames{"NOT_MUTATED", "MUTATED_IN_GRAPH",
                                                         "MUTATED_OUT_GRAPH"};
constexpr std::array<std::string_view, 8> kOutputNames{"non_alias",
                                                       "alias_of_input",
                                                       "is_input",
                                                       "alias_of_intermediate",
                                                       "alias_of_intermediate_save_as_output",
                                                       "alias_of_intermediate_base_is_user_output",
                                                       "unsafe_view_alias",
                                                       "custom_function_view"};

template <typename Enum, std::size_t N>
std::optional<Enum> fromName(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto* found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view mutationTypeName(MutationType type) {
  return kMutationNames[static_cast<std::size_t>(type)];
}

std::optional<MutationType> mutationTypeFromName(std::string_view name) {
  return fromName<MutationType>(kMutationNames, name);
}

std::string_view outputTypeName(OutputType type) {
  return kOutputNames[static_cast<std::size_t>(type)];
}

std::optional<OutputType> outputTypeFromName(std::string_view name) {
  return fromName<OutputType>(kOutputNames, name);
}

}  // namespace core::ir
