#include "oriel/core/rfb/cursor_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "oriel/core/image/pixel_convert.h"
#include "oriel/core/rfb/client_session.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::rfb {
namespace {

using image::Cursor;
using image::PixelFormat;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::VariantWith;

const PixelFormat kFormats[] = {
    image::kBgrx,
    {32, 24, true, true, 255, 255, 255, 16, 8, 0},
    {32, 24, false, true, 255, 255, 255, 0, 8, 16},
    {32, 30, false, true, 1023, 1023, 1023, 20, 10, 0},
    {16, 16, false, true, 31, 63, 31, 11, 5, 0},
    {16, 15, true, true, 31, 31, 31, 10, 5, 0},
    {8, 8, false, true, 7, 7, 3, 0, 3, 6},
    {8, 8, false, false, 0, 0, 0, 0, 0, 0},  // a colour map
};
constexpr CursorForm kForms[] = {CursorForm::kTwoColours, CursorForm::kMasked, CursorForm::kVmware,
                                 CursorForm::kAlpha};

std::string hex(ByteSpan bytes) {
  std::string text;
  for (auto byte : bytes)
    text += "0123456789abcdef"[byte >> 4], text += "0123456789abcdef"[byte & 15];
  return text;
}

std::string hex_of(const Cursor& cursor, CursorForm form,
                   const PixelFormat& format = image::kBgrx) {
  Bytes bytes;
  ByteWriter writer(bytes);
  write_cursor(cursor, form, format, writer);
  return hex(bytes);
}

// Opaque red and white, a half red that counts as there, and nothing; 9 wide, so that a row of the
// mask has two bytes.
Cursor small_cursor() {
  Cursor cursor{{9, 1}, {8, 0}, std::vector<std::uint32_t>(9)};
  cursor.pixels[0] = 0xffff0000;
  cursor.pixels[1] = 0xffffffff;
  cursor.pixels[8] = 0x80800000;
  return cursor;
}

TEST(CursorMessage, IsMaskedPixelsInTheClientsFormat) {
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kMasked),
            "0008"
            "0000"
            "0009"
            "0001"
            "ffffff11"
            "0000ff00"
            "ffffff00"
            "000000000000000000000000000000000000000000000000"
            "0000ff00"
            "c080");
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kMasked, kFormats[4]),
            "0008000000090001ffffff11"
            "00f8"
            "ffff"
            "000000000000000000000000"
            "00f8"
            "c080");
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kMasked, kFormats[5]),
            "0008000000090001ffffff11"
            "7c00"
            "7fff"
            "000000000000000000000000"
            "7c00"
            "c080");
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kMasked, kFormats[6]),
            "0008000000090001ffffff11"
            "07ff"
            "000000000000"
            "07"
            "c080");
  // Of the map, 180 is red and 215 white.
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kMasked, kFormats[7]),
            "0008000000090001ffffff11"
            "b4d7"
            "000000000000"
            "b4"
            "c080");
}

TEST(CursorMessage, IsTwoColoursWithTwoMasks) {
  EXPECT_EQ(hex_of(small_cursor(), CursorForm::kTwoColours),
            "0008"
            "0000"
            "0009"
            "0001"
            "ffffff10"
            "ff0000"
            "ffffff"
            "8080"
            "c080");
}

TEST(CursorMessage, IsPremultipliedRgbaBehindTheNumberOfRaw) {
  EXPECT_EQ(hex_of({{2, 1}, {1, 0}, {0xff112233, 0x80402010}}, CursorForm::kAlpha, kFormats[6]),
            "0001"
            "0000"
            "0002"
            "0001"
            "fffffec6"
            "00000000"
            "112233ff"
            "40201080");
}

TEST(CursorMessage, IsStraightRgbaForVmware) {
  EXPECT_EQ(hex_of({{2, 1}, {1, 0}, {0xff112233, 0x80402010}}, CursorForm::kVmware, kFormats[6]),
            "0001"
            "0000"
            "0002"
            "0001"
            "574d5664"
            "0100"
            "112233ff"
            "80402080");
}

TEST(CursorMessage, IsZeroByZeroForAnEmptyCursor) {
  const std::string head = "0000000000000000";
  EXPECT_EQ(hex_of({}, CursorForm::kMasked), head + "ffffff11");
  EXPECT_EQ(hex_of({}, CursorForm::kTwoColours), head + "ffffff10");
  EXPECT_EQ(hex_of({}, CursorForm::kAlpha), head + "fffffec6" + "00000000");
  EXPECT_EQ(hex_of({}, CursorForm::kVmware), head + "574d5664" + "0100");
}

