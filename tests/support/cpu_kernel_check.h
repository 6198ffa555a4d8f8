#pragma once

// What the tests of CPU kernels say of a nest.

#include <QString>
#include <QtTest>
#include <string>

#include "core/codegen/write_cpu_kernel.h"
#include "tests/support/loop_nests.h"

namespace tests {

/// How the compiled kernel's results differ from the plain interpreter's; empty if they do not.
inline QString mismatch(NestBuilder& builder, Tolerance tolerance = {}) {
  return QString::fromStdString(compareWithInterpreter(builder.nest(), tolerance));
}

inline std::string sourceOf(NestBuilder& builder) {
  return core::codegen::writeCpuKernel(builder.nest()).value().source;
}

}  // namespace tests

#define COMPARE_KERNEL(...) QCOMPARE(tests::mismatch(__VA_ARGS__), QString())
