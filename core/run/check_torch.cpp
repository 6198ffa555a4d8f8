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

/// The same for buffers: the mean that a batch norm keeps of what another one centred.
constexpr double kNoiseOfLargestBuffer = 1e-3;

using Section = NamedTensors FinishedStep::*;

/// "1.2e-07": short enough for a sentence.
std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2g", value);
  return text;
}

/// Of the tensors that hold fractions: a counter says nothing of their scale.
double largestOf(const NamedTensors& tensors) {
  double largest = 0;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.defined() && tensor.is_floating_point())
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
  const bool ofBackward = section == &FinishedStep::gradients;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    TensorTriple triple{expected[i].first, actual[i].second, expected[i].second, {}, noise};
    if (ofBackward) triple.roundoff = compiled.savedRoundoff;
    if (reference) triple.reference = ((*reference).*section)[i].second;
    result.tensors.push_back(compareTensors(triple));
  }
}

/// Failures are worse than passes; then the larger relative difference.
bool isWorse(const TensorCheck& a, const TensorCheck& b) {
  if (a.passed != b.passed) return !a.passed;
  return a.maxRel > b.maxRel;
}

TensorCheck& checkNamed(const std::string& name, CheckResult& result) {
  for (TensorCheck& check : result.tensors)
    if (check.tensor == name) return check;
  result.tensors.push_back({});
  result.tensors.back().tensor = name;
  result.tensors.back().passed = true;
  return result.tensors.back();
}

void fail(TensorCheck& check, const std::string& reason) {
  if (check.passed) check.reason = reason;
  check.passed = false;
}

void compareFacts(const FinishedStep& compiled, const FinishedStep& eager, CheckResult& result) {
  CORE_CHECK(compiled.facts.size() == eager.facts.size(), "the two steps saw different inputs");
  for (std::size_t i = 0; i < eager.facts.size(); ++i) {
    const std::string difference = factsDifference(compiled.facts[i], eager.facts[i]);
    if (!difference.empty()) fail(checkNamed(eager.facts[i].name, result), difference);
  }
}

/// Whether the elements were written as often, as far as both are known.
bool areAlike(const at::Tensor& mine, const at::Tensor& theirs) {
  return ((mine == theirs) | (mine < 0) | (theirs < 0)).all().item<bool>();
}

/// What a caller's write to an output reaches: the other outputs and the inputs that share memory.
void compareAfterWrites(FinishedStep& compiled, FinishedStep& eager, CheckResult& result) {
  std::vector<bool> skip;
  for (const TensorFacts& facts : eager.facts) skip.push_back(facts.isPieceOfSplit);
  const WriteEffects actual = writeToOutputs(compiled.facts, skip);
  const WriteEffects wanted = writeToOutputs(eager.facts, skip);
  for (std::size_t i = 0; i < eager.facts.size(); ++i) {
    if (skip[i]) continue;
    TensorCheck& check = checkNamed(eager.facts[i].name, result);
    if (i < wanted.refused.size() && actual.refused[i] != wanted.refused[i]) {
      fail(check, std::string("a write to it is ") + (actual.refused[i] ? "refused" : "allowed") +
                      ", unlike in eager");
    }
    const at::Tensor& mine = actual.changes[i];
    const at::Tensor& theirs = wanted.changes[i];
    if (mine.defined() != theirs.defined() || (mine.defined() && !areAlike(mine, theirs))) {
      fail(check, "writes to the outputs reach other elements of it than in eager");
    }
  }
}

/// A large relative difference means little where eager's own rounding is as large.
std::string againstFloat64(const TensorCheck& check) {
  if (check.rmseEager == 0) return {};
  return " (error against float64: compiled " + shortNumber(check.rmseCompiled) + ", eager " +
         shortNumber(check.rmseEager) + ")";
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
    result.sentence =
        "All " + count + " tensors agree with eager; the largest relative difference is " +
        shortNumber(worst.maxRel) + " in " + worst.tensor + againstFloat64(worst) + ".";
  } else {
    result.sentence = std::to_string(failed) + " of " + count +
                      " tensors differ from eager; the worst is " + worst.tensor + ": " +
                      worst.reason + " (largest difference " + shortNumber(worst.maxAbs) + ").";
  }
}

void compareSections(const FinishedStep& compiled, const FinishedStep& eager,
                     const std::optional<FinishedStep>& reference, CheckResult& result) {
  const double noise = kNoiseOfLargestGradient * largestOf(eager.gradients);
  compareSection(&FinishedStep::outputs, 0, compiled, eager, reference, result);
  compareSection(&FinishedStep::gradients, noise, compiled, eager, reference, result);
  const double bufferNoise = kNoiseOfLargestBuffer * largestOf(eager.buffers);
  compareSection(&FinishedStep::buffers, bufferNoise, compiled, eager, reference, result);
  compareSection(&FinishedStep::inputs, 0, compiled, eager, reference, result);
  if (compiled.writtenParameters.size() == eager.writtenParameters.size())
    compareSection(&FinishedStep::writtenParameters, 0, compiled, eager, reference, result);
}

}  // namespace

double savedRoundoff(const partition::Partition& partition) {
  double roundoff = 0;
  for (const partition::SavedTensor& saved : partition.savedTensors) {
    if (saved.meta.dtype == ir::DType::F8E5M2) roundoff = std::max(roundoff, 1.0 / 8);
    if (saved.meta.dtype == ir::DType::F8E4M3) roundoff = std::max(roundoff, 1.0 / 16);
  }
  return roundoff;
}

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
  finished.facts = factsOf(bound, step);
  if (!step.loss.defined()) ignoreAutograd(finished.facts);
  for (const TensorFacts& facts : finished.facts) {
    if (facts.written && facts.name.starts_with("parameter:")) {
      finished.writtenParameters.emplace_back(facts.name, facts.tensor);
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

CheckResult compareSteps(FinishedStep& compiled, FinishedStep& eager,
                         const std::optional<FinishedStep>& reference) {
  CheckResult result;
  compareSections(compiled, eager, reference, result);
  compareFacts(compiled, eager, result);
  if (std::all_of(result.tensors.begin(), result.tensors.end(),
                  [](const TensorCheck& check) { return check.passed; }))
    compareAfterWrites(compiled, eager, result);
  summarize(result);
  if (compiled.savedRoundoff > 0)
    result.sentence += " Gradients are approximate: saved tensors had 8 bits.";
  return result;
}

CheckResult compareValues(const FinishedStep& replayed, const FinishedStep& eager,
                          const std::optional<FinishedStep>& reference) {
  CheckResult result;
  compareSections(replayed, eager, reference, result);
  summarize(result);
  if (replayed.savedRoundoff > 0)
    result.sentence += " Gradients are approximate: saved tensors had 8 bits.";
  return result;
}

}  // namespace core::run
