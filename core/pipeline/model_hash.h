#pragma once

// Which model a file holds, whatever it is called.

#include <string>

#include "core/pipeline/compile_record.h"

namespace core::pipeline {

/// Of inputs, outputs, parameters and operators, with their sizes: files of the same program have
/// the same hash, whatever their weights and wherever they lie. 16 hexadecimal digits.
std::string modelHash(const ModelSummary& model);

}  // namespace core::pipeline
