#include "oriel/core/monitor/client_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "oriel/core/monitor/client_request.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

// About what a value takes as text.
std::size_t size_of(const Value& value) {
  std::size_t size = 8;
  if (const auto* text = value.string()) size += text->size();
  if (const auto* array = value.array()) {
    for (const auto& item : *array) size += size_of(item);
  } else if (const auto* object = value.object()) {
    for (const auto& [key, member] : *object) size += key.size() + size_of(member);
  }
  return size;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

}  // namespace

ClientSession::ClientSession(ClientSessionConfig config, TimePoint now)
    : config_(std::move(config)) {
  // Cannot fail: nothing waits yet, and a subscription is small.
  if (config_.subscribe) (void)send(subscribe_document(*config_.subscribe), now);
}

Result<std::uint64_t> ClientSession::send(const Value& document, TimePoint now) {
  auto line = to_json(document);
  if (line.size() > kRequestBytesMax) {
    return fail(ErrorCode::kTooLarge, fmt::format("a message of {} bytes to the server, at most {}",
                                                  line.size(), kRequestBytesMax));
  }
  if (output_.size_bytes() + line.size() > kClientOutputBytesMax) {
    return fail(ErrorCode::kUnavailable,
                fmt::format("the server does not read: {} bytes wait for it, at most {}",
                            output_.size_bytes(), kClientOutputBytesMax));
  }
  ++counts_.messages_sent;
  counts_.bytes_sent += line.size();
  line += '\n';
  output_.append(as_bytes(line));
  pending_.push_back({next_ticket_, now + config_.send_timeout});
  return next_ticket_++;
}

Status ClientSession::subscribe(const Subscribe& request, TimePoint now) {
  ORIEL_TRY(const auto ticket, send(subscribe_document(request), now));
  (void)ticket;
  config_.subscribe = request;
  return {};
}

std::vector<ClientSessionEvent> ClientSession::take_events() { return std::exchange(events_, {}); }

Result<Need> ClientSession::receive(ByteSpan bytes, TimePoint now) {
  const auto text = as_text(bytes);
  std::size_t begin = 0;
  for (;;) {
    const auto end = text.find('\n', begin + std::exchange(searched_, 0));
    const auto size = (end == text.npos ? text.size() : end) - begin;
    if (size > kServerMessageBytesMax) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("a message of the server beyond {} bytes", kServerMessageBytesMax));
    }
    if (end == text.npos) {
      searched_ = size;
      return Need{begin, size + 1};
    }
    receive_line(text.substr(begin, size), now);
    begin = end + 1;
  }
}

void ClientSession::receive_line(std::string_view line, TimePoint now) {
  if (is_blank(line)) return;
  ++counts_.messages_received;
  counts_.bytes_received += line.size();
  auto message = parse_server_message(line);
  if (!message) {
    events_.emplace_back(LineRefused{message.error()});
    return;
  }
  if (message->is_delta() && message->sequence->base != base_number_) {
    ++counts_.gaps;
    return ask_for_whole(now);
  }
  if (auto status = complete(*message); !status) {
    events_.emplace_back(LineRefused{status.error()});
    return ask_for_whole(now);
  }
  events_.emplace_back(MessageReceived{std::move(*message)});
}

Status ClientSession::complete(ServerMessage& message) {
  if (!message.sequence) return {};
  auto& members = *message.document.object();
  const auto data = std::ranges::find(members, "data", &Member::first);
  if (message.is_delta()) {
    data->second = patched(std::exchange(base_data_, {}), data->second);
    if (size_of(data->second) > kServerMessageBytesMax) {
      base_number_.reset();
      return fail(ErrorCode::kTooLarge,
                  fmt::format("deltas of the server make a document beyond {} bytes",
                              kServerMessageBytesMax));
    }
    message.sequence->base.reset();
  }
  base_data_ = data->second;
  base_number_ = message.sequence->number;
  whole_deadline_.reset();
  std::erase_if(members, [](const Member& member) {
    return member.first == "delta" || member.first == "base";
  });
  return {};
}

// Once; the deltas on their way meanwhile are dropped.
void ClientSession::ask_for_whole(TimePoint now) {
  base_number_.reset();
  base_data_ = {};
  if (whole_deadline_) return;
  if (!config_.subscribe) {
    events_.emplace_back(
        LineRefused{{ErrorCode::kInvalid, "the server sends deltas that nobody asked for"}});
    return;
  }
  if (!send(subscribe_document(*config_.subscribe), now)) return;
  whole_deadline_ = now + config_.operation_timeout + config_.subscribe->interval;
}

void ClientSession::writable(TimePoint, std::size_t) {
  for (const auto& pending : pending_) events_.emplace_back(MessageSent{pending.ticket});
  pending_.clear();
}

std::optional<TimePoint> ClientSession::deadline() const {
  auto deadline = whole_deadline_;
  if (!pending_.empty()) {
    const auto front = pending_.front().deadline;
    deadline = deadline ? std::min(*deadline, front) : front;
  }
  return deadline;
}

Status ClientSession::deadline_passed(TimePoint now) {
  while (!pending_.empty() && pending_.front().deadline <= now) {
    events_.emplace_back(SendTimedOut{pending_.front().ticket});
    pending_.pop_front();
  }
  if (whole_deadline_ && *whole_deadline_ <= now) {
    return fail(ErrorCode::kTimeout, "the server has sent no whole document after a gap");
  }
  return {};
}

}  // namespace oriel::monitor
