#include "oriel/io/net/session_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <string>
#include <vector>

#include "oriel/io/net/memory_stream.h"

namespace oriel::net {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

// Messages are a length byte and as many bytes. A message is answered with itself; "!..." is an
// error whose reason is answered first; "bye" closes.
class EchoSession : public Session {
 public:
  Result<Need> receive(ByteSpan bytes, TimePoint) override {
    ++receives;
    largest_view = std::max(largest_view, bytes.size());
    Need need;
    while (need.consumed < bytes.size()) {
      std::size_t length = 1u + bytes[need.consumed];
      need.wanted = length;
      if (bytes.size() - need.consumed < length) return need;
      auto message = bytes.subspan(need.consumed, length);
      need.consumed += length;
      need.wanted = 1;
      ++messages;
      auto text = as_text(message.subspan(1));
      out.append(message);
      if (text.starts_with('!')) return fail(ErrorCode::kInvalid, "a message that starts with !");
      if (text == "bye") next = Transition::kClose;
      if (text == "tls") next = Transition::kStartTlsServer;
    }
    return need;
  }
  OutputQueue& output() override { return out; }
  void writable(TimePoint, std::size_t) override { ++offers; }
  std::optional<TimePoint> deadline() const override { return due; }
  Status deadline_passed(TimePoint) override {
    due.reset();
    out.append(as_bytes("late"));
    return fail(ErrorCode::kTimeout, "too late");
  }
  Transition transition() const override { return next; }

  OutputQueue out;
  std::optional<TimePoint> due;
  Transition next = Transition::kNone;
  int receives = 0;
  int messages = 0;
  int offers = 0;
  std::size_t largest_view = 0;
};

class RecordingHost : public SessionHost {
 public:
  void session_progressed() override {
    EXPECT_EQ(ends, 0);
    ++progresses;
    if (on_progress) on_progress();
  }
  void session_writable() override {
    EXPECT_EQ(ends, 0);
    if (on_writable) on_writable();
  }
  void session_ended(const Error& why) override {
    ++ends;
    reason = why;
  }

  bool waits_for_room() const override { return waits; }

  bool waits = true;
  std::function<void()> on_progress;
  std::function<void()> on_writable;
  int progresses = 0;
  int ends = 0;
  Error reason;
};

std::string message(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())) + std::string(text);
}

// A driver on one end of a memory pipe; the test is the peer on the other.
struct Conversation {
  explicit Conversation(std::size_t capacity = 64 * 1024, SessionDriverLimits limits = {}) {
    auto [ours, theirs] = make_memory_streams(loop.get_executor(), capacity);
    peer = std::move(theirs);
    driver =
        std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), echo, host, limits);
  }

  void settle() {
    loop.restart();
    loop.poll();
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      auto piece = as_bytes(text);
      auto count = peer->try_write({&piece, 1});
      ASSERT_TRUE(count);
      ASSERT_GT(*count, 0u) << "the driver has stopped reading";
      text.remove_prefix(*count);
      settle();
    }
  }
  std::string received() {
    std::string all;
    std::array<std::uint8_t, 4096> buffer;
    for (;;) {
      settle();
      auto count = peer->try_read(buffer);
      if (!count || *count == 0) return all;
      all.append(as_text(std::span(buffer).first(*count)));
    }
  }
  bool peer_sees_the_end() {
    std::array<std::uint8_t, 1> byte;
    return !peer->try_read(byte).has_value();
  }
  // Runs until nothing can happen any more.
  void run_to_the_end() {
    loop.restart();
    loop.run();
  }

  boost::asio::io_context loop{1};
  EchoSession echo;
  RecordingHost host;
  StreamPointer peer;
  std::shared_ptr<SessionDriver> driver;
};

TEST(SessionDriver, AnswersWhatItReadsSplitAtEveryByte) {
  auto input = message("one") + message("") + message("three");
  for (std::size_t split = 0; split <= input.size(); ++split) {
    Conversation talk;
    talk.driver->start();
    talk.send(input.substr(0, split));
    talk.send(input.substr(split));
    EXPECT_EQ(talk.received(), input) << "split at " << split;
    EXPECT_EQ(talk.driver->bytes_in(), input.size());
    EXPECT_EQ(talk.driver->bytes_out(), input.size());
  }
}

TEST(SessionDriver, DoesNotCallReceiveBeforeTheWantedBytesAreThere) {
  Conversation talk;
  talk.driver->start();
  auto input = message(std::string(200, 'x'));
  for (char byte : input) talk.send({&byte, 1});
  EXPECT_EQ(talk.received(), input);
  EXPECT_EQ(talk.echo.receives, 2);
}

