#pragma once
// What the HTTP API needs of a server, as plain values. Lives on the network thread's loop; each
// `done` is called once there, perhaps before the call returns.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/agent/action.h"
#include "oriel/app/api/identity.h"
#include "oriel/app/api/session_store.h"
#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/image/rect.h"
#include "oriel/io/net/http_body_stream.h"

namespace oriel::api {

// A viewer by the number that the server gave it, or by the tag that its page chose.
using ViewerNumber = std::uint64_t;

struct ServerInfo {
  std::string name;  // of the desktop
  std::string version;
  bool is_password_required = false;
};

struct ControlInfo {
  bool is_single = false;
  ViewerNumber owner = 0;  // 0: nobody
  std::string owner_tag;
  std::string owner_peer;
};

struct CursorInfo {
  image::Size size;
  image::Point hotspot;
};

struct DesktopInfo {
  std::string name;
  std::string state;  // "ok", "lost", "starting"
  std::string state_message;
  image::Size geometry;
  image::Size max_geometry;
  std::uint64_t generation = 0;
  bool is_resizable = false;
  image::Point pointer;
  std::optional<CursorInfo> cursor;
  ControlInfo control;
};

struct ViewerInfo {
  ViewerNumber id = 0;
  std::string tag;  // empty: it has none
  std::string peer;
  std::string transport;  // "tcp", "websocket"
  bool is_view_only = false;
  bool has_control = false;
  std::string encoding;
  std::string pixel_format;
  std::chrono::duration<double> connected{};
  double frames_per_s = 0;
  double bytes_per_s = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::optional<double> latency_ms;        // its last round trip
  std::vector<double> latency_history_ms;  // one a second, the newest last
};

enum class PictureKind { kPng, kJpeg };

struct PictureRequest {
  PictureKind kind = PictureKind::kPng;
  std::optional<image::Rect> region;   // else the whole screen
  double scale = 1;                    // 0.01 to 1
  int quality = 85;                    // of JPEG, 1 to 100
  std::optional<std::uint64_t> since;  // only what has changed after that generation
  std::string known_etag;              // If-None-Match as it came; empty: none
};

struct Picture {
  SharedBytes bytes;  // null: the peer has it (304), or nothing changed since
  std::string etag;
  std::uint64_t generation = 0;
  image::Rect region;              // of the screen
  std::vector<image::Rect> boxes;  // with `since`: what has changed
};

enum class ClipboardKind { kText, kHtml, kPng };

struct CopiedText {
  std::string text;  // UTF-8
  std::chrono::duration<double> age{};
};

struct SettingInfo {
  std::string key;
  std::string value;   // of secrets "set" or "not set"
  std::string source;  // "default", "file", "environment", "flag"
  std::string source_detail;
  std::string help;
};

struct EventsRequest {
  std::vector<std::string> types;  // empty: all that cost nothing
  std::string tag;                 // of the asking page's viewer
  Roles roles;
};

struct LogIn {
  std::string token;  // of the new session
  Roles roles;
};

class Backend {
 public:
  virtual ~Backend() = default;

  virtual ServerInfo server() const = 0;
  virtual DesktopInfo desktop() const = 0;
  virtual std::vector<ViewerInfo> viewers() const = 0;
  virtual std::vector<SettingInfo> settings() const = 0;

  // kRefused: a wrong password; kUnavailable: the address is locked out, and `retry_after_s` says
  // for how long.
  virtual Result<LogIn> log_in(std::string_view peer, std::string_view password,
                               int& retry_after_s) = 0;
  // The session of `token` ends, and the connections that it opened.
  virtual void log_out(std::string_view token) = 0;

  // The newest pixels, encoded. kInvalid: the region is not on the screen; kTooLarge: too many are
  // under way; kUnavailable: there is no desktop yet.
  using PictureDone = std::move_only_function<void(Result<Picture>)>;
  virtual void take_picture(const PictureRequest& request, PictureDone done) = 0;

  using Done = std::move_only_function<void(Status)>;
  virtual void resize(image::Size size, Done done) = 0;

  // False: there is no such viewer.
  virtual bool kick(ViewerNumber viewer, std::string_view reason) = 0;
  virtual bool tell(ViewerNumber viewer, std::string_view text) = 0;
  // The number of a viewer that is named by number or tag; 0: there is none.
  virtual ViewerNumber find_viewer(std::string_view name) const = 0;
  // False: somebody else has it and `is_forced` is not set.
  virtual bool take_control(ViewerNumber viewer, bool is_forced) = 0;
  virtual void release_control(ViewerNumber viewer) = 0;

  // Empty bytes: the clipboard has nothing in that form.
  using BytesDone = std::move_only_function<void(Result<Bytes>)>;
  virtual void read_clipboard(ClipboardKind kind, BytesDone done) = 0;
  virtual Status write_clipboard(ClipboardKind kind, Bytes bytes) = 0;
  // The newest first, at most kClipboardHistoryBytesMax (limits.h) unless the newest alone has
  // more; empty when no history is kept. kRefused: this server gives no clipboard.
  virtual Result<std::vector<CopiedText>> clipboard_history() const = 0;

  // Does `actions` one after another. kRefused: another has control; kTooLarge: too many do so at
  // this time; kUnavailable: there is no desktop, or it is lost. Gives the generation of the
  // screen at the end.
  using ActionsDone = std::move_only_function<void(Result<std::uint64_t>)>;
  virtual void perform(std::vector<agent::Action> actions, std::string_view peer,
                       ActionsDone done) = 0;

  // Server-sent events until the reader goes. kTooLarge: too many listen.
  virtual Result<std::shared_ptr<net::HttpBodyStream>> subscribe(const EventsRequest& request) = 0;
};

}  // namespace oriel::api
