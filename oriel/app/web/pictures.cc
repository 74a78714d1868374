#include "oriel/app/web/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "oriel/app/agent/kept_png.h"
#include "oriel/app/api/session_store.h"
#include "oriel/app/web/asset_response.h"
#include "oriel/app/web/limits.h"
#include "oriel/core/codec/jpeg_encoder.h"
#include "oriel/core/codec/png_encoder.h"
#include "oriel/core/image/scale.h"
#include "oriel/core/screen/sent_cells.h"

namespace oriel::web {

using image::Rect;

struct Pictures::Encoders {
  codec::PngEncoder png;
  codec::JpegEncoder jpeg;
  agent::KeptPng screen;  // all of it, as it is
};

namespace {

image::Size scaled(image::Size size, double scale) {
  const auto length = [scale](int px) {
    return std::clamp(static_cast<int>(std::lround(px * scale)), 1, px);
  };
  return {length(size.width), length(size.height)};
}

// What of `region` has changed after `since`.
std::vector<Rect> changes(const screen::Screen& screen, std::uint64_t since, const Rect& region) {
  if (since < screen.first_generation() || since > screen.generation()) return {region};
  return screen::SentCells(screen.grid(), since).lacking(screen, image::Region(region));
}

Rect around(const std::vector<Rect>& boxes) {
  Rect bounds;
  for (const auto& box : boxes) bounds = bounds.united(box);
  return bounds;
}

}  // namespace

Pictures::Pictures(boost::asio::any_io_executor executor, server::FramePipeline& frames)
    : frames_(frames),
      life_(api::make_token().substr(0, 8)),
      encoders_(std::make_shared<Encoders>()),
      background_(std::move(executor)) {}

Pictures::~Pictures() { is_alive_.reset(); }

void Pictures::take(const api::PictureRequest& request, Done done) {
  frames_.refresh([this, alive = std::weak_ptr(is_alive_), request,
                   done = std::move(done)](const Status& status) mutable {
    if (!status) return done(std::unexpected(status.error()));
    if (alive.lock()) take_now(request, std::move(done));
  });
}

void Pictures::take_now(const api::PictureRequest& request, Done done) {
  const auto& screen = frames_.screen();
  const auto whole = Rect::of(screen.size());
  auto region = request.region.value_or(whole);
  if (!whole.contains(region))
    return done(
        fail(ErrorCode::kInvalid,
             fmt::format("the region {},{},{},{} is not on the screen, which is {}x{}", region.x,
                         region.y, region.width, region.height, whole.width, whole.height)));
  api::Picture picture;
  picture.generation = screen.generation();
  if (request.since) {
    picture.boxes = changes(screen, *request.since, region);
    if (picture.boxes.empty()) ++stats_.unchanged;
    region = around(picture.boxes);
  }
  picture.region = region;
  if (region.is_empty()) return done(std::move(picture));
  picture.etag = tag_of(request, region);
  if (names_etag(request.known_etag, picture.etag)) {
    ++stats_.unchanged;
    return done(std::move(picture));
  }
  if ((picture.bytes = find_kept(picture.etag))) {
    ++stats_.shared;
    return done(std::move(picture));
  }
  const auto found = under_way_.find(picture.etag);
  if (found != under_way_.end()) {
    ++stats_.shared;
    found->second.push_back({std::move(picture), std::move(done)});
    return;
  }
  if (under_way_.size() >= kPicturesMax)
    return done(
        fail(ErrorCode::kTooLarge, "too many screenshots are being made; ask again in a second"));
  encode(request, picture);
  under_way_[picture.etag].push_back({std::move(picture), std::move(done)});
}

std::string Pictures::tag_of(const api::PictureRequest& request, const Rect& region) const {
  const bool is_jpeg = request.kind == api::PictureKind::kJpeg;
  return fmt::format("\"{}-{}-{}.{}.{}.{}-{}{}\"", life_,
                     frames_.screen().content_generation(region), region.x, region.y, region.width,
                     region.height, is_jpeg ? fmt::format("j{}", request.quality) : "p",
                     request.scale == 1 ? "" : fmt::format("-{}", request.scale));
}

SharedBytes Pictures::find_kept(const std::string& etag) {
  const auto found = std::ranges::find(kept_, etag, &Kept::etag);
  if (found == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found);
  return found->bytes;
}

void Pictures::keep(const std::string& etag, const SharedBytes& bytes) {
  kept_.push_front({etag, bytes});
  kept_bytes_ += bytes->size();
  while (kept_bytes_ > kPictureCacheBytes && kept_.size() > 1) {
    kept_bytes_ -= kept_.back().bytes->size();
    kept_.pop_back();
  }
}

void Pictures::encode(const api::PictureRequest& request, const api::Picture& picture) {
  ++stats_.encoded;
  const auto& screen = frames_.screen();
  agent::BandContents contents;
  const bool is_whole = picture.region == Rect::of(screen.size()) && request.scale == 1;
  if (is_whole && request.kind == api::PictureKind::kPng) contents = agent::band_contents(screen);
  background_.run<SharedBytes>(
      [frame = image::Frame::copy_of(screen.view().crop(picture.region)), encoders = encoders_,
       contents = std::move(contents), kind = request.kind, scale = request.scale,
       quality = request.quality] {
        if (!contents.empty())
          return std::make_shared<const Bytes>(encoders->screen.encode(frame.view(), contents));
        const auto size = scaled(frame.size(), scale);
        const auto smaller =
            size == frame.size() ? image::Frame() : image::scale_down(frame.view(), size);
        const auto view = size == frame.size() ? frame.view() : smaller.view();
        return std::make_shared<const Bytes>(kind == api::PictureKind::kPng
                                                 ? encoders->png.encode(view)
                                                 : encoders->jpeg.encode(view, quality));
      },
      [this, etag = picture.etag](const SharedBytes& bytes) {
        keep(etag, bytes);
        auto waiters = std::move(under_way_.extract(etag).mapped());
        for (auto& [each, done] : waiters) {
          each.bytes = bytes;
          done(std::move(each));
        }
      });
}

}  // namespace oriel::web
