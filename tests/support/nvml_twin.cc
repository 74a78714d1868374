// Stands for NVIDIA's library in tests: two devices, of which the second can do little. Written
// after NVML's documented signatures, apart from the code that calls them.

#include <cstring>

extern "C" {

using Device = const int*;
struct Memory {
  unsigned long long total, free, used;
};
struct Utilization {
  unsigned gpu, memory;
};

constexpr int kDone = 0, kNotSupported = 3, kNoPermission = 4;
const int kDevices[2] = {0, 1};

int nvmlInit_v2() { return kDone; }
int nvmlShutdown() { return kDone; }
int nvmlSystemGetDriverVersion(char* text, unsigned length) {
  std::strncpy(text, "550.54.14", length);
  return kDone;
}
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 3;
  return kDone;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device* device) {
  if (index > 1) return kNoPermission;
  *device = &kDevices[index];
  return kDone;
}
int nvmlDeviceGetName(Device device, char* text, unsigned length) {
  std::strncpy(text, *device == 0 ? "NVIDIA RTX A4000" : "Tesla K20", length);
  return kDone;
}
int nvmlDeviceGetMemoryInfo(Device device, Memory* memory) {
  if (*device != 0) return kNotSupported;
  *memory = {16'000'000'000, 12'000'000'000, 4'000'000'000};
  return kDone;
}
int nvmlDeviceGetUtilizationRates(Device device, Utilization* rates) {
  if (*device != 0) return kNotSupported;
  *rates = {37, 12};
  return kDone;
}
int nvmlDeviceGetTemperature(Device, int sensor, unsigned* celsius) {
  *celsius = sensor == 0 ? 61 : 0;
  return kDone;
}
int nvmlDeviceGetPowerUsage(Device device, unsigned* milliwatts) {
  *milliwatts = 70'500;
  return *device == 0 ? kDone : kNotSupported;
}
int nvmlDeviceGetEnforcedPowerLimit(Device, unsigned* milliwatts) {
  *milliwatts = 140'000;
  return kDone;
}
int nvmlDeviceGetClockInfo(Device, int type, unsigned* mhz) {
  *mhz = type == 0 ? 1560 : 0;
  return kDone;
}

}  // extern "C"
