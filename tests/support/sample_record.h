#pragma once

// A compile record of a two-layer perceptron with every part filled, for tests of the window.

#include "core/pipeline/compile_record.h"
#include "core/run/profile.h"
#include "core/run/step_search.h"

namespace support {

/// Text of the joint graph: two linear layers with a relu between them, forward and backward.
extern const char* const kSampleJointText;

/// How much of the record is filled.
enum class Filled { Partition, Everything };

/// The partition is computed by the real partitioner; schedules and measurement are made up.
core::pipeline::CompileRecordPtr sampleRecord(Filled filled);

/// A made-up profile of that record: slices lead to its nodes.
core::run::Profile sampleProfile();
/// A made-up search that found one of its nodes.
core::run::StepSearch sampleSearch();

}  // namespace support
