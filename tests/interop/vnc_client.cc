#include "tests/interop/vnc_client.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <rfb/keysym.h>
#include <sys/socket.h>

#include <cctype>
#include <cstdlib>
#include <cstring>

#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

// Their addresses name our data among the client's.
char kPasswordTag;
char kSelfTag;

char* give_password(rfbClient* client) {
  return strdup(static_cast<const char*>(rfbClientGetClientData(client, &kPasswordTag)));
}

rfbClient* make_client(PixelBits bits) {
  switch (bits) {
    case PixelBits::k16:
      return rfbGetClient(5, 3, 2);
    case PixelBits::k8:
      return rfbGetClient(2, 3, 1);
    case PixelBits::k32:
      break;
  }
  return rfbGetClient(8, 3, 4);
}

// A colour of 0..max as one of 0..255.
std::uint32_t widened(std::uint32_t value, std::uint32_t max) {
  return (value * 255 + max / 2) / max;
}

bool needs_shift(char letter) {
  return std::isupper(static_cast<unsigned char>(letter)) ||
         std::strchr("~!@#$%^&*()_+{}|:\"<>?", letter) != nullptr;
}

}  // namespace

std::unique_ptr<VncClient> VncClient::connect(int port, const ClientOptions& options) {
  std::unique_ptr<VncClient> result(new VncClient);
  rfbClient* client = make_client(options.bits);
  if (options.order == PixelOrder::kBlueLowest) {
    client->format.redShift = 16;
    client->format.blueShift = 0;
  }
  client->appData.encodingsString = options.encodings.c_str();
  client->appData.enableJPEG = FALSE;
  client->appData.useRemoteCursor = TRUE;  // else a server may paint the pointer into the picture
  client->canHandleNewFBSize = TRUE;
  client->serverPort = port;
  std::free(client->serverHost);
  client->serverHost = strdup("127.0.0.1");
  const std::uint32_t schemes[] = {options.security};
  SetClientAuthSchemes(client, schemes, 1);
  result->password_ = options.password;
  rfbClientSetClientData(client, &kPasswordTag, result->password_.data());
  client->GetPassword = give_password;
  result->watch_cursor(client);
  if (!rfbInitClient(client, nullptr, nullptr)) return nullptr;  // it has freed the client
  // libvncclient leaves in it what the memory held: the picture of the client before, as often as
  // not.
  std::memset(
      client->frameBuffer, 0,
      static_cast<std::size_t>(client->width) * client->height * (client->format.bitsPerPixel / 8));
  // Used in the handshake only; the option's text need not live longer.
  client->appData.encodingsString = "raw";
  result->client_ = client;
  return result;
}

VncClient::~VncClient() {
  if (!client_) return;
  std::free(client_->frameBuffer);
  client_->frameBuffer = nullptr;
  std::free(client_->rcSource);  // the cursor, which rfbClientCleanup forgets
  client_->rcSource = nullptr;
  std::free(client_->rcMask);
  client_->rcMask = nullptr;
  rfbClientCleanup(client_);
}

bool VncClient::wait_for(const std::function<bool()>& ask) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!ask()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    const int ready = WaitForMessage(client_, 50'000);
    if (ready < 0) return false;
    if (ready > 0 && !HandleRFBServerMessage(client_)) return false;
  }
  return true;
}

VncClient& VncClient::of(rfbClient* client) {
  return *static_cast<VncClient*>(rfbClientGetClientData(client, &kSelfTag));
}

void VncClient::watch_cursor(rfbClient* client) {
  rfbClientSetClientData(client, &kSelfTag, this);
  client->GotCursorShape = [](rfbClient* self, int hot_x, int hot_y, int width, int height,
                              int bytes) {
    ShownCursor shown{hot_x, hot_y, {width, height, {}}};
    for (std::ptrdiff_t i = 0; i < std::ptrdiff_t{width} * height; ++i)
      shown.picture.pixels.push_back(
          self->rcMask[i] == 0 ? 0 : 0xff000000 | of(self).colour_of(self->rcSource + i * bytes));
    of(self).cursor_ = std::move(shown);
  };
  client->HandleCursorPos = [](rfbClient* self, int x, int y) -> rfbBool {
    of(self).positions_.emplace_back(x, y);
    return TRUE;
  };
}

std::uint32_t VncClient::colour_of(const std::uint8_t* bytes) const {
  const rfbPixelFormat& format = client_->format;
  std::uint32_t pixel = 0;
  std::memcpy(&pixel, bytes, format.bitsPerPixel / 8);
  const auto red = widened(pixel >> format.redShift & format.redMax, format.redMax);
  const auto green = widened(pixel >> format.greenShift & format.greenMax, format.greenMax);
  const auto blue = widened(pixel >> format.blueShift & format.blueMax, format.blueMax);
  return red << 16 | green << 8 | blue;
}

Picture VncClient::picture() const {
  Picture picture{client_->width, client_->height, {}};
  const std::size_t count = static_cast<std::size_t>(client_->width) * client_->height;
  picture.pixels.reserve(count);
  const std::size_t bytes = client_->format.bitsPerPixel / 8;
  for (std::size_t i = 0; i < count; ++i)
    picture.pixels.push_back(colour_of(client_->frameBuffer + i * bytes));
  return picture;
}

Picture VncClient::as_seen(Picture picture) const {
  const rfbPixelFormat& format = client_->format;
  return rounded(std::move(picture), format.redMax, format.greenMax, format.blueMax);
}

std::uint64_t VncClient::bytes_received() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  getsockopt(client_->sock, IPPROTO_TCP, TCP_INFO, &info, &size);
  return info.tcpi_bytes_received;
}

void VncClient::type(const std::string& text) {
  for (const char letter : text) {
    const std::uint32_t keysym = letter == '\n' ? XK_Return : static_cast<unsigned char>(letter);
    const bool shift = needs_shift(letter);
    if (shift) SendKeyEvent(client_, XK_Shift_L, TRUE);
    SendKeyEvent(client_, keysym, TRUE);
    SendKeyEvent(client_, keysym, FALSE);
    if (shift) SendKeyEvent(client_, XK_Shift_L, FALSE);
  }
}

}  // namespace oriel::interop