TEST(SessionDriver, HandlesAllMessagesThatWereReadBeforeItAsksForOutput) {
  Conversation talk;
  int messages_at_first_offer = -1;
  talk.driver->start();
  talk.settle();
  talk.host.on_writable = [&] {
    if (messages_at_first_offer < 0) messages_at_first_offer = talk.echo.messages;
  };
  std::string input;
  for (int i = 0; i < 10'000; ++i) input += message("key");  // more than the read buffer
  auto piece = as_bytes(input);
  ASSERT_EQ(talk.peer->try_write({&piece, 1}), input.size());
  talk.settle();
  EXPECT_EQ(messages_at_first_offer, 10'000);
}

TEST(SessionDriver, WritesInsideKickWhenNoWriteIsOutstanding) {
  Conversation talk;
  talk.driver->start();
  talk.settle();
  talk.echo.out.append(as_bytes("now"));
  talk.driver->kick();
  std::array<std::uint8_t, 8> buffer;
  EXPECT_EQ(talk.peer->try_read(buffer), 3u);  // without running the loop
}

TEST(SessionDriver, OffersOncePerKickWhenTheSessionHasNothingToSay) {
  Conversation talk;
  talk.driver->start();
  talk.settle();
  auto before = talk.echo.offers;
  talk.driver->kick();
  talk.settle();
  EXPECT_EQ(talk.echo.offers, before + 1);
  talk.settle();
  EXPECT_EQ(talk.echo.offers, before + 1);
}

TEST(SessionDriver, SendsWhatTheHostComposesWhenTheStreamIsWritable) {
  Conversation talk;
  int pictures = 0;
  talk.host.on_writable = [&] {
    if (pictures < 3) talk.echo.out.append(as_bytes(std::to_string(pictures++)));
  };
  talk.driver->start();
  EXPECT_EQ(talk.received(), "012");
}

TEST(SessionDriver, TellsAHostThatDoesNotWaitForRoomWhenAllIsWritten) {
  Conversation talk(4);
  talk.host.waits = false;
  int offers = 0;
  talk.host.on_writable = [&] { ++offers; };
  talk.driver->start();
  talk.settle();
  offers = 0;
  talk.echo.out.append(as_bytes("fill"));  // the pipe takes no more
  talk.driver->kick();
  talk.settle();
  EXPECT_EQ(offers, 0) << "a stream that cannot tell is asked whether it is writable";
  talk.echo.out.append(as_bytes("more"));
  talk.driver->kick();
  EXPECT_EQ(talk.received(), "fillmore");
  EXPECT_GE(offers, 1);
  EXPECT_EQ(talk.echo.offers, 0) << "Session::writable is for those who wait";
}

TEST(SessionDriver, OffersNothingWhileThePeerDoesNotRead) {
  Conversation talk(16);
  int pictures = 0;
  talk.host.on_writable = [&] {
    ++pictures;
    talk.echo.out.append(Bytes(100, 'p'));
  };
  talk.driver->start();
  for (int i = 0; i < 50; ++i) {
    talk.settle();
    talk.driver->kick();
  }
  EXPECT_EQ(pictures, 1);
  EXPECT_LE(talk.echo.out.size_bytes(), 100u);
}

TEST(SessionDriver, StillHandlesInputWhileThePeerDoesNotReadPictures) {
  Conversation talk(16);
  talk.driver->start();
  talk.settle();
  talk.echo.out.append(Bytes(1000, 'p'));
  talk.driver->kick();
  talk.send(message("key"));
  talk.settle();
  EXPECT_EQ(talk.echo.messages, 1);
}

TEST(SessionDriver, StopsReadingFromAPeerThatAsksAndNeverReads) {
  SessionDriverLimits limits;
  limits.unread_answers_bytes = 10'000;
  Conversation talk(4096, limits);
  talk.driver->start();
  std::string input;
  for (int i = 0; i < 100'000; ++i) input += message("ask");
  auto rest = as_bytes(input);
  for (;;) {
    auto count = talk.peer->try_write({&rest, 1});
    ASSERT_TRUE(count);
    if (*count == 0) break;
    rest = rest.subspan(*count);
    talk.settle();
  }
  EXPECT_LT(talk.echo.out.size_bytes(), 10'000u + 2 * 16 * 1024);
  // Reading the answers lets it go on.
  std::string answers = talk.received();
  while (!rest.empty()) {
    auto count = talk.peer->try_write({&rest, 1});
    ASSERT_GT(*count, 0u);
    rest = rest.subspan(*count);
    answers += talk.received();
  }
  EXPECT_TRUE(answers == input);
}

TEST(SessionDriver, ReadsNothingWhileTheSessionRestsAndGoesOnAfterwards) {
  // Takes one message at a time and then rests until the test says otherwise.
  class Resting : public EchoSession {
   public:
    Result<Need> receive(ByteSpan bytes, TimePoint now) override {
      EXPECT_FALSE(until > now) << "shown something in its rest";
      auto need = EchoSession::receive(bytes.first(std::min<std::size_t>(bytes.size(), 4)), now);
      until = now + rest;
      return need;
    }
    std::optional<TimePoint> rests_until() const override { return until; }
    std::optional<TimePoint> until;
    Duration rest = std::chrono::hours(1);
  };
  boost::asio::io_context loop{1};
  auto [ours, theirs] = make_memory_streams(loop.get_executor(), 1024);
  Resting resting;
  RecordingHost host;
  auto driver =
      std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), resting, host);
  driver->start();
  std::string said;
  for (int i = 0; i < 3; ++i) said += message("abc");
  auto piece = as_bytes(said);
  ASSERT_EQ(theirs->try_write({&piece, 1}), said.size());
  loop.poll();
  EXPECT_EQ(resting.messages, 1);
  const auto more = message("abc");
  piece = as_bytes(more);
  ASSERT_EQ(theirs->try_write({&piece, 1}), more.size());
  loop.restart();
  loop.poll();
  EXPECT_EQ(driver->bytes_in(), said.size()) << "it read on in the rest";
  // An end in a rest of an hour does not wait for it.
  driver->close_after_flush({ErrorCode::kRefused, "enough"});
  theirs->close();
  loop.restart();
  loop.run();
  EXPECT_EQ(host.ends, 1);
  EXPECT_EQ(host.reason.message, "enough");
}

TEST(SessionDriver, ShowsASessionWhatWasLeftWhenItsRestIsOver) {
  class Resting : public EchoSession {
   public:
    Result<Need> receive(ByteSpan bytes, TimePoint now) override {
      auto need = EchoSession::receive(bytes.first(std::min<std::size_t>(bytes.size(), 4)), now);
      until = now + milliseconds(1);
      return need;
    }
    std::optional<TimePoint> rests_until() const override { return until; }
    std::optional<TimePoint> until;
  };
  boost::asio::io_context loop{1};
  auto [ours, theirs] = make_memory_streams(loop.get_executor(), 1024);
  Resting resting;
  RecordingHost host;
  auto driver =
      std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), resting, host);
  driver->start();
  std::string said;
  for (int i = 0; i < 5; ++i) said += message("abc");
  auto piece = as_bytes(said);
  ASSERT_EQ(theirs->try_write({&piece, 1}), said.size());
  while (resting.messages < 5 && loop.run_one() > 0) {
  }
  EXPECT_EQ(resting.messages, 5);
  theirs->close();
  loop.restart();
  loop.run();
  EXPECT_EQ(host.ends, 1);
}

