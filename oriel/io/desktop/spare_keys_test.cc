#include "oriel/io/desktop/spare_keys.h"

#include <gtest/gtest.h>

#include "oriel/io/desktop/limits.h"

namespace oriel::desktop {
namespace {

constexpr Keycode kKeys[] = {8, 93, 97};
constexpr TimePoint kStart{std::chrono::hours(1)};
constexpr Duration kMs = std::chrono::milliseconds(1);

SpareKeys three() {
  SpareKeys keys;
  keys.set_keys(kKeys);
  return keys;
}

// Binds, presses and releases. Each time the keys have settled since the one before.
std::optional<Keycode> type(SpareKeys& keys, std::uint32_t keysym, TimePoint now) {
  auto keycode = keys.find(keysym);
  if (!keycode) keycode = keys.bind(keysym, now);
  if (!keycode) return keycode;
  for (const bool is_down : {true, false}) {
    keys.event_queued(*keycode);
    keys.event_sent(*keycode, is_down, now);
  }
  return keycode;
}

// All at kStart or as soon before as may be.
void type_abc(SpareKeys& keys) {
  type(keys, 'a', kStart - 2 * kSpareKeySettle);
  type(keys, 'b', kStart - kSpareKeySettle);
  type(keys, 'c', kStart);
}

TEST(SpareKeys, BindsEachKeysymToAKeyOfItsOwnAndKeepsIt) {
  auto keys = three();
  EXPECT_EQ(type(keys, 'a', kStart), 8);
  EXPECT_EQ(type(keys, 'b', kStart + kSpareKeySettle), 93);
  EXPECT_EQ(type(keys, 'a', kStart + kSpareKeySettle), 8);
  EXPECT_EQ(type(keys, 'c', kStart + 2 * kSpareKeySettle), 97);
  EXPECT_EQ(keys.bindings().size(), 3u);
}

TEST(SpareKeys, BindsNoKeyAnewBeforeItHasRested) {
  auto keys = three();
  type_abc(keys);
  const TimePoint rested = kStart - 2 * kSpareKeySettle + kSpareKeyRest;
  EXPECT_EQ(keys.next_rested(), rested);
  EXPECT_EQ(keys.bind('d', rested - kMs), std::nullopt);
  EXPECT_EQ(keys.bind('d', rested), 8);
  EXPECT_EQ(keys.find('a'), std::nullopt);
}

TEST(SpareKeys, LeavesAGapBetweenTwoBindings) {
  auto keys = three();
  keys.bind('a', kStart);
  EXPECT_EQ(keys.next_rested(), kStart + kSpareKeyGap);
  EXPECT_EQ(keys.bind('b', kStart + kSpareKeyGap - kMs), std::nullopt);
  EXPECT_EQ(keys.bind('b', kStart + kSpareKeyGap), 93);
}

TEST(SpareKeys, BindsNoneRightAfterAnyKeyWasPressed) {
  auto keys = three();
  const Keycode other = 38;
  keys.event_queued(other);
  EXPECT_EQ(keys.bind('a', kStart), std::nullopt) << "the press is not sent yet";
  EXPECT_EQ(keys.next_rested(), std::nullopt);
  keys.event_sent(other, true, kStart);
  EXPECT_EQ(keys.next_rested(), kStart + kSpareKeySettle);
  EXPECT_EQ(keys.bind('a', kStart + kSpareKeySettle - kMs), std::nullopt);
  EXPECT_EQ(keys.bind('a', kStart + kSpareKeySettle), 8);
}

TEST(SpareKeys, BindsTheKeysOfABatchWithoutAGap) {
  auto keys = three();
  EXPECT_EQ(keys.bind('a', kStart), 8);
  EXPECT_EQ(keys.bind_along('b', kStart), 93);
  EXPECT_EQ(keys.bind_along('c', kStart), 97);
  EXPECT_EQ(keys.bind_along('d', kStart), std::nullopt) << "none has rested";
}

// Binds all keys as soon as they have rested; how long that was.
Duration turn(SpareKeys& keys, std::uint32_t& keysym, TimePoint& now) {
  const TimePoint before = std::exchange(now, *keys.next_rested());
  EXPECT_TRUE(keys.bind(keysym++, now));
  while (keys.bind_along(keysym, now)) ++keysym;
  return now - before;
}

TEST(SpareKeys, RestLongerTheLongerABurstLasts) {
  auto keys = three();
  TimePoint now = kStart;
  std::uint32_t keysym = 0x1000;
  keys.bind(keysym++, now);
  while (keys.bind_along(keysym, now)) ++keysym;
  EXPECT_EQ(turn(keys, keysym, now), kSpareKeyRest);
  EXPECT_EQ(turn(keys, keysym, now), 2 * kSpareKeyRest);
  EXPECT_EQ(turn(keys, keysym, now), 4 * kSpareKeyRest);
  for (int i = 0; i < 4; ++i) turn(keys, keysym, now);
  EXPECT_EQ(turn(keys, keysym, now), kSpareKeyRestMax);
  now += kSpareKeyCalm;
  EXPECT_TRUE(keys.bind(keysym++, now));
  while (keys.bind_along(keysym, now)) ++keysym;
  EXPECT_EQ(turn(keys, keysym, now), kSpareKeyRest);
}

TEST(SpareKeys, RestNoLongerForSomebodyWhoTypesByHand) {
  auto keys = three();
  TimePoint now = kStart;
  for (std::uint32_t keysym = 0x1000; keysym < 0x1100; ++keysym, now += kSpareKeyRestMax / 2)
    EXPECT_TRUE(keys.bind(keysym, now));
  EXPECT_LE(*keys.next_rested() - now, kSpareKeyRest);
}

TEST(SpareKeys, SparesTheKeyOfAKeysymThatComesNext) {
  auto keys = three();
  type_abc(keys);
  keys.keep('a', kStart);
  keys.keep('x', kStart);
  EXPECT_EQ(keys.bind('d', kStart + kSpareKeyRest), 93);
  EXPECT_EQ(keys.find('a'), 8);
}

TEST(SpareKeys, TakesTheKeyThatWasUsedLongestAgo) {
  auto keys = three();
  type_abc(keys);
  type(keys, 'a', kStart + kMs);
  EXPECT_EQ(keys.bind('d', kStart + std::chrono::seconds(1)), 93);
}

TEST(SpareKeys, LeavesKeysAloneThatAreHeldOrNotSentYet) {
  auto keys = three();
  type_abc(keys);
  TimePoint later = kStart + std::chrono::seconds(1);
  keys.event_queued(8);
  EXPECT_EQ(keys.bind_along('d', later), 93);
  keys.event_sent(8, true, later);
  later += kSpareKeySettle;
  keys.event_queued(93);
  keys.event_queued(97);
  EXPECT_EQ(keys.bind('e', later + kSpareKeyRest), std::nullopt);
  EXPECT_EQ(keys.next_rested(), std::nullopt);
  EXPECT_FALSE(keys.is_all_held());
  keys.event_sent(93, true, later);
  keys.event_sent(97, true, later);
  EXPECT_TRUE(keys.is_all_held());
}

TEST(SpareKeys, ForgetsBindingsOfKeysThatAreNoLongerSpare) {
  auto keys = three();
  type_abc(keys);
  const Keycode fewer[] = {93, 120};
  keys.set_keys(fewer);
  EXPECT_EQ(keys.find('a'), std::nullopt);
  EXPECT_EQ(keys.find('b'), 93);
  keys.forget(93);
  EXPECT_EQ(keys.find('b'), std::nullopt);
  EXPECT_EQ(keys.bind('d', kStart + kSpareKeySettle), 120);
  EXPECT_EQ(keys.bind('e', kStart + 2 * kSpareKeySettle), std::nullopt) << "93 has not rested";
}

TEST(SpareKeys, HasNothingWithoutKeys) {
  SpareKeys keys;
  EXPECT_TRUE(keys.empty());
  EXPECT_EQ(keys.bind('a', kStart), std::nullopt);
  EXPECT_EQ(keys.find(0), std::nullopt);
}

}  // namespace
}  // namespace oriel::desktop
