// The deflate stage alone: self-contained blocks against one persistent zlib stream of level 1, on
// the tiles of real screens, in units as they are sent. Both are timed in turns, unit by unit, so
// that what else the machine does hits both; times are CPU times of the thread.

#include <chrono>

#include <benchmark/benchmark.h>

#include "bench/cpu_clock.h"
#include "bench/screens.h"
#include "bench/zlib_zrle_encoder.h"
#include "oriel/core/codec/deflate_block.h"
#include "oriel/core/codec/zrle_tile_writer.h"

namespace oriel::codec {
namespace {

using Clock = bench::CpuClock;
using Seconds = std::chrono::duration<double>;

// The ZRLE tiles of one unit, before deflate.
Bytes tiles_of(const image::FrameView& unit) {
  const image::PixelConverter converter(image::kBgrx);
  TileScan scan;
  Bytes room(kZrleTileRoomBytes), tiles;
  for (int y = 0; y < unit.height; y += 64) {
    for (int x = 0; x < unit.width; x += 64) {
      const image::Rect tile{x, y, std::min(64, unit.width - x), std::min(64, unit.height - y)};
      scan.scan(unit.crop(tile), converter, 0);
      tiles.insert(tiles.end(), room.data(), write_zrle_tile(scan, tile.width, 3, room.data()));
    }
  }
  return tiles;
}

void BM_deflate_block(benchmark::State& state, const char* name) {
  const auto group_bytes = static_cast<std::size_t>(state.range(0)) * 1024;
  std::vector<Bytes> inputs;
  std::size_t input_bytes = 0;
  for (const auto& screen : bench::screens()) {
    if (screen.name != name) continue;
    for (const auto& unit : bench::units(screen.frame.size()))
      input_bytes += inputs.emplace_back(tiles_of(screen.frame.view().crop(unit))).size();
  }

  DeflateBlock ours;
  bench::ZlibStream zlib;
  Seconds our_time{}, zlib_time{};
  std::size_t our_bytes = 0, zlib_bytes = 0;
  Bytes out;
  for (auto _ : state) {
    const auto our_time_before = our_time;
    for (const ByteSpan input : inputs) {
      out.clear();
      const auto begin = Clock::now();
      for (std::size_t at = 0; at < input.size(); at += group_bytes)
        ours.compress(input.subspan(at, std::min(group_bytes, input.size() - at)), out);
      const auto middle = Clock::now();
      our_bytes += out.size();
      out.clear();
      const auto again = Clock::now();
      zlib.compress(input, out);
      zlib_time += Clock::now() - again;
      zlib_bytes += out.size();
      our_time += middle - begin;
    }
    state.SetIterationTime((our_time - our_time_before).count());
  }
  const double total = static_cast<double>(input_bytes * state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(total));
  state.counters["zlib1_MB/s"] = total / zlib_time.count() / 1e6;
  state.counters["speed_x"] = zlib_time / our_time;
  state.counters["bytes_x"] = static_cast<double>(our_bytes) / static_cast<double>(zlib_bytes);
  state.counters["input_kB"] = static_cast<double>(input_bytes) / 1e3;
}

void group_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("group_KB")->Arg(16)->Arg(64)->Arg(128)->UseManualTime();
}

BENCHMARK_CAPTURE(BM_deflate_block, terminals, "terminals")->Apply(group_sizes);
BENCHMARK_CAPTURE(BM_deflate_block, page, "page")->Apply(group_sizes);
BENCHMARK_CAPTURE(BM_deflate_block, photo, "photo")->Apply(group_sizes);

}  // namespace
}  // namespace oriel::codec
