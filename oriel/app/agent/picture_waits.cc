// Waits that look at pixels: for a picture, for a colour.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "oriel/app/agent/input_player.h"
#include "oriel/app/agent/waits.h"
#include "oriel/core/image/picture_search.h"
#include "oriel/core/screen/changed_rects.h"

namespace oriel::agent {

using boost::asio::awaitable;
using image::Rect;

namespace {

// Where a picture of `size` can be that has some of `fresh` in it, inside `region`.
std::vector<Rect> places_to_search(const std::vector<Rect>& fresh, image::Size size,
                                   const Rect& region) {
  std::vector<Rect> places;
  for (const auto& rect : fresh) {
    if (!rect.intersects(region)) continue;
    const auto place = Rect::between(rect.x - size.width + 1, rect.y - size.height + 1,
                                     rect.right() + size.width - 1, rect.bottom() + size.height - 1)
                           .intersected(region);
    places.push_back(place);
  }
  places = screen::joined(places, 16);
  std::int64_t area = 0;
  for (const auto& place : places) area += place.area();
  if (area >= region.area()) return {region};
  return places;
}

Seen found_at(const image::FrameView& view, const Mark& mark, const Rect& box) {
  return {.mark = mark, .boxes = {box}, .picture_at = box, .picture = copy_of(view, box)};
}

std::uint32_t colour_at(const image::FrameView& view, image::Point at) {
  const auto* pixel = view.row(at.y) + std::ptrdiff_t{4} * at.x;
  return std::uint32_t{pixel[2]} << 16 | std::uint32_t{pixel[1]} << 8 | pixel[0];
}

bool is_near(std::uint32_t colour, std::uint32_t wanted, int tolerance) {
  for (const int shift : {0, 8, 16})
    if (std::abs(static_cast<int>(colour >> shift & 0xff) -
                 static_cast<int>(wanted >> shift & 0xff)) > tolerance)
      return false;
  return true;
}

}  // namespace

// The pictures since the mark, the first one whole, of others what changed.
std::optional<Seen> Waits::look_back(const Begun& begun, const Rect& region, const Look& look,
                                     Mark& seen_until) const {
  std::optional<Seen> seen;
  bool is_first = true;
  log_.replay(begun.since, [&](const image::FrameView& view, const DamageLog::Change& change) {
    if (!Rect::of(view.size()).contains(region)) return false;
    const Mark mark{change.at, change.generation};
    seen = look({view, mark, is_first ? std::vector{region} : change.rects});
    is_first = false;
    seen_until = mark;
    return seen.has_value();
  });
  return seen;
}

awaitable<AgentResult<Seen>> Waits::look_until_found(Begun begun, Rect region, Look look,
                                                     std::function<std::string()> missed) {
  auto known = Mark{};
  auto seen = look_back(begun, region, look, known);
  std::vector<Rect> fresh;
  if (known.generation != target_.screen().generation()) fresh = {region};
  while (true) {
    if (auto status = check_screen(begun); !status) co_return std::unexpected(status.error());
    const auto now = log_.mark();
    if (!seen && !fresh.empty()) seen = look({target_.screen().view(), now, std::move(fresh)});
    if (seen) {
      seen->waited = Clock::now() - begun.called;
      co_return *std::move(seen);
    }
    known = now;
    if (now.at >= begun.deadline) co_return failure(ErrorKind::kTimeout, missed());
    co_await log_.news(begun.deadline);
    fresh.clear();
    const auto& changes = log_.changes();
    for (auto i = log_.first_after(known); i < changes.size(); ++i)
      fresh.insert(fresh.end(), changes[i].rects.begin(), changes[i].rects.end());
  }
}

awaitable<AgentResult<Seen>> Waits::image(ImageOptions options) {
  auto begun = begin(options.since, options.timeout);
  if (!begun) co_return std::unexpected(begun.error());
  auto region = region_of(options.region);
  if (!region) co_return std::unexpected(region.error());
  const auto size = options.picture.size;
  if (size.width < 1 || size.height < 1 || size.width > region->width ||
      size.height > region->height)
    co_return failure(ErrorKind::kInput,
                      fmt::format("the picture is {}x{}, and does not fit into {}", size.width,
                                  size.height, shown(*region)));
  if (options.fuzz < 0 || options.fuzz > 255)
    co_return failure(ErrorKind::kInput,
                      fmt::format("a fuzz of {}, 0 to 255 is possible", options.fuzz));
  const auto needle = std::make_shared<const image::Needle>(options.picture);
  Look look = [needle, region = *region, fuzz = options.fuzz](const Sight& sight) {
    std::optional<Seen> seen;
    for (const auto& place : places_to_search(sight.fresh, needle->size(), region)) {
      const auto found = image::find_picture(sight.view, place, *needle, fuzz);
      if (!found) continue;
      const Rect box{found->at.x, found->at.y, needle->size().width, needle->size().height};
      seen = found_at(sight.view, sight.mark, box);
      break;
    }
    return seen;
  };
  std::function<std::string()> missed = [this, needle, region = *region, fuzz = options.fuzz,
                                         timeout = options.timeout] {
    const auto nearest = image::nearest_picture(target_.screen().view(), region, *needle);
    return fmt::format(
        "the picture of {}x{} was not seen in {} within {}; the nearest is at {},{} with a "
        "difference of {:.1f}, and a fuzz of {:g} was allowed",
        needle->size().width, needle->size().height, shown(region), shown(timeout), nearest->at.x,
        nearest->at.y, nearest->difference, fuzz);
  };
  co_return co_await look_until_found(*begun, *region, std::move(look), std::move(missed));
}

awaitable<AgentResult<Seen>> Waits::colour(ColourOptions options) {
  auto begun = begin(options.since, options.timeout);
  if (!begun) co_return std::unexpected(begun.error());
  if (auto status = check_place(options.at, target_.screen().size()); !status)
    co_return std::unexpected(status.error());
  if (options.tolerance < 0 || options.tolerance > 255)
    co_return failure(ErrorKind::kInput,
                      fmt::format("a tolerance of {}, 0 to 255 is possible", options.tolerance));
  const Rect pixel{options.at.x, options.at.y, 1, 1};
  Look look = [options, pixel](const Sight& sight) {
    std::optional<Seen> seen;
    if (is_near(colour_at(sight.view, options.at), options.colour, options.tolerance))
      seen = found_at(sight.view, sight.mark, pixel);
    return seen;
  };
  std::function<std::string()> missed = [this, options] {
    return fmt::format("the colour at {},{} was not #{:06x} within {}: it is #{:06x}", options.at.x,
                       options.at.y, options.colour, shown(options.timeout),
                       colour_at(target_.screen().view(), options.at));
  };
  co_return co_await look_until_found(*begun, pixel, std::move(look), std::move(missed));
}

}  // namespace oriel::agent
