// The part of NVML's C interface that is used, by its documentation
// (docs.nvidia.com/deploy/nvml-api): loaded by name, never linked, so that hosts without it need
// nothing.

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "oriel/io/host/gpus.h"
#include "oriel/io/host/limits.h"

namespace oriel::host {
namespace {

using Device = void*;
constexpr int kSuccess = 0;
constexpr int kTemperatureGpu = 0;  // NVML_TEMPERATURE_GPU
constexpr int kClockGraphics = 0;   // NVML_CLOCK_GRAPHICS

struct MemoryInfo {
  unsigned long long total, free, used;  // bytes
};
struct Utilization {
  unsigned gpu, memory;  // percent of the last period
};

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

std::string text_of(std::array<char, 96>& text) {
  text.back() = '\0';
  return text.data();
}

}  // namespace

struct Nvml::Calls {
  void* library = nullptr;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*driver_version)(char*, unsigned) = nullptr;
  int (*count)(unsigned*) = nullptr;
  int (*device)(unsigned, Device*) = nullptr;
  // These may be missing.
  int (*name)(Device, char*, unsigned) = nullptr;
  int (*memory)(Device, MemoryInfo*) = nullptr;
  int (*utilization)(Device, Utilization*) = nullptr;
  int (*temperature)(Device, int, unsigned*) = nullptr;
  int (*power)(Device, unsigned*) = nullptr;        // milliwatts
  int (*power_limit)(Device, unsigned*) = nullptr;  // milliwatts
  int (*clock)(Device, int, unsigned*) = nullptr;   // MHz

  ~Calls() {
    if (library != nullptr) ::dlclose(library);
  }

  bool find_all() {
    find(library, "nvmlDeviceGetName", name);
    find(library, "nvmlDeviceGetMemoryInfo", memory);
    find(library, "nvmlDeviceGetUtilizationRates", utilization);
    find(library, "nvmlDeviceGetTemperature", temperature);
    find(library, "nvmlDeviceGetPowerUsage", power);
    find(library, "nvmlDeviceGetEnforcedPowerLimit", power_limit);
    find(library, "nvmlDeviceGetClockInfo", clock);
    return find(library, "nvmlInit_v2", init) && find(library, "nvmlShutdown", shutdown) &&
           find(library, "nvmlSystemGetDriverVersion", driver_version) &&
           find(library, "nvmlDeviceGetCount_v2", count) &&
           find(library, "nvmlDeviceGetHandleByIndex_v2", device);
  }
};

Nvml::Nvml(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
Nvml::~Nvml() { calls_->shutdown(); }

std::unique_ptr<Nvml> Nvml::load(const std::string& library, HostFiles& files) {
  auto calls = std::make_unique<Calls>();
  calls->library = ::dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL);
  if (calls->library == nullptr) return nullptr;
  if (!calls->find_all()) {
    files.say_once(library, fmt::format("No NVIDIA GPUs: {} lacks functions", library));
    return nullptr;
  }
  if (const int error = calls->init(); error != kSuccess) {
    files.say_once(library, fmt::format("No NVIDIA GPUs: {}: NVML error {}", library, error));
    return nullptr;
  }
  return std::unique_ptr<Nvml>(new Nvml(std::move(calls)));
}

std::vector<monitor::Gpu> Nvml::read() {
  std::array<char, 96> text{};
  std::string driver;
  if (calls_->driver_version(text.data(), text.size()) == kSuccess) driver = text_of(text);
  unsigned count = 0;
  if (calls_->count(&count) != kSuccess) return {};
  std::vector<monitor::Gpu> gpus;
  for (unsigned i = 0; i < count && gpus.size() < kGpusMax; ++i) {
    Device device = nullptr;
    if (calls_->device(i, &device) != kSuccess) continue;
    monitor::Gpu gpu;
    gpu.vendor = "nvidia";
    gpu.driver_version = driver;
    if (calls_->name != nullptr && calls_->name(device, text.data(), text.size()) == kSuccess) {
      gpu.name = text_of(text);
    }
    MemoryInfo memory{};
    if (calls_->memory != nullptr && calls_->memory(device, &memory) == kSuccess) {
      gpu.memory_total = memory.total;
      gpu.memory_used = memory.used;
    }
    Utilization use{};
    if (calls_->utilization != nullptr && calls_->utilization(device, &use) == kSuccess) {
      gpu.usage_percent = std::min(use.gpu, 100u);
    }
    unsigned value = 0;
    if (calls_->temperature != nullptr &&
        calls_->temperature(device, kTemperatureGpu, &value) == kSuccess) {
      gpu.temperature_celsius = value;
    }
    if (calls_->power != nullptr && calls_->power(device, &value) == kSuccess) {
      gpu.power_watts = value / 1000.0;
    }
    if (calls_->power_limit != nullptr && calls_->power_limit(device, &value) == kSuccess) {
      gpu.power_limit_watts = value / 1000.0;
    }
    if (calls_->clock != nullptr && calls_->clock(device, kClockGraphics, &value) == kSuccess) {
      gpu.clock_mhz = value;
    }
    gpus.push_back(std::move(gpu));
  }
  return gpus;
}

}  // namespace oriel::host
