// CUDA graphs of PyTorch. The symbols of libtorch_cuda are left open here and found in the process.

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGraph.h>
#include <cuda_runtime_api.h>

#include <vector>

#include "core/torch/cuda/stream_graph.h"

namespace core::torch {
namespace {

/// Kernel nodes of a graph; 0 if CUDA does not tell.
int countKernels(cudaGraph_t graph) {
  std::size_t count = 0;
  if (cudaGraphGetNodes(graph, nullptr, &count) != cudaSuccess) return 0;
  std::vector<cudaGraphNode_t> nodes(count);
  if (cudaGraphGetNodes(graph, nodes.data(), &count) != cudaSuccess) return 0;
  int kernels = 0;
  for (const cudaGraphNode_t node : nodes) {
    cudaGraphNodeType type = cudaGraphNodeTypeEmpty;
    if (cudaGraphNodeGetType(node, &type) == cudaSuccess && type == cudaGraphNodeTypeKernel)
      ++kernels;
  }
  return kernels;
}

class Graph final : public StreamGraph {
 public:
  void begin() override {
    m_graph.register_generator_state(
        at::globalContext().defaultGenerator(c10::Device(c10::kCUDA, c10::cuda::current_device())));
    // Other threads of the engine (the one that answers the window) do not use the device.
    m_graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
  }

  void end() override {
    m_graph.capture_end();
    m_kernels = countKernels(m_graph.raw_cuda_graph());
    m_graph.instantiate();
  }

  void replay() override { m_graph.replay(); }
  int kernels() const override { return m_kernels; }

 private:
  at::cuda::CUDAGraph m_graph{/*keep_graph=*/true};
  int m_kernels = 0;
};

}  // namespace
}  // namespace core::torch

extern "C" __attribute__((visibility("default"))) core::torch::StreamGraph* aotNewStreamGraph() {
  return new core::torch::Graph;
}
