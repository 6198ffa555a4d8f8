#pragma once

// Joint graphs from JSON: the result of `trace --json`, or a file made by PyTorch's own capture in
// the same form. Plain or gzip-compressed.

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/ir/joint_graph.h"

namespace core::load {

/// One capture of a model: with a set of decompositions, and what was partitioned.
struct Capture {
  std::string kind;  ///< "none", "core", "fusion": the decompositions
  ir::JointGraph joint;
  std::vector<std::string> variants;  ///< "default", "mincut_0.5": partitions the file has
};

struct CaptureFile {
  std::string name;
  std::string loss = "mean_square";
  std::string device = "cpu";
  std::vector<Capture> captures;

  /// The capture of that kind, or null.
  const Capture* find(std::string_view kind) const;
};

/// Reads a file. Errors: FileNotFound, ArchiveCorrupt (not JSON), FormatUnsupported (JSON of
/// another form; names the capture, the node and what is wrong with it).
Result<CaptureFile> readCaptureFile(const std::string& path);

/// The same for text in memory.
Result<CaptureFile> parseCaptureFile(const std::string& text);

}  // namespace core::load
