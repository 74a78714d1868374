#include "oriel/app/agent/picture_file.h"

#include <gtest/gtest.h>

#include "oriel/core/image/frame.h"

namespace oriel::agent {
namespace {

image::Frame picture(image::Size size) {
  image::Frame frame(size);
  for (int i = 0; i < size.area(); ++i)
    frame.mutable_view().data[i] = static_cast<std::uint32_t>(i * 2654435761u) & 0xffffff;
  return frame;
}

TEST(PictureFile, IsReadBackAsItWas) {
  for (const auto format : {PictureFormat::kPng, PictureFormat::kBmp})
    for (const image::Size size :
         {image::Size{1, 1}, image::Size{5, 3}, image::Size{64, 40}, image::Size{1024, 513}}) {
      const auto frame = picture(size);
      const auto file = write_picture(frame.view(), format);
      ASSERT_TRUE(file);
      const auto read = parse_picture(*file);
      ASSERT_TRUE(read) << name_of(format) << read.error().message;
      EXPECT_EQ(read->size, size);
      EXPECT_EQ(read->pixels, *write_picture(frame.view(), PictureFormat::kRaw));
    }
}

TEST(PictureFile, HasAFormatForEachName) {
  for (const auto& row : picture_formats()) {
    EXPECT_EQ(picture_format_of(row.name), row.format);
    EXPECT_EQ(picture_format_of_path("/tmp/a.b/shot." + std::string(row.name)), row.format);
    EXPECT_TRUE(write_picture(picture({8, 8}).view(), row.format));
  }
  EXPECT_EQ(picture_format_of("PNG"), PictureFormat::kPng);
}

TEST(PictureFile, SaysWhichFormatsThereAre) {
  for (const auto& result : {picture_format_of("gif"), picture_format_of_path("/a.b/shot")}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kInput);
    EXPECT_TRUE(result.error().message.contains("png, jpeg, jpg, webp, bmp, raw"));
  }
  for (const auto format : {PictureFormat::kJpeg, PictureFormat::kWebp})
    for (const int quality : {0, 101})
      EXPECT_FALSE(write_picture(picture({8, 8}).view(), format, quality));
  EXPECT_FALSE(write_picture(picture({16'384, 1}).view(), PictureFormat::kWebp));
  EXPECT_TRUE(write_picture(picture({16'383, 1}).view(), PictureFormat::kWebp));
  EXPECT_FALSE(parse_picture(as_bytes("GIF89a")));
}

}  // namespace
}  // namespace oriel::agent