TEST(SessionDriver, GrowsTheReadBufferOnlyWithWhatHasArrived) {
  class Greedy : public EchoSession {
   public:
    Result<Need> receive(ByteSpan bytes, TimePoint) override {
      largest_view = std::max(largest_view, bytes.size());
      if (bytes.size() < 1'000'000) return Need{0, 1'000'000};
      return Need{1'000'000, 1};
    }
  };
  boost::asio::io_context loop{1};
  auto [ours, theirs] = make_memory_streams(loop.get_executor());
  Greedy greedy;
  RecordingHost host;
  auto driver = std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), greedy, host);
  driver->start();
  Bytes data(1'000'000, 7);
  for (ByteSpan rest(data); !rest.empty(); loop.restart()) {
    auto count = theirs->try_write({&rest, 1});
    ASSERT_GT(*count, 0u);
    rest = rest.subspan(*count);
    loop.poll();
  }
  EXPECT_EQ(greedy.largest_view, 1'000'000u);
  EXPECT_EQ(driver->bytes_in(), 1'000'000u);
}

TEST(SessionDriver, EndsASessionThatWantsMoreThanTheBufferMayHold) {
  SessionDriverLimits limits;
  limits.read_buffer_max_bytes = 100;
  Conversation talk(4096, limits);
  talk.driver->start();
  talk.send(std::string(1, '\xc8') + "x");
  talk.peer->close();
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kTooLarge);
}

