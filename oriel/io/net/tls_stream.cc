#include "oriel/io/net/tls_stream.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <optional>
#include <utility>

#include "oriel/base/check.h"
#include "oriel/io/net/limits.h"
#include "oriel/io/net/wake_event.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kReadBytes = 16 * 1024;  // ciphertext at a time: about a record
constexpr std::size_t kIdleReadBytes = 1024;  // while nothing is there, so that idle ones are small

std::unexpected<Error> closed() { return fail(ErrorCode::kClosed, "the connection is closed"); }

void drop_front(std::span<ByteSpan>& pieces, std::size_t bytes) {
  while (!pieces.empty() && bytes >= pieces.front().size()) {
    bytes -= pieces.front().size();
    pieces = pieces.subspan(1);
  }
  if (!pieces.empty()) pieces.front() = pieces.front().subspan(bytes);
}

// Everything that an outstanding operation needs, so that it can outlive the TlsStream.
//
// Ciphertext leaves in two steps. The engine keeps what it has made; once `sending_` has gone, the
// engine's is moved there. It is offered to the stream below at once, and if that does not take it
// all, a coroutine of ours (pump) writes the rest. New plaintext is taken only when nothing waits.
class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(boost::asio::any_io_executor executor, StreamPointer below, TlsEngine engine,
               ByteSpan already_read)
      : executor_(executor),
        below_(std::move(below)),
        engine_(std::move(engine)),
        changed_(executor) {
    engine_.put_input(already_read);
  }

  const TlsEngine& engine() const { return engine_; }
  const Stream& below() const { return *below_; }
  bool is_truncated() const { return is_truncated_; }
  bool is_idle() const { return sending_.empty() && !engine_.has_output(); }
  std::size_t waiting_bytes() const {
    return sending_.size() - sent_bytes_ + engine_.output_bytes() + below_->unsent_bytes();
  }

  awaitable<Status> handshake();
  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into);
  Result<std::size_t> try_read(std::span<std::uint8_t> into);
  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces);
  Result<std::size_t> try_write(std::span<const ByteSpan> pieces);
  awaitable<Status> wait_writable();
  bool is_writable_now() const;
  awaitable<void> shutdown_send();
  void close();

 private:
  void put(std::size_t count);
  Result<std::size_t> read_from_engine(std::span<std::uint8_t> into);
  std::unexpected<Error> below_ended(const Error& error);
  void push_output();
  void start_pump();
  awaitable<void> pump();
  bool may_write_below() const { return !is_pumping_ && !is_waiting_below_; }

  boost::asio::any_io_executor executor_;
  StreamPointer below_;
  TlsEngine engine_;
  WakeEvent changed_;  // of what follows
  Bytes sending_;      // ciphertext of which sent_bytes_ have left
  std::size_t sent_bytes_ = 0;
  bool is_pumping_ = false;        // the pump is writing to the stream below
  bool is_waiting_below_ = false;  // wait_writable is outstanding there
  bool is_closed_ = false;
  bool is_truncated_ = false;
  std::optional<Error> read_error_;   // once it has failed it fails always
  std::optional<Error> write_error_;  // likewise
  std::array<std::uint8_t, kIdleReadBytes> input_;
};

// ---- reading ----------------------------------------------------------------------------------

awaitable<Status> Conversation::handshake() {
  const auto self = shared_from_this();
  for (;;) {
    if (is_closed_) co_return closed();
    const auto step = engine_.handshake();
    push_output();
    if (!step) {
      read_error_ = write_error_ = step.error();
      co_return std::unexpected(step.error());
    }
    if (*step) co_return Status{};
    const auto count = co_await below_->read_some(input_);
    if (!count) co_return std::unexpected(count.error());
    put(*count);
  }
}

// What a wait brought into input_. Where that is full there may be more, which is read through the
// stack. An error shows up in the next read again.
void Conversation::put(std::size_t count) {
  engine_.put_input(ByteSpan(input_).first(count));
  if (count < input_.size()) return;
  std::array<std::uint8_t, kReadBytes> more;
  if (const auto taken = below_->try_read(more)) engine_.put_input(ByteSpan(more).first(*taken));
}

