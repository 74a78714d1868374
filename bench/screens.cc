#include "bench/screens.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <spng.h>

namespace oriel::bench {
namespace {

[[noreturn]] void stop(const std::string& path, const char* why) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), why);
  std::exit(1);
}

image::Frame load_png(const std::string& path) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) stop(path, "cannot be opened");
  std::unique_ptr<spng_ctx, void (*)(spng_ctx*)> png(spng_ctx_new(0), spng_ctx_free);
  spng_set_png_file(png.get(), file.get());
  spng_ihdr head;
  std::size_t size = 0;
  if (int error = spng_get_ihdr(png.get(), &head)) stop(path, spng_strerror(error));
  if (int error = spng_decoded_image_size(png.get(), SPNG_FMT_RGB8, &size))
    stop(path, spng_strerror(error));
  std::vector<unsigned char> rgb(size);
  if (int error = spng_decode_image(png.get(), rgb.data(), size, SPNG_FMT_RGB8, 0))
    stop(path, spng_strerror(error));

  image::Frame frame({static_cast<int>(head.width), static_cast<int>(head.height)});
  const unsigned char* from = rgb.data();
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x, from += 3)
      frame.at(x, y) = from[0] << 16 | from[1] << 8 | from[2];
  return frame;
}

std::vector<Screen> load_screens() {
  std::vector<Screen> result;
  for (const char* name : {"terminals", "page", "photo"})
    result.push_back({name, load_png(std::string(ORIEL_BENCH_SCREENS "/") + name + ".png")});
  return result;
}

}  // namespace

const std::vector<Screen>& screens() {
  static const std::vector<Screen> all = load_screens();
  return all;
}

std::vector<image::Rect> units(image::Size size) {
  std::vector<image::Rect> result;
  for (int y = 0; y < size.height; y += 256)
    for (int x = 0; x < size.width; x += 512)
      result.push_back({x, y, std::min(512, size.width - x), std::min(256, size.height - y)});
  return result;
}

}  // namespace oriel::bench
