#include "oriel/testing/conduit/session_pair.h"

#include <zlib.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"

namespace oriel::testing {

using namespace conduit;

Bytes take_output(Session& session) {
  Bytes all;
  ByteSpan piece[1];
  while (session.output().gather(piece) > 0) {
    all.insert(all.end(), piece[0].begin(), piece[0].end());
    session.output().consume(piece[0].size());
  }
  return all;
}

Status Fed::feed(ByteSpan bytes, TimePoint now) {
  pending.insert(pending.end(), bytes.begin(), bytes.end());
  return show(now);
}

Status Fed::show(TimePoint now) {
  while (!(session.rests_until() > now) && pending.size() >= wanted) {
    // A block of its own, so that ASan sees reads past the end.
    const Bytes shown(pending.begin(), pending.end());
    ORIEL_TRY(const auto need, session.receive(shown, now));
    ORIEL_CHECK(need.consumed <= pending.size() && need.wanted >= 1);
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(need.consumed));
    wanted = need.wanted;
    ORIEL_CHECK(need.ends_turn || session.rests_until() > now || wanted > pending.size());
  }
  return {};
}

void PrintTo(const ReadFrame& frame, std::ostream* out) {
  *out << frame_type_name(frame.type) << " " << frame.correlation << " "
       << conduit::describe(frame.payload);
  if (const auto* map = frame.payload.if_map())
    for (const auto& [key, value] : *map) {
      *out << " " << key << "=";
      if (const auto* text = value.if_text()) {
        *out << *text;
      } else {
        *out << conduit::describe(value);
      }
    }
}

std::vector<ReadFrame> read_frames(ByteSpan bytes) {
  std::vector<ReadFrame> frames;
  while (!bytes.empty()) {
    ORIEL_CHECK(bytes.size() >= kHeaderBytes);
    const auto header = parse_frame_header(bytes, kWirePayloadBytesMax);
    ORIEL_CHECK(header && bytes.size() >= kHeaderBytes + header->payload_bytes);
    auto payload = read_payload(*header, bytes.subspan(kHeaderBytes, header->payload_bytes),
                                kWirePayloadBytesMax);
    ORIEL_CHECK(payload);
    frames.push_back({header->type, std::move(*payload), header->correlation});
    bytes = bytes.subspan(kHeaderBytes + header->payload_bytes);
  }
  return frames;
}

std::vector<FrameType> types_of(const std::vector<ReadFrame>& frames) {
  std::vector<FrameType> types;
  for (const auto& frame : frames) types.push_back(frame.type);
  return types;
}

std::vector<ReadFrame> said(Session& session) { return read_frames(take_output(session)); }

std::vector<SessionEvent> take_events(PeerSession& session) {
  std::vector<SessionEvent> events;
  while (auto event = session.take_event()) events.push_back(std::move(*event));
  return events;
}

Bytes frame(FrameType type, const Value& payload, std::uint64_t correlation) {
  return make_frame(type, payload, {.correlation = correlation});
}

Bytes message(std::string_view type, const Value& data) {
  return frame(FrameType::kMessage, Map{{"type", type}, {"data", data}});
}

Bytes call(std::uint64_t correlation, std::string_view method, const Value& params) {
  return frame(FrameType::kRpcRequest, Map{{"method", method}, {"params", params}}, correlation);
}

Bytes reply(std::uint64_t correlation, const Value& data) {
  return frame(FrameType::kRpcResponse,
               Map{{"success", true}, {"result", Map{{"success", true}, {"data", data}}}},
               correlation);
}

SharedBytes share(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

Bytes raw_frame(const FrameHeader& header, ByteSpan payload) {
  Bytes bytes;
  write_frame_header(header, bytes);
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

Bytes bomb(std::size_t bytes) {
  const auto packed = pack(Map{{"type", "bomb"}, {"data", std::string(bytes, 'x')}});
  auto deflated_bytes = compressBound(packed.size());
  Bytes deflated(deflated_bytes);
  ORIEL_CHECK(compress(deflated.data(), &deflated_bytes, packed.data(), packed.size()) == Z_OK);
  deflated.resize(deflated_bytes);
  return raw_frame({.type = FrameType::kMessage,
                    .flags = kFlagCompressed,
                    .payload_bytes = static_cast<std::uint32_t>(deflated_bytes)},
                   deflated);
}

const LoginBook& login_book() {
  static const LoginBook::Password passwords[] = {{"ann", "secret"}, {"ben", "geheim"}};
  static const LoginBook book(passwords, Bytes{1, 2, 3, 4, 5, 6, 7, 8}, 4096);
  return book;
}

ServerSessionConfig server_config(SessionLimits limits) {
  return {.program = {.name = "server", .version = "1.2", .is_oriel = true},
          .limits = limits,
          .takes_bare_hash = true,
          .session_token = "token",
          .nonce = "server-nonce-0123456789"};
}

ClientSessionConfig client_config(LoginMethod method, std::string password, SessionLimits limits) {
  return {.program = {.name = "client", .version = "3.4", .is_oriel = true},
          .limits = limits,
          .method = method,
          .password = std::move(password),
          .nonce = "client-nonce-0123456789"};
}

SessionPair::SessionPair(ServerSessionConfig server_config, ClientSessionConfig client_config,
                         std::size_t step)
    : step_bytes(step),
      server(std::move(server_config), login_book(), {kConduitStart, 1'700'000'000'000}),
      client(std::move(client_config), {kConduitStart, 1'700'000'000'000}) {}

namespace {

bool pass(Session& from, Fed& to, std::optional<Error>& error, std::size_t step, TimePoint now) {
  const auto bytes = take_output(from);
  for (std::size_t at = 0; at < bytes.size() && !error; at += step)
    if (auto status = to.feed(ByteSpan(bytes).subspan(at, std::min(step, bytes.size() - at)), now);
        !status)
      error = std::move(status.error());
  return !bytes.empty();
}

}  // namespace

bool SessionPair::pass_to_server() {
  return pass(client, to_server, server_error, step_bytes, now);
}

bool SessionPair::pass_to_client() {
  return pass(server, to_client, client_error, step_bytes, now);
}

void SessionPair::run() {
  for (bool is_moving = true; is_moving;) {
    is_moving = pass_to_server();
    is_moving = pass_to_client() || is_moving;
  }
}

OpenServer::OpenServer(SessionLimits limits, bool is_oriel)
    : session(server_config(limits), login_book(), {kConduitStart, 1'700'000'000'000}) {
  const ProgramFacts program{.name = "peer", .version = "5", .is_oriel = is_oriel};
  const auto status =
      feed(frame(FrameType::kAuthRequest, Map{{"password_hash", password_hash("secret")},
                                              {"client_info", write_program_facts(program)}}));
  ORIEL_CHECK(status && session.is_open());
  take_output(session);
  take_events(session);
}

}  // namespace oriel::testing
