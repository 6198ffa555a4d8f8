#pragma once

// Machine code on the device.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/codegen/kernel.h"
#include "core/gpu/driver_api.h"

namespace core::gpu {

/// A cubin that is loaded into a context, until nobody needs it.
class LoadedModule {
 public:
  static Result<std::shared_ptr<const LoadedModule>> load(const DriverApi& driver,
                                                          DriverApi::Context context,
                                                          const std::string& cubin);
  ~LoadedModule();
  LoadedModule(const LoadedModule&) = delete;
  LoadedModule& operator=(const LoadedModule&) = delete;

  /// The entry point `name`, allowed `sharedBytes` of dynamic shared memory. Errors:
  /// DeviceUnavailable.
  Result<DriverApi::Function> function(const std::string& name, std::uint32_t sharedBytes) const;
  /// Registers and bytes of local memory that a thread of `function` takes.
  std::string resources(DriverApi::Function function) const;

 private:
  LoadedModule(const DriverApi& driver, DriverApi::Context context, DriverApi::Module module)
      : m_driver(driver), m_context(context), m_module(module) {}

  const DriverApi& m_driver;
  DriverApi::Context m_context;
  DriverApi::Module m_module;
};

/// Makes `context` the calling thread's, where it is not.
Result<void> enterContext(const DriverApi& driver, DriverApi::Context context);

/// The launches of one kernel with their functions.
class LoadedKernel {
 public:
  struct Launch {
    codegen::KernelLaunch shape;
    DriverApi::Function function = nullptr;
  };

  LoadedKernel(std::shared_ptr<const LoadedModule> module, std::vector<Launch> launches,
               std::shared_ptr<const codegen::KernelSource> narrow)
      : m_module(std::move(module)), m_launches(std::move(launches)), m_narrow(std::move(narrow)) {}

  const std::vector<Launch>& launches() const { return m_launches; }
  /// The kernel to launch on `pointers`: this one, or its narrow form where some buffer is not
  /// aligned, which `build` makes when it is first needed.
  Result<const LoadedKernel*> fitting(
      void* const* pointers,
      const std::function<Result<codegen::BuiltKernel>(const codegen::KernelSource&)>& build) const;

 private:
  std::shared_ptr<const LoadedModule> m_module;
  std::vector<Launch> m_launches;
  std::shared_ptr<const codegen::KernelSource> m_narrow;
  mutable std::mutex m_mutex;
  mutable std::shared_ptr<const LoadedKernel> m_builtNarrow;
};

}  // namespace core::gpu
