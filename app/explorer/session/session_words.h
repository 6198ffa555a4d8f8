#pragma once

// The words of a session file for our enumerations, for its writer and its reader.

#include <QString>
#include <array>
#include <optional>
#include <utility>

#include "core/pipeline/compile_options.h"
#include "views/shared/selection_hub.h"

namespace explorer {

/// What a session file calls itself.
inline constexpr const char* kSessionMark = "aot-explorer session";

template <typename Enum, std::size_t n>
using Words = std::array<std::pair<Enum, const char*>, n>;

using core::partition::CostModelKind;
using core::partition::KnapsackSolver;
using core::partition::PartitionerKind;
using core::pipeline::Decompositions;

inline constexpr Words<PartitionerKind, 2> kPartitionerWords{
    {{PartitionerKind::Default, "default"}, {PartitionerKind::MinCut, "min-cut"}}};
inline constexpr Words<KnapsackSolver, 3> kSolverWords{
    {{KnapsackSolver::Dp, "dp"}, {KnapsackSolver::Greedy, "greedy"}, {KnapsackSolver::Ilp, "ilp"}}};
inline constexpr Words<CostModelKind, 3> kCostWords{{{CostModelKind::Flops, "flops"},
                                                     {CostModelKind::Roofline, "roofline"},
                                                     {CostModelKind::Profile, "profile"}}};
inline constexpr Words<Decompositions, 3> kDecompositionWords{{{Decompositions::None, "none"},
                                                               {Decompositions::Core, "core"},
                                                               {Decompositions::Fusion, "fusion"}}};
inline constexpr Words<core::run::Mode, 2> kModeWords{
    {{core::run::Mode::Train, "train"}, {core::run::Mode::Infer, "infer"}}};
inline constexpr Words<views::shared::GraphKind, 3> kGraphWords{
    {{views::shared::GraphKind::Joint, "joint"},
     {views::shared::GraphKind::Forward, "forward"},
     {views::shared::GraphKind::Backward, "backward"}}};

/// The word of a value; every value has one.
template <typename Enum, std::size_t n>
QString word(const Words<Enum, n>& words, Enum value) {
  for (const auto& [known, text] : words) {
    if (known == value) return QLatin1String(text);
  }
  return {};
}

template <typename Enum, std::size_t n>
std::optional<Enum> valueOf(const Words<Enum, n>& words, const QString& text) {
  for (const auto& [value, known] : words) {
    if (text == QLatin1String(known)) return value;
  }
  return std::nullopt;
}

}  // namespace explorer
