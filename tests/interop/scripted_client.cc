#include "tests/interop/scripted_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/core/crypto/des_challenge.h"
#include "oriel/core/image/pixel_format.h"

namespace oriel::interop {
namespace {

using support::Picture;

constexpr std::uint8_t kNone = 1, kVncAuthentication = 2;

// A socket that either does what it is asked or throws.
class Line {
 public:
  explicit Line(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    expect(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0,
           "connecting");
  }
  ~Line() { close(fd_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Bytes read(std::size_t count, const char* what) {
    Bytes bytes(count);
    expect(recv(fd_, bytes.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count), what);
    return bytes;
  }
  std::uint32_t number(std::size_t bytes, const char* what) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : read(bytes, what)) value = value << 8 | byte;
    return value;
  }
  std::string text(std::size_t count, const char* what) {
    const Bytes bytes = read(count, what);
    return {bytes.begin(), bytes.end()};
  }
  void write(ByteSpan bytes) {
    expect(
        send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()),
        "writing");
  }
  void write(const std::string& text) { write(Bytes(text.begin(), text.end())); }

  static void expect(bool is_so, const char* what) {
    if (!is_so) throw std::runtime_error(fmt::format("the script fails at: {}", what));
  }

 private:
  int fd_;
};

void choose_security(Line& line, const Script& script) {
  const std::uint8_t wanted = script.password.empty() ? kNone : kVncAuthentication;
  if (script.minor_version == 3) {
    Line::expect(line.number(4, "the security type") == wanted, "the server's security type");
  } else {
    const Bytes offered = line.read(line.number(1, "the number of types"), "the security types");
    Line::expect(std::ranges::count(offered, wanted) == 1, "the offer of the security type");
    line.write(Bytes{wanted});
  }
  if (wanted == kVncAuthentication) {
    crypto::Challenge challenge;
    std::ranges::copy(line.read(challenge.size(), "the challenge"), challenge.begin());
    const auto response = crypto::des_challenge_response(challenge, script.password);
    line.write(Bytes(response.begin(), response.end()));
  }
  // For None only version 3.8 has a result (RFC 6143, 7.1.3 and appendix A).
  if (wanted == kVncAuthentication || script.minor_version == 8) {
    Line::expect(line.number(4, "the result") == 0, "the security result");
  }
}

Picture initialise(Line& line) {
  line.write(Bytes{1});  // shared
  Picture picture;
  picture.width = static_cast<int>(line.number(2, "the width"));
  picture.height = static_cast<int>(line.number(2, "the height"));
  const Bytes format = line.read(image::kPixelFormatSize, "the pixel format");
  ByteReader reader(format);
  Line::expect(image::parse_pixel_format(reader) == image::kBgrx, "the pixel format");
  line.read(line.number(4, "the length of the name"), "the name");
  picture.pixels.resize(static_cast<std::size_t>(picture.width) * picture.height);
  return picture;
}

void ask_for_all(Line& line, const Picture& picture) {
  Bytes message;
  ByteWriter writer(message);
  constexpr std::uint8_t kSetEncodings = 2, kFramebufferUpdateRequest = 3;
  writer.u8(kSetEncodings);
  writer.u8(0);
  writer.u16(1);
  writer.u32(0);  // Raw
  writer.u8(kFramebufferUpdateRequest);
  for (const int number : {0, 0, 0}) writer.u8(static_cast<std::uint8_t>(number));
  writer.u16(0);
  writer.u16(static_cast<std::uint16_t>(picture.width));
  writer.u16(static_cast<std::uint16_t>(picture.height));
  line.write(message);
}

void read_rectangle(Line& line, Picture& picture) {
  const auto x = line.number(2, "x"), y = line.number(2, "y");
  const auto width = line.number(2, "width"), height = line.number(2, "height");
  Line::expect(line.number(4, "the encoding") == 0, "an encoding other than Raw");
  Line::expect(x + width <= static_cast<std::uint32_t>(picture.width) &&
                   y + height <= static_cast<std::uint32_t>(picture.height),
               "a rectangle outside");
  const Bytes pixels = line.read(std::size_t{4} * width * height, "pixels");
  for (std::size_t i = 0; i < std::size_t{width} * height; ++i) {
    const std::uint8_t* at = pixels.data() + 4 * i;
    picture.pixels[(y + i / width) * picture.width + x + i % width] =
        std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 | at[0];
  }
}

}  // namespace

Picture take_picture_by_script(int port, const Script& script) {
  Line line(port);
  Line::expect(line.text(12, "the version") == "RFB 003.008\n", "the server's version");
  line.write(fmt::format("RFB 003.00{}\n", script.minor_version));
  choose_security(line, script);
  Picture picture = initialise(line);
  ask_for_all(line, picture);
  // One request is answered by one update (docs/decisions/0012).
  Line::expect(line.number(1, "the message's type") == 0, "a message that is no update");
  line.number(1, "padding");
  for (auto left = line.number(2, "the number of rectangles"); left > 0; --left) {
    read_rectangle(line, picture);
  }
  return picture;
}

}  // namespace oriel::interop
