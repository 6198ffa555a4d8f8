#include "core/history/sweep_plan.h"

#include <set>
#include <sstream>

namespace core::history {
namespace {

constexpr std::size_t kMostPoints = 10'000;

struct Varied {
  std::string option;
  std::vector<std::string> values;
};

Error refused(const std::string& entry, const std::string& why) {
  return {
      ErrorCode::InvalidArgument,
      "'" + entry + "' cannot be varied: " + why + ". Write OPTION=VALUE,VALUE, as budget=1,0.5.",
      {},
      {}};
}

Result<Varied> parse(const std::string& entry) {
  const auto equals = entry.find('=');
  if (equals == std::string::npos || equals == 0) return refused(entry, "it has no option");
  if (entry.find_first_of(" \t\n") != std::string::npos) return refused(entry, "it has a space");
  Varied varied{entry.substr(0, equals), {}};
  std::stringstream values(entry.substr(equals + 1));
  for (std::string value; std::getline(values, value, ',');) {
    if (value.empty()) return refused(entry, "a value is empty");
    varied.values.push_back(value);
  }
  if (varied.values.empty()) return refused(entry, "it has no values");
  return varied;
}

}  // namespace

Result<std::vector<std::string>> sweepSettings(const std::vector<std::string>& varied) {
  std::vector<std::string> points{""};
  std::set<std::string> seen;
  for (const std::string& entry : varied) {
    CORE_TRY(const Varied next, parse(entry));
    if (!seen.insert(next.option).second) return refused(entry, "the option is there twice");
    if (points.size() * next.values.size() > kMostPoints)
      return Error{ErrorCode::InvalidArgument,
                   "The sweep would have more than 10,000 points. Vary fewer values.",
                   {},
                   {}};
    std::vector<std::string> longer;
    for (const std::string& point : points)
      for (const std::string& value : next.values)
        longer.push_back(point + (point.empty() ? "--" : " --") + next.option + " " + value);
    points = std::move(longer);
  }
  return points;
}

std::vector<std::string> wordsOf(const std::string& settings) {
  std::istringstream text(settings);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

}  // namespace core::history
