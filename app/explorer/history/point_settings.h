#pragma once

// Options of a compile as the words of `bench`, in which the points of a sweep are kept.

#include <QString>
#include <QStringList>

#include "core/base/result.h"
#include "core/pipeline/compile_options.h"

namespace explorer {

/// What differs from the defaults, for every point of a sweep; the options in `varied` ("budget",
/// "dim") are left out, since the points have them. A name or path with a space cannot be written
/// so: InvalidArgument.
core::Result<QString> settingsOf(const core::pipeline::CompileOptions& options,
                                 const QStringList& varied);

/// `options` changed by "--budget 0.5 --threads 2". Knows what a sweep in the window varies
/// (budget, threads, dim, device, seed, mode, partitioner) and what a preset holds;
/// InvalidArgument names any other option.
core::Result<core::pipeline::CompileOptions> withSettings(core::pipeline::CompileOptions options,
                                                          const std::string& settings);

/// What a preset keeps of `options`: mode, loss, inputs, sizes and seed, where they differ from the
/// defaults; an option and its value in turn.
std::vector<std::string> presetWords(const core::pipeline::CompileOptions& options);

/// `options` with what a preset keeps taken from its words. Errors: as withSettings().
core::Result<core::pipeline::CompileOptions> withPreset(core::pipeline::CompileOptions options,
                                                        const std::vector<std::string>& words);

}  // namespace explorer