TEST(SessionDriver, GivesThePeerTheReasonOfAnErrorBeforeItCloses) {
  Conversation talk;
  talk.driver->start();
  talk.send(message("!bad") + "what follows is dropped");
  EXPECT_EQ(talk.received(), message("!bad"));
  EXPECT_TRUE(talk.peer_sees_the_end());
  EXPECT_EQ(talk.host.ends, 0);  // it waits for the peer to close too
  talk.send("more that nobody reads");
  talk.peer->close();
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.progresses, 1);
  EXPECT_EQ(talk.host.reason, (Error{ErrorCode::kInvalid, "a message that starts with !"}));
}

TEST(SessionDriver, ClosesWhenThePeerReadsNothingOfTheReasonWithinTheFlushTimeout) {
  SessionDriverLimits limits;
  limits.flush_timeout = milliseconds(1);
  Conversation talk(2, limits);
  talk.driver->start();
  talk.send(message("!a reason that does not fit"));
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kInvalid);
}

TEST(SessionDriver, ClosesWhenThePeerDoesNotCloseWithinTheDrainTimeout) {
  SessionDriverLimits limits;
  limits.drain_timeout = milliseconds(1);
  Conversation talk(4096, limits);
  talk.driver->start();
  talk.send(message("bye"));
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kClosed);
}

TEST(SessionDriver, CallsTheDeadlineAndFlushesWhatItSays) {
  Conversation talk;
  talk.echo.due = Clock::now();
  talk.driver->start();
  while (talk.host.progresses == 0) {
    talk.loop.restart();
    talk.loop.run_one();
  }
  EXPECT_EQ(talk.received(), "late");
  talk.peer->close();
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kTimeout);
}

TEST(SessionDriver, ForgetsADeadlineThatWasTakenBack) {
  Conversation talk;
  talk.echo.due = Clock::now() + std::chrono::hours(1);
  talk.driver->start();
  talk.settle();
  talk.echo.due.reset();
  talk.driver->kick();
  talk.peer->close();
  talk.run_to_the_end();  // does not wait for an hour
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kClosed);
}

TEST(SessionDriver, EndsOnceWhenThePeerCloses) {
  Conversation talk;
  talk.driver->start();
  talk.settle();
  talk.peer->close();
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kClosed);
  talk.driver->kick();
  talk.driver->close_now({ErrorCode::kClosed, "again"});
  talk.driver->close_after_flush({ErrorCode::kClosed, "again"});
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
}

TEST(SessionDriver, CallsNothingButTheEndAfterCloseNow) {
  Conversation talk(8);
  talk.driver->start();
  talk.settle();
  talk.echo.out.append(Bytes(100, 'p'));
  talk.driver->kick();
  talk.settle();  // a write is outstanding
  auto offers = talk.echo.offers;
  talk.driver->close_now({ErrorCode::kRefused, "shut down"});
  talk.driver->kick();
  talk.run_to_the_end();
  EXPECT_EQ(talk.echo.offers, offers);
  EXPECT_EQ(talk.host.progresses, 0);
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.message, "shut down");
}

TEST(SessionDriver, MayBeClosedInsideItsOwnCallbacks) {
  Conversation talk;
  talk.host.on_progress = [&] { talk.driver->close_now({ErrorCode::kRefused, "in progress"}); };
  talk.driver->start();
  talk.send(message("a"));
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.ends, 1);
  EXPECT_EQ(talk.host.reason.message, "in progress");

  Conversation other;
  other.host.on_writable = [&] { other.driver->close_now({ErrorCode::kRefused, "in writable"}); };
  other.driver->start();
  other.run_to_the_end();
  EXPECT_EQ(other.host.ends, 1);
  EXPECT_EQ(other.host.reason.message, "in writable");
}

TEST(SessionDriver, RefusesToStartTls) {
  Conversation talk;
  talk.driver->start();
  talk.send(message("tls"));
  talk.peer->close();
  talk.run_to_the_end();
  EXPECT_EQ(talk.host.reason.code, ErrorCode::kUnsupported);
}

TEST(SessionDriver, MayBeDroppedWithItsLoopWhileEverythingIsOutstanding) {
  RecordingHost host;
  EchoSession echo;
  {
    boost::asio::io_context loop{1};
    auto [ours, theirs] = make_memory_streams(loop.get_executor(), 8);
    auto driver = std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), echo, host);
    driver->start();
    echo.out.append(Bytes(100, 'p'));
    loop.poll();
  }
  EXPECT_EQ(host.ends, 0);
}

