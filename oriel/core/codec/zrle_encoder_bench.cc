// The whole ZRLE encoder against a straightforward one on a persistent zlib stream of level 1, on
// real screens, in units as they are sent; both in turns, unit by unit. And the share of the tiles.

#include <chrono>

#include <benchmark/benchmark.h>

#include "bench/cpu_clock.h"
#include "bench/screens.h"
#include "bench/zlib_zrle_encoder.h"
#include "oriel/core/codec/zrle_encoder.h"
#include "oriel/core/codec/zrle_tile_writer.h"

namespace oriel::codec {
namespace {

using Clock = bench::CpuClock;
using Seconds = std::chrono::duration<double>;

const image::Frame& screen_named(std::string_view name) {
  for (const auto& screen : bench::screens())
    if (screen.name == name) return screen.frame;
  std::abort();
}

void BM_zrle_encoder(benchmark::State& state, const char* name) {
  const auto& frame = screen_named(name);
  const auto units = bench::units(frame.size());
  const auto ours = make_zrle_encoder();
  bench::ZlibZrleEncoder plain;
  Seconds our_time{}, plain_time{};
  std::size_t our_bytes = 0, plain_bytes = 0;
  Bytes out;
  for (auto _ : state) {
    const auto our_time_before = our_time;
    for (const auto& unit : units) {
      const auto pixels = frame.view().crop(unit);
      out.clear();
      const auto begin = Clock::now();
      ours->encode(pixels, image::kBgrx, out);
      our_time += Clock::now() - begin;
      our_bytes += out.size();
      out.clear();
      const auto again = Clock::now();
      plain.encode(pixels, out);
      plain_time += Clock::now() - again;
      plain_bytes += out.size();
    }
    state.SetIterationTime((our_time - our_time_before).count());
  }
  const double pixels = static_cast<double>(frame.size().area() * state.iterations());
  state.counters["MPixel/s"] = pixels / our_time.count() / 1e6;
  state.counters["plain_MPixel/s"] = pixels / plain_time.count() / 1e6;
  state.counters["speed_x"] = plain_time / our_time;
  state.counters["bytes_x"] = static_cast<double>(our_bytes) / static_cast<double>(plain_bytes);
  state.counters["kB"] =
      static_cast<double>(our_bytes) / static_cast<double>(state.iterations()) / 1e3;
}
BENCHMARK_CAPTURE(BM_zrle_encoder, terminals, "terminals")->UseManualTime();
BENCHMARK_CAPTURE(BM_zrle_encoder, page, "page")->UseManualTime();
BENCHMARK_CAPTURE(BM_zrle_encoder, photo, "photo")->UseManualTime();

// Scanning and writing the tiles, without deflate.
void BM_zrle_tiles(benchmark::State& state, const char* name) {
  const auto& frame = screen_named(name);
  const image::PixelConverter converter(image::kBgrx);
  TileScan scan;
  Bytes room(kZrleTileRoomBytes);
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (int y = 0; y < frame.size().height; y += 64) {
      for (int x = 0; x < frame.size().width; x += 64) {
        const image::Rect tile{x, y, std::min(64, frame.size().width - x),
                               std::min(64, frame.size().height - y)};
        scan.scan(frame.view().crop(tile), converter, 0);
        bytes += write_zrle_tile(scan, tile.width, 3, room.data()) - room.data();
      }
    }
  }
  benchmark::DoNotOptimize(bytes);
  state.counters["MPixel/s"] =
      benchmark::Counter(static_cast<double>(frame.size().area() * state.iterations()) / 1e6,
                         benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(BM_zrle_tiles, terminals, "terminals");
BENCHMARK_CAPTURE(BM_zrle_tiles, page, "page");
BENCHMARK_CAPTURE(BM_zrle_tiles, photo, "photo");

}  // namespace
}  // namespace oriel::codec
