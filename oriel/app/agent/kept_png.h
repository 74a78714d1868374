#pragma once
// The last picture of a screen as PNG, in bands of rows, so that of the next one only those that
// have changed are compressed.

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/core/codec/png_encoder.h"
#include "oriel/core/image/frame_view.h"
#include "oriel/core/screen/screen.h"

namespace oriel::agent {

// For each band from the top: equal ones have equal pixels, in all pictures of a screen.
using BandContents = std::vector<screen::Generation>;
BandContents band_contents(const screen::Screen& screen);

// Any thread; one that encodes waits for another.
class KeptPng {
 public:
  // `frame`, not empty, as PNG. Without `contents` all of it is compressed. Large parts are shared
  // by several threads.
  Bytes encode(const image::FrameView& frame, std::span<const screen::Generation> contents = {});

  // How many bands were compressed.
  std::uint64_t compressed() const { return compressed_; }

 private:
  void compress(const image::FrameView& frame, std::span<const int> which);

  std::mutex mutex_;
  image::Size size_;
  std::vector<codec::PngBand> bands_;
  std::vector<std::optional<screen::Generation>> contents_;  // of each band; nothing: not known
  std::uint64_t compressed_ = 0;
};

}  // namespace oriel::agent
