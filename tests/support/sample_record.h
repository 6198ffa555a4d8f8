#pragma once

// A compile record of a two-layer perceptron with every part filled, for tests of the window.

#include "core/pipeline/compile_record.h"

namespace support {

/// Text of the joint graph: two linear layers with a relu between them, forward and backward.
extern const char* const kSampleJointText;

/// How much of the record is filled.
enum class Filled { Partition, Everything };

/// The partition is computed by the real partitioner; schedules and measurement are made up.
core::pipeline::CompileRecordPtr sampleRecord(Filled filled);

}  // namespace support
