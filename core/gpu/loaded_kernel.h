#pragma once

// Machine code on the device.

#include <memory>
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

  LoadedKernel(std::shared_ptr<const LoadedModule> module, std::vector<Launch> launches)
      : m_module(std::move(module)), m_launches(std::move(launches)) {}

  const std::vector<Launch>& launches() const { return m_launches; }

 private:
  std::shared_ptr<const LoadedModule> m_module;
  std::vector<Launch> m_launches;
};

}  // namespace core::gpu
