#include "core/pipeline/compile_options.h"

#include <memory>
#include <utility>

namespace core::pipeline {
namespace {

/// `options` with what a call brings taken from `like`.
CompileOptions withCallOf(CompileOptions options, const CompileOptions& like) {
  options.mode = like.mode;
  options.loss = like.loss;
  options.inputsPath = like.inputsPath;
  options.threads = like.threads;
  options.seed = like.seed;
  options.dims = like.dims;
  options.fills = like.fills;
  // A profile of equal figures is the same one, wherever it lies.
  auto& profile = options.partition.cost.profile;
  const auto& other = like.partition.cost.profile;
  if (profile && other && *profile == *other) profile = other;
  return options;
}

}  // namespace

bool compileAlike(const CompileOptions& a, const CompileOptions& b) {
  return withCallOf(a, b) == b;
}

}  // namespace core::pipeline
