#include "oriel/app/server/cursor_news.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/rfb/constants.h"
#include "oriel/core/rfb/server_message.h"

namespace oriel::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const image::Cursor kShape{{1, 1}, {0, 0}, {0xff123456}};

Bytes shape_in(rfb::CursorForm form, const image::PixelFormat& format = image::kBgrx) {
  Bytes bytes;
  ByteWriter writer(bytes);
  rfb::write_cursor(kShape, form, format, writer);
  return bytes;
}

Bytes position_by(std::int32_t encoding, image::Point position) {
  Bytes bytes;
  ByteWriter writer(bytes);
  rfb::write_pointer_position(position, encoding, writer);
  return bytes;
}

TEST(CursorNews, HasNothingForAViewerThatUnderstandsNothing) {
  const DesktopCursor cursor{kShape, image::Point{1, 2}};
  CursorNews news(cursor, CursorDrawing::kNever);
  news.capabilities_changed({});
  news.shape_changed();
  news.format_changed();
  news.pointer_moved(PointerMover::kDesktop);
  EXPECT_FALSE(news.is_any());
  EXPECT_FALSE(news.follows_pointer());
  EXPECT_THAT(news.take(image::kBgrx), IsEmpty());
}

TEST(CursorNews, HasTheCursorDrawnForAViewerThatKnowsNoShapes) {
  const DesktopCursor cursor{kShape, {}};
  CursorNews news(cursor);
  EXPECT_TRUE(news.is_drawn());
  rfb::Capabilities known;
  known.pointer_position = true;
  news.capabilities_changed(known);
  EXPECT_TRUE(news.is_drawn()) << "a place is no shape";
  EXPECT_TRUE(news.follows_pointer());
  known = {};
  known.x_cursor = true;
  news.capabilities_changed(known);
  EXPECT_FALSE(news.is_drawn());
  EXPECT_FALSE(news.follows_pointer());
}

TEST(CursorNews, TellsTheShapeOnceUntilItChanges) {
  const DesktopCursor cursor{kShape, {}};
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.vmware_cursor = true;
  news.capabilities_changed(known);
  EXPECT_THAT(news.take(image::kBgrx), ElementsAre(shape_in(rfb::CursorForm::kVmware)));
  news.capabilities_changed(known);
  news.format_changed();
  EXPECT_FALSE(news.is_any());
  news.shape_changed();
  news.shape_changed();
  EXPECT_EQ(news.take(image::kBgrx).size(), 1u);
  known.cursor_with_alpha = true;
  news.capabilities_changed(known);
  EXPECT_THAT(news.take(image::kBgrx), ElementsAre(shape_in(rfb::CursorForm::kAlpha)));
}

TEST(CursorNews, TellsTheShapeAgainInAnotherPixelFormatWhereThatMatters) {
  const image::PixelFormat small{16, 16, false, true, 31, 63, 31, 11, 5, 0};
  const DesktopCursor cursor{kShape, {}};
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.cursor = true;
  news.capabilities_changed(known);
  EXPECT_THAT(news.take(image::kBgrx), ElementsAre(shape_in(rfb::CursorForm::kMasked)));
  news.format_changed();
  EXPECT_THAT(news.take(small), ElementsAre(shape_in(rfb::CursorForm::kMasked, small)));
}

TEST(CursorNews, HasNoShapeAsLongAsThereIsNone) {
  DesktopCursor cursor;
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.cursor = true;
  news.capabilities_changed(known);
  news.format_changed();
  EXPECT_FALSE(news.is_any());
  cursor.shape = kShape;
  news.shape_changed();
  EXPECT_TRUE(news.is_any());
}

TEST(CursorNews, TellsTheNewestPositionByPointerPos) {
  DesktopCursor cursor{{}, image::Point{1, 2}};
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.pointer_position = true;
  news.capabilities_changed(known);
  EXPECT_TRUE(news.follows_pointer());
  EXPECT_THAT(news.take(image::kBgrx), ElementsAre(position_by(rfb::kPseudoPointerPos, {1, 2})));
  news.pointer_moved(PointerMover::kOtherViewer);
  cursor.position = image::Point{3, 4};
  news.pointer_moved(PointerMover::kDesktop);
  EXPECT_THAT(news.take(image::kBgrx), ElementsAre(position_by(rfb::kPseudoPointerPos, {3, 4})));
}

TEST(CursorNews, TellsByVmwaresPositionOnlyWhatTheDesktopDid) {
  const DesktopCursor cursor{{}, image::Point{1, 2}};
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.vmware_cursor_position = true;
  news.capabilities_changed(known);
  EXPECT_TRUE(news.follows_pointer());
  news.pointer_moved(PointerMover::kOtherViewer);
  EXPECT_FALSE(news.is_any());
  news.pointer_moved(PointerMover::kDesktop);
  EXPECT_THAT(news.take(image::kBgrx),
              ElementsAre(position_by(rfb::kPseudoVmwareCursorPosition, {1, 2})));
}

TEST(CursorNews, TellsNoPositionToAViewerThatHasMovedSince) {
  const DesktopCursor cursor{{}, image::Point{1, 2}};
  CursorNews news(cursor);
  rfb::Capabilities known;
  known.vmware_cursor_position = known.pointer_position = true;
  news.capabilities_changed(known);
  news.pointer_moved(PointerMover::kDesktop);
  news.viewer_moved_pointer();
  EXPECT_FALSE(news.is_any());
}

}  // namespace
}  // namespace oriel::server
