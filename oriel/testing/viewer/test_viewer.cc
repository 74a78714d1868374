#include "oriel/testing/viewer/test_viewer.h"

#include <random>

namespace oriel::testing {

namespace {

rfb::SecurityClientConfig security_of(const TestViewerOptions& options) {
  auto security = options.security;
  if (security.password.empty()) security.password = options.password;
  std::random_device random;
  if (security.entropy == rfb::SecurityEntropy{})
    for (auto& byte : security.entropy) byte = static_cast<std::uint8_t>(random());
  return security;
}

}  // namespace

TestViewer::TestViewer(boost::asio::any_io_executor executor, net::StreamPointer stream,
                       TestViewerOptions options)
    : options_(std::move(options)),
      session_({security_of(options_), options_.is_shared, {}}, Clock::now()) {
  driver_ = std::make_shared<net::SessionDriver>(executor, std::move(stream), session_, *this,
                                                 net::SessionDriverLimits{}, options_.make_tls);
  driver_->start();
}

void TestViewer::say(const rfb::ClientMessage& message) {
  session_.say(message);
  driver_->kick();
}

void TestViewer::say_clipboard(const rfb::ClipboardMessage& message) {
  session_.say_clipboard(message);
  driver_->kick();
}

void TestViewer::cut_text(ByteSpan latin1) {
  session_.say(rfb::CutTextHead{static_cast<std::uint32_t>(latin1.size())});
  session_.output().append(latin1);
  driver_->kick();
}

void TestViewer::request(bool is_incremental, const image::Rect& rect) {
  say(rfb::UpdateRequest{is_incremental, rect});
}

void TestViewer::close() { driver_->close_now({ErrorCode::kClosed, "the test closed it"}); }

void TestViewer::session_progressed() {
  for (const auto& event : session_.take_events()) {
    if (on_event) on_event(event);
    if (std::holds_alternative<rfb::Connected>(event)) {
      if (options_.format) session_.say(rfb::SetPixelFormat{*options_.format});
      session_.say(rfb::SetEncodings{options_.encodings});
      if (options_.asks_again)
        session_.say(rfb::UpdateRequest{false, image::Rect::of(frame().size())});
    } else if (const auto* updated = std::get_if<rfb::Updated>(&event)) {
      ++updates_;
      if (on_update) on_update(*updated);
      if (options_.asks_again)
        session_.say(rfb::UpdateRequest{true, image::Rect::of(frame().size())});
    }
  }
}

}  // namespace oriel::testing
