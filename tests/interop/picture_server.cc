#include "tests/interop/picture_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "oriel/base/byte_reader.h"
#include "oriel/base/byte_writer.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/testing/encoded_body.h"

namespace oriel::interop {
namespace {

using image::Frame;
using image::PixelFormat;
using image::Rect;
using image::Size;

struct ClientIsGone {};

// Blocking; throws ClientIsGone.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  ~Peer() { close(fd_); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  Bytes read(std::size_t count) {
    Bytes bytes(count);
    if (recv(fd_, bytes.data(), count, MSG_WAITALL) != static_cast<ssize_t>(count)) {
      throw ClientIsGone();
    }
    return bytes;
  }
  void write(ByteSpan bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw ClientIsGone();
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

 private:
  int fd_;
};

void shake_hands(Peer& peer, Size size) {
  const std::string version = "RFB 003.008\n";
  peer.write(Bytes(version.begin(), version.end()));
  peer.read(version.size());
  peer.write(Bytes{1, 1});  // one security type: None
  peer.read(1);
  peer.write(Bytes{0, 0, 0, 0});  // the result
  peer.read(1);                   // shared
  Bytes init;
  ByteWriter writer(init);
  writer.u16(static_cast<std::uint16_t>(size.width));
  writer.u16(static_cast<std::uint16_t>(size.height));
  image::write_pixel_format(image::kBgrx, writer);
  writer.u32(0);  // no name
  peer.write(init);
}

// Handles messages up to the next request.
void wait_for_request(Peer& peer, PixelFormat& format) {
  constexpr std::uint8_t kSetPixelFormat = 0, kSetEncodings = 2, kFramebufferUpdateRequest = 3;
  while (true) {
    const std::uint8_t type = peer.read(1)[0];
    if (type == kSetPixelFormat) {
      peer.read(3);
      const Bytes bytes = peer.read(image::kPixelFormatSize);
      ByteReader reader(bytes);
      format = image::parse_pixel_format(reader);
    } else if (type == kSetEncodings) {
      const Bytes head = peer.read(3);
      peer.read(std::size_t{4} * (head[1] << 8 | head[2]));
    } else if (type == kFramebufferUpdateRequest) {
      peer.read(9);
      return;
    } else {
      throw ClientIsGone();
    }
  }
}

// The picture in pieces that are as large as the encoding allows.
std::vector<Rect> pieces_of(Size size, Size max) {
  std::vector<Rect> pieces;
  for (int y = 0; y < size.height; y += max.height) {
    for (int x = 0; x < size.width; x += max.width) {
      pieces.push_back(
          {x, y, std::min(max.width, size.width - x), std::min(max.height, size.height - y)});
    }
  }
  return pieces;
}

void show(Peer& peer, const codec::Encoding& encoding, const std::vector<Frame>& pictures) {
  PixelFormat format = image::kBgrx;
  const auto encoder = encoding.make_encoder();
  testing::EncodedBody body(encoding.framing);
  const auto pieces = pieces_of(pictures.front().size(), encoding.max_size);
  for (const Frame& picture : pictures) {
    wait_for_request(peer, format);
    Bytes update;
    ByteWriter writer(update);
    writer.u16(0);  // FramebufferUpdate, padding
    writer.u16(static_cast<std::uint16_t>(pieces.size()));
    for (const Rect& piece : pieces) {
      for (const int number : {piece.x, piece.y, piece.width, piece.height}) {
        writer.u16(static_cast<std::uint16_t>(number));
      }
      writer.u32(static_cast<std::uint32_t>(encoding.id));
      Bytes payload;
      encoder->encode(picture.view().crop(piece), format, payload);
      writer.bytes(body.wrap(payload));
    }
    peer.write(update);
  }
  wait_for_request(peer, format);  // until the client goes
  peer.read(1);
}

}  // namespace

PictureServer::PictureServer(const codec::Encoding& encoding, const std::vector<Frame>& pictures)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener_, generic, size) != 0 || listen(listener_, 1) != 0 ||
      getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this, &encoding, &pictures] {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    try {
      Peer peer(fd);
      shake_hands(peer, pictures.front().size());
      show(peer, encoding, pictures);
    } catch (const ClientIsGone&) {  // what it made of the pictures is the test's business
    }
  });
}

PictureServer::~PictureServer() {
  shutdown(listener_, SHUT_RDWR);  // also when no client came
  thread_.join();
  close(listener_);
}

}  // namespace oriel::interop