TEST(SessionDriver, HandlesWhatItReadLastInALongTurn) {
  SessionDriverLimits limits;
  limits.read_buffer_bytes = 16;
  limits.reads_per_turn = 3;
  Conversation talk(64 * 1024, limits);
  talk.driver->start();
  talk.settle();
  for (int count = 1; count < 60; ++count) {
    const int before = talk.echo.messages;
    std::string all;
    for (int i = 0; i < count; ++i) all += message("abcdefg");
    talk.send(all);
    talk.settle();
    ASSERT_EQ(talk.echo.messages, before + count) << "the last ones stay unread until more comes";
    talk.received();
  }
}

// Takes one message of four bytes in each turn.
class TurnSession : public EchoSession {
 public:
  Result<Need> receive(ByteSpan bytes, TimePoint now) override {
    order += 'r';
    auto need = EchoSession::receive(bytes.first(std::min<std::size_t>(bytes.size(), 4)), now);
    need->ends_turn = true;
    return need;
  }
  std::string order;
};

TEST(SessionDriver, LetsOthersGoFirstWhenTheSessionHasHadItsTurn) {
  boost::asio::io_context loop{1};
  auto [ours, peer] = make_memory_streams(loop.get_executor());
  TurnSession session;
  RecordingHost host;
  host.on_progress = [&] { boost::asio::post(loop, [&] { session.order += 'o'; }); };
  const auto driver =
      std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), session, host);
  driver->start();
  const auto text = message("abc") + message("abc") + message("abc");
  const auto piece = as_bytes(text);
  ASSERT_EQ(peer->try_write({&piece, 1}), text.size());
  loop.run_for(std::chrono::seconds(0));
  loop.restart();
  loop.poll();
  EXPECT_EQ(session.order, "rororo");
  driver->close_now({ErrorCode::kClosed, "the test is over"});
  loop.restart();
  loop.poll();
}

// Takes one message of four bytes at a time, and rests before the next until the test says when.
class RestingSession : public EchoSession {
 public:
  Result<Need> receive(ByteSpan bytes, TimePoint now) override {
    EXPECT_FALSE(until > now) << "shown something in its rest";
    auto need = EchoSession::receive(bytes.first(std::min<std::size_t>(bytes.size(), 4)), now);
    until = next_rest;
    return need;
  }
  std::optional<TimePoint> rests_until() const override { return until; }
  std::optional<TimePoint> until;
  std::optional<TimePoint> next_rest = TimePoint::max();
};

// As Conversation, with a session that rests.
struct RestingConversation {
  RestingConversation() {
    auto [ours, theirs] = make_memory_streams(loop.get_executor());
    peer = std::move(theirs);
    driver = std::make_shared<SessionDriver>(loop.get_executor(), std::move(ours), session, host);
    driver->start();
  }
  ~RestingConversation() {
    peer->close();
    driver->close_now({ErrorCode::kClosed, "the test is over"});
    settle();
    EXPECT_EQ(host.ends, 1);
  }
  void settle() {
    loop.restart();
    loop.poll();
  }
  void send(int messages) {
    for (int i = 0; i < messages; ++i) {
      const auto text = message("abc");
      const auto piece = as_bytes(text);
      ASSERT_EQ(peer->try_write({&piece, 1}), text.size());
    }
    settle();
  }

  boost::asio::io_context loop{1};
  RestingSession session;
  RecordingHost host;
  StreamPointer peer;
  std::shared_ptr<SessionDriver> driver;
};

TEST(SessionDriver, ShowsWhatWasLeftWhenAKickEndsARestWithoutAnEnd) {
  RestingConversation talk;
  talk.send(3);
  EXPECT_EQ(talk.session.messages, 1);
  talk.driver->kick();
  talk.settle();
  EXPECT_EQ(talk.session.messages, 1) << "it still rests";
  for (int messages = 2; messages <= 3; ++messages) {
    talk.session.until.reset();
    talk.driver->kick();
    talk.settle();
    EXPECT_EQ(talk.session.messages, messages);
  }
  talk.session.next_rest.reset();
  talk.session.until.reset();
  talk.driver->kick();
  talk.send(2);
  EXPECT_EQ(talk.session.messages, 5) << "and reads on";
}

