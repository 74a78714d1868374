#include "tests/support/scripted_websocket_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace oriel::support {
namespace {

// The first bytes of frames that are whole messages.
constexpr char kTextFrame = '\x81', kCloseFrame = '\x88';

// RFC 6455, 4.2.2: what proves that the server has read the key.
std::string accept_value(const std::string& key) {
  const auto text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 64> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
  return reinterpret_cast<const char*>(base64.data());
}

std::string field_of(const std::string& request, const std::string& name) {
  const auto at = request.find("\r\n" + name + ": ");
  if (at == request.npos) return {};
  const auto start = at + name.size() + 4;
  return request.substr(start, request.find("\r\n", start) - start);
}

// RFC 6455, 5.2: one whole text message, unmasked as servers send it.
std::string text_frame(const std::string& text) {
  std::string frame{kTextFrame};
  if (text.size() < 126) {
    frame += static_cast<char>(text.size());
  } else if (text.size() < 65536) {
    frame += '\x7e';
    frame += static_cast<char>(text.size() >> 8);
    frame += static_cast<char>(text.size() & 0xff);
  } else {
    throw std::runtime_error("a scripted message is too long");
  }
  return frame + text;
}

// Takes one frame, masked as clients send it, from the front; the text of a whole text message,
// else empty. Takes all when the frame is not whole.
std::string take_frame(std::string_view& rest) {
  const auto frame = std::exchange(rest, {});
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(frame[i]); };
  if (frame.size() < 8) return {};
  std::size_t size = byte(1) & 0x7f, at = 2;
  if (size == 126) {
    size = static_cast<std::size_t>(byte(2) << 8 | byte(3));
    at = 4;
  }
  if (frame.size() < at + 4 + size) return {};
  const auto mask = frame.substr(at, 4);
  std::string text(frame.substr(at + 4, size));
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(text[i] ^ mask[i % 4]);
  rest = frame.substr(at + 4 + size);
  return frame[0] == kTextFrame ? text : std::string();
}

void send_all(int fd, const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto count = ::send(fd, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

std::string read_head(int fd) {
  std::string head;
  for (char c = 0; !head.ends_with("\r\n\r\n") && ::recv(fd, &c, 1, 0) == 1;) head += c;
  return head;
}

}  // namespace

ScriptedWebSocketServer::ScriptedWebSocketServer(std::function<WebSocketScript(int)> script)
    : script_(std::move(script)),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  sockaddr_in address{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

ScriptedWebSocketServer::~ScriptedWebSocketServer() {
  ::eventfd_write(wake_, 1);
  thread_.join();
  for (const int fd : open_) ::close(fd);
  ::close(listener_);
  ::close(wake_);
}

std::vector<std::string> ScriptedWebSocketServer::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

std::vector<std::string> ScriptedWebSocketServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void ScriptedWebSocketServer::serve() {
  while (true) {
    std::vector<pollfd> waits{{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const int fd : open_) waits.push_back({fd, POLLIN, 0});
    ::poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) return;
    for (std::size_t i = 2; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      if (hear(waits[i].fd)) continue;
      ::close(waits[i].fd);
      std::erase(open_, waits[i].fd);
    }
    if (waits[1].revents != 0) answer(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
  }
}

// False at the end of the connection.
bool ScriptedWebSocketServer::hear(int connection) {
  char bytes[4096];
  const auto count = ::recv(connection, bytes, sizeof bytes, 0);
  if (count <= 0 || bytes[0] == kCloseFrame) return false;
  const std::lock_guard lock(mutex_);
  for (std::string_view rest(bytes, static_cast<std::size_t>(count)); !rest.empty();)
    if (auto text = take_frame(rest); !text.empty()) messages_.push_back(std::move(text));
  return true;
}

void ScriptedWebSocketServer::answer(int connection) {
  const timeval patience{5, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const auto head = read_head(connection);
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = static_cast<int>(requests_.size());
    requests_.push_back(head);
  }
  const auto script = script_(number);
  if (script.status != 101) {
    send_all(connection, fmt::format("HTTP/1.1 {} No\r\nContent-Length: 0\r\n\r\n", script.status));
  } else {
    send_all(connection, fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                     "Connection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                                     accept_value(field_of(head, "Sec-WebSocket-Key"))));
    for (const auto& message : script.messages) send_all(connection, text_frame(message));
  }
  if (script.status == 101 && !script.hangs_up) {
    open_.push_back(connection);
    return;
  }
  // Closing with unread bytes would take back what was sent.
  ::shutdown(connection, SHUT_WR);
  for (char rest[4096]; ::recv(connection, rest, sizeof rest, 0) > 0;) {
  }
  ::close(connection);
}

}  // namespace oriel::support
