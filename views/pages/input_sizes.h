#pragma once

// Sizes of symbolic dimensions as a person writes them: "s0=8, s1=16".

#include <QString>
#include <QStringList>
#include <map>

#include "core/base/result.h"
#include "core/pipeline/compile_record.h"

namespace views::pages {

using DimensionSizes = std::map<std::string, std::int64_t>;

/// Reads the text; empty text is no size. Errors: InvalidArgument, with the piece that is wrong and
/// what may stand there: a name of `known` once, "=", and a number from 1 on.
core::Result<DimensionSizes> parseSizes(const QString& text, const QStringList& known);
QString sizesText(const DimensionSizes& sizes);

/// "inputs 1.2 MiB, parameters 3 MiB, …: about 9 MiB for a step of these sizes". What is not known
/// yet is left out; `trains` is false for inference.
QString memoryEstimate(const core::pipeline::CompileRecord& record, std::int64_t inputBytes,
                       bool trains);

}  // namespace views::pages
