#pragma once
// Runs any Session on any Stream: reads, writes, deadlines, back-pressure and the end of it. It
// decides nothing about the protocol. Input goes first: everything that was read is handled before
// the session is asked for output. One strand owns the driver, its stream, session and host.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "oriel/base/session.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/stream.h"
#include "oriel/io/net/tls_engine.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::net {

// What the application does for a session. It may append to the session's output in any of these,
// and call any function of the driver.
class SessionHost {
 public:
  virtual ~SessionHost() = default;

  // The session has received something or passed a deadline: take its events out.
  virtual void session_progressed() = 0;

  // The output is empty, the stream takes more, and the session has just been told
  // (Session::writable): the moment to compose the newest picture.
  virtual void session_writable() = 0;

  // Whether session_writable waits until the kernel has sent nearly all that it holds. False: it
  // comes as soon as the kernel has taken everything, without Session::writable, for a host that
  // asks for unsent_bytes() itself when it has something new. Saves two system calls a write.
  virtual bool waits_for_room() const { return true; }

  // The stream is closed, and neither session nor host is used any more. Exactly once, unless the
  // io_context is destroyed first; the last call of all.
  virtual void session_ended(const Error& reason) = 0;
};

// The TLS for a session that asks for it by one of the kStartTls... transitions: the certificate or
// the trust is its owner's affair (tls_upgrade.h makes one for clients). Called when it is needed,
// on the driver's strand. An error ends the session.
using TlsEngineMaker = std::function<Result<TlsEngine>(Transition kind)>;

// Lives as long as its coroutines; the application keeps a pointer to talk to it.
class SessionDriver : public std::enable_shared_from_this<SessionDriver> {
 public:
  // `session` and `host` must live until session_ended, or until the io_context is destroyed.
  // Without `make_tls` a session that asks for TLS is ended.
  SessionDriver(boost::asio::any_io_executor executor, StreamPointer stream, Session& session,
                SessionHost& host, SessionDriverLimits limits = {},
                TlsEngineMaker make_tls = nullptr);

  // Begins; call once. No callback comes before it returns.
  void start();

  // The session's output, deadline, rest or wish to write may have changed. Writes at once when no
  // write is outstanding: the bytes are in the kernel when it returns. Does nothing inside a
  // callback of this session, since the driver looks again after each, and after the end.
  void kick();

  // Writes what is in output (at most flush_timeout), says goodbye, closes, and then tells the host
  // `reason`. The first reason counts. No more callbacks until then.
  void close_after_flush(Error reason, Farewell farewell = Farewell::kNormal);

  // The same without writing anything more.
  void close_now(Error reason);

  // Why it ends, as soon as that is decided; nothing while it runs.
  const std::optional<Error>& reason() const { return reason_; }
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }
  std::size_t unsent_bytes() const { return stream_->unsent_bytes(); }
  std::optional<Duration> round_trip() const { return stream_->round_trip(); }
  std::string peer() const { return stream_->peer(); }

 private:
  enum class State {
    kIdle,      // not started
    kRunning,   // session and host are in use
    kFlushing,  // the output is still written; input is dropped
    kDraining,  // all is written; waiting for the peer to close
    kClosed,    // the stream is closed; the loops are on their way out
    kEnded,     // the host has been told
  };
  // What the writer must wait for next.
  enum class Step { kRest, kWrite, kAwaitWritable };

  boost::asio::awaitable<void> read_loop();
  boost::asio::awaitable<void> write_loop();
  boost::asio::awaitable<void> pause_reading();
  boost::asio::awaitable<void> rest();
  boost::asio::awaitable<void> start_tls();
  boost::asio::awaitable<Result<TlsPeer>> shake_hands();
  void wake_rested_reader();
  boost::asio::awaitable<Result<std::size_t>> write_waiting();

  void make_room();
  void note_read(std::size_t count);
  void handle_input();
  void receive_all();
  void look_for_transition();
  bool is_tls_wanted() const;
  void pump_unless_busy();
  Step pump();
  bool offer();
  void wrote(std::size_t count);
  bool has_too_many_answers() const;
  bool is_session_resting() const;

  void arm_deadline();
  void deadline_reached();
  void arm_end_timer(std::chrono::milliseconds timeout);
  void loop_ended();

  boost::asio::any_io_executor executor_;
  StreamPointer stream_;
  Session& session_;
  SessionHost& host_;
  SessionDriverLimits limits_;
  TlsEngineMaker make_tls_;

  State state_ = State::kIdle;
  std::optional<Error> reason_;
  Farewell farewell_ = Farewell::kNormal;
  int loops_ = 0;

  // What reads fill, so it is not cleared before.
  class ReadBuffer {
   public:
    ReadBuffer() = default;
    explicit ReadBuffer(std::size_t size)
        : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(size)), size_(size) {}

    std::size_t size() const { return size_; }
    std::uint8_t* begin() { return bytes_.get(); }
    std::uint8_t* end() { return bytes_.get() + size_; }

   private:
    std::unique_ptr<std::uint8_t[]> bytes_;
    std::size_t size_ = 0;
  };

  // Input: buffer_[begin_, end_) is read and not consumed.
  ReadBuffer buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t wanted_ = 1;
  std::size_t room_bytes_;   // the buffer's size without a message that needs more
  int small_reads_ = 0;      // in a row
  bool turn_ended_ = false;  // Need::ends_turn
  WakeEvent reader_wake_;
  boost::asio::steady_timer rest_timer_;
  std::optional<TimePoint> resting_until_;  // the reader waits for it

  // Output.
  Step next_ = Step::kRest;
  bool is_writer_busy_ = true;  // the writer is not waiting in wake_ and will pump by itself
  bool is_in_callback_ = false;
  bool may_offer_ = true;         // something happened since Session::writable was last called
  std::size_t answer_bytes_ = 0;  // at most this much of output came from receive()
  WakeEvent writer_wake_;

  // The stream is being wrapped in TLS; only the reader uses it.
  bool is_shaking_hands_ = false;

  boost::asio::steady_timer deadline_timer_;
  std::optional<TimePoint> armed_deadline_;
  TimePoint earliest_deadline_{};  // a deadline that stays in the past must not spin
  boost::asio::steady_timer end_timer_;

  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace oriel::net
