#include "core/run/check_torch.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>

#include "core/base/check.h"
#include "core/run/compare_torch.h"

namespace core::run {
namespace {

/// Of the largest gradient: below it a gradient that is zero in exact arithmetic is rounding noise
/// (the bias in front of a batch norm). Forward sums of such size cancel, hence not machine
/// epsilon.
constexpr double kNoiseOfLargestGradient = 1e-2;

using Section = NamedTensors FinishedStep::*;

/// "1.2e-07": short enough for a sentence.
std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2g", value);
  return text;
}

double largestOf(const NamedTensors& tensors) {
  double largest = 0;
  for (const auto& [name, tensor] : tensors) {
    largest = std::max(largest, largestMagnitude(tensor));
  }
  return largest;
}

void compareSection(Section section, double noise, const FinishedStep& compiled,
                    const FinishedStep& eager, const std::optional<FinishedStep>& reference,
                    CheckResult& result) {
  const NamedTensors& expected = eager.*section;
  const NamedTensors& actual = compiled.*section;
  CORE_CHECK(actual.size() == expected.size(), "the two steps give another number of tensors");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    TensorTriple triple{expected[i].first, actual[i].second, expected[i].second, {}, noise};
    if (reference) triple.reference = ((*reference).*section)[i].second;
    result.tensors.push_back(compareTensors(triple));
  }
}

/// Failures are worse than passes; then the larger relative difference.
bool isWorse(const TensorCheck& a, const TensorCheck& b) {
  if (a.passed != b.passed) return !a.passed;
  return a.maxRel > b.maxRel;
}

void summarize(CheckResult& result) {
  int failed = 0;
  for (std::size_t i = 0; i < result.tensors.size(); ++i) {
    failed += result.tensors[i].passed ? 0 : 1;
    const bool worst =
        result.worst < 0 ||
        isWorse(result.tensors[i], result.tensors[static_cast<std::size_t>(result.worst)]);
    if (worst) result.worst = static_cast<int>(i);
  }
  result.passed = failed == 0;
  if (result.worst < 0) {
    result.sentence = "The model gives no tensors to compare.";
    return;
  }
  const TensorCheck& worst = result.tensors[static_cast<std::size_t>(result.worst)];
  const std::string count = std::to_string(result.tensors.size());
  if (result.passed) {
    result.sentence = "All " + count +
                      " tensors agree with eager; the largest relative difference is " +
                      shortNumber(worst.maxRel) + " in " + worst.tensor + ".";
  } else {
    result.sentence = std::to_string(failed) + " of " + count +
                      " tensors differ from eager; the worst is " + worst.tensor + ": " +
                      worst.reason + " (largest difference " + shortNumber(worst.maxAbs) + ").";
  }
}

}  // namespace

FinishedStep finish(const torch::BoundTensors& bound, StepTensors step) {
  FinishedStep finished;
  for (std::size_t i = 0; i < step.outputs.size(); ++i) {
    finished.outputs.emplace_back("output:" + std::to_string(i), step.outputs[i]);
  }
  if (step.loss.defined()) {
    for (auto& [name, gradient] : gradientsOf(bound)) {
      finished.gradients.emplace_back("gradient:" + name, gradient);
    }
  }
  for (const auto& [name, buffer] : bound.buffers()) {
    finished.buffers.emplace_back("buffer:" + name, buffer);
  }
  const std::vector<at::Tensor> inputs = inputsAfter(bound, step);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    finished.inputs.emplace_back("input:" + std::to_string(i), inputs[i]);
  }
  return finished;
}

CheckResult compareSteps(const FinishedStep& compiled, const FinishedStep& eager,
                         const std::optional<FinishedStep>& reference) {
  CheckResult result;
  const double noise = kNoiseOfLargestGradient * largestOf(eager.gradients);
  compareSection(&FinishedStep::outputs, 0, compiled, eager, reference, result);
  compareSection(&FinishedStep::gradients, noise, compiled, eager, reference, result);
  compareSection(&FinishedStep::buffers, 0, compiled, eager, reference, result);
  compareSection(&FinishedStep::inputs, 0, compiled, eager, reference, result);
  summarize(result);
  return result;
}

}  // namespace core::run
