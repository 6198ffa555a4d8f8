#pragma once

// Small training cases that make PyTorch call an operator and its backward on the CPU.

#include <ATen/ATen.h>

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

namespace metatest {

enum class Layout { Contiguous, ChannelsLast, Permuted };

/// How a case's tensors are made.
struct Variant {
  const char* name;
  at::ScalarType dtype;
  at::ScalarType parameterType;
  Layout layout;
};

/// Makes the tensors of one run of a case and remembers those that want gradients.
class Draw {
 public:
  explicit Draw(const Variant& variant) : m_variant(variant) {}

  /// Normal values in the variant's dtype and layout; wants a gradient.
  at::Tensor input(std::initializer_list<int64_t> sizes);
  /// Values in [0.1, 0.9), for logarithms and probabilities; wants a gradient.
  at::Tensor positive(std::initializer_list<int64_t> sizes);
  /// Contiguous, in the dtype of parameters; wants a gradient.
  at::Tensor parameter(std::initializer_list<int64_t> sizes);
  /// A running statistic: contiguous ones in the dtype of parameters, without gradient.
  at::Tensor buffer(std::initializer_list<int64_t> sizes);
  /// int64 in [0, end).
  at::Tensor integers(int64_t end, std::initializer_list<int64_t> sizes);
  at::Tensor flags(std::initializer_list<int64_t> sizes);

  const std::vector<at::Tensor>& leaves() const { return m_leaves; }

 private:
  at::Tensor leaf(at::Tensor values);

  const Variant& m_variant;
  std::vector<at::Tensor> m_leaves;
};

struct OperatorSample {
  const char* name;
  std::function<at::Tensor(Draw&)> run;
};

std::vector<OperatorSample> layerSamples();
std::vector<OperatorSample> lossAndReductionSamples();
std::vector<OperatorSample> elementwiseSamples();
std::vector<OperatorSample> indexingSamples();

/// Runs a case forward and backward on the CPU. Throws what PyTorch throws.
void runSample(const OperatorSample& sample, const Variant& variant);

}  // namespace metatest
