#include "oriel/app/server/cursor_news.h"

#include <utility>

#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/server_message.h"

namespace oriel::server {

void CursorNews::capabilities_changed(const rfb::Capabilities& known) {
  const auto before = std::exchange(form_, rfb::best_cursor_form(known));
  if (form_ != before) shape_waits_ = form_ != rfb::CursorForm::kNone && cursor_.shape;
  const bool knew_position = std::exchange(knows_position_, known.pointer_position);
  position_waits_ = knows_position_ && cursor_.position && (position_waits_ || !knew_position);
  knows_warps_ = known.vmware_cursor_position;
  warp_waits_ = warp_waits_ && knows_warps_;
}

void CursorNews::format_changed() {
  if (form_ == rfb::CursorForm::kMasked) shape_changed();
}

void CursorNews::shape_changed() {
  shape_waits_ = form_ != rfb::CursorForm::kNone && cursor_.shape.has_value();
}

void CursorNews::pointer_moved(PointerMover mover) {
  position_waits_ = knows_position_;
  if (mover == PointerMover::kDesktop) warp_waits_ = knows_warps_;
}

void CursorNews::viewer_moved_pointer() {
  position_waits_ = false;
  warp_waits_ = false;
}

std::vector<Bytes> CursorNews::take(const image::PixelFormat& format) {
  std::vector<Bytes> rectangles;
  const auto write = [&](auto&& rectangle) {
    ByteWriter writer(rectangles.emplace_back());
    rectangle(writer);
  };
  if (std::exchange(shape_waits_, false))
    write([&](ByteWriter& writer) { rfb::write_cursor(*cursor_.shape, form_, format, writer); });
  for (const auto& [waits, encoding] : {std::pair{&position_waits_, rfb::kPseudoPointerPos},
                                        std::pair{&warp_waits_, rfb::kPseudoVmwareCursorPosition}})
    if (std::exchange(*waits, false) && cursor_.position)
      write([&, id = encoding](ByteWriter& writer) {
        rfb::write_pointer_position(*cursor_.position, id, writer);
      });
  return rectangles;
}

}  // namespace oriel::server
