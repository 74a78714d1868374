#pragma once
// One connection to a server, once its bytes flow: the session, the driver that runs it, and the
// log of what is said. It lives until the driver has ended, also when its owner does not. One
// strand owns it.

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "oriel/app/client/connection_options.h"
#include "oriel/core/rfb/client_session.h"
#include "oriel/io/net/session_driver.h"

namespace oriel::client {

// May call the link's functions; not destroyed inside a call.
class RemoteLinkOwner {
 public:
  virtual ~RemoteLinkOwner() = default;
  virtual void link_event(const rfb::ClientEvent& event) = 0;
  // Something has come, and its events have been told.
  virtual void link_progressed() = 0;
  // The last call of all, unless it was detached.
  virtual void link_ended(const Error& reason) = 0;
};

class RemoteLink final : public std::enable_shared_from_this<RemoteLink>, net::SessionHost {
 public:
  static std::shared_ptr<RemoteLink> start(const boost::asio::any_io_executor& executor,
                                           net::StreamPointer stream,
                                           rfb::ClientSessionConfig config,
                                           net::TlsEngineMaker make_tls, RemoteLinkOwner& owner,
                                           LogSink log);

  const rfb::ClientSession& session() const { return session_; }
  bool is_open() const { return owner_ != nullptr && session_.is_connected(); }

  // What is said goes out with flush(), or when the callback that says it returns.
  void say(const rfb::ClientMessage& message);
  void say_clipboard(const rfb::ClipboardMessage& message);
  void say_cut_text(ByteSpan latin1);
  void flush() { driver_->kick(); }

  // Writes what was said, waits a little for the server to have read it, and ends.
  void close(Error reason);
  // Ends now.
  void abort(Error reason) { driver_->close_now(std::move(reason)); }
  // The owner and the log hear nothing any more.
  void detach() {
    owner_ = nullptr;
    log_ = nullptr;
  }

  std::uint64_t bytes_in() const { return driver_->bytes_in(); }
  std::uint64_t bytes_out() const { return driver_->bytes_out(); }

 private:
  RemoteLink(rfb::ClientSessionConfig config, RemoteLinkOwner& owner, LogSink log);

  void session_progressed() override;
  void session_writable() override {}
  bool waits_for_room() const override { return false; }
  void session_ended(const Error& reason) override;
  void log_handshake();
  void log_came(const rfb::ClientEvent& event);

  rfb::ClientSession session_;
  RemoteLinkOwner* owner_;
  LogSink log_;
  bool is_closing_ = false;  // by our own wish
  std::shared_ptr<net::SessionDriver> driver_;
  std::shared_ptr<RemoteLink> self_;  // until the end
};

}  // namespace oriel::client
