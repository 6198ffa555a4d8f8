#pragma once

// The words of the text form, shared by the printer and the parser.

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "core/ir/graph.h"

namespace core::ir {

template <typename Enum, std::size_t N>
using WordTable = std::array<std::pair<Enum, std::string_view>, N>;

inline constexpr WordTable<RecomputeTag, 4> kRecomputeWords{{
    {RecomputeTag::MustSave, "must_save"},
    {RecomputeTag::PreferSave, "prefer_save"},
    {RecomputeTag::MustRecompute, "must_recompute"},
    {RecomputeTag::PreferRecompute, "prefer_recompute"},
}};

inline constexpr WordTable<Layout, 2> kLayoutWords{{
    {Layout::Strided, "strided"},
    {Layout::Other, "other"},
}};

inline constexpr WordTable<MemoryFormat, 4> kMemoryFormatWords{{
    {MemoryFormat::Contiguous, "contiguous_format"},
    {MemoryFormat::Preserve, "preserve_format"},
    {MemoryFormat::ChannelsLast, "channels_last"},
    {MemoryFormat::ChannelsLast3d, "channels_last_3d"},
}};

template <typename Enum, std::size_t N>
constexpr std::string_view wordOf(const WordTable<Enum, N>& table, Enum value) {
  for (const auto& [candidate, word] : table)
    if (candidate == value) return word;
  return {};
}

template <typename Enum, std::size_t N>
constexpr std::optional<Enum> fromWord(const WordTable<Enum, N>& table, std::string_view text) {
  for (const auto& [value, word] : table)
    if (word == text) return value;
  return std::nullopt;
}

}  // namespace core::ir
