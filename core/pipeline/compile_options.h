#pragma once

// What a person can choose about a compile and a run. One struct for the window, the session file,
// the protocol and the command line; the member initialisers are the table of defaults.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/load/input_fill.h"
#include "core/partition/partition.h"
#include "core/run/measurement.h"

namespace core::pipeline {

enum class Decompositions { None, Core, Fusion };

struct CompileOptions {
  std::optional<run::Mode> mode;  ///< empty: train if any parameter requires grad
  std::optional<run::LossSpec>
      loss;                 ///< empty: output:0 if that is a scalar float, else mean_square
  std::string inputsPath;   ///< an input head with its .bin; empty: sample or random inputs
  std::string weightsPath;  ///< a safetensors file in place of the model's weights; empty: none
  bool allowTorchScript = false;  ///< opening one may run code that the file holds
  std::string logCompile;         ///< which compile of a trace log ("0/1"); empty: its first
  partition::PartitionOptions partition;
  Decompositions decompositions = Decompositions::Fusion;
  std::vector<std::string> apart;  ///< nodes that share a kernel with no other (FusionOptions)
  /// Half precision inside of kernels (FusionOptions); empty: on the CPU, not on a GPU.
  std::optional<bool> roundsLikeEager;
  std::string device = "cpu";
  int threads = 0;  ///< 0: all cores
  std::uint64_t seed = 0;
  std::map<std::string, std::int64_t> dims;  ///< sizes of symbolic dimensions
  load::InputFills fills;                    ///< what single inputs hold, by name
  /// Bytes of zeros that an operator without a shape function may be run on; 0: it is refused.
  std::int64_t learnShapesBytes = 0;

  bool operator==(const CompileOptions&) const = default;
};

/// True if both compile a program in the same way: they differ at most in what one call brings
/// (inputs, sizes, seed, mode, loss, threads).
bool compileAlike(const CompileOptions& a, const CompileOptions& b);

/// How far the pipeline is to go.
enum class Goal { Inspect, Partition, Kernels, Build, Measure };

}  // namespace core::pipeline
