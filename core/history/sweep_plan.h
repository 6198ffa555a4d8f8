#pragma once

// The points of a sweep from what is to be varied.

#include <string>
#include <vector>

#include "core/base/result.h"

namespace core::history {

/// Every combination of the values in `varied`, the last varying fastest. One entry is
/// "budget=1,0.5,0.2": an option of `bench` without its dashes, and its values. A point is the text
/// "--budget 0.5 --threads 2". Errors: InvalidArgument for an entry without values, a value with a
/// space, an option given twice, and more than 10,000 points.
Result<std::vector<std::string>> sweepSettings(const std::vector<std::string>& varied);

/// The words of a point's settings.
std::vector<std::string> wordsOf(const std::string& settings);

}  // namespace core::history
