// Any bytes as what a clipboard holds: a bitmap, a PNG or a fragment of HTML. What is read is as
// large as it says, and read again from what it is written to.
//
//   input := U8 format % 3, bytes

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/clipboard/dib.h"
#include "oriel/core/clipboard/html_fragment.h"
#include "oriel/core/image/png.h"

namespace {

using namespace oriel;

constexpr std::int64_t kMaxPixels = 20'000;  // keeps one input fast

void check_picture(const Result<image::RgbaImage>& picture) {
  if (!picture) {
    ORIEL_CHECK(!picture.error().message.empty());
    return;
  }
  ORIEL_CHECK(picture->size.width >= 1 && picture->size.height >= 1);
  ORIEL_CHECK(picture->size.area() <= kMaxPixels);
  ORIEL_CHECK(picture->pixels.size() == static_cast<std::size_t>(picture->size.area()) * 4);
  ORIEL_CHECK(clipboard::parse_dib(clipboard::write_dib(*picture)) == picture);
  ORIEL_CHECK(image::parse_png(image::write_png(*picture)) == picture);
}

}  // namespace

ORIEL_FUZZER(clipboard_formats, data, size) {
  if (size < 1) return 0;
  const Bytes bytes(data + 1, data + size);
  switch (data[0] % 3) {
    case 0:
      check_picture(clipboard::parse_dib(bytes, kMaxPixels));
      break;
    case 1:
      check_picture(image::parse_png(bytes, kMaxPixels));
      break;
    default: {
      const auto html = clipboard::from_html_fragment(as_text(bytes));
      ORIEL_CHECK(html.size() <= bytes.size());
      ORIEL_CHECK(clipboard::from_html_fragment(clipboard::to_html_fragment(html)) == html);
    }
  }
  return 0;
}
