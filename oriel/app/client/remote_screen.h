#pragma once
// The desktop of any VNC server, seen and driven: connects, keeps the picture current for as long
// as it is connected, and takes input. What verbs and waits work on.
//
//   RemoteScreen screen(executor, {.target = "wss://host/websockify", .password = "secret"});
//   if (auto connected = co_await screen.connect(); !connected)
//   complain(connected.error().message); screen.input().pointer({100, 200}, 1);
//
// connection.h has the same for programs without an executor.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oriel/app/agent/agent_target.h"
#include "oriel/app/client/connection_options.h"
#include "oriel/app/client/connection_plan.h"
#include "oriel/app/client/first_picture.h"
#include "oriel/app/client/pending.h"
#include "oriel/app/client/remote_clipboard.h"
#include "oriel/app/client/remote_input.h"
#include "oriel/app/client/remote_link.h"
#include "oriel/app/client/server_facts.h"
#include "oriel/app/client/signs_of_life.h"
#include "oriel/app/net/proxy.h"

namespace oriel::client {

enum class RemoteState {
  kIdle,          // not connected, by our own wish
  kConnecting,    // until the first picture is complete
  kConnected,     //
  kReconnecting,  // lost, and looked for
  kLost,          // for good
};

// Hears what agents do not need.
class RemoteScreenObserver {
 public:
  virtual ~RemoteScreenObserver() = default;
  virtual void remote_cursor_changed() {}
  // By somebody else.
  virtual void remote_pointer_moved(image::Point /*position*/) {}
  virtual void remote_renamed(const std::string& /*name*/) {}
  virtual void remote_leds_changed(std::uint8_t /*leds*/) {}
};

// Everything is on the loop of the executor: one strand owns it. It may be destroyed at any time
// but inside a call to a listener; coroutines of it that wait then end with kState.
class RemoteScreen final : public agent::AgentTarget, private RemoteLinkOwner {
 public:
  RemoteScreen(boost::asio::any_io_executor executor, ConnectionOptions options,
               net::Environment environment = net::process_environment);
  // Lets go of what is held, and closes without waiting.
  ~RemoteScreen() override;
  RemoteScreen(const RemoteScreen&) = delete;
  RemoteScreen& operator=(const RemoteScreen&) = delete;

  // Until the first picture is complete, at most for the options' timeout. kState when it is
  // connected or connecting already; kInput for options that cannot be; the other kinds as
  // connect_failure.h has them.
  boost::asio::awaitable<agent::AgentStatus> connect();
  // Lets go of what is held, and waits for the end; soon, whatever the server does.
  boost::asio::awaitable<void> disconnect();
  // The same without waiting.
  void close();

  RemoteState state() const { return state_; }
  bool is_connected() const { return state_ == RemoteState::kConnected; }
  // Why it is lost, or was not connected; nothing while all is well.
  const std::optional<agent::AgentError>& failure() const { return failure_; }
  ServerFacts info() const;
  const std::string& name() const { return name_; }
  std::uint8_t leds() const { return leds_; }
  // Null: nobody. It may end before the screen does when it has been taken back.
  void observe(RemoteScreenObserver* observer) { observer_ = observer; }

  bool can_resize() const;
  // Asks the server for another size. kAction when it refuses or cannot, kState when another change
  // is under way, kTimeout.
  boost::asio::awaitable<agent::AgentStatus> resize(image::Size size, TimePoint deadline);

  boost::asio::any_io_executor executor() const override { return executor_; }
  agent::AgentStatus check() const override;
  agent::AgentStatus check_input() const override;
  const screen::Screen& screen() const override { return *screen_; }
  const image::Cursor* cursor() const override;
  std::optional<image::Point> pointer() const override { return input_.position(); }
  desktop::InputSink& input() override { return input_; }
  desktop::Clipboard* clipboard() override { return &clipboard_; }
  boost::asio::awaitable<agent::AgentStatus> catch_up(TimePoint deadline) override;
  void add_listener(agent::AgentTargetListener& listener) override;
  void remove_listener(agent::AgentTargetListener& listener) override;

 private:
  boost::asio::awaitable<agent::AgentStatus> open();
  boost::asio::awaitable<void> reconnect();
  void begin(net::StreamPointer stream, TimePoint deadline);
  bool needs_encryption() const;
  bool is_on_this_machine() const;
  net::TlsEngineMaker make_tls() const;
  void drop_link(Error reason);
  void after(Clock::duration delay, std::function<void()> work);
  void wait_for_uniform();
  void ready();
  void lost(agent::AgentError error);
  void end_pending(const agent::AgentError& error);
  agent::AgentError not_ready_in_time() const;

  void link_event(const rfb::ClientEvent& event) override;
  void link_progressed() override;
  void link_ended(const Error& reason) override;
  void on(const rfb::Connected& event);
  void on(const rfb::Updated& event);
  void on(const rfb::Bell& event);
  void on(const rfb::Resized& event);
  void on(const rfb::Renamed& event);
  void on(const rfb::FenceCame& event);
  void on(const rfb::ContinuousUpdatesEnded& event);
  void on(const rfb::Confirmed& event);
  void on(const rfb::CutText& event);
  void on(const rfb::ClipboardCame& event);
  void on(const rfb::ClipboardRefused& event);
  void on(const rfb::CursorCame& event);
  void on(const rfb::PointerMoved& event);
  void on(const rfb::LedStateCame& event);

  void use_size(image::Size size);
  screen::CommitResult take_over(std::span<const image::Rect> rects);
  void commit(std::span<const image::Rect> rects);
  void request_update(bool is_incremental);
  void enable_continuous_updates();
  template <typename Call>
  void tell(const Call& call);
  void log(const std::string& line) const;

  boost::asio::any_io_executor executor_;
  ConnectionOptions options_;
  net::Environment environment_;
  ConnectionPlan plan_;
  RemoteState state_ = RemoteState::kIdle;
  bool is_closing_ = false;
  std::optional<agent::AgentError> failure_;

  std::shared_ptr<net::StreamConnector> connector_;  // while it connects
  std::shared_ptr<RemoteLink> link_;                 // until it has ended
  std::unique_ptr<screen::Screen> screen_;
  SignsOfLife signs_of_life_;
  RemoteInput input_;
  RemoteClipboard clipboard_;

  // Of the present connection.
  bool is_local_ = false;  // to an end on this machine, without TLS from the first byte on
  std::optional<FirstPicture> first_picture_;  // until it is complete
  image::Size size_;            // as the server said last; the screen gets it when there is time
  std::size_t taken_over_ = 0;  // how many rectangles of the update that is coming
  bool is_uniform_so_far_ = false;  // it is complete, and more is waited for
  bool was_uniform_ = false;
  bool has_fence_ = false;
  bool has_continuous_updates_ = false;
  bool is_continuous_ = false;
  std::uint64_t updates_ = 0;
  std::string name_;
  image::Cursor cursor_;
  std::uint8_t leds_ = 0;

  // Who waits.
  SharedPending opening_;
  SharedPending resizing_;
  SharedPending ending_;
  SharedPending pause_;  // before the next try

  std::vector<agent::AgentTargetListener*> listeners_;  // null: removed while they are told
  int telling_ = 0;
  RemoteScreenObserver* observer_ = nullptr;
  // Coroutines see by it that this is gone.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oriel::client
