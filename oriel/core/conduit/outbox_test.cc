#include "oriel/core/conduit/outbox.h"

#include <gtest/gtest.h>

#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

using oriel::testing::call;
using oriel::testing::message;
using oriel::testing::share;

constexpr TopicId kNews = 1;
constexpr TopicId kPrices = 2;

SharedBytes text(std::string_view text) {
  const auto bytes = as_bytes(text);
  return share(Bytes(bytes.begin(), bytes.end()));
}

std::vector<std::string> popped(Outbox& outbox) {
  std::vector<std::string> all;
  while (!outbox.empty()) all.emplace_back(as_text(*outbox.pop()));
  return all;
}

using Texts = std::vector<std::string>;

TEST(Outbox, KeepsTheOrder) {
  Outbox outbox(10, 1000);
  EXPECT_TRUE(outbox.empty());
  for (const auto* one : {"a", "b", "c"}) EXPECT_EQ(outbox.push(text(one)), Sent::kQueued);
  EXPECT_EQ(outbox.size(), 3u);
  EXPECT_EQ(popped(outbox), (Texts{"a", "b", "c"}));
}

TEST(Outbox, LendsTheVeryFrameThatItWasGiven) {
  Outbox outbox(10, 1000);
  const auto frame = text("shared");
  outbox.push(frame, kNews, TopicPolicy::kBlock);
  EXPECT_EQ(outbox.pop().get(), frame.get());
}

TEST(Outbox, IsFullFromItsFramesOn) {
  Outbox outbox(2, 1000);
  EXPECT_EQ(outbox.push(text("a")), Sent::kQueued);
  EXPECT_FALSE(outbox.is_full());
  EXPECT_EQ(outbox.push(text("b")), Sent::kQueued);
  EXPECT_TRUE(outbox.is_full());
  EXPECT_EQ(outbox.push(text("c")), Sent::kFull);
  outbox.pop();
  EXPECT_EQ(outbox.push(text("c")), Sent::kQueued);
  EXPECT_EQ(popped(outbox), (Texts{"b", "c"}));
}

TEST(Outbox, IsFullFromItsBytesOn) {
  Outbox outbox(100, 6);
  EXPECT_EQ(outbox.push(text("12345")), Sent::kQueued);
  EXPECT_FALSE(outbox.is_full());
  EXPECT_EQ(outbox.push(text("6789")), Sent::kQueued) << "by one frame beyond";
  EXPECT_TRUE(outbox.is_full());
  EXPECT_EQ(outbox.push(text("")), Sent::kFull);
}

TEST(Outbox, LeavesTheChoiceToWhoBlocks) {
  Outbox outbox(1, 1000);
  outbox.push(text("a"));
  EXPECT_EQ(outbox.push(text("b"), kNews, TopicPolicy::kBlock), Sent::kFull);
  EXPECT_EQ(outbox.push(text("b"), kNews, TopicPolicy::kDisconnect), Sent::kTooSlow);
  EXPECT_EQ(outbox.dropped(), 0u);
  EXPECT_EQ(popped(outbox), (Texts{"a"}));
}

TEST(Outbox, DropsTheOldestOfTheTopic) {
  Outbox outbox(3, 1000);
  outbox.push(text("call"));
  outbox.push(text("p1"), kPrices, TopicPolicy::kDropOldest);
  outbox.push(text("n1"), kNews, TopicPolicy::kDropOldest);
  EXPECT_EQ(outbox.push(text("n2"), kNews, TopicPolicy::kDropOldest), Sent::kQueued);
  EXPECT_EQ(outbox.dropped(), 1u);
  EXPECT_EQ(popped(outbox), (Texts{"call", "p1", "n2"}));
}

TEST(Outbox, DropsTheNewestWhenNothingOfTheTopicWaits) {
  Outbox outbox(1, 1000);
  outbox.push(text("call"));
  EXPECT_EQ(outbox.push(text("n1"), kNews, TopicPolicy::kDropOldest), Sent::kDropped);
  EXPECT_EQ(outbox.dropped(), 1u);
  EXPECT_EQ(popped(outbox), (Texts{"call"}));
}

TEST(Outbox, DropsAsManyAsTheBytesNeedAndKeepsTheNewest) {
  Outbox outbox(100, 10);
  outbox.push(text("12345678"));
  outbox.push(text("a"), kNews, TopicPolicy::kDropOldest);
  outbox.push(text("bcdefgh"), kNews, TopicPolicy::kDropOldest);
  EXPECT_EQ(outbox.push(text("new"), kNews, TopicPolicy::kDropOldest), Sent::kQueued);
  EXPECT_EQ(outbox.dropped(), 2u);
  EXPECT_EQ(popped(outbox), (Texts{"12345678", "new"}));
}