// 0: nothing is there. What it makes us say, such as an alert, is on its way.
Result<std::size_t> Conversation::read_from_engine(std::span<std::uint8_t> into) {
  if (is_closed_) return closed();
  if (read_error_) return std::unexpected(*read_error_);
  auto count = engine_.read(into);
  push_output();
  if (!count) read_error_ = count.error();
  if (!count && count.error().code != ErrorCode::kClosed) write_error_ = count.error();
  return count;
}

std::unexpected<Error> Conversation::below_ended(const Error& error) {
  if (is_closed_) return closed();
  is_truncated_ = true;
  read_error_ = Error{error.code, error.message + ", without a close_notify of TLS"};
  return std::unexpected(*read_error_);
}

awaitable<Result<std::size_t>> Conversation::read_some(std::span<std::uint8_t> into) {
  const auto self = shared_from_this();
  for (;;) {
    auto count = read_from_engine(into);
    if (!count || *count > 0) co_return count;
    // A peer that makes us answer and does not read the answers is not heard meanwhile.
    while (engine_.has_output() && !write_error_ && !is_closed_) co_await changed_.wait();
    if (is_closed_) co_return closed();
    const auto taken = co_await below_->read_some(input_);
    if (!taken) co_return below_ended(taken.error());
    put(*taken);
  }
}

Result<std::size_t> Conversation::try_read(std::span<std::uint8_t> into) {
  std::array<std::uint8_t, kReadBytes> input;
  for (;;) {
    auto count = read_from_engine(into);
    if (!count || *count > 0) return count;
    if (engine_.has_output() && !write_error_) return 0;
    const auto taken = below_->try_read(input);
    if (!taken) return below_ended(taken.error());
    if (*taken == 0) return 0;
    engine_.put_input(ByteSpan(input).first(*taken));
  }
}

// ---- writing ----------------------------------------------------------------------------------

// Offers what is to be sent to the stream below, and sees to it that the rest follows.
void Conversation::push_output() {
  if (!may_write_below()) return start_pump();
  for (;;) {
    if (sending_.empty()) {
      engine_.take_output(sending_);
      sent_bytes_ = 0;
    }
    if (sending_.empty() || write_error_ || is_closed_) return;
    const auto rest = ByteSpan(sending_).subspan(sent_bytes_);
    const auto count = below_->try_write({&rest, 1});
    if (!count) {
      write_error_ = count.error();
      return;
    }
    if (*count < rest.size()) {
      sent_bytes_ += *count;
      return start_pump();
    }
    sending_.clear();
  }
}

// Unless it runs; or wait_writable is outstanding below, which starts it when it returns.
void Conversation::start_pump() {
  if (!may_write_below() || is_closed_) return;
  is_pumping_ = true;
  boost::asio::co_spawn(
      executor_, [self = shared_from_this()]() { return self->pump(); }, boost::asio::detached);
}

awaitable<void> Conversation::pump() {
  while (!is_closed_ && !is_idle()) {
    if (sending_.empty()) {
      engine_.take_output(sending_);
      sent_bytes_ = 0;
    }
    const auto rest = ByteSpan(sending_).subspan(sent_bytes_);
    const auto count = co_await below_->write_some({&rest, 1});
    if (!count) {
      write_error_ = count.error();
      break;
    }
    sent_bytes_ += *count;
    if (sent_bytes_ == sending_.size()) sending_.clear();
  }
  is_pumping_ = false;
  changed_.notify();
}

awaitable<Result<std::size_t>> Conversation::write_some(std::span<const ByteSpan> pieces) {
  const auto self = shared_from_this();
  for (;;) {
    auto count = try_write(pieces);
    if (!count || *count > 0) co_return count;
    co_await changed_.wait();
  }
}

