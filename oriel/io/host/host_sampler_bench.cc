// What one sample of this host costs, in CPU time of the calling thread, and one document.

#include <benchmark/benchmark.h>

#include "oriel/core/monitor/document.h"
#include "oriel/io/host/host_sampler.h"

namespace oriel::host {
namespace {

// Time goes on by `step` with each sample, so that what is read seldom is read as seldom as then.
void sample(benchmark::State& state, SampleRequest request, Duration step) {
  auto sampler = HostSampler::open();
  if (!sampler) return state.SkipWithError("no sampler");
  auto now = Clock::now();
  auto snapshot = (*sampler)->sample(request, now, wall_time_now());
  for (auto _ : state) {
    now += step;
    snapshot = (*sampler)->sample(request, now, wall_time_now());
    benchmark::DoNotOptimize(snapshot);
  }
  if (!snapshot.processor || !snapshot.memory) state.SkipWithError("no figures");
  state.counters["mounts"] = static_cast<double>(snapshot.mounts.size());
  state.counters["interfaces"] = static_cast<double>(snapshot.interfaces.size());
  state.counters["sensors"] = static_cast<double>(snapshot.sensors.size());
}

void BM_HostSample_AllButProcesses(benchmark::State& state) {
  SampleRequest request;
  request.metrics = monitor::all_but_processes();
  sample(state, request, std::chrono::milliseconds(state.range(0)));
}
BENCHMARK(BM_HostSample_AllButProcesses)->ArgName("interval_ms")->Arg(100)->Arg(1000);

void BM_HostSample_Seed(benchmark::State& state) {
  SampleRequest request;
  request.metrics = monitor::kSeedMetrics;
  sample(state, request, std::chrono::milliseconds(500));
}
BENCHMARK(BM_HostSample_Seed);

void BM_HostSample_WithProcesses(benchmark::State& state) {
  SampleRequest request;
  request.metrics = monitor::all_but_processes();
  request.metrics.add(monitor::Metric::kProcesses);
  sample(state, request, std::chrono::seconds(1));
}
BENCHMARK(BM_HostSample_WithProcesses);

void BM_HostDocument_AllButProcesses(benchmark::State& state) {
  auto sampler = HostSampler::open();
  if (!sampler) return state.SkipWithError("no sampler");
  SampleRequest request;
  request.metrics = monitor::all_but_processes();
  const auto now = Clock::now();
  (*sampler)->sample(request, now, wall_time_now());
  const auto snapshot = (*sampler)->sample(request, now + std::chrono::seconds(1), wall_time_now());
  std::size_t bytes = 0;
  for (auto _ : state) bytes = to_json(monitor::make_data(snapshot, request.metrics)).size();
  state.counters["bytes"] = static_cast<double>(bytes);
}
BENCHMARK(BM_HostDocument_AllButProcesses);

}  // namespace
}  // namespace oriel::host
