// Our decoders against those of libvncclient, on what a server sent (bench/record_streams.sh), in
// turns, from memory. Prints a line of a table for each file.
//
//   bench/record_streams.sh /tmp/streams && build/release/oriel_decoders_bench /tmp/streams/*.vnc

#include <fmt/format.h>
#include <rfb/rfbclient.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>

#include "bench/cpu_clock.h"
#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/base/check.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/testing/vnc_recording.h"

namespace oriel::bench {
namespace {

using testing::VncRecording;

constexpr int kRounds = 31;

// Decodes all of the recording; returns where its messages begin.
std::vector<std::size_t> decode(const VncRecording& recording, image::Frame& frame) {
  std::map<std::int32_t, std::unique_ptr<codec::Decoder>> decoders;
  std::vector<std::size_t> begins;
  const ByteSpan all(recording.said);
  for (auto bytes = all; !bytes.empty();) {
    begins.push_back(all.size() - bytes.size());
    ByteReader message(bytes);
    ORIEL_CHECK(message.u16() == 0);  // an update
    const int count = message.u16();
    bytes = bytes.subspan(4);
    for (int i = 0; i < count; ++i) {
      ByteReader head(bytes);
      const int x = head.u16(), y = head.u16(), width = head.u16(), height = head.u16();
      const auto id = head.s32();
      auto& decoder = decoders[id];
      if (!decoder) decoder = codec::find_encoding(id)->make_decoder();
      const auto need = decoder->decode(bytes.subspan(12), recording.format,
                                        {frame.mutable_view(), {x, y, width, height}});
      ORIEL_CHECK(need.has_value() && need->consumed > 0);
      bytes = bytes.subspan(12 + need->consumed);
    }
  }
  return begins;
}

// The recording as libvncclient plays it from a file of vncrec: a timestamp before each message.
Bytes with_timestamps(const VncRecording& recording, std::vector<std::size_t> begins) {
  Bytes bytes;
  begins.push_back(recording.said.size());
  for (std::size_t i = 0; i + 1 < begins.size(); ++i)
    ByteWriter(bytes)
        .zeros(sizeof(timeval))
        .bytes(ByteSpan(recording.said).subspan(begins[i], begins[i + 1] - begins[i]));
  return bytes;
}

// A libvncclient that plays a recording from memory.
class Player {
 public:
  Player(const VncRecording& recording, Bytes& bytes)
      : client_(rfbGetClient(8, 3, 4)), file_(fmemopen(bytes.data(), bytes.size(), "r")) {
    const auto& format = recording.format;
    client_->format.bitsPerPixel = format.bits_per_pixel;
    client_->format.depth = format.depth;
    client_->format.bigEndian = format.is_big_endian;
    client_->format.redShift = format.red_shift;
    client_->format.greenShift = format.green_shift;
    client_->format.blueShift = format.blue_shift;
    client_->width = client_->si.framebufferWidth = recording.size.width;
    client_->height = client_->si.framebufferHeight = recording.size.height;
    client_->serverPort = -1;
    client_->vncRec = static_cast<rfbVNCRec*>(std::calloc(1, sizeof(rfbVNCRec)));
    client_->vncRec->file = file_;
    client_->vncRec->doNotSleep = TRUE;
    ORIEL_CHECK(client_->MallocFrameBuffer(client_));
    std::setvbuf(file_, nullptr, _IOFBF, 64 * 1024);
  }
  ~Player() {
    std::free(client_->frameBuffer);
    client_->frameBuffer = nullptr;
    rfbClientCleanup(client_);
    std::fclose(file_);
  }
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  void play(std::size_t messages) {
    for (std::size_t i = 0; i < messages; ++i) ORIEL_CHECK(HandleRFBServerMessage(client_));
  }

  // How many pixels differ.
  int differences(const image::Frame& frame) const {
    int count = 0;
    for (int i = 0; i < frame.size().area(); ++i) {
      std::uint32_t pixel;
      std::memcpy(&pixel, client_->frameBuffer + std::ptrdiff_t{4} * i, 4);
      count +=
          (pixel & image::kColourMask) != frame.at(i % frame.size().width, i / frame.size().width);
    }
    return count;
  }

 private:
  rfbClient* client_;
  std::FILE* file_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void compare(const std::string& path) {
  const auto recording = testing::read_vnc_recording(path);
  image::Frame frame(recording.size);
  const auto begins = decode(recording, frame);
  auto bytes = with_timestamps(recording, begins);
  std::vector<double> ours, theirs, ratios;
  int differences = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = CpuClock::now();
    decode(recording, frame);
    const auto middle = CpuClock::now();
    Player player(recording, bytes);
    const auto again = CpuClock::now();
    player.play(begins.size());
    const auto end = CpuClock::now();
    ours.push_back((middle - begin).count());
    theirs.push_back((end - again).count());
    ratios.push_back(theirs.back() / ours.back());
    if (round == 0) differences = player.differences(frame);
  }
  const double pixels = static_cast<double>(recording.size.area()) / 1e6;
  fmt::print("| {} | {:.0f} | {:.1f} | **{:.2f}x** | {:.0f} | {:.0f} | {} |\n",
             std::filesystem::path(path).stem().string(),
             static_cast<double>(recording.said.size()) / 1e3, median(ours) * 1e3, median(ratios),
             pixels / median(ours), pixels / median(theirs), differences);
}

}  // namespace
}  // namespace oriel::bench

int main(int count, char** arguments) {
  rfbEnableClientLogging = FALSE;
  fmt::print(
      "| stream | kB | ms | speed | MPixel/s | libvncclient, MPixel/s | pixels that differ |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  for (int i = 1; i < count; ++i) oriel::bench::compare(arguments[i]);
}
