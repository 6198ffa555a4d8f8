#include "core/gpu/gpu.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/codegen/cuda_target.h"
#include "core/gpu/open_gpu.h"

namespace core::gpu {
namespace {

// CUdevice_attribute.
constexpr int kMultiprocessors = 16;
constexpr int kL2Bytes = 38;
constexpr int kCapabilityMajor = 75;
constexpr int kCapabilityMinor = 76;
constexpr int kBlockSharedOptIn = 97;
// CUfunction_attribute.
constexpr int kFunctionLocalBytes = 3;
constexpr int kFunctionRegisters = 4;
constexpr int kFunctionDynamicShared = 8;
// CUlaunchAttributeID.
constexpr int kProgrammaticSerialization = 6;

constexpr int kLeastCapability = 70;
constexpr std::uint32_t kPlainShared = 48 * 1024;  // dynamic shared memory that needs no asking

Result<int> attribute(const DriverApi& driver, int which, DriverApi::Device device) {
  int value = 0;
  CORE_TRY_VOID(driver.check(driver.deviceAttribute(&value, which, device),
                             "The NVIDIA driver does not describe its GPU"));
  return value;
}

Result<DeviceFacts> factsOf(const DriverApi& driver, int ordinal) {
  const std::string what = "The NVIDIA driver does not show GPU " + std::to_string(ordinal);
  DriverApi::Device device = 0;
  CORE_TRY_VOID(driver.check(driver.device(&device, ordinal), what));
  DeviceFacts facts;
  facts.ordinal = ordinal;
  std::array<char, 256> name{};
  CORE_TRY_VOID(driver.check(driver.deviceName(name.data(), name.size() - 1, device), what));
  facts.name = name.data();
  std::size_t memory = 0;
  CORE_TRY_VOID(driver.check(driver.deviceMemory(&memory, device), what));
  facts.memory = static_cast<std::int64_t>(memory);
  CORE_TRY(const int major, attribute(driver, kCapabilityMajor, device));
  CORE_TRY(const int minor, attribute(driver, kCapabilityMinor, device));
  facts.capability = 10 * major + minor;
  CORE_TRY(facts.multiprocessors, attribute(driver, kMultiprocessors, device));
  CORE_TRY(facts.l2, attribute(driver, kL2Bytes, device));
  CORE_TRY(facts.blockShared, attribute(driver, kBlockSharedOptIn, device));
  CORE_TRY_VOID(driver.check(driver.driverVersion(&facts.driverVersion), what));
  return facts;
}

}  // namespace

Result<std::vector<DeviceFacts>> listDevices() {
  CORE_TRY(const DriverApi* driver, openDriver());
  int count = 0;
  CORE_TRY_VOID(driver->check(driver->deviceCount(&count), "The NVIDIA driver counts no GPUs"));
  if (count == 0)
    return Error{ErrorCode::DeviceUnavailable,
                 "The NVIDIA driver is there, but shows no GPU. Run on the CPU.", "", ""};
  std::vector<DeviceFacts> devices;
  for (int i = 0; i < count; ++i) {
    CORE_TRY(DeviceFacts facts, factsOf(*driver, i));
    devices.push_back(std::move(facts));
  }
  return devices;
}

Result<std::shared_ptr<Gpu>> openGpu(const OpenOptions& options) {
  CORE_TRY(std::vector<DeviceFacts> devices, listDevices());
  if (options.device < 0 || options.device >= static_cast<int>(devices.size()))
    return Error{ErrorCode::DeviceUnavailable,
                 "There is no GPU " + std::to_string(options.device) + ": the driver shows " +
                     std::to_string(devices.size()) + ".",
                 "", ""};
  DeviceFacts& facts = devices[static_cast<std::size_t>(options.device)];
  if (facts.capability < kLeastCapability)
    return Error{ErrorCode::DeviceUnavailable,
                 facts.name + " is too old: generated kernels need compute capability 7.0.", "",
                 ""};
  CORE_TRY(NvrtcApi nvrtc, openNvrtc(options.folders));
  CORE_TRY(const DriverApi* driver, openDriver());
  DriverApi::Device device = 0;
  DriverApi::Context context = nullptr;
  CORE_TRY_VOID(driver->check(driver->device(&device, options.device), facts.name));
  CORE_TRY_VOID(driver->check(driver->retainPrimaryContext(&context, device),
                              facts.name + " cannot be opened"));
  return std::shared_ptr<Gpu>(
      std::make_shared<OpenedGpu>(*driver, context, std::move(facts), std::move(nvrtc)));
}

Result<void> enterContext(const DriverApi& driver, DriverApi::Context context) {
  DriverApi::Context current = nullptr;
  if (driver.currentContext(&current) == 0 && current == context) return {};
  return driver.check(driver.setCurrentContext(context), "The GPU cannot be entered");
}

Result<std::shared_ptr<const LoadedModule>> LoadedModule::load(const DriverApi& driver,
                                                               DriverApi::Context context,
                                                               const std::string& cubin) {
  CORE_TRY_VOID(enterContext(driver, context));
  DriverApi::Module module = nullptr;
  CORE_TRY_VOID(driver.check(driver.loadModule(&module, cubin.data()),
                             "Compiled kernels cannot be loaded on the GPU"));
  return std::shared_ptr<const LoadedModule>(new LoadedModule(driver, context, module));
}

LoadedModule::~LoadedModule() {
  if (enterContext(m_driver, m_context)) m_driver.unloadModule(m_module);
}

Result<DriverApi::Function> LoadedModule::function(const std::string& name,
                                                   std::uint32_t sharedBytes) const {
  DriverApi::Function function = nullptr;
  CORE_TRY_VOID(m_driver.check(m_driver.moduleFunction(&function, m_module, name.c_str()),
                               "A compiled kernel has no entry " + name));
  if (sharedBytes > kPlainShared)
    CORE_TRY_VOID(m_driver.check(m_driver.setFunctionAttribute(function, kFunctionDynamicShared,
                                                               static_cast<int>(sharedBytes)),
                                 "The GPU does not give a kernel " + std::to_string(sharedBytes) +
                                     " bytes of shared memory"));
  return function;
}

std::string LoadedModule::resources(DriverApi::Function function) const {
  int registers = 0, local = 0;
  m_driver.functionAttribute(&registers, kFunctionRegisters, function);
  m_driver.functionAttribute(&local, kFunctionLocalBytes, function);
  return std::to_string(registers) + " registers, " + std::to_string(local) +
         " bytes of local memory a thread";
}

std::string OpenedGpu::compilerVersion() const {
  return "NVRTC " + std::to_string(m_nvrtc.major) + "." + std::to_string(m_nvrtc.minor);
}

Result<codegen::BuiltKernel> OpenedGpu::buildOne(const codegen::KernelSource& source) const {
  CORE_TRY(std::vector<codegen::BuiltKernel> kernels, buildAll({source}, {}, {}));
  return std::move(kernels.front());
}

/// Where the device can, the launch may be prepared while the kernel before it ends: generated
/// kernels wait for what came before them as the first thing they do.
int OpenedGpu::start(const LoadedKernel::Launch& launch, void* stream, void** parameters) const {
  const codegen::KernelLaunch& shape = launch.shape;
  if (m_facts.capability < codegen::kEarlyLaunchCapability || !m_driver.launchKernelEx)
    return m_driver.launchKernel(launch.function, shape.grid[0], shape.grid[1], shape.grid[2],
                                 shape.block[0], shape.block[1], shape.block[2], shape.sharedBytes,
                                 stream, parameters, nullptr);
  DriverApi::LaunchAttribute early{kProgrammaticSerialization, {1}};
  DriverApi::LaunchConfig config;
  std::copy(shape.grid.begin(), shape.grid.end(), config.grid);
  std::copy(shape.block.begin(), shape.block.end(), config.block);
  config.sharedBytes = shape.sharedBytes;
  config.stream = stream;
  config.attributes = &early;
  config.attributeCount = 1;
  return m_driver.launchKernelEx(&config, launch.function, parameters, nullptr);
}

Result<void> OpenedGpu::launch(const codegen::BuiltKernel& kernel, void* const* pointers,
                               void* workspace, void* stream) const {
  CORE_CHECK(kernel.gpu != nullptr, "kernel " + kernel.name + " was not built for a GPU");
  CORE_TRY_VOID(enterContext(m_driver, m_context));
  CORE_TRY(const LoadedKernel* fitting,
           kernel.gpu->fitting(
               pointers, [this](const codegen::KernelSource& narrow) { return buildOne(narrow); }));
  std::vector<void*> parameters;
  for (const LoadedKernel::Launch& launch : fitting->launches()) {
    const codegen::KernelLaunch& shape = launch.shape;
    parameters.clear();
    // The driver wants the address of each argument and only reads it.
    for (const int argument : shape.arguments)
      parameters.push_back(const_cast<void**>(
          argument == codegen::KernelLaunch::kWorkspace ? &workspace : pointers + argument));
    CORE_TRY_VOID(m_driver.check(start(launch, stream, parameters.data()),
                                 "Kernel " + kernel.name + " does not start on " + m_facts.name));
  }
  return {};
}

}  // namespace core::gpu
