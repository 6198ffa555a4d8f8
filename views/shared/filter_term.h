#pragma once

// The expression tree of a filter; for filter.cpp and filter_parser.cpp only.

#include <cstdint>
#include <limits>
#include <memory>
#include <regex>
#include <string>
#include <vector>

namespace views::shared {

enum class FilterField {
  Any,
  Name,
  Op,
  Module,
  Part,
  Dtype,
  Shape,
  Source,
  Tag,
  Saved,
  Recompute,
  Bytes,
  Fanout,
  UserOf,
  InputOf,
};

enum class FilterKind { All, Either, Not, Text, Word, Regex, Flag, Range };

struct FilterTerm {
  FilterKind kind = FilterKind::Text;
  FilterField field = FilterField::Any;
  std::string text;  ///< lower case, of Text and Word
  std::regex regex;
  bool flag = false;
  std::int64_t low = std::numeric_limits<std::int64_t>::min();  ///< of Range, both included
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  std::vector<std::shared_ptr<const FilterTerm>> children;  ///< of All, Either, Not
};

using FilterTermPtr = std::shared_ptr<const FilterTerm>;

/// Lower case of ASCII letters; other bytes stay.
std::string lowerCase(std::string text);

}  // namespace views::shared
