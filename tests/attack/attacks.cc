#include "tests/attack/attacks.h"

#include <fmt/format.h>

#include <chrono>
#include <deque>
#include <random>
#include <thread>

#include "oriel/core/image/rect.h"
#include "oriel/core/rfb/client_message.h"
#include "tests/attack/raw_peer.h"

namespace oriel::attack {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSocketsAtOnce = 150;
constexpr std::string_view kVersion = "RFB 003.008\n";

Bytes random_bytes(std::mt19937& random, std::size_t count) {
  Bytes bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

Bytes bytes_of(std::span<const rfb::ClientMessage> messages) {
  Bytes bytes;
  ByteWriter writer(bytes);
  for (const auto& message : messages) rfb::write_client_message(message, writer);
  return bytes;
}

// A thousand new connections a second; each of them is fed a byte of `slow_text` now and then.
// Gives their number.
std::uint64_t many_connections(int port, std::string_view slow_text, bool closes_half,
                               const std::stop_token& stop) {
  std::deque<std::pair<RawPeer, std::size_t>> peers;  // and how much each of them has said
  std::uint64_t turn = 0;
  for (; !stop.stop_requested(); ++turn) {
    peers.emplace_back(RawPeer(port), 0);
    if (closes_half && turn % 2 == 0) peers.back().first.close_half();
    auto& [peer, said] = peers[turn * 7919 % peers.size()];
    if (said < slow_text.size()) peer.say(slow_text.substr(said++, 1));
    if (peers.size() > kSocketsAtOnce) peers.pop_front();
    std::this_thread::sleep_for(1ms);
  }
  return turn;
}

std::uint64_t slow_handshakes(const Target& target, const std::stop_token& stop) {
  return many_connections(target.vnc_port, kVersion, false, stop);
}

std::uint64_t half_open_sockets(const Target& target, const std::stop_token& stop) {
  return many_connections(target.vnc_port, "", true, stop);
}

// Noise from the first byte, after the version, and after an honest handshake.
std::uint64_t garbage(const Target& target, const std::stop_token& stop) {
  std::mt19937 random(1);
  std::uint64_t turn = 0;
  for (; !stop.stop_requested(); ++turn) {
    RawPeer peer(target.vnc_port);
    if (turn % 3 == 1) peer.say(kVersion);
    if (turn % 3 == 2 && !peer.join(target.password)) return 0;
    for (int i = 0; i < 20 && peer.say(random_bytes(random, 1 + random() % 4000)); ++i)
      if (!peer.drain()) break;
  }
  return turn;
}

std::uint64_t wrong_security_type(const Target& target, const std::stop_token& stop) {
  std::uint64_t refused = 0;
  for (std::uint8_t type = 17; !stop.stop_requested(); type = type == 255 ? 17 : type + 1) {
    RawPeer peer(target.vnc_port);
    peer.say(kVersion);
    peer.hear(15);  // version, number of types, VNC authentication, Tight
    peer.say(ByteSpan(&type, 1));
    peer.say("\1\1\1\1");
    const auto result = peer.hear(4);  // 0: it would have been let in (RFC 6143, 7.1.3)
    if (result.size() == 4 && result[3] == 1) ++refused;
  }
  return refused;
}

// From another address than the honest viewer: its own is about to be locked out.
std::uint64_t brute_force(const Target& target, const std::stop_token& stop) {
  std::uint64_t refused = 0;
  for (int guess = 0; !stop.stop_requested(); ++guess) {
    RawPeer peer(target.vnc_port, 2);
    if (!peer.join(fmt::format("guess{}", guess))) ++refused;
    std::this_thread::sleep_for(500us);
  }
  return refused;
}

// A joined viewer that says `messages` over and over and reads all that comes. Gives the bytes that
// the server took.
std::uint64_t flood(const Target& target, std::span<const rfb::ClientMessage> messages,
                    const std::stop_token& stop) {
  Bytes bytes;
  while (bytes.size() < 8000) {
    const auto once = bytes_of(messages);
    bytes.insert(bytes.end(), once.begin(), once.end());
  }
  std::uint64_t said = 0;
  while (!stop.stop_requested()) {
    RawPeer peer(target.vnc_port);
    if (!peer.join(target.password)) break;
    for (std::uint64_t at = 0; !stop.stop_requested() && peer.drain();) {
      const auto count = peer.say_some(ByteSpan(bytes).subspan(at % bytes.size()));
      at += count;
      said += count;
    }
  }
  return said;
}

image::Rect whole(const Target& target) { return {0, 0, target.width, target.height}; }

std::uint64_t full_requests(const Target& target, const std::stop_token& stop) {
  return flood(target, {{rfb::UpdateRequest{false, whole(target)}}}, stop);
}

std::uint64_t small_requests(const Target& target, const std::stop_token& stop) {
  std::mt19937 random(2);
  std::vector<rfb::ClientMessage> messages;
  for (int i = 0; i < 1000; ++i) {
    const int x = static_cast<int>(random() % 1000), y = static_cast<int>(random() % 700);
    messages.emplace_back(rfb::UpdateRequest{i % 2 == 0, {x, y, 1 + x % 7, 1 + y % 5}});
  }
  return flood(target, messages, stop);
}

// Away from what the honest viewer looks at.
std::uint64_t pointer_moves(const Target& target, const std::stop_token& stop) {
  std::vector<rfb::ClientMessage> messages{rfb::UpdateRequest{true, whole(target)}};
  for (int i = 0; i < 500; ++i)
    messages.emplace_back(rfb::PointerEvent{static_cast<std::uint16_t>(i / 20 % 2 * 2),
                                            {200 + i % 300, 200 + i % 200}});
  return flood(target, messages, stop);
}

std::uint64_t keys(const Target& target, const std::stop_token& stop) {
  return flood(target,
               {{rfb::KeyEvent{true, 'x'}, rfb::KeyEvent{false, 'x'},
                 rfb::UpdateRequest{true, whole(target)}}},
               stop);
}

std::uint64_t formats_and_encodings(const Target& target, const std::stop_token& stop) {
  std::vector<rfb::ClientMessage> messages;
  for (const int bits : {8, 16, 32}) {
    auto format = image::kBgrx;
    format.bits_per_pixel = static_cast<std::uint8_t>(bits);
    format.depth = static_cast<std::uint8_t>(bits == 32 ? 24 : bits);
    format.red_max = format.green_max = format.blue_max = bits == 32 ? 255 : bits == 16 ? 31 : 3;
    format.red_shift = bits == 32 ? 16 : bits == 16 ? 10 : 4;
    format.green_shift = bits == 32 ? 8 : bits == 16 ? 5 : 2;
    for (const std::int32_t encoding : {16, 5, 6, 15, 2, 0}) {
      messages.emplace_back(rfb::SetPixelFormat{format});
      messages.emplace_back(rfb::SetEncodings{{encoding, -308, -312, -313}});
      messages.emplace_back(rfb::UpdateRequest{false, whole(target)});
    }
  }
  return flood(target, messages, stop);
}

// Each asks for everything it can, and never reads.
std::uint64_t viewers_that_never_read(const Target& target, const std::stop_token& stop) {
  const auto bytes = bytes_of(
      {{rfb::SetEncodings{{0, -312, -313}}, rfb::UpdateRequest{false, whole(target)},
        rfb::Fence{0x80000000u, Bytes(64, 1)}, rfb::EnableContinuousUpdates{true, whole(target)}}});
  std::deque<RawPeer> peers;
  while (!stop.stop_requested()) {
    if (peers.size() < 12) {
      RawPeer peer(target.vnc_port);
      if (peer.join(target.password)) peers.push_back(std::move(peer));
    } else {
      std::this_thread::sleep_for(1ms);
    }
    for (auto& peer : peers) peer.say_some(bytes);
  }
  return peers.size();
}

std::uint64_t clipboards(const Target& target, const std::stop_token& stop) {
  auto bytes = bytes_of({{rfb::CutTextHead{1'000'000}}});
  bytes.resize(bytes.size() + 1'000'000, 'c');
  std::uint64_t said = 0;
  while (!stop.stop_requested()) {
    RawPeer peer(target.vnc_port);
    if (!peer.join(target.password)) break;
    for (std::uint64_t at = 0; !stop.stop_requested() && peer.drain();) {
      const auto count = peer.say_some(ByteSpan(bytes).subspan(at % bytes.size()));
      at += count;
      said += count;
    }
  }
  return said;
}

// A session that ends at every byte that the client says, with goodbye and without.
std::uint64_t ends_at_every_byte_said(const Target& target, const std::stop_token& stop) {
  const auto session =
      bytes_of({{rfb::SetPixelFormat{image::kBgrx}, rfb::SetEncodings{{16, 5, 0, -308, -312, -313}},
                 rfb::UpdateRequest{false, whole(target)}, rfb::PointerEvent{1, {300, 300}},
                 rfb::KeyEvent{true, 'x'}, rfb::Fence{0x80000000u, Bytes(9, 1)},
                 rfb::UpdateRequest{true, whole(target)}}});
  std::uint64_t turn = 0;
  for (; !stop.stop_requested(); ++turn) {
    RawPeer peer(target.vnc_port);
    if (turn % 2 != 0) peer.reset_at_the_end();
    const auto cut = turn / 2 % (session.size() + kVersion.size() + 1);
    if (cut <= kVersion.size()) {
      peer.say(kVersion.substr(0, cut));
    } else if (peer.join(target.password)) {
      peer.say(ByteSpan(session).first(cut - kVersion.size()));
      peer.hear(cut == kVersion.size() + session.size() ? 50 : 0);
    }
  }
  return turn;
}

// The same for what the server says: the client goes when it has read so much.
std::uint64_t ends_at_every_byte_heard(const Target& target, const std::stop_token& stop) {
  const auto asked = bytes_of(
      {{rfb::SetEncodings{{16, -308, -312, -313}}, rfb::UpdateRequest{false, whole(target)}}});
  std::uint64_t turn = 0;
  for (; !stop.stop_requested(); ++turn) {
    RawPeer peer(target.vnc_port);
    if (turn % 2 != 0) peer.reset_at_the_end();
    if (turn / 2 % 4 == 0) {
      peer.say(kVersion);
      peer.say("\2");
      peer.hear(turn / 8 % 31, 10);  // as far as the challenge
    } else if (peer.join(target.password)) {
      peer.say(asked);
      peer.hear(turn / 2 % 1500, 10);
    }
  }
  return turn;
}

std::uint64_t http_one_byte_at_a_time(const Target& target, const std::stop_token& stop) {
  return many_connections(
      target.http_port, "GET / HTTP/1.1\r\nHost: localhost\r\nX: yyyyyyyyyyyyyyyyyyy", false, stop);
}

std::uint64_t http_headers_without_end(const Target& target, const std::stop_token& stop) {
  std::uint64_t headers = 0;
  while (!stop.stop_requested()) {
    RawPeer peer(target.http_port);
    peer.say("GET / HTTP/1.1\r\nHost: localhost\r\n");
    while (peer.say(fmt::format("X-{}: y\r\n", headers)) && !stop.stop_requested()) ++headers;
  }
  return headers;
}

std::uint64_t http_bodies_and_garbage(const Target& target, const std::stop_token& stop) {
  std::mt19937 random(3);
  std::uint64_t turn = 0;
  for (; !stop.stop_requested(); ++turn) {
    RawPeer peer(target.http_port);
    if (turn % 2 == 0)
      peer.say("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n");
    for (int i = 0; i < 20 && peer.say(random_bytes(random, 2000)); ++i)
      if (!peer.drain()) break;
  }
  return turn;
}

std::uint64_t websocket_garbage(const Target& target, const std::stop_token& stop) {
  std::mt19937 random(4);
  std::uint64_t upgraded = 0;
  for (int turn = 0; !stop.stop_requested(); ++turn) {
    RawPeer peer(target.http_port);
    peer.say(
        "GET /websockify HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        "AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
    if (turn % 2 == 0 && as_text(peer.hear(60)).starts_with("HTTP/1.1 101")) ++upgraded;
    if (turn % 4 == 1) peer.say(ByteSpan(Bytes{0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff}));
    for (int i = 0; i < 20 && peer.say(random_bytes(random, 500)); ++i)
      if (!peer.drain()) break;
  }
  return upgraded;
}

// Logs in from another address than the honest viewer's, whose rate it would use up otherwise; the
// field of the cookie, or "" when it is refused.
std::string log_in(const Target& target, int from) {
  RawPeer peer(target.http_port, from);
  const auto body = fmt::format(R"({{"password": "{}"}})", target.password);
  peer.say(
      fmt::format("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                  "application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
                  body.size(), body));
  const auto answer = peer.hear(4096, 500);
  const auto text = as_text(answer);
  const auto begin = text.find("oriel_session_80=");
  if (begin == text.npos) return "";
  return fmt::format("Cookie: {}\r\n", text.substr(begin, text.find(';', begin) - begin));
}

std::string request_for(const std::string& path, const std::string& cookie) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", path, cookie);
}

// As many readers of all kinds of events as there may be, and none of them reads.
std::uint64_t event_readers_that_never_read(const Target& target, const std::stop_token& stop) {
  const auto cookie = log_in(target, 3);
  const auto request =
      request_for("/api/v1/events?types=damage,viewers,log,viewer_joined,viewer_left", cookie);
  std::deque<RawPeer> readers;
  std::uint64_t begun = 0;
  while (!cookie.empty() && !stop.stop_requested()) {
    if (readers.size() >= 110) {
      std::this_thread::sleep_for(5ms);
      // One goes and another comes now and then.
      readers.pop_front();
    }
    readers.emplace_back(target.http_port, 3).say(request);
    if (as_text(readers.back().hear(12, 100)) == "HTTP/1.1 200") ++begun;
  }
  return begun;
}

// Each of another place and size, so that none has been made before; sixteen at a time, and every
// other of them is not waited for.
std::uint64_t screenshots(const Target& target, const std::stop_token& stop) {
  const auto cookie = log_in(target, 4);
  std::uint64_t asked = 0;
  while (!cookie.empty() && !stop.stop_requested()) {
    std::vector<RawPeer> peers;
    for (int i = 0; i < 16; ++i, ++asked) {
      const auto inset = static_cast<int>(asked % 200);
      const auto path =
          fmt::format("/api/v1/screenshot.{}?region={},{},{},{}", asked % 2 == 0 ? "png" : "jpg",
                      inset, inset / 2, target.width - inset, target.height - inset);
      peers.emplace_back(target.http_port, 4).say(request_for(path, cookie));
    }
    for (std::size_t i = 0; i < peers.size(); i += 2) peers[i].hear(12, 200);
  }
  return asked;
}

constexpr Attack kAttacks[] = {
    {"slow handshakes", slow_handshakes, 100},
    {"half-open sockets", half_open_sockets, 100},
    {"garbage", garbage, 10},
    {"a security type that was not offered", wrong_security_type, 10},
    {"brute force", brute_force, 10},
    {"a flood of full requests", full_requests, 1000},
    {"a flood of small requests", small_requests, 10'000},
    {"a flood of pointer moves", pointer_moves, 10'000},
    {"a flood of keys", keys, 10'000},
    {"a flood of formats and encodings", formats_and_encodings, 1000},
    {"viewers that never read", viewers_that_never_read, 12},
    {"a flood of clipboards", clipboards, 1'000'000},
    {"sessions that end at every byte said", ends_at_every_byte_said, 20},
    {"sessions that end at every byte heard", ends_at_every_byte_heard, 20},
    {"HTTP requests byte by byte", http_one_byte_at_a_time, 100},
    {"HTTP headers without end", http_headers_without_end, 1000},
    {"HTTP bodies and garbage", http_bodies_and_garbage, 10},
    {"WebSocket garbage", websocket_garbage, 5},
    {"readers of events that never read", event_readers_that_never_read, 10},
    {"a flood of screenshots", screenshots, 16},
};

}  // namespace

std::span<const Attack> attack_table() { return kAttacks; }

}  // namespace oriel::attack
