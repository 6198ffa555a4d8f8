#pragma once

// What a path that a person opens or drops can be, told by its name alone: the file is read by the
// engine.

#include <QString>

namespace explorer {

enum class SourceKind {
  Program,      ///< an exported program, and anything whose name says nothing
  TorchScript,  ///< a scripted module: loading one can run its code
  TraceLog,     ///< a folder that Python wrote under TORCH_TRACE
  Weights,      ///< a safetensors file: weights for the model that is open
  Session,      ///< a session of this program
};

SourceKind sourceKindOf(const QString& path);

}  // namespace explorer
