#pragma once

// Programs that call the operators of the core table which the samples of the meta kernels do not.

#include <vector>

#include "tests/core/trace/meta_kernels/operator_sample.h"

namespace decompositiontest {

std::vector<metatest::OperatorSample> layerDecompositionSamples();
std::vector<metatest::OperatorSample> pointwiseDecompositionSamples();
std::vector<metatest::OperatorSample> shapeDecompositionSamples();

}  // namespace decompositiontest
