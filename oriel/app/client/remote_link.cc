#include "oriel/app/client/remote_link.h"

#include <fmt/format.h>

#include <utility>

#include "oriel/app/client/message_text.h"
#include "oriel/core/rfb/constants.h"

namespace oriel::client {

RemoteLink::RemoteLink(rfb::ClientSessionConfig config, RemoteLinkOwner& owner, LogSink log)
    : session_(std::move(config), Clock::now()), owner_(&owner), log_(std::move(log)) {}

std::shared_ptr<RemoteLink> RemoteLink::start(const boost::asio::any_io_executor& executor,
                                              net::StreamPointer stream,
                                              rfb::ClientSessionConfig config,
                                              net::TlsEngineMaker make_tls, RemoteLinkOwner& owner,
                                              LogSink log) {
  std::shared_ptr<RemoteLink> link(new RemoteLink(std::move(config), owner, std::move(log)));
  link->self_ = link;
  link->driver_ = std::make_shared<net::SessionDriver>(
      executor, std::move(stream), link->session_, static_cast<net::SessionHost&>(*link),
      net::SessionDriverLimits{}, std::move(make_tls));
  link->driver_->start();
  return link;
}

void RemoteLink::say(const rfb::ClientMessage& message) {
  if (!session_.is_connected()) return;
  if (log_) log_("> " + text_of(message));
  session_.say(message);
}

void RemoteLink::say_clipboard(const rfb::ClipboardMessage& message) {
  if (!session_.is_connected()) return;
  if (log_) log_("> " + text_of(message));
  session_.say_clipboard(message);
}

void RemoteLink::say_cut_text(ByteSpan latin1) {
  if (!session_.is_connected()) return;
  say(rfb::CutTextHead{static_cast<std::uint32_t>(latin1.size())});
  session_.output().append(latin1);
}

void RemoteLink::session_progressed() {
  log_handshake();
  for (const auto& event : session_.take_events()) {
    if (log_) log_came(event);
    if (owner_ != nullptr) owner_->link_event(event);
  }
  if (owner_ != nullptr) owner_->link_progressed();
  // Whoever waits is told of a broken message or a refusal now, not when the server has closed too.
  if (!is_closing_ && driver_->reason()) driver_->close_now(*driver_->reason());
}

void RemoteLink::close(Error reason) {
  is_closing_ = true;
  driver_->close_after_flush(std::move(reason));
}

void RemoteLink::log_handshake() {
  for (const auto& step : session_.take_handshake())
    if (log_) log_((step.is_ours ? "> " : "< ") + step.text);
}

void RemoteLink::log_came(const rfb::ClientEvent& event) {
  log_("< " + text_of(event));
  // The session has answered it.
  const auto* fence = std::get_if<rfb::FenceCame>(&event);
  if (fence != nullptr && (fence->flags & rfb::kFenceRequest) != 0)
    log_("> ClientFence, the answer");
}

void RemoteLink::session_ended(const Error& reason) {
  // Destroys this at the end of the function.
  const auto self = std::move(self_);
  log_handshake();
  if (log_) log_("ended: " + reason.message);
  if (auto* owner = std::exchange(owner_, nullptr)) owner->link_ended(reason);
}

}  // namespace oriel::client
