// What a call costs between bytes and values: its request, and the answer to it.

#include <benchmark/benchmark.h>

#include "oriel/base/check.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/parameters.h"

namespace {

using namespace oriel;
using namespace oriel::conduit;

Value small_call() { return Map{{"method", "add"}, {"params", Map{{"a", 10}, {"b", 20}}}}; }

Value table_of(int rows) {
  Array array;
  for (int i = 0; i < rows; ++i)
    array.push_back(Map{{"name", "process " + std::to_string(i)}, {"pid", i}, {"cpu", i * 0.5}});
  return array;
}

void measure_unpack(benchmark::State& state, const Value& value) {
  const auto bytes = pack(value);
  for (auto _ : state) ORIEL_CHECK(unpack(bytes).has_value());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

void measure_frame(benchmark::State& state, const Value& value) {
  std::size_t bytes = 0;
  for (auto _ : state) bytes += make_frame(FrameType::kRpcRequest, value, {}).size();
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void BM_unpack(benchmark::State& state) {
  measure_unpack(state, state.range(0) == 0 ? small_call() : table_of(int(state.range(0))));
}
void BM_make_frame(benchmark::State& state) {
  measure_frame(state, state.range(0) == 0 ? small_call() : table_of(int(state.range(0))));
}

// A call from its payload to the payload of its answer.
void BM_answer_call(benchmark::State& state) {
  const auto request = pack(small_call());
  const Parameters names("a", "b");
  for (auto _ : state) {
    auto call = unpack(request).value();
    auto& params = *call.if_map()->find("params");
    const auto [a, b] = read_arguments<int, int>("add", std::move(params), names).value();
    Value payload = Map();
    payload.if_map()->append("success", true);
    payload.if_map()->append("result", write_answer(Response::of(a + b), ErrorNumbers::kPrograms));
    ORIEL_CHECK(make_frame(FrameType::kRpcResponse, payload, {}).size() == 65);
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_unpack)->Arg(0)->Arg(10)->Arg(1000);
BENCHMARK(BM_make_frame)->Arg(0)->Arg(10)->Arg(1000);
BENCHMARK(BM_answer_call);

}  // namespace
