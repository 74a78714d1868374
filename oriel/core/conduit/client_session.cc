#include "oriel/core/conduit/client_session.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/core/conduit/utf8.h"

namespace oriel::conduit {
namespace {

const std::string* text_in(const Value& payload, std::string_view key) {
  const auto* value = payload.find(key);
  return value != nullptr ? value->if_text() : nullptr;
}

}  // namespace

ClientSession::ClientSession(ClientSessionConfig config, SessionStart start)
    : PeerSession(config.limits, start), config_(std::move(config)) {
  Map request;
  if (config_.method == LoginMethod::kBareHash) {
    request.set("password_hash", password_hash(config_.password));
  } else {
    scram_.emplace(std::string(kScramUser), config_.password, config_.nonce);
    scram_->remember(config_.salted);
    request.set("mechanism", kScramMechanism);
    request.set("message", scram_->first());
  }
  request.set("client_info", write_program_facts(own_facts(config_.program)));
  say(FrameType::kAuthRequest, std::move(request), start.now);
}

crypto::ScramClient::Salted ClientSession::salted() const {
  return scram_ ? scram_->salted() : crypto::ScramClient::Salted{};
}

Status ClientSession::receive_login(const FrameHeader& header, const Value& payload,
                                    TimePoint now) {
  switch (header.type) {
    case FrameType::kAuthRequest:
      return answer_challenge(payload, now);
    case FrameType::kAuthSuccess:
      return welcomed(payload, now);
    case FrameType::kAuthFailure:
      refused(payload);
      return {};
    case FrameType::kClose: {
      const auto* reason = text_in(payload, "reason");
      return fail(ErrorCode::kClosed,
                  reason != nullptr ? "the server closes: " + cut_utf8(*reason, kReasonBytesMax)
                                    : "the server closes without a reason");
    }
    default:
      return fail(ErrorCode::kInvalid, fmt::format("expected AUTH_SUCCESS or AUTH_FAILURE, got {}",
                                                   frame_type_name(header.type)));
  }
}

Status ClientSession::answer_challenge(const Value& payload, TimePoint now) {
  const auto* message = text_in(payload, "message");
  if (!scram_ || has_answered_ || message == nullptr)
    return fail(ErrorCode::kInvalid, "the server asks for a log-in that was not offered");
  ORIEL_TRY(auto answer, scram_->answer(*message, kScramIterationsMax));
  has_answered_ = true;
  say(FrameType::kAuthRequest, Map{{"message", std::move(answer)}}, now);
  return {};
}

Status ClientSession::welcomed(const Value& payload, TimePoint now) {
  if (scram_) {
    const auto* message = text_in(payload, "message");
    if (!has_answered_ || message == nullptr)
      return fail(ErrorCode::kRefused,
                  "the server lets us in without showing that it knows the password");
    ORIEL_TRY_VOID(scram_->check(*message));
  }
  const auto* token = text_in(payload, "session_token");
  open({.peer = read_program_facts(payload.find("server_info")),
        .token = token != nullptr ? *token : std::string(),
        .identity = {},
        .is_mutual = scram_.has_value()},
       now);
  return {};
}

void ClientSession::refused(const Value& payload) {
  const auto* reason = text_in(payload, "reason");
  // Our own servers say what they take; the real ones do not know SCRAM.
  const bool may_try_hash = scram_ && !has_answered_ && payload.find("mechanisms") == nullptr;
  tell(LoginRefused{
      .reason = reason != nullptr ? cut_utf8(*reason, kReasonBytesMax) : "no reason was given",
      .may_try_hash = may_try_hash});
  end();
}

}  // namespace oriel::conduit
