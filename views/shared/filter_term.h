#pragma once

// The expression tree of a filter; for filter.cpp and filter_parser.cpp only.

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
  Device,
  Group,
  Kernel,
  Pass,
  Source,
  Tag,
  Saved,
  Recompute,
  Fused,
  Banned,
  Changed,
  Bytes,
  Time,
  Flops,
  Error,
  Fanout,
  UserOf,
  InputOf,
  Path,
  Within,  ///< says how far the neighbourhood terms beside it reach; gone after parsing
};

enum class FilterKind { All, Either, Not, Text, Word, Regex, Flag, Range, Reach };

struct FilterTerm {
  FilterKind kind = FilterKind::Text;
  FilterField field = FilterField::Any;
  std::string text;  ///< lower case, of Text and Word; of Reach the node's name
  std::string end;   ///< of Path: the name of the last node
  int hops = 1;      ///< of Reach
  std::regex regex;
  bool flag = false;
  double low = -std::numeric_limits<double>::infinity();  ///< of Range
  double high = std::numeric_limits<double>::infinity();
  bool isOpen = false;     ///< of Range: the bounds themselves are outside
  bool isPercent = false;  ///< of Range: of the whole graph
  std::vector<std::shared_ptr<const FilterTerm>> children;  ///< of All, Either, Not
};

using FilterTermPtr = std::shared_ptr<const FilterTerm>;

/// Lower case of ASCII letters; other bytes stay.
std::string lowerCase(std::string text);

}  // namespace views::shared
