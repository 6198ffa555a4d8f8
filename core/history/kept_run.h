#pragma once

// A measurement as it is kept, and the points of a sweep. Plain data.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run/measurement.h"

namespace core::history {

/// What a measurement is true for.
struct RunConditions {
  std::string model;      ///< name
  std::string graphHash;  ///< of the joint graph: equal graphs are the same step
  std::string processor;  ///< "Intel(R) Xeon(R) …", or the name of the GPU
  std::string versions;   ///< "aot-engine 0.1.0, LibTorch 2.11.0"
  std::string settings;   ///< the options that a sweep varies: "--budget 0.5 --threads 2"
};

struct KeptRun {
  std::int64_t id = 0;
  std::string when;  ///< UTC, "2026-11-24 13:05:00"
  RunConditions conditions;
  /// The check's tensors are not kept, its verdict and sentence are.
  run::Measurement measurement;
};

enum class PointState { Waiting, Running, Done, Failed };

/// "waiting", "running", "done", "failed".
const char* pointStateName(PointState state);

struct SweepPoint {
  int index = 0;
  std::string settings;  ///< see RunConditions
  PointState state = PointState::Waiting;
  std::optional<std::int64_t> run;  ///< id of the KeptRun; Done only
  std::string error;                ///< Failed only
};

struct Sweep {
  std::int64_t id = 0;
  std::string when;
  std::string model;  ///< path
  std::vector<SweepPoint> points;
};

/// What a step of one model is run with, under a name.
struct Preset {
  std::string name;
  std::vector<std::string> words;  ///< options of `bench` and their values: "--dim", "s0=8"
};

}  // namespace core::history
