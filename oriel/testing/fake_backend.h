#pragma once
// What the HTTP API asks, answered without a server: everything at once and as good as possible.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/api/backend.h"
#include "oriel/io/net/http_body_stream.h"

namespace oriel::testing {

// Remembers what it was asked.
class FakeBackend final : public api::Backend {
 public:
  api::ServerInfo server() const override { return {"me@here", "1.2.3", true}; }
  api::DesktopInfo desktop() const override {
    api::DesktopInfo info;
    info.name = "me@here";
    info.state = "ok";
    info.geometry = {640, 480};
    info.control = {is_single, 7, "page", "127.0.0.1:9"};
    return info;
  }
  std::vector<api::ViewerInfo> viewers() const override {
    api::ViewerInfo viewer;
    viewer.id = 7;
    viewer.latency_ms = 1.23456;
    return {viewer};
  }
  std::vector<api::SettingInfo> settings() const override {
    return {{"name", "x", "flag", "--name", "Name of the desktop"}};
  }
  Result<api::LogIn> log_in(std::string_view, std::string_view password,
                            int& retry_after_s) override {
    if (password == "right") return api::LogIn{"token", api::Roles::all()};
    if (password == "locked") {
      retry_after_s = 8;
      return fail(ErrorCode::kUnavailable, "wait 8 s");
    }
    return fail(ErrorCode::kRefused, "the password is wrong");
  }
  void log_out(std::string_view token) override {
    calls.push_back("log out " + std::string(token));
  }
  void take_picture(const api::PictureRequest& request, PictureDone done) override {
    picture_request = request;
    if (request.region && request.region->x > 640)
      return done(fail(ErrorCode::kInvalid, "the region is outside"));
    if (request.since == 5u) return done(api::Picture{.generation = 5});
    if (request.known_etag == "\"same\"") return done(api::Picture{nullptr, "\"same\"", 5, {}, {}});
    done(api::Picture{std::make_shared<const Bytes>(Bytes{1, 2, 3}),
                      "\"new\"",
                      5,
                      {0, 0, 640, 480},
                      {{1, 2, 3, 4}, {5, 6, 7, 8}}});
  }
  void resize(image::Size size, Done done) override {
    if (size.width > 1000) return done(fail(ErrorCode::kTooLarge, "at most 1000 wide"));
    done({});
  }
  bool kick(api::ViewerNumber viewer, std::string_view reason) override {
    calls.push_back("kick " + std::to_string(viewer) + " " + std::string(reason));
    return viewer == 7;
  }
  bool tell(api::ViewerNumber viewer, std::string_view) override { return viewer == 7; }
  api::ViewerNumber find_viewer(std::string_view name) const override {
    return name == "page" ? 7 : 0;
  }
  bool take_control(api::ViewerNumber, bool is_forced) override { return is_forced; }
  void release_control(api::ViewerNumber viewer) override {
    calls.push_back("release " + std::to_string(viewer));
  }
  void read_clipboard(api::ClipboardKind kind, BytesDone done) override {
    if (kind == api::ClipboardKind::kPng) return done(Bytes{});
    done(Bytes{'h', 'i'});
  }
  Status write_clipboard(api::ClipboardKind kind, Bytes bytes) override {
    calls.push_back("clipboard " + std::to_string(static_cast<int>(kind)) + " " +
                    std::string(as_text(bytes)));
    return {};
  }
  Result<std::vector<api::CopiedText>> clipboard_history() const override {
    return std::vector<api::CopiedText>{{"newest \xc3\xa9", std::chrono::milliseconds(1500)},
                                        {"older", std::chrono::seconds(60)}};
  }
  void perform(std::vector<agent::Action> list, std::string_view, ActionsDone done) override {
    if (is_busy) return done(fail(ErrorCode::kTooLarge, "32 programs act already"));
    actions = std::move(list);
    done(std::uint64_t{42});
  }
  Result<std::shared_ptr<net::HttpBodyStream>> subscribe(
      const api::EventsRequest& request) override {
    events_request = request;
    if (request.tag == "many") return fail(ErrorCode::kTooLarge, "too many listen");
    return std::make_shared<net::HttpBodyStream>(loop.get_executor(), 1000);
  }

  boost::asio::io_context loop;
  bool is_single = true, is_busy = false;
  std::vector<std::string> calls;
  api::PictureRequest picture_request;
  std::vector<agent::Action> actions;
  api::EventsRequest events_request;
};

}  // namespace oriel::testing
