#include "oriel/app/agent/video_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "oriel/testing/agent_stage.h"
#include "oriel/testing/temporary_folder.h"

namespace oriel::agent {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using namespace std::chrono_literals;

struct Stage : testing::AgentStage {
  Stage() : AgentStage({8, 6}) {}
  AgentParts parts{target, kLogBytesMax};
  VideoControl video{parts};
};

TEST(Video, HasOnePictureForEachChangeAndAFrameForEachTick) {
  Stage stage;
  stage.later(40ms, [&] { stage.target.fill({0, 0, 2, 2}, 0xff); });
  const auto recording = stage.run(stage.video.record(100ms, {.frames_per_second = 100}));
  ASSERT_TRUE(recording);
  ASSERT_GE(recording->frames.size(), 2u);
  ASSERT_LE(recording->frames.size(), 12u);
  std::set<const image::Frame*> pictures;
  for (const auto& frame : recording->frames) pictures.insert(frame.picture.get());
  EXPECT_THAT(pictures, SizeIs(2));
  EXPECT_EQ(recording->frames.front().picture->at(0, 0), 0u);
  EXPECT_EQ(recording->frames.back().picture->at(0, 0), 0xffu);
  EXPECT_GE(recording->duration, 100ms);
  for (std::size_t i = 1; i < recording->frames.size(); ++i)
    EXPECT_EQ(recording->frames[i].at - recording->frames[i - 1].at, 10ms);
}

TEST(Video, StartsAndStopsOnceEach) {
  Stage stage;
  EXPECT_FALSE(stage.video.stop());
  ASSERT_TRUE(stage.video.start());
  EXPECT_TRUE(stage.video.is_recording());
  EXPECT_EQ(stage.video.start().error().kind, ErrorKind::kState);
  const auto recording = stage.video.stop();
  ASSERT_TRUE(recording);
  EXPECT_THAT(recording->frames, SizeIs(1));
  EXPECT_FALSE(stage.video.is_recording());
  EXPECT_EQ(stage.video.start({.frames_per_second = 0}).error().kind, ErrorKind::kInput);
}

TEST(Video, EndsWhenItIsToldTo) {
  Stage stage;
  int asked = 0;
  const auto recording = stage.run(
      stage.video.record_until([&] { return ++asked == 3; }, 10s, {.frames_per_second = 100}));
  ASSERT_TRUE(recording);
  EXPECT_LT(recording->duration, 5s);
}

TEST(Video, KeepsWhatItHasWhenItGetsTooLargeOrTheTargetIsLost) {
  Stage stage;
  stage.later(30ms, [&] { stage.target.fill({0, 0, 2, 2}, 0xff); });
  const VideoOptions small{.frames_per_second = 100, .bytes_max = 4 * 8 * 6};
  auto recording = stage.run(stage.video.record(10s, small));
  ASSERT_TRUE(recording);
  EXPECT_THAT(recording->ended, HasSubstr("more than 192 bytes"));
  stage.later(20ms, [&] { stage.target.lose({ErrorKind::kConnection, "gone"}); });
  recording = stage.run(stage.video.record(10s));
  ASSERT_TRUE(recording);
  EXPECT_EQ(recording->ended, "gone");
  EXPECT_FALSE(recording->frames.empty());
}

TEST(Video, SavesItsFrames) {
  Stage stage;
  const testing::TemporaryFolder folder;
  Recording recording;
  for (const auto colour : {1u, 2u})
    recording.frames.push_back(
        {{}, std::make_shared<const image::Frame>(image::Size{8, 6}, colour)});
  EXPECT_EQ(stage.run(VideoControl::save_frames(recording, folder.path())), 2u);
  EXPECT_TRUE(std::ifstream(folder.path("frame_000001.png")).good());
  EXPECT_FALSE(stage.run(VideoControl::save_frames(recording, folder.path("none"))));
}

TEST(Video, IsWrittenByFfmpegWhenThatIsThere) {
  Stage stage;
  const testing::TemporaryFolder folder;
  const std::string old_path = std::getenv("PATH");
  folder.write("ffmpeg",
               "#!/bin/sh\nfor last; do :; done\necho \"$@\" > \"$last\"\nwc -c >> \"$last\"\n",
               0700);
  ::setenv("PATH", (folder.path() + ":" + old_path).c_str(), 1);
  Recording recording{.frames_per_second = 25};
  for (int i = 0; i < 3; ++i)
    recording.frames.push_back({{}, std::make_shared<const image::Frame>(image::Size{8, 6}, 1)});
  EXPECT_TRUE(stage.run(VideoControl::save_video(recording, folder.path("a.mp4"))));
  std::stringstream text;
  text << std::ifstream(folder.path("a.mp4")).rdbuf();
  EXPECT_THAT(text.str(), HasSubstr("-pixel_format bgr0 -video_size 8x6 -framerate 25 -i -"));
  EXPECT_THAT(text.str(), HasSubstr(std::to_string(3 * 4 * 8 * 6)));

  folder.write("ffmpeg", "#!/bin/sh\necho 'Unknown encoder' >&2\nexit 1\n", 0700);
  auto failed = stage.run(VideoControl::save_video(recording, folder.path("a.mp4")));
  EXPECT_EQ(failed.error().message, "ffmpeg ended with exit code 1: Unknown encoder");
  ::setenv("PATH", folder.path("none").c_str(), 1);
  failed = stage.run(VideoControl::save_video(recording, folder.path("a.mp4")));
  ::setenv("PATH", old_path.c_str(), 1);
  EXPECT_EQ(failed.error().kind, ErrorKind::kInternal);
  EXPECT_THAT(failed.error().message, HasSubstr("which must be installed"));
}

}  // namespace
}  // namespace oriel::agent
