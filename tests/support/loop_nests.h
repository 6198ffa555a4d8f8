#pragma once

// Loop nests built by hand, a plain interpreter of their meaning, and a runner that compares
// compiled kernels with it.

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/codegen/kernel.h"
#include "core/schedule/loop_nest.h"

namespace tests {

/// Appends ops to a nest; every function returns the new op's index.
class NestBuilder {
 public:
  using Sizes = std::vector<std::int64_t>;

  NestBuilder(std::string name, Sizes outer, Sizes inner = {});

  int load(const std::string& buffer, core::ir::DType dtype, Sizes strides, std::int64_t offset = 0,
           std::vector<core::schedule::IndirectTerm> indirect = {});
  int constant(double value, core::ir::DType dtype = core::ir::DType::F32);
  int index(int axis);
  /// The result's dtype is the first operand's, Bool for comparisons.
  int compute(core::schedule::ScalarFn fn, std::vector<int> operands);
  int cast(int operand, core::ir::DType dtype);
  int where(int condition, int a, int b);
  int reduce(core::schedule::ReduceFn fn, int operand);
  void store(const std::string& buffer, core::ir::DType dtype, Sizes strides, int value,
             std::int64_t offset = 0, std::vector<core::schedule::IndirectTerm> indirect = {});

  /// A sum over the outer axes whose stride is 0.
  void accumulate(const std::string& buffer, core::ir::DType dtype, Sizes strides, int value);

  /// The nest, extents filled in.
  const core::schedule::LoopNest& nest();

 private:
  int append(core::schedule::LoopOp op);
  int bufferIndex(const std::string& name, core::ir::DType dtype,
                  core::schedule::BufferAccess access);

  core::schedule::LoopNest m_nest;
};

/// One buffer's storage.
using Bytes = std::vector<std::byte>;

/// Random contents for every buffer: floats in [-2, 2], integers in [-5, 5], Bools.
std::vector<Bytes> randomBuffers(const core::schedule::LoopNest& nest, unsigned seed);
double elementAt(const Bytes& bytes, core::ir::DType dtype, std::size_t index);
void setElement(Bytes& bytes, core::ir::DType dtype, std::size_t index, double value);

/// What the nest means: each op over all points, in double for floats. Gathers out of range read
/// element 0.
void interpret(const core::schedule::LoopNest& nest, std::vector<Bytes>& buffers);

/// Compiles the kernel of `nest`; fails the process if the writer or the compiler does.
core::codegen::BuiltKernel buildKernel(const core::schedule::LoopNest& nest);
/// Runs all units, in three ranges; returns the status.
int runKernel(const core::codegen::BuiltKernel& kernel, std::vector<Bytes>& buffers);

struct Tolerance {
  double relative = 2e-6;
  double absolute = 2e-6;
};

/// Empty if every written buffer agrees and nothing behind one has changed, else what differs.
std::string firstDifference(const core::schedule::LoopNest& nest,
                            const std::vector<Bytes>& expected, const std::vector<Bytes>& actual,
                            Tolerance tolerance);

/// Runs the compiled kernel and the interpreter on equal random data; empty if every written buffer
/// agrees, else what differs. `adjust` may change the data first.
std::string compareWithInterpreter(const core::schedule::LoopNest& nest, Tolerance tolerance = {},
                                   const std::function<void(std::vector<Bytes>&)>& adjust = {});

}  // namespace tests
