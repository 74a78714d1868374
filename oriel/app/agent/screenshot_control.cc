#include "oriel/app/agent/screenshot_control.h"

#include <fmt/format.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>

#include "oriel/app/agent/bell.h"
#include "oriel/app/agent/elsewhere.h"
#include "oriel/app/agent/waits.h"
#include "oriel/core/image/cursor.h"
#include "oriel/core/image/scale.h"

namespace oriel::agent {

using image::Rect;
using image::Size;

namespace {

AgentResult<CoordinateScale> scale_of(Size size, const CaptureOptions& options) {
  if (!(options.scale > 0 && options.scale <= 1))
    return failure(ErrorKind::kInput, fmt::format("a scale of {}, more than 0 and at most 1 is "
                                                  "possible",
                                                  options.scale));
  if (options.long_edge_px < 0)
    return failure(ErrorKind::kInput, "the long edge of a picture is 1 pixel at least");
  const auto length = [&](int px) {
    return std::max(1, static_cast<int>(std::lround(px * options.scale)));
  };
  const Size scaled{length(size.width), length(size.height)};
  if (options.long_edge_px == 0) return CoordinateScale(size, scaled);
  return CoordinateScale(size,
                         CoordinateScale::for_long_edge(scaled, options.long_edge_px).picture());
}

}  // namespace

AgentStatus write_file(const std::string& path, ByteSpan bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (file)
    file.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file) return {};
  return failure(ErrorKind::kInternal,
                 fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

ScreenshotControl::Awaitable<Picture> ScreenshotControl::capture(CaptureOptions options) {
  BandContents contents;
  co_return co_await capture(std::move(options), contents);
}

ScreenshotControl::Awaitable<Picture> ScreenshotControl::capture(CaptureOptions options,
                                                                 BandContents& contents) {
  auto& target = parts_.target;
  if (options.delay > milliseconds::zero())
    co_await sleep_until(target.executor(), Clock::now() + options.delay);
  if (auto status = target.check(); !status) co_return std::unexpected(status.error());
  if (options.is_current) {
    auto caught_up = co_await target.catch_up(Clock::now() + options.timeout);
    if (!caught_up) co_return std::unexpected(caught_up.error());
  }
  const auto region = Waits(target, parts_.log).region_of(options.region);
  if (!region) co_return std::unexpected(region.error());
  const auto scale = scale_of(region->size(), options);
  if (!scale) co_return std::unexpected(scale.error());
  Picture picture{copy_of(target.screen().view(), *region), *region, parts_.log.mark(), *scale};
  const bool is_whole = *region == Rect::of(target.screen().size());
  if (is_whole && scale->picture() == region->size()) contents = band_contents(target.screen());
  const auto at = target.pointer();
  if (const auto* cursor = target.cursor(); options.has_cursor && at && cursor != nullptr) {
    const image::Point origin{at->x - cursor->hotspot.x - region->x,
                              at->y - cursor->hotspot.y - region->y};
    image::draw(*cursor, origin, picture.frame.mutable_view());
    contents.clear();
  }
  if (scale->picture() != region->size())
    picture.frame = image::scale_down(picture.frame.view(), scale->picture());
  co_return picture;
}

ScreenshotControl::Awaitable<Picture> ScreenshotControl::capture_region(Rect region) {
  return capture({.region = region});
}

ScreenshotControl::Awaitable<PictureInFile> ScreenshotControl::capture_file(CaptureOptions options,
                                                                            PictureFormat format,
                                                                            int quality) {
  BandContents contents;
  auto captured = co_await capture(std::move(options), contents);
  if (!captured) co_return std::unexpected(captured.error());
  const auto picture = std::make_shared<Picture>(*std::move(captured));
  std::function<AgentResult<Bytes>()> work = [png = parts_.png, picture,
                                              contents = std::move(contents), format,
                                              quality]() -> AgentResult<Bytes> {
    const auto pixels = picture->frame.view();
    if (format == PictureFormat::kPng && !contents.empty()) return png->encode(pixels, contents);
    return write_picture(pixels, format, quality);
  };
  auto file = co_await elsewhere(std::move(work));
  if (!file) co_return std::unexpected(file.error());
  co_return PictureInFile{std::move(*picture), *std::move(file)};
}

ScreenshotControl::Awaitable<Picture> ScreenshotControl::save(std::string path,
                                                              CaptureOptions options,
                                                              SaveOptions file) {
  const auto format =
      file.format ? AgentResult<PictureFormat>(*file.format) : picture_format_of_path(path);
  if (!format) co_return std::unexpected(format.error());
  auto taken = co_await capture_file(std::move(options), *format, file.quality);
  if (!taken) co_return std::unexpected(taken.error());
  if (auto written = write_file(path, taken->file); !written)
    co_return std::unexpected(written.error());
  co_return std::move(taken->picture);
}

}  // namespace oriel::agent
