#pragma once
// A viewer for tests and benchmarks: a ClientSession on any stream, which asks again after each
// update.

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/core/rfb/client_session.h"
#include "oriel/io/net/session_driver.h"

namespace oriel::testing {

struct TestViewerOptions {
  std::string password;
  std::vector<std::int32_t> encodings{16, 0};
  std::optional<image::PixelFormat> format;  // else the server's
  bool asks_again = true;                    // an incremental request for all after each update
  bool is_shared = true;                     // the shared flag
  // How it comes in; `password` is put into it, and randomness where there is none.
  rfb::SecurityClientConfig security;
  net::TlsEngineMaker make_tls;  // for security types with TLS
};

// Lives on the loop of `executor`; keep it until is_ended().
class TestViewer final : public net::SessionHost {
 public:
  TestViewer(boost::asio::any_io_executor executor, net::StreamPointer stream,
             TestViewerOptions options = {});

  rfb::ClientSession& session() { return session_; }
  const image::Frame& frame() const { return session_.frame(); }
  bool is_connected() const { return session_.is_connected(); }
  bool is_ended() const { return end_.has_value(); }
  const std::optional<Error>& end() const { return end_; }
  std::uint64_t updates() const { return updates_; }
  std::uint64_t bytes_in() const { return driver_->bytes_in(); }

  void say(const rfb::ClientMessage& message);
  void say_clipboard(const rfb::ClipboardMessage& message);
  // What the viewer has copied, in Latin-1.
  void cut_text(ByteSpan latin1);
  // The full picture again, or what changed in `rect`.
  void request(bool is_incremental, const image::Rect& rect);
  void close();

  // Called after each decoded update, before it asks again.
  std::function<void(const rfb::Updated&)> on_update;
  // Called for every event, before anything else.
  std::function<void(const rfb::ClientEvent&)> on_event;

  void session_progressed() override;
  void session_writable() override {}
  void session_ended(const Error& reason) override { end_ = reason; }

 private:
  TestViewerOptions options_;
  rfb::ClientSession session_;
  std::shared_ptr<net::SessionDriver> driver_;
  std::optional<Error> end_;
  std::uint64_t updates_ = 0;
};

}  // namespace oriel::testing
