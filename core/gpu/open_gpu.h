#pragma once

// The one implementation of Gpu. Private to core/gpu; build() is in build_kernels.cpp.

#include <map>
#include <mutex>

#include "core/gpu/driver_api.h"
#include "core/gpu/gpu.h"
#include "core/gpu/loaded_kernel.h"
#include "core/gpu/nvrtc_api.h"

namespace core::gpu {

class OpenedGpu final : public Gpu {
 public:
  OpenedGpu(const DriverApi& driver, DriverApi::Context context, DeviceFacts facts, NvrtcApi nvrtc)
      : m_driver(driver),
        m_context(context),
        m_facts(std::move(facts)),
        m_nvrtc(std::move(nvrtc)) {}

  const DeviceFacts& facts() const override { return m_facts; }
  std::string compilerVersion() const override;
  Result<std::vector<codegen::BuiltKernel>> build(const std::vector<codegen::KernelSource>& sources,
                                                  const BuildOptions& options,
                                                  const StageContext& context) override;
  Result<void> launch(const codegen::BuiltKernel& kernel, void* const* pointers, void* workspace,
                      void* stream) const override;

 private:
  int start(const LoadedKernel::Launch& launch, void* stream, void** parameters) const;
  Result<std::vector<codegen::BuiltKernel>> buildAll(
      const std::vector<codegen::KernelSource>& sources, const BuildOptions& options,
      const StageContext& context) const;
  Result<codegen::BuiltKernel> buildOne(const codegen::KernelSource& source) const;
  /// The module of a cubin, loaded once while anybody holds it; `key` names its bytes.
  Result<std::shared_ptr<const LoadedModule>> moduleOf(const std::string& key,
                                                       const std::string& cubin) const;

  const DriverApi& m_driver;
  DriverApi::Context m_context;
  DeviceFacts m_facts;
  NvrtcApi m_nvrtc;
  mutable std::mutex m_mutex;
  mutable std::map<std::string, std::weak_ptr<const LoadedModule>> m_modules;
};

}  // namespace core::gpu
