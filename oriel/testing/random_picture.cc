#include "oriel/testing/random_picture.h"

#include <random>

namespace oriel::testing {
namespace {

std::uint32_t colour(std::mt19937& random) { return random() & image::kColourMask; }

void fill_from_palette(image::Frame& frame, std::mt19937& random, int colours) {
  std::vector<std::uint32_t> palette(colours);
  for (auto& entry : palette) entry = colour(random);
  for (int y = 0; y < frame.size().height; ++y) {
    for (int x = 0; x < frame.size().width;) {
      auto value = palette[random() % palette.size()];
      for (int run = 1 + static_cast<int>(random() % 20); run > 0 && x < frame.size().width;
           --run, ++x)
        frame.at(x, y) = value;
    }
  }
}

// Dark glyph-like blobs of 6x11 cells on a light ground, most of it blank, as a page of text is.
void fill_text(image::Frame& frame, std::mt19937& random) {
  const std::uint32_t ground = 0xfafafa, ink = 0x202020;
  std::vector<std::uint64_t> glyphs(60);
  for (auto& glyph : glyphs)
    glyph = (std::uint64_t{random()} << 32 | random()) & (std::uint64_t{random()} << 32 | random());
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x) frame.at(x, y) = ground;
  for (int top = 2; top + 11 <= frame.size().height; top += 14) {
    int columns = static_cast<int>(random() % (frame.size().width / 6 + 1));
    for (int column = 0; column < columns; ++column) {
      if (random() % 6 == 0) continue;
      auto glyph = glyphs[random() % glyphs.size()];
      for (int bit = 0; bit < 50; ++bit)
        if (glyph >> bit & 1 && column * 6 + bit % 5 < frame.size().width)
          frame.at(column * 6 + bit % 5, top + bit / 5) = ink;
    }
  }
}

void fill_gradient(image::Frame& frame, std::mt19937& random) {
  auto base = random();
  for (int y = 0; y < frame.size().height; ++y)
    for (int x = 0; x < frame.size().width; ++x)
      frame.at(x, y) =
          ((x + base) & 0xff) << 16 | ((y + (base >> 8)) & 0xff) << 8 | ((x + y) / 2 & 0xff);
}

}  // namespace

const char* picture_kind_name(PictureKind kind) {
  switch (kind) {
    case PictureKind::kSolid:
      return "solid";
    case PictureKind::kTwoColours:
      return "two_colours";
    case PictureKind::kFewColours:
      return "few_colours";
    case PictureKind::kManyColours:
      return "many_colours";
    case PictureKind::kNoise:
      return "noise";
    case PictureKind::kGradient:
      return "gradient";
    case PictureKind::kText:
      return "text";
    case PictureKind::kMixed:
      return "mixed";
  }
  return "unknown";
}

image::Frame make_picture(PictureKind kind, image::Size size, std::uint32_t seed) {
  std::mt19937 random(seed * 31 + static_cast<std::uint32_t>(kind));
  image::Frame frame(size);
  switch (kind) {
    case PictureKind::kSolid:
      return image::Frame(size, colour(random));
    case PictureKind::kTwoColours:
      fill_from_palette(frame, random, 2);
      break;
    case PictureKind::kFewColours:
      fill_from_palette(frame, random, 12);
      break;
    case PictureKind::kManyColours:
      fill_from_palette(frame, random, 100);
      break;
    case PictureKind::kNoise:
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) frame.at(x, y) = colour(random);
      break;
    case PictureKind::kGradient:
      fill_gradient(frame, random);
      break;
    case PictureKind::kText:
      fill_text(frame, random);
      break;
    case PictureKind::kMixed:
      fill_text(frame, random);
      for (int y = size.height / 2; y < size.height; ++y)
        for (int x = size.width / 2; x < size.width; ++x) frame.at(x, y) = colour(random);
      break;
  }
  return frame;
}

}  // namespace oriel::testing
