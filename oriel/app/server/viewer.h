#pragma once
// One connected viewer: its RFB session on its stream, what it wants and what it has been sent, its
// log lines and counts.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/observe/log.h"
#include "oriel/app/observe/metrics.h"
#include "oriel/app/server/clipboard_hub.h"
#include "oriel/app/server/frame_pipeline.h"
#include "oriel/app/server/input_pipeline.h"
#include "oriel/core/rfb/server_session.h"
#include "oriel/core/rfb/update_flow.h"
#include "oriel/io/net/session_driver.h"

namespace oriel::server {

enum class ResizeCause { kServer, kThisViewer, kOtherViewer };

// How a viewer has come in.
struct Arrival {
  std::string_view transport = "tcp";  // static
  // It has logged in at another door already, so that it is asked for nothing more.
  bool is_trusted = false;
  bool is_view_only = false;  // of a trusted one
  std::uint64_t log_in = 0;   // the log-in that it came by; 0: none
  std::string tag;            // that it chose to be known by; may be empty
};

// What it was sent and how well.
struct ViewerFigures {
  TimePoint connected_at{};
  std::uint64_t updates = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::optional<Duration> round_trip;
};

// What a viewer needs of the server; all outlive it.
struct ViewerEnvironment {
  boost::asio::any_io_executor executor;
  FramePipeline& frames;
  InputPipeline& input;
  observe::Metrics& metrics;
  int max_rate_per_s;
  CursorDrawing cursor_drawing = CursorDrawing::kForWhoKnowsNone;
};

// Lives on the network thread's loop, until `ended` has been called.
class Viewer final : public FrameViewer,
                     public ClipboardPeer,
                     public net::SessionHost,
                     public std::enable_shared_from_this<Viewer> {
 public:
  struct Callbacks {
    std::function<void(Viewer&)> joined;
    std::function<void(Viewer&, const Error& reason)> ended;  // the last call
    // Whether the viewer's input counts now.
    std::function<bool(Viewer&)> may_act;
    // The viewer wants the desktop to have this size; `done` is called once.
    std::function<void(Viewer&, image::Size, std::function<void(Status)> done)> resize;
    std::function<ResizeCause(const Viewer&)> resize_cause;
    // What the viewer, which may do more than look, says of its clipboard.
    std::function<void(Viewer&, const rfb::CutTextEvent&)> clipboard;
    // The lights of the keyboard now.
    std::function<std::uint8_t()> leds;
    // The desktop's monitors when there are several.
    std::function<std::vector<rfb::ScreenLayout>()> screens = [] {
      return std::vector<rfb::ScreenLayout>();
    };
  };

  Viewer(ViewerId id, const ViewerEnvironment& environment, net::StreamPointer stream,
         rfb::ServerSessionConfig config, const observe::Logger& logger, Callbacks callbacks,
         Arrival arrival = {});

  ViewerId id() const override { return id_; }
  void start();
  // Says goodbye: what is queued is still sent.
  void close(Error reason);
  std::string peer() const { return driver_->peer(); }
  bool is_view_only() const { return is_view_only_; }
  bool is_joined() const { return session_.is_joined(); }
  bool is_shared() const { return is_shared_; }
  const Arrival& arrival() const { return arrival_; }
  ViewerFigures figures() const;
  // Other words in the title of the viewer's window, if it can change it.
  void rename_desktop(std::string name);
  const std::string& title() const { return title_; }
  // Whether its window can have another title than it began with.
  bool can_be_renamed() const { return session_.capabilities().desktop_name; }
  // Its monitors are others, its size is the same.
  void screens_changed();
  void ring_bell();
  // Bits of desktop::KeyboardLed.
  void show_leds(std::uint8_t leds);

  // ClipboardPeer
  bool can_take_clipboard() const override;
  const rfb::ClipboardCaps* clipboard_caps() const override;
  void say_clipboard(const rfb::ClipboardMessage& message) override;
  void say_clipboard_body(ByteSpan body) override;
  void show_clipboard(ByteSpan latin1) override;

  // FrameViewer
  const image::Region& wanted() const override;
  TimePoint next_allowed(TimePoint now) const override { return flow_.next_allowed(now); }
  const Profile& profile() const override { return profile_; }
  screen::SentCells& sent() override { return sent_; }
  void begin_update(int rectangles, TimePoint now) override;
  void add_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                     SharedBytes payload) override;
  void flush() override;
  void screen_resized(const screen::Screen& screen) override;
  CursorNews* cursor_news() override { return &cursor_news_; }
  DrawnCursor* drawn_cursor() override { return &drawn_cursor_; }
  bool has_news() const override;
  void send_news(TimePoint now) override;

  // net::SessionHost
  void session_progressed() override;
  void session_writable() override;
  void session_ended(const Error& reason) override;

 private:
  void on(const rfb::Joined& event);
  void on(const rfb::SetPixelFormat& event);
  void on(const rfb::SetEncodings& event);
  void on(const rfb::UpdateRequest& event);
  void on(const rfb::KeyEvent& event);
  void on(const rfb::PointerEvent& event);
  void on(const rfb::QemuKeyEvent& event);
  void on(const rfb::CutText& event);
  void on(const rfb::ClipboardCame& event);
  void on(const rfb::ClipboardRefused& event);
  void on(const rfb::EnableContinuousUpdates& event);
  void on(const rfb::SetDesktopSize& event);
  bool is_title_due() const;
  void update_wanted();
  bool may_act();
  void queue_geometry(ResizeCause cause, std::uint16_t result);
  void queue_pseudo(ByteSpan rectangle);
  void queue_news();
  void send_pseudo_rectangles();
  void send_without_pixels();
  void count_bytes();
  void log_end(const Error& reason);
  void send_rectangle(const image::Rect& rect, const codec::Encoding& encoding,
                      SharedBytes payload);

  const ViewerId id_;
  ViewerEnvironment environment_;
  observe::Logger logger_;
  Callbacks callbacks_;
  Arrival arrival_;
  std::string title_;       // of the viewer's window, as it should be
  std::string told_title_;  // as the viewer knows it
  rfb::ServerSession session_;
  std::shared_ptr<net::SessionDriver> driver_;
  rfb::UpdateFlow flow_;
  Profile profile_;
  image::Size screen_size_;  // that the viewer knows, or is about to be told
  screen::SentCells sent_;
  image::Region requested_;   // asked for and not answered yet
  image::Region wanted_;      // that, and what is updated without requests
  bool is_writable_ = false;  // the stream would take an update now
  bool is_closing_ = false;
  bool is_view_only_ = false;
  bool is_shared_ = true;
  std::optional<image::Rect> continuous_;  // updated without requests
  std::uint32_t screen_id_ = 0;            // the client's name for the one screen
  bool geometry_waits_ = false;            // to be told with the next request, without pixels
  bool knows_geometry_ = false;            // understands ExtendedDesktopSize
  bool has_moved_pointer_ = false;         // in the events that are being handled
  CursorNews cursor_news_;
  DrawnCursor drawn_cursor_;
  TimePoint connected_at_;
  TimePoint update_began_{};
  // Of the open update. Payloads come in the order in which they get ready; the rectangle in the
  // lower right corner waits for the others, because there are programs (gvnccapture) that take it
  // for the end of a picture.
  struct Corner {
    image::Rect rect;
    const codec::Encoding* encoding;
    SharedBytes payload;
  };
  std::optional<Corner> corner_;
  int missing_rectangles_ = 0;
  std::uint64_t counted_in_ = 0;
  std::uint64_t counted_out_ = 0;
};

}  // namespace oriel::server
