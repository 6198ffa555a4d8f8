#pragma once

// The subcommands. Each returns the exit code: 0 done, 1 failed, 2 wrong use.

#include "app/engine/engine_options.h"

namespace engine {

/// What is in the file: inputs, outputs, parameters, operators, what a trace would refuse.
int inspectCommand(const EngineOptions& options);
/// Joint graph, metadata, and both partitions of it. Kernels are not run.
int traceCommand(const EngineOptions& options);
/// Partitions a joint graph from a file. Uses no LibTorch.
int partitionCommand(const EngineOptions& options);
/// Schedule and generated sources, one file a kernel, with the reasons for and against fusing.
int kernelsCommand(const EngineOptions& options);
/// The machine code of a kernel that `kernels --out` wrote, its loops marked.
int assemblyCommand(const EngineOptions& options);
/// One step, eager or compiled, and checksums of all that it produced.
int runCommand(const EngineOptions& options);
/// Eager against compiled: correctness first, then interleaved timing.
int benchCommand(const EngineOptions& options);
/// A bench for every combination of options, resumable.
int sweepCommand(const EngineOptions& options);
/// The runs that were kept.
int historyCommand(const EngineOptions& options);
/// Two kept runs side by side.
int compareCommand(const EngineOptions& options);
/// Where the time of a step goes, eager and compiled.
int profileCommand(const EngineOptions& options);
/// Where the compiled step first computes something else than eager.
int bisectCommand(const EngineOptions& options);
/// The table of operators: what a trace does with each, and what a kernel can.
int opsCommand(const EngineOptions& options);
/// The devices of this machine, and what a run on a GPU lacks.
int devicesCommand(const EngineOptions& options);
/// The protocol on stdin and stdout, until stdin ends.
int serveCommand();
/// "aot-engine 0.1.0", LibTorch, CUDA and compiler, one a line.
int versionCommand();

}  // namespace engine