// Encrypts as long as what is encrypted leaves at once, and up to kTlsAheadBytes that do not.
Result<std::size_t> Conversation::try_write(std::span<const ByteSpan> pieces) {
  ORIEL_CHECK(!pieces.empty() && pieces.size() <= kMaxWritePieces);
  if (is_closed_) return closed();
  if (write_error_) return std::unexpected(*write_error_);
  std::array<ByteSpan, kMaxWritePieces> left;
  std::ranges::copy(pieces, left.begin());
  auto rest = std::span(left).first(pieces.size());
  drop_front(rest, 0);  // empty ones
  std::size_t total = 0;
  while (is_idle() && !rest.empty()) {
    while (!rest.empty() && engine_.output_bytes() < kTlsAheadBytes) {
      const auto count = engine_.write_record(rest);
      if (!count) {
        write_error_ = count.error();
        return std::unexpected(*write_error_);
      }
      total += *count;
      drop_front(rest, *count);
    }
    push_output();
    if (write_error_) return std::unexpected(*write_error_);
  }
  return total;
}

awaitable<Status> Conversation::wait_writable() {
  const auto self = shared_from_this();
  for (;;) {
    if (is_closed_) co_return closed();
    if (write_error_) co_return std::unexpected(*write_error_);
    if (is_pumping_ || !is_idle()) {
      start_pump();
      co_await changed_.wait();
      continue;
    }
    is_waiting_below_ = true;
    const auto status = co_await below_->wait_writable();
    is_waiting_below_ = false;
    if (status && !is_idle()) continue;
    if (!status) {
      write_error_ = is_closed_ ? closed().error() : status.error();
      changed_.notify();
    }
    co_return status;
  }
}

bool Conversation::is_writable_now() const {
  return engine_.is_established() && !is_closed_ && !write_error_ && may_write_below() &&
         is_idle() && below_->is_writable_now();
}

awaitable<void> Conversation::shutdown_send() {
  const auto self = shared_from_this();
  engine_.shut_down();
  push_output();
  while (!is_closed_ && !write_error_ && (is_pumping_ || !is_idle())) co_await changed_.wait();
  if (!is_closed_ && !write_error_) co_await below_->shutdown_send();
}

// With a last word to a peer that would otherwise suspect a cut.
void Conversation::close() {
  if (is_closed_) return;
  if (!is_pumping_ && !write_error_) {
    engine_.shut_down();
    push_output();
  }
  is_closed_ = true;
  below_->close();
  changed_.notify();
}

// ---- the stream -------------------------------------------------------------------------------

class TlsStreamOnStream final : public TlsStream {
 public:
  explicit TlsStreamOnStream(std::shared_ptr<Conversation> conversation)
      : it_(std::move(conversation)) {}
  ~TlsStreamOnStream() override { it_->close(); }

  awaitable<Status> handshake() override { return it_->handshake(); }
  bool is_truncated() const override { return it_->is_truncated(); }
  const TlsEngine& engine() const override { return it_->engine(); }

  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    return it_->read_some(into);
  }
  Result<std::size_t> try_read(std::span<std::uint8_t> into) override {
    return it_->try_read(into);
  }
  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces) override {
    return it_->write_some(pieces);
  }
  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    return it_->try_write(pieces);
  }
  awaitable<Status> wait_writable() override { return it_->wait_writable(); }
  bool is_writable_now() const override { return it_->is_writable_now(); }
  awaitable<void> shutdown_send() override { return it_->shutdown_send(); }
  std::size_t unsent_bytes() const override { return it_->waiting_bytes(); }
  void close() override { it_->close(); }
  std::string peer() const override { return it_->below().peer(); }
  std::string local() const override { return it_->below().local(); }
  bool is_private() const override {
    return it_->below().is_private() || it_->engine().is_private();
  }
  std::optional<unsigned> peer_uid() const override { return it_->below().peer_uid(); }
  std::string peer_common_name() const override { return it_->engine().peer_common_name(); }

 private:
  std::shared_ptr<Conversation> it_;
};

}  // namespace

std::unique_ptr<TlsStream> make_tls_stream(boost::asio::any_io_executor executor,
                                           StreamPointer below, TlsEngine engine,
                                           ByteSpan already_read) {
  return std::make_unique<TlsStreamOnStream>(std::make_shared<Conversation>(
      std::move(executor), std::move(below), std::move(engine), already_read));
}

}  // namespace oriel::net