TEST(CursorMessage, TakesTheBestFormThatTheClientKnows) {
  Capabilities known;
  EXPECT_EQ(best_cursor_form(known), CursorForm::kNone);
  known.x_cursor = true;
  EXPECT_EQ(best_cursor_form(known), CursorForm::kTwoColours);
  known.cursor = true;
  EXPECT_EQ(best_cursor_form(known), CursorForm::kMasked);
  known.vmware_cursor = true;
  EXPECT_EQ(best_cursor_form(known), CursorForm::kVmware);
  known.cursor_with_alpha = true;
  EXPECT_EQ(best_cursor_form(known), CursorForm::kAlpha);
}

// A client that is connected and has asked for `format`.
ClientSession connected(const PixelFormat& format) {
  ClientSession client({}, TimePoint{});
  Bytes bytes(as_bytes("RFB 003.008\n").begin(), as_bytes("RFB 003.008\n").end());
  ByteWriter writer(bytes);
  writer.u8(1).u8(1).u32(0).u16(8).u16(8);
  image::write_pixel_format(image::kBgrx, writer);
  writer.u32(0);
  EXPECT_TRUE(client.receive(bytes, TimePoint{}));
  client.take_events();
  client.say(SetPixelFormat{format});
  Bytes map{kSetColourMapEntries, 0, 0, 0, 1, 0};
  ByteWriter map_writer(map);
  for (const auto colour : image::standard_colour_map())
    for (const int shift : {16, 8, 0})
      map_writer.u16(static_cast<std::uint16_t>((colour >> shift & 0xff) * 0x101));
  EXPECT_TRUE(client.receive(map, TimePoint{}));
  return client;
}

Bytes update_of(ByteSpan rectangle) {
  Bytes bytes{kFramebufferUpdate, 0, 0, 1};
  ByteWriter(bytes).bytes(rectangle);
  return bytes;
}

// Gives the client `bytes` as it may ask for them, and takes what it makes of them.
Result<Cursor> received(ClientSession& client, ByteSpan bytes) {
  for (std::size_t given = 0, end = 1; given < bytes.size(); ++end) {
    auto need = client.receive(bytes.subspan(given, end - given), TimePoint{});
    if (!need) return std::unexpected(need.error());
    given += need->consumed;
    if (end == bytes.size()) break;
  }
  const auto events = client.take_events();
  EXPECT_THAT(events,
              ElementsAre(VariantWith<CursorCame>(testing::_), VariantWith<Updated>(Updated{})));
  return std::get<CursorCame>(events.at(0)).cursor;
}

Result<Cursor> sent(const Cursor& cursor, CursorForm form, const PixelFormat& format) {
  auto client = connected(format);
  Bytes rectangle;
  ByteWriter writer(rectangle);
  write_cursor(cursor, form, format, writer);
  return received(client, update_of(rectangle));
}

Cursor random_cursor(std::mt19937& random) {
  Cursor cursor;
  cursor.size = {1 + static_cast<int>(random() % 40), 1 + static_cast<int>(random() % 40)};
  cursor.hotspot = {static_cast<int>(random()) & 0x1f, static_cast<int>(random()) & 0x1f};
  for (int i = 0; i < cursor.size.area(); ++i) {
    const std::uint32_t alpha = random() % 3 == 0 ? random() & 0xff : random() % 2 * 255;
    cursor.pixels.push_back(image::premultiplied_alpha(
        alpha << 24 | (static_cast<std::uint32_t>(random()) & 0xffffff)));
  }
  cursor.pixels[0] = 0xff000000;
  return image::normalized(std::move(cursor), 64);
}

// What `form` can say of `cursor` in `format`.
Cursor as_seen(Cursor cursor, CursorForm form, const PixelFormat& format) {
  if (form == CursorForm::kAlpha || form == CursorForm::kVmware) return cursor;
  const auto masked = image::masked(cursor);
  const auto two = image::two_coloured(masked);
  const image::PixelConverter converter(format);
  for (std::size_t i = 0; i < cursor.pixels.size(); ++i) {
    const auto colour = form == CursorForm::kMasked
                            ? converter.to_bgrx(converter.from_bgrx(masked.pixels[i]))
                            : (two.is_primary[i] ? two.primary : two.secondary);
    cursor.pixels[i] = masked.is_there[i] ? 0xff000000 | colour : 0;
  }
  return cursor;
}

