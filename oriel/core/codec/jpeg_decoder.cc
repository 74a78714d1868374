#include "oriel/core/codec/jpeg_decoder.h"

#include <cstdio>
// It needs <cstdio> before it.
#include <jpeglib.h>

#include <array>
#include <csetjmp>
#include <vector>

#include <fmt/format.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace oriel::codec {
namespace {

// Each costs a pass over the whole picture, for few bytes. Real files have about ten.
constexpr int kScansMax = 100;

// Rows that are asked for at once: libjpeg gives one or two, or four of some.
constexpr int kRowsAtOnce = 4;

// Copies the colours; the pad bytes become zero. Past the cache, as libjpeg-turbo itself writes
// where it can: nobody reads them at once.
void copy_colours(const std::uint32_t* from, std::uint32_t* to, int count) {
#ifdef __SSE2__
  for (; count > 0 && reinterpret_cast<std::uintptr_t>(to) % 16 != 0; --count, ++from, ++to)
    *to = *from & image::kColourMask;
  const auto mask = _mm_set1_epi32(image::kColourMask);
  for (; count >= 4; count -= 4, from += 4, to += 4) {
    const auto pixels = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    _mm_stream_si128(reinterpret_cast<__m128i*>(to), _mm_and_si128(pixels, mask));
  }
#endif
  for (int i = 0; i < count; ++i) to[i] = from[i] & image::kColourMask;
}

// What copy_colours has written is there for every thread.
void finish_copies() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

}  // namespace

// libjpeg's object and what it calls. TurboJPEG would do, but gives no row before the last: to
// clear the pad bytes then costs 4 % more (bench/results/decoders.md).
struct JpegDecoder::State {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf on_error{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  std::vector<std::uint32_t> rows;

  static State& of(j_common_ptr jpeg) { return *static_cast<State*>(jpeg->client_data); }

  // Ends read() with the message.
  [[noreturn]] static void fail_with(j_common_ptr jpeg, const char* text) {
    auto& state = of(jpeg);
    std::snprintf(state.message.data(), state.message.size(), "%s", text);
    std::longjmp(state.on_error, 1);
  }
  [[noreturn]] static void error_exit(j_common_ptr jpeg) {
    std::array<char, JMSG_LENGTH_MAX> text{};
    jpeg->err->format_message(jpeg, text.data());
    fail_with(jpeg, text.data());
  }
  static void count_scans(j_common_ptr jpeg) {
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kScansMax)
      fail_with(jpeg, "too many scans");
  }

  // False when it failed, with message. libjpeg leaves it by longjmp, so nothing in it may need to
  // be destroyed.
  bool read(ByteSpan file, const image::MutableFrameView& target) {
    if (setjmp(on_error) != 0) {
      jpeg_abort_decompress(&jpeg);
      return false;
    }
    jpeg_mem_src(&jpeg, file.data(), file.size());
    jpeg_read_header(&jpeg, TRUE);
    if (jpeg.image_width != static_cast<JDIMENSION>(target.width) ||
        jpeg.image_height != static_cast<JDIMENSION>(target.height)) {
      std::snprintf(message.data(), message.size(), "%ux%u pixels in a rectangle of %dx%d",
                    jpeg.image_width, jpeg.image_height, target.width, target.height);
      std::longjmp(on_error, 1);
    }
    jpeg.out_color_space = JCS_EXT_BGRX;
    jpeg.progress = &progress;
    jpeg_start_decompress(&jpeg);
    // One word off, so that libjpeg-turbo does not write them past the cache: they are read next.
    const auto row_words = (static_cast<std::size_t>(target.width) / 16 + 2) * 16;
    rows.resize(kRowsAtOnce * row_words);
    JSAMPROW places[kRowsAtOnce];
    for (int i = 0; i < kRowsAtOnce; ++i)
      places[i] = reinterpret_cast<JSAMPROW>(rows.data() + i * row_words + 1);
    while (jpeg.output_scanline < jpeg.output_height) {
      const int y = static_cast<int>(jpeg.output_scanline);
      const int count = static_cast<int>(jpeg_read_scanlines(&jpeg, places, kRowsAtOnce));
      for (int i = 0; i < count; ++i)
        copy_colours(rows.data() + i * row_words + 1, target.row(y + i), target.width);
    }
    finish_copies();
    jpeg_finish_decompress(&jpeg);
    return true;
  }
};

JpegDecoder::JpegDecoder() : state_(std::make_unique<State>()) {
  auto& [jpeg, errors, progress, on_error, message, rows] = *state_;
  jpeg.err = jpeg_std_error(&errors);
  errors.error_exit = State::error_exit;
  errors.emit_message = [](j_common_ptr, int) {};
  errors.output_message = [](j_common_ptr) {};
  progress.progress_monitor = State::count_scans;
  jpeg_create_decompress(&jpeg);
  jpeg.client_data = state_.get();
}

JpegDecoder::~JpegDecoder() { jpeg_destroy_decompress(&state_->jpeg); }

Status JpegDecoder::decode(ByteSpan file, const image::MutableFrameView& target) {
  if (state_->read(file, target)) return {};
  return fail(ErrorCode::kInvalid, fmt::format("JPEG: {}", state_->message.data()));
}

}  // namespace oriel::codec
