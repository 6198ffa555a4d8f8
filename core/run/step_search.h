#pragma once

// Where a compiled step first computes something else than eager. Plain data; no LibTorch.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace core::run {

/// How the elements of one tensor differ from eager's.
struct ErrorPicture {
  static constexpr int kDecades = 18;
  static constexpr int kSmallest = -16;  ///< the first decade holds everything below 1e-15

  std::int64_t equal = 0;  ///< elements without a difference
  /// [i]: differences, relative to the larger of |eager| and its mean, from 10^(kSmallest + i) on;
  /// the last holds everything above too. Elements that are not finite are not among them.
  std::array<std::int64_t, kDecades> decades{};
  std::int64_t compiledNans = 0, compiledInfinities = 0;
  std::int64_t eagerNans = 0, eagerInfinities = 0;
  /// The first positions where exactly one of both is not finite, or both in another way.
  std::vector<std::vector<std::int64_t>> notFinite;
};

/// One value that was compared.
struct ComparedValue {
  std::string node;
  bool inBackward = false;
  bool passed = true;
  double maxAbs = 0, maxRel = 0;  ///< as of a StepDifference
};

/// A step of a schedule whose result is not what eager computes from the same inputs.
struct StepDifference {
  bool inBackward = false;
  int step = -1;                     ///< of the half's schedule
  int group = -1;                    ///< of the kernel; -1: a call of LibTorch
  std::string node;                  ///< the first node of the step whose value differs
  std::string target;                ///< its operator
  std::string module;                ///< path of its module; may be empty
  std::string source;                ///< "net.py:41 `y = f(x)`"; may be empty
  std::vector<std::string> members;  ///< all nodes of the step
  double maxAbs = 0;                 ///< largest |compiled - eager|
  double maxRel = 0;                 ///< largest |compiled - eager| / max(|eager|, mean of |eager|)
  ErrorPicture errors;               ///< of the node's value

  /// "'gelu_3' (aten.gelu.default) in module 'mlp' differs by up to 1e-03 relative.".
  std::string text() const;
};

/// What a search through both halves found.
struct StepSearch {
  int steps = 0;                        ///< that were run
  int values = 0;                       ///< that were compared
  std::vector<ComparedValue> compared;  ///< all of them, in the order of the steps
  std::optional<StepDifference> first;
  /// The kernel that differed as a whole, if the search went on with its nodes apart.
  std::optional<StepDifference> kernel;

  /// One sentence for people.
  std::string sentence() const;
};

}  // namespace core::run
