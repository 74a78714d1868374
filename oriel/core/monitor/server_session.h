#pragma once
// The server's half of the monitoring stream as a Session: JSON Lines, one message each
// (docs/monitoring.md). It greets, answers ping and get_status, reads subscriptions, and answers
// what is malformed with an error, after which the conversation goes on. What a client is sent
// without asking, the samples, its owner puts in.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "oriel/base/bytes.h"
#include "oriel/base/output_queue.h"
#include "oriel/base/session.h"
#include "oriel/core/monitor/messages.h"
#include "oriel/core/monitor/snapshot.h"

namespace oriel::monitor {

// What sessions ask of their server at the moment they answer.
class ServerFacts {
 public:
  virtual ~ServerFacts() = default;
  virtual WallTime wall_time() const = 0;
  virtual std::size_t connected_clients() const = 0;
  virtual bool is_active() const = 0;  // samples are being taken
};

// One strand owns it. No call of it ends the conversation.
class ServerSession final : public Session {
 public:
  // `facts` outlives the session. `dialect` is what the client speaks until it shows otherwise.
  ServerSession(const ServerFacts& facts, Dialect dialect, TimePoint now);

  // What the client has last asked for, once; nothing when it has not asked since.
  std::optional<Subscribe> take_subscription();
  // By what the client's requests have shown.
  Dialect dialect() const { return dialect_; }

  // Queues a message that may be shared with other sessions; it ends with "\n".
  void send(SharedBytes line) { output_.append_shared(std::move(line)); }

  // Session. Requests beyond kRequestsPerSecond are left unread for a moment.
  Result<Need> receive(ByteSpan bytes, TimePoint now) override;
  std::optional<TimePoint> rests_until() const override { return rests_until_; }
  OutputQueue& output() override { return output_; }
  void writable(TimePoint, std::size_t) override {}
  std::optional<TimePoint> deadline() const override { return std::nullopt; }
  Status deadline_passed(TimePoint) override { return {}; }
  Transition transition() const override { return Transition::kNone; }

 private:
  void answer(std::string_view line, TimePoint now);
  void answer_request(const Request& request, TimePoint now);
  void refuse(std::string_view clause);
  void say(std::string message);
  void spend(double requests, TimePoint now);

  const ServerFacts& facts_;
  Dialect dialect_;
  OutputQueue output_;
  std::optional<Subscribe> subscription_;
  bool is_skipping_ = false;  // the rest of a line that was too long
  double allowance_;          // requests that may come at once
  TimePoint counted_at_;      // allowance_ is that of this moment
  std::optional<TimePoint> rests_until_;
};

}  // namespace oriel::monitor