TEST(Outbox, KeepsOnlyTheLatestInThePlaceOfTheFirst) {
  Outbox outbox(10, 1000);
  outbox.push(text("p1"), kPrices, TopicPolicy::kKeepLatest);
  outbox.push(text("call"));
  EXPECT_EQ(outbox.push(text("p2"), kPrices, TopicPolicy::kKeepLatest), Sent::kQueued);
  EXPECT_EQ(outbox.push(text("p3"), kPrices, TopicPolicy::kKeepLatest), Sent::kQueued);
  EXPECT_EQ(outbox.dropped(), 2u);
  EXPECT_EQ(popped(outbox), (Texts{"p3", "call"}));
}

TEST(Outbox, NeverLosesTheLatestWhenFull) {
  Outbox outbox(2, 1000);
  outbox.push(text("call"));
  outbox.push(text("call"));
  EXPECT_EQ(outbox.push(text("p1"), kPrices, TopicPolicy::kKeepLatest), Sent::kQueued);
  EXPECT_EQ(outbox.push(text("p2"), kPrices, TopicPolicy::kKeepLatest), Sent::kQueued);
  EXPECT_EQ(outbox.push(text("n1"), kNews, TopicPolicy::kKeepLatest), Sent::kQueued);
  EXPECT_EQ(popped(outbox), (Texts{"call", "call", "p2", "n1"}));
}

TEST(Outbox, CountsBytesRightWhateverHappens) {
  Outbox outbox(100, 20);
  outbox.push(text("123"), kPrices, TopicPolicy::kKeepLatest);
  outbox.push(text("1234567"), kPrices, TopicPolicy::kKeepLatest);
  outbox.push(text("1"), kPrices, TopicPolicy::kKeepLatest);
  outbox.push(text("1234567890"), kNews, TopicPolicy::kDropOldest);
  outbox.push(text("123456789"), kNews, TopicPolicy::kDropOldest);
  EXPECT_TRUE(outbox.is_full()) << "20 bytes";
  outbox.push(text("123456789"), kNews, TopicPolicy::kDropOldest);
  EXPECT_FALSE(outbox.is_full()) << "19 bytes";
  EXPECT_EQ(popped(outbox).size(), 3u);
  EXPECT_EQ(outbox.push(text("12345678901234567890")), Sent::kQueued);
  EXPECT_TRUE(outbox.is_full());
}

TEST(Outbox, DropsACallThatIsNotWantedAnyMore) {
  Outbox outbox(100, 100'000);
  outbox.push(share(call(1, "one")));
  outbox.push(share(call(2, "two")));
  outbox.push(share(oriel::testing::reply(2)), kNews, TopicPolicy::kBlock);
  EXPECT_TRUE(outbox.drop_call(2));
  EXPECT_FALSE(outbox.drop_call(2)) << "the reply with this id is no call";
  EXPECT_FALSE(outbox.drop_call(3));
  EXPECT_EQ(outbox.size(), 2u);
  EXPECT_EQ(*outbox.pop(), call(1, "one"));
  EXPECT_EQ(outbox.dropped(), 0u);
}

// ---- topics without end

TEST(Outbox, KeepsTheLatestOfAsManyTopicsAsItHoldsFrames) {
  Outbox outbox(3, 1'000'000);
  for (TopicId topic = 1; topic <= 100; ++topic)
    EXPECT_EQ(outbox.push(share(message("m", topic)), topic, TopicPolicy::kKeepLatest),
              Sent::kQueued);
  EXPECT_EQ(outbox.size(), 3u);
  EXPECT_EQ(outbox.dropped(), 97u);
  EXPECT_EQ(*outbox.pop(), message("m", 98)) << "who has waited longest makes room";
}

TEST(Outbox, KeepsTheLatestOfAsManyTopicsAsItHoldsBytes) {
  const auto frame = share(message("m", std::string(400, 'x')));
  Outbox outbox(100, 1000);
  for (TopicId topic = 1; topic <= 5; ++topic) outbox.push(frame, topic, TopicPolicy::kKeepLatest);
  EXPECT_EQ(outbox.size(), 2u);
  outbox.push(share(message("m", std::string(5000, 'x'))), 9, TopicPolicy::kKeepLatest);
  while (outbox.size() > 1) outbox.pop();
  EXPECT_GT(outbox.pop()->size(), 5000u) << "the newest is not lost";
}

}  // namespace
}  // namespace oriel::conduit