TEST(CursorMessage, ArrivesAsWhatEachFormCanSayInEveryPixelFormat) {
  std::mt19937 random(5);
  for (const auto& format : kFormats)
    for (const auto form : kForms)
      for (int i = 0; i < 4; ++i) {
        const auto cursor = random_cursor(random);
        const auto got = sent(cursor, form, format);
        ASSERT_TRUE(got) << got.error().message;
        ASSERT_EQ(*got, as_seen(cursor, form, format)) << static_cast<int>(form) << " " << i;
      }
}

TEST(CursorMessage, ArrivesEmptyInEveryForm) {
  for (const auto form : kForms) EXPECT_EQ(*sent({}, form, image::kBgrx), Cursor{});
}

TEST(CursorMessage, ArrivesUpToTheLimitOnly) {
  const int most = Limits{}.cursor_side_max;
  for (const auto form : kForms) {
    Cursor cursor{{most, 1}, {0, 0}, std::vector<std::uint32_t>(most, 0xff000000)};
    EXPECT_TRUE(sent(cursor, form, image::kBgrx));
    cursor.size.width = most + 1;
    cursor.pixels.push_back(0xff000000);
    const auto refused = sent(cursor, form, image::kBgrx);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(refused.error().message, HasSubstr("257x1, at most 256x256"));
  }
}

// Kept, black, white, and what inverts the screen.
TEST(CursorMessage, OfVmwaresClassicKindIsUnderstood) {
  for (const auto& format : {kFormats[0], kFormats[4], kFormats[6]}) {
    const auto bytes = static_cast<std::size_t>(format.bytes_per_pixel());
    const image::PixelConverter converter(format);
    Bytes rectangle;
    ByteWriter writer(rectangle);
    writer.u16(0).u16(0).u16(4).u16(1).s32(kPseudoVmwareCursor).u8(0).u8(0);
    for (const std::uint32_t pixel : {0xffffffu, 0u, 0u, 0xffffffu, 0u, 0u, 0xffffffu, 0xffffffu})
      for (std::size_t i = 0; i < bytes; ++i)
        writer.u8(static_cast<std::uint8_t>(converter.from_bgrx(pixel) >> (8 * i)));
    auto client = connected(format);
    const auto cursor = received(client, update_of(rectangle));
    ASSERT_TRUE(cursor);
    EXPECT_THAT(cursor->pixels, ElementsAre(0u, 0xff000000u, 0xffffffffu, 0xff000000u));
  }
}

TEST(CursorMessage, OfAnUnknownKindIsRefused) {
  Bytes rectangle;
  ByteWriter writer(rectangle);
  writer.u16(0).u16(0).u16(1).u16(1).s32(kPseudoVmwareCursor).u8(2).u8(0).u32(0);
  auto client = connected(image::kBgrx);
  const auto refused = client.receive(update_of(rectangle), TimePoint{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
}

TEST(CursorMessage, WithAlphaInAnotherEncodingThanRawIsRefused) {
  Bytes rectangle;
  ByteWriter writer(rectangle);
  writer.u16(0).u16(0).u16(1).u16(1).s32(kPseudoCursorWithAlpha).s32(16).u32(0);
  auto client = connected(image::kBgrx);
  const auto refused = client.receive(update_of(rectangle), TimePoint{});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
}

TEST(CursorMessage, OfAPositionIsOneEventForEachOfBothWays) {
  for (const auto encoding : {kPseudoPointerPos, kPseudoVmwareCursorPosition}) {
    Bytes rectangle;
    ByteWriter writer(rectangle);
    writer.u16(7).u16(5).u32(0).s32(encoding);
    auto client = connected(image::kBgrx);
    ASSERT_TRUE(client.receive(update_of(rectangle), TimePoint{}));
    EXPECT_THAT(client.take_events(),
                ElementsAre(VariantWith<PointerMoved>(PointerMoved{{7, 5}, encoding}),
                            VariantWith<Updated>(Updated{})));
  }
}

}  // namespace
}  // namespace oriel::rfb
