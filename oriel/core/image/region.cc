#include "oriel/core/image/region.h"

namespace oriel::image {

void append_difference(const Rect& rect, const Rect& hole, std::vector<Rect>& out) {
  if (rect.is_empty()) return;
  auto common = rect.intersected(hole);
  if (common.is_empty()) {
    out.push_back(rect);
    return;
  }
  auto append = [&out](const Rect& part) {
    if (!part.is_empty()) out.push_back(part);
  };
  append(Rect::between(rect.x, rect.y, rect.right(), common.y));
  append(Rect::between(rect.x, common.y, common.x, common.bottom()));
  append(Rect::between(common.right(), common.y, rect.right(), common.bottom()));
  append(Rect::between(rect.x, common.bottom(), rect.right(), rect.bottom()));
}

void Region::add(const Rect& rect) {
  if (rect.is_empty()) return;
  for (const auto& known : rects_)
    if (known.contains(rect)) return;
  subtract(rect);
  rects_.push_back(rect);
  if (rects_.size() > kMaxRects) rects_ = {bounds()};
}

void Region::subtract(const Rect& rect) {
  if (!intersects(rect)) return;
  std::vector<Rect> rest;
  for (const auto& known : rects_) append_difference(known, rect, rest);
  rects_ = std::move(rest);
}

bool Region::intersects(const Rect& rect) const {
  for (const auto& known : rects_)
    if (known.intersects(rect)) return true;
  return false;
}

bool Region::covers(const Rect& rect) const {
  std::int64_t covered = 0;
  for (const auto& known : rects_) covered += known.intersected(rect).area();
  return covered == rect.area();
}

Rect Region::bounds() const {
  Rect all;
  for (const auto& known : rects_) all = all.united(known);
  return all;
}

}  // namespace oriel::image
