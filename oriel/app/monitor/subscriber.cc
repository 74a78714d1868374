#include "oriel/app/monitor/subscriber.h"

#include <utility>
#include <vector>

#include "oriel/app/monitor/limits.h"

namespace oriel::monitor {

Subscriber::Subscriber(const boost::asio::any_io_executor& executor, net::StreamPointer stream,
                       const ClientIdentity& client, const ServerFacts& facts,
                       SubscriberOwner& owner)
    : client_(client), owner_(owner), session_(facts, client.dialect, Clock::now()) {
  net::SessionHost& host = *this;
  driver_ = std::make_shared<net::SessionDriver>(executor, std::move(stream), session_, host);
}

void Subscriber::follow(Feed& feed, std::vector<SharedSnapshot> history) {
  feed_ = &feed;
  // Who has not subscribed may be about to: the next sample is early enough.
  seen_ = feed.form.has_sequence || !feed.newest ? 0 : feed.newest->number();
  history_ = std::move(history);
  history_sent_ = 0;
  history_base_.reset();
}

void Subscriber::close(std::string clause, net::Farewell farewell) {
  driver_->close_after_flush({ErrorCode::kClosed, std::move(clause)}, farewell);
}

bool Subscriber::has_news() const {
  return feed_ != nullptr && feed_->newest && feed_->newest->number() != seen_;
}

void Subscriber::offer() {
  if (!is_ready_) return;
  if (!history_.empty()) {
    send_history();
  } else if (!has_news()) {
    return;
  } else if (driver_->unsent_bytes() > 0) {
    // Behind what the kernel still holds it would be old by the time it leaves.
    return owner_.subscriber_is_late();
  } else {
    send_newest();
  }
  is_ready_ = false;
  driver_->kick();
}

// In step with the feed a delta is enough; who missed something gets all.
void Subscriber::send_newest() {
  auto& newest = *feed_->newest;
  const bool is_in_step = feed_->wants_delta && feed_->before && feed_->before->number() == seen_;
  session_.send(is_in_step ? newest.delta(feed_->form, *feed_->before) : newest.whole(feed_->form));
  seen_ = newest.number();
  owner_.message_sent();
}

// Documents of the past have a sequence only where deltas need it: up to 0, so that no document of
// now builds on them.
void Subscriber::send_history() {
  auto form = feed_->form;
  form.has_sequence = feed_->wants_delta;
  for (std::size_t bytes = 0; history_sent_ < history_.size() && bytes < kHistoryRunBytes;) {
    auto snapshot = std::exchange(history_[history_sent_++], nullptr);
    const auto left = static_cast<std::int64_t>(history_.size() - history_sent_);
    auto edition = std::make_unique<Edition>(-left, std::move(snapshot), std::vector<Alert>());
    const auto line = history_base_ ? edition->delta(form, *history_base_) : edition->whole(form);
    if (feed_->wants_delta) history_base_ = std::move(edition);
    bytes += line->size();
    session_.send(line);
    owner_.message_sent();
  }
  if (history_sent_ < history_.size()) return;
  history_ = {};
  history_base_.reset();
}

void Subscriber::session_progressed() {
  if (const auto subscribe = session_.take_subscription()) owner_.subscribed(*this, *subscribe);
}

void Subscriber::session_writable() {
  is_ready_ = true;
  offer();
}

void Subscriber::session_ended(const Error& reason) { owner_.subscriber_ended(*this, reason); }

}  // namespace oriel::monitor
