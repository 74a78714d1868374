#include "oriel/testing/vnc_recording.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "oriel/base/byte_reader.h"
#include "oriel/core/codec/inflate_stream.h"
#include "oriel/core/image/pixel_convert.h"

namespace oriel::testing {

VncRecording read_vnc_recording(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  ByteReader reader(bytes);
  VncRecording recording;
  recording.format = image::parse_pixel_format(reader);
  const int width = reader.u16(), height = reader.u16();
  recording.size = {width, height};
  recording.encoding = reader.s32();
  const auto deflated = reader.take(reader.u32());
  const auto said = reader.take(reader.remaining());
  recording.said.assign(said.begin(), said.end());

  const image::PixelConverter converter(recording.format);
  const auto row_bytes = static_cast<std::size_t>(width) * recording.format.bytes_per_pixel();
  Bytes raw(row_bytes * height);
  codec::InflateStream inflate;
  inflate.feed(deflated);
  ORIEL_CHECK(inflate.read(raw).value() == raw.size());
  recording.screen = image::Frame(recording.size);
  for (int y = 0; y < height; ++y)
    converter.restore_row(raw.data() + row_bytes * y, recording.screen.mutable_view().row(y),
                          width);
  return recording;
}

std::vector<std::string> vnc_recordings() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(ORIEL_SOURCE_DIR "/tests/recordings"))
    if (entry.path().extension() == ".vnc") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

}  // namespace oriel::testing
