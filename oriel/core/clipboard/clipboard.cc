#include "oriel/core/clipboard/clipboard.h"

#include <utility>

namespace oriel::clipboard {

Clipboard::Clipboard(ClipboardConfig config) : config_(config) {
  if (config_.history_entries > 0) history_.emplace(config_.history_entries);
}

void Clipboard::announce_server(std::uint32_t formats, TimePoint now) {
  if (!config_.is_enabled) return;
  server_ = Content{"", now, formats};
  shared_.reset();
}

void Clipboard::announce_client(std::uint32_t formats, TimePoint now) {
  if (!config_.is_enabled) return;
  client_ = Content{"", now, formats};
  shared_.reset();
}

// Those of an announcement that still waits for its text, or text alone.
std::uint32_t Clipboard::formats_with_text(const std::optional<Content>& content) {
  constexpr auto kText = format_bit(Format::kText);
  const bool is_waiting = content && content->text.empty() && (content->formats & kText) != 0;
  return is_waiting ? content->formats : kText;
}

std::optional<std::string> Clipboard::set_server_text(std::string_view text, TimePoint now) {
  if (!config_.is_enabled || text.size() > config_.max_bytes || shared_ == text) {
    return std::nullopt;
  }
  server_ = Content{std::string(text), now, formats_with_text(server_)};
  shared_ = server_->text;
  if (history_) history_->add(server_->text, now);
  for (const Callback& callback : server_callbacks_) callback(*server_);
  return config_.encoding == Encoding::kUtf8 ? server_->text : utf8_to_latin1(text);
}

Result<bool> Clipboard::take_client_text(std::string_view bytes, TimePoint now) {
  // First, so that nothing large is converted; UTF-8 of Latin-1 is at most twice as long.
  std::string text = bytes.size() <= config_.max_bytes ? to_utf8(bytes) : std::string(bytes);
  if (text.size() > config_.max_bytes) {
    return fail(ErrorCode::kTooLarge, "clipboard: " + std::to_string(text.size()) +
                                          " bytes, at most " + std::to_string(config_.max_bytes));
  }
  // A viewer without the extended clipboard sends back what was left of it.
  const bool is_echo = shared_ == text || (server_ && shared_ == server_->text &&
                                           latin1_to_utf8(utf8_to_latin1(server_->text)) == text);
  if (!config_.is_enabled || is_echo) return false;
  client_ = Content{std::move(text), now, formats_with_text(client_)};
  shared_ = client_->text;
  if (history_) history_->add(client_->text, now);
  for (const Callback& callback : client_callbacks_) callback(*client_);
  return true;
}

void Clipboard::clear_callbacks() {
  server_callbacks_.clear();
  client_callbacks_.clear();
}

void Clipboard::clear() {
  server_.reset();
  client_.reset();
  shared_.reset();
  if (history_) history_->clear();
}

Clipboard::Stats Clipboard::stats() const {
  auto time_of = [](const std::optional<Content>& content) {
    return content ? std::optional(content->time) : std::nullopt;
  };
  return {.is_enabled = config_.is_enabled,
          .max_bytes = config_.max_bytes,
          .encoding = config_.encoding,
          .client_bytes = client_ ? client_->text.size() : 0,
          .server_bytes = server_ ? server_->text.size() : 0,
          .client_time = time_of(client_),
          .server_time = time_of(server_),
          .callbacks = server_callbacks_.size() + client_callbacks_.size()};
}

}  // namespace oriel::clipboard