TEST(SessionDriver, EndsARestOfAnHourWithAKick) {
  RestingConversation talk;
  talk.session.next_rest = Clock::now() + std::chrono::hours(1);
  talk.send(2);
  EXPECT_EQ(talk.session.messages, 1);
  talk.session.until = TimePoint();  // a time that has passed ends it as well
  talk.driver->kick();
  talk.settle();
  EXPECT_EQ(talk.session.messages, 2);
}

TEST(SessionDriver, FollowsARestThatIsMadeShorter) {
  RestingConversation talk;
  talk.send(2);
  talk.session.until = Clock::now() + milliseconds(1);
  talk.driver->kick();
  while (talk.session.messages < 2) {
    talk.loop.restart();
    talk.loop.run_one();
  }
}

TEST(SessionDriver, EndsARestThatADeadlineOrAnOfferEnds) {
  RestingConversation talk;
  talk.send(2);
  talk.host.on_writable = [&] { talk.session.until.reset(); };
  talk.session.out.append(as_bytes("news"));
  talk.driver->kick();
  talk.settle();
  EXPECT_EQ(talk.session.messages, 2);
}

TEST(SessionDriver, EndsASessionThatRestsForEver) {
  RestingConversation talk;
  talk.send(2);
  talk.driver->close_after_flush({ErrorCode::kRefused, "enough"});
  talk.peer->close();
  talk.settle();
  EXPECT_EQ(talk.host.reason.message, "enough");
}

// The sizes of the reads that a driver asks its stream for.
class WatchedStream final : public Stream {
 public:
  WatchedStream(StreamPointer below, std::vector<std::size_t>& rooms)
      : below_(std::move(below)), rooms_(rooms) {}
  awaitable<Result<std::size_t>> read_some(std::span<std::uint8_t> into) override {
    rooms_.push_back(into.size());
    return below_->read_some(into);
  }
  Result<std::size_t> try_read(std::span<std::uint8_t> into) override {
    rooms_.push_back(into.size());
    return below_->try_read(into);
  }
  awaitable<Result<std::size_t>> write_some(std::span<const ByteSpan> pieces) override {
    return below_->write_some(pieces);
  }
  Result<std::size_t> try_write(std::span<const ByteSpan> pieces) override {
    return below_->try_write(pieces);
  }
  awaitable<Status> wait_writable() override { return below_->wait_writable(); }
  bool is_writable_now() const override { return below_->is_writable_now(); }
  awaitable<void> shutdown_send() override { return below_->shutdown_send(); }
  std::size_t unsent_bytes() const override { return below_->unsent_bytes(); }
  void close() override { below_->close(); }
  std::string peer() const override { return below_->peer(); }

 private:
  StreamPointer below_;
  std::vector<std::size_t>& rooms_;
};

TEST(SessionDriver, ReadsWithALargeBufferWhileMuchComesAndWithASmallOneOtherwise) {
  boost::asio::io_context loop{1};
  auto [ours, theirs] = make_memory_streams(loop.get_executor(), 1024 * 1024);
  EchoSession echo;
  RecordingHost host;
  std::vector<std::size_t> rooms;
  const SessionDriverLimits limits;
  auto driver = std::make_shared<SessionDriver>(
      loop.get_executor(), std::make_unique<WatchedStream>(std::move(ours), rooms), echo, host);
  driver->start();
  const auto say = [&](int messages) {
    std::string text;
    for (int i = 0; i < messages; ++i) text += message("abcdefg");
    const auto piece = as_bytes(text);
    ASSERT_EQ(theirs->try_write({&piece, 1}), text.size());
    loop.restart();
    loop.poll();
    Bytes answers(text.size());
    ASSERT_EQ(theirs->try_read(answers), text.size());
  };
  loop.poll();
  EXPECT_EQ(rooms.back(), limits.idle_buffer_bytes);
  say(10'000);  // 80 KB
  EXPECT_EQ(rooms.back(), limits.read_buffer_bytes);
  EXPECT_LE(rooms.size(), 14u) << "it grows fast";
  for (int i = 1; i < limits.small_reads_until_idle; ++i) say(1);
  EXPECT_EQ(rooms.back(), limits.read_buffer_bytes);
  say(1);
  EXPECT_EQ(rooms.back(), limits.idle_buffer_bytes);
  say(10'000);
  EXPECT_EQ(rooms.back(), limits.read_buffer_bytes);
  EXPECT_EQ(echo.messages, 20'008);
  driver->close_now({ErrorCode::kClosed, "the test is over"});
  loop.restart();
  loop.poll();
}

}  // namespace
}  // namespace oriel::net
