#pragma once

// The example inputs that torch.export.save puts into the archive.

#include <optional>

#include "core/load/loaded_model.h"
#include "core/load/pt2_archive.h"

namespace core::load {

/// The tensors of `data/sample_inputs/<name>.pt`, in the order of the program's user inputs. Empty,
/// with a remark in the log, when the record cannot be read or does not fit the program: example
/// inputs are a convenience, so no failure here keeps a model from opening.
std::optional<InputSet> readSampleInputs(const Pt2Archive& archive, const ExportedProgram& program,
                                         const StageContext& context);

}  // namespace core::load
