// Screen::commit against memcpy of the same frame, one after the other in each turn: the ratios
// stand as counters.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <vector>

#include "oriel/core/screen/screen.h"
#include "oriel/testing/random_picture.h"

namespace oriel::screen {
namespace {

constexpr image::Size k1080p{1920, 1080};

double seconds_of(auto work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// Reports the commit of the whole frame while `change` alters it before each turn, relative to a
// memcpy of it and to the commit of the unchanged frame.
template <typename Change>
void commit_ratio(benchmark::State& state, Change change) {
  auto frame = testing::make_picture(testing::PictureKind::kText, k1080p, 1);
  image::Frame copy(k1080p);
  Screen screen(k1080p);
  const Patch patch{image::Rect::of(k1080p), frame.view()};
  screen.commit({&patch, 1});
  std::vector<double> commits, unchanged, copies;
  std::uint32_t turn = 0;
  std::int64_t changed_px = 0;
  for (auto _ : state) {
    copies.push_back(seconds_of([&] {
      std::memcpy(copy.mutable_view().data, frame.view().data, 4ul * k1080p.area());
      benchmark::DoNotOptimize(copy.at(0, 0));
    }));
    unchanged.push_back(seconds_of([&] { screen.commit({&patch, 1}); }));
    change(frame, ++turn);
    commits.push_back(seconds_of([&] { changed_px += screen.commit({&patch, 1}).changed_px; }));
  }
  state.counters["changed_px"] =
      static_cast<double>(changed_px) / static_cast<double>(state.iterations());
  state.counters["commit_us"] = median(commits) * 1e6;
  state.counters["memcpy_us"] = median(copies) * 1e6;
  state.counters["unchanged_vs_memcpy"] = median(unchanged) / median(copies);
  state.counters["commit_vs_unchanged"] = median(commits) / median(unchanged);
}

void BM_ScreenCommit_unchanged_1080p(benchmark::State& state) {
  commit_ratio(state, [](image::Frame&, std::uint32_t) {});
}
BENCHMARK(BM_ScreenCommit_unchanged_1080p)->MinTime(2);

void BM_ScreenCommit_one_character_1080p(benchmark::State& state) {
  commit_ratio(state, [](image::Frame& frame, std::uint32_t turn) {
    for (int y = 500; y < 513; ++y)
      for (int x = 900; x < 907; ++x) frame.at(x, y) = (turn * 7919) & image::kColourMask;
  });
}
BENCHMARK(BM_ScreenCommit_one_character_1080p)->MinTime(2);

}  // namespace
}  // namespace oriel::screen
