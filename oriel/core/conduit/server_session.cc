#include "oriel/core/conduit/server_session.h"

#include <fmt/format.h>

#include <utility>

namespace oriel::conduit {
namespace {

// As the real programs say it.
const LoginRefused kWrongPassword{.reason = "Invalid password", .is_wrong_password = true};

const LoginRefused kNoPasswordThere{
    .reason = "Invalid password: this server has none, so log in with an empty one"};

const std::string* text_in(const Value& payload, std::string_view key) {
  const auto* value = payload.find(key);
  return value != nullptr ? value->if_text() : nullptr;
}

}  // namespace

ServerSession::ServerSession(ServerSessionConfig config, const LoginBook& book, SessionStart start)
    : PeerSession(config.limits, start), config_(std::move(config)), book_(book) {}

Status ServerSession::receive_login(const FrameHeader& header, const Value& payload,
                                    TimePoint now) {
  if (header.type != FrameType::kAuthRequest)
    return fail(ErrorCode::kInvalid,
                fmt::format("expected AUTH_REQUEST first, got {}", frame_type_name(header.type)));
  if (!config_.lock_out.empty()) return refuse({.reason = config_.lock_out}, now);
  return scram_ ? judge_scram(payload, now) : begin(payload, now);
}

Status ServerSession::begin(const Value& payload, TimePoint now) {
  client_ = read_program_facts(payload.find("client_info"));
  if (const auto* hash = text_in(payload, "password_hash")) return judge_hash(*hash, now);
  const auto* mechanism = text_in(payload, "mechanism");
  const auto* message = text_in(payload, "message");
  if (mechanism == nullptr || message == nullptr)
    return refuse(
        {.reason = "AUTH_REQUEST has neither \"password_hash\" nor \"mechanism\" and \"message\""},
        now);
  if (*mechanism != kScramMechanism)
    return refuse({.reason = fmt::format("expected the mechanism {}", kScramMechanism)}, now);
  return challenge(*message, now);
}

Status ServerSession::judge_hash(const std::string& hash, TimePoint now) {
  if (!config_.takes_bare_hash)
    return refuse(
        {.reason = "a bare password hash is taken on this machine and over TLS only; log in "
                   "with SCRAM-SHA-256, connect by TLS, or have the server permit it"},
        now);
  const auto* identity = config_.takes_anyone ? &book_.identity(0) : book_.find_hash(hash);
  if (identity == nullptr) return refuse(kWrongPassword, now);
  welcome(*identity, {}, now);
  return {};
}

Status ServerSession::challenge(const std::string& message, TimePoint now) {
  scram_ = book_.scram(config_.nonce);
  auto answer = scram_->challenge(message);
  if (!answer) return refuse({.reason = std::move(answer.error().message)}, now);
  say(FrameType::kAuthRequest, Map{{"mechanism", kScramMechanism}, {"message", *answer}}, now);
  return {};
}

Status ServerSession::judge_scram(const Value& payload, TimePoint now) {
  const auto* message = text_in(payload, "message");
  if (message == nullptr) return refuse({.reason = "AUTH_REQUEST has no \"message\""}, now);
  const auto success = scram_->verify(*message);
  if (!success)
    return success.error().code == ErrorCode::kRefused
               ? refuse(config_.takes_anyone ? kNoPasswordThere : kWrongPassword, now)
               : refuse({.reason = success.error().message}, now);
  welcome(book_.identity(success->key), success->message, now);
  return {};
}

// Ends without an error, so that the reason goes out as what it is and not as CLOSE.
Status ServerSession::refuse(LoginRefused refused, TimePoint now) {
  Array mechanisms{kScramMechanism};
  if (config_.takes_bare_hash) mechanisms.emplace_back("password_hash");
  say(FrameType::kAuthFailure,
      Map{{"reason", refused.reason}, {"mechanisms", std::move(mechanisms)}}, now);
  tell(std::move(refused));
  end();
  return {};
}

void ServerSession::welcome(std::string identity, std::string scram_message, TimePoint now) {
  Map answer{{"session_token", config_.session_token},
             {"server_info", write_program_facts(own_facts(config_.program))}};
  const bool is_mutual = !scram_message.empty();
  if (is_mutual) answer.set("message", std::move(scram_message));
  say(FrameType::kAuthSuccess, std::move(answer), now);
  open({.peer = client_,
        .token = config_.session_token,
        .identity = std::move(identity),
        .is_mutual = is_mutual},
       now);
  if (!client_.is_oriel) stay_quiet(now + kQuietAfterLogin);
}

}  // namespace oriel::conduit
