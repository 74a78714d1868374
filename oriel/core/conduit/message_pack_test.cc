#include "oriel/core/conduit/message_pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace oriel::conduit {
namespace {

using ::testing::HasSubstr;

Bytes filled(Bytes head, std::size_t count, std::uint8_t byte = 0) {
  head.insert(head.end(), count, byte);
  return head;
}

std::string refusal(ByteSpan bytes, ErrorCode code = ErrorCode::kInvalid,
                    UnpackLimits limits = {}) {
  const auto value = unpack(bytes, limits);
  if (value) return "it was taken";
  EXPECT_EQ(value.error().code, code) << value.error().message;
  return value.error().message;
}

// ---- in pieces

TEST(MessagePack, IsTheSameInPieces) {
  const std::string text(kHeldBytes, 't'), shorter(kHeldBytes - 1, 's');
  const Bytes bytes(kHeldBytes + 1, 7);
  const std::string no_utf8 = text + "\xff";
  const Map chunk{{"index", 3}, {"data", bytes}, {"size", 9}};
  struct Case {
    Value value;
    std::size_t pieces;  // with what is before, between and behind the long ones
    std::size_t long_bytes;
  };
  const Case cases[] = {{text, 2, kHeldBytes},
                        {bytes, 2, kHeldBytes + 1},
                        {shorter, 1, 0},
                        {chunk, 3, kHeldBytes + 1},
                        {Array{text, bytes}, 4, 2 * kHeldBytes + 1},
                        {no_utf8, 1, kHeldBytes + 1},
                        {7, 1, 0}};
  for (const auto& one : cases) {
    const auto pieces = pack_in_pieces(Bytes{1, 2}, one.value);
    EXPECT_EQ(pieces.size(), one.pieces);
    EXPECT_EQ(long_bytes(one.value), one.long_bytes);
    Bytes joined;
    for (const auto& piece : pieces)
      joined.insert(joined.end(), piece.bytes.begin(), piece.bytes.end());
    auto whole = pack(one.value, 2);
    whole[0] = 1;
    whole[1] = 2;
    EXPECT_EQ(joined, whole);
  }
}

TEST(MessagePack, HoldsAValueAsLongAsItsPieces) {
  auto pieces = pack_in_pieces({}, std::string(kHeldBytes, 't'));
  const auto held = pieces.back();
  pieces.clear();
  EXPECT_EQ(held.bytes[kHeldBytes - 1], 't');
}

struct Form {
  const char* name;
  Value value;
  Bytes bytes;
};

class MessagePackForm : public ::testing::TestWithParam<Form> {};

constexpr auto kInt64Min = std::numeric_limits<std::int64_t>::min();
constexpr auto kInt64Max = std::numeric_limits<std::int64_t>::max();

// What Python's msgpack writes with use_bin_type=True, at both ends of every form.
INSTANTIATE_TEST_SUITE_P(
    Shortest, MessagePackForm,
    ::testing::Values(
        Form{"Nil", nullptr, {0xc0}}, Form{"False", false, {0xc2}}, Form{"True", true, {0xc3}},
        Form{"Zero", 0, {0x00}}, Form{"FixMax", 127, {0x7f}}, Form{"U8Min", 128, {0xcc, 0x80}},
        Form{"U8Max", 255, {0xcc, 0xff}}, Form{"U16Min", 256, {0xcd, 1, 0}},
        Form{"U16Max", 65535, {0xcd, 0xff, 0xff}}, Form{"U32Min", 65536, {0xce, 0, 1, 0, 0}},
        Form{"U32Max", 4294967295, {0xce, 0xff, 0xff, 0xff, 0xff}},
        Form{"U64Min", 4294967296, {0xcf, 0, 0, 0, 1, 0, 0, 0, 0}},
        Form{"SignedMax", kInt64Max, {0xcf, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
        Form{"Unsigned", std::uint64_t{1} << 63, {0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0}},
        Form{"MinusOne", -1, {0xff}}, Form{"FixMin", -32, {0xe0}}, Form{"S8Max", -33, {0xd0, 0xdf}},
        Form{"S8Min", -128, {0xd0, 0x80}}, Form{"S16Max", -129, {0xd1, 0xff, 0x7f}},
        Form{"S16Min", -32768, {0xd1, 0x80, 0}},
        Form{"S32Max", -32769, {0xd2, 0xff, 0xff, 0x7f, 0xff}},
        Form{"S32Min", -2147483648LL, {0xd2, 0x80, 0, 0, 0}},
        Form{"S64Max", -2147483649LL, {0xd3, 0xff, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff}},
        Form{"S64Min", kInt64Min, {0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0}},
        Form{"Double", 1.5, {0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0}},
        Form{"WholeDouble", 3.0, {0xcb, 0x40, 0x08, 0, 0, 0, 0, 0, 0}},
        Form{"EmptyText", "", {0xa0}}, Form{"Text", "a\xC3\xA9", {0xa3, 'a', 0xc3, 0xa9}},
        Form{"FixTextMax", std::string(31, 'x'), filled({0xbf}, 31, 'x')},
        Form{"Text8Min", std::string(32, 'x'), filled({0xd9, 32}, 32, 'x')},
        Form{"Text8Max", std::string(255, 'x'), filled({0xd9, 255}, 255, 'x')},
        Form{"Text16Min", std::string(256, 'x'), filled({0xda, 1, 0}, 256, 'x')},
        Form{"Text16Max", std::string(65535, 'x'), filled({0xda, 0xff, 0xff}, 65535, 'x')},
        Form{"Text32Min", std::string(65536, 'x'), filled({0xdb, 0, 1, 0, 0}, 65536, 'x')},
        Form{"EmptyBytes", Bytes(), {0xc4, 0}},
        Form{"Bytes8Max", Bytes(255), filled({0xc4, 255}, 255)},
        Form{"Bytes16Min", Bytes(256), filled({0xc5, 1, 0}, 256)},
        Form{"Bytes32Min", Bytes(65536), filled({0xc6, 0, 1, 0, 0}, 65536)},
        Form{"EmptyArray", Array(), {0x90}},
        Form{"FixArrayMax", Array(15), filled({0x9f}, 15, 0xc0)},
        Form{"Array16Min", Array(16), filled({0xdc, 0, 16}, 16, 0xc0)},
        Form{"EmptyMap", Map(), {0x80}},
        Form{"Map", Map{{"b", 1}, {"a", Array{true}}}, {0x82, 0xa1, 'b', 1, 0xa1, 'a', 0x91, 0xc3}},
        Form{"EmptyExtension", Extension{5, {}}, {0xc7, 0, 5}},
        Form{"FixExtension1", Extension{-1, Bytes(1)}, {0xd4, 0xff, 0}},
        Form{"Extension3", Extension{1, Bytes(3)}, {0xc7, 3, 1, 0, 0, 0}},
        Form{"FixExtension16", Extension{1, Bytes(16)}, filled({0xd8, 1}, 16)},
        Form{"Extension17", Extension{1, Bytes(17)}, filled({0xc7, 17, 1}, 17)},
        Form{"Extension16Min", Extension{1, Bytes(256)}, filled({0xc8, 1, 0, 1}, 256)},
        Form{"Extension32Min", Extension{1, Bytes(65536)}, filled({0xc9, 0, 1, 0, 0, 1}, 65536)}),
    [](const auto& form) { return std::string(form.param.name); });

TEST_P(MessagePackForm, IsWrittenAsPythonWritesIt) {
  EXPECT_EQ(pack(GetParam().value), GetParam().bytes);
}

TEST_P(MessagePackForm, IsReadBack) {
  const auto value = unpack(GetParam().bytes);
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(*value, GetParam().value);
}

TEST_P(MessagePackForm, IsRefusedWhenCutShortAnywhere) {
  const auto& bytes = GetParam().bytes;
  const auto step = bytes.size() > 1000 ? 997u : 1u;
  for (std::size_t size = 0; size < bytes.size(); size += step)
    EXPECT_THAT(refusal(ByteSpan(bytes).first(size)), HasSubstr("MessagePack ends at byte"));
}

std::size_t items(const Value& value) {
  std::size_t count = 1;
  if (const auto* array = value.if_array())
    for (const auto& element : *array) count += items(element);
  if (const auto* map = value.if_map())
    for (const auto& [key, member] : *map) count += 1 + items(member);
  return count;
}

TEST_P(MessagePackForm, IsCountedWithoutReadingIt) {
  const Value value = Array{GetParam().value, 1, Map{{"key", GetParam().value}}};
  EXPECT_EQ(count_packed(pack(value)), items(value));
}

TEST(MessagePack, IsCountedToItsEndWhateverItIs) {
  for (int first = 0; first < 256; ++first) {
    const Bytes bytes(20, static_cast<std::uint8_t>(first));
    EXPECT_GE(count_packed(bytes), 1u);
    EXPECT_LE(count_packed(bytes), bytes.size());
    EXPECT_EQ(count_packed(ByteSpan(bytes).first(1)), 1u);
  }
}

TEST_P(MessagePackForm, TakesNoMoreThanWasReserved) {
  EXPECT_GE(packed_bytes_max(GetParam().value), GetParam().bytes.size());
  EXPECT_LE(packed_bytes_max(GetParam().value), 10 * GetParam().bytes.size());
}

// Not among the forms: each program that lists its tests would make it several times.
TEST(MessagePack, WritesAndReadsTheSmallestArrayOfTheLargestForm) {
  const Value value = Array(65536);
  const auto bytes = filled({0xdd, 0, 1, 0, 0}, 65536, 0xc0);
  EXPECT_EQ(pack(value), bytes);
  EXPECT_EQ(unpack(bytes).value(), value);
  EXPECT_GE(packed_bytes_max(value), bytes.size());
  EXPECT_THAT(refusal(ByteSpan(bytes).first(60'000)), HasSubstr("MessagePack ends at byte"));
}

// Valid, but not how anybody should write it.
TEST(MessagePack, ReadsLongFormsOfShortThings) {
  const auto read = [](const Bytes& bytes) { return unpack(bytes).value(); };
  EXPECT_EQ(read({0xcc, 1}), Value(1));
  EXPECT_EQ(read({0xd3, 0, 0, 0, 0, 0, 0, 0, 1}), Value(1));
  EXPECT_EQ(read({0xcf, 0, 0, 0, 0, 0, 0, 0, 1}).kind(), Value::Kind::kInteger);
  EXPECT_EQ(read({0xdb, 0, 0, 0, 1, 'a'}), Value("a"));
  EXPECT_EQ(read({0xdd, 0, 0, 0, 1, 0xc0}), Value(Array{nullptr}));
  EXPECT_EQ(read({0xdf, 0, 0, 0, 1, 0xda, 0, 1, 'k', 0xc0}), Value(Map{{"k", nullptr}}));
  EXPECT_EQ(read({0xca, 0x3f, 0xc0, 0, 0}), Value(1.5));
}

TEST(MessagePack, KeepsNumbersThatAreNone) {
  EXPECT_TRUE(std::isnan(*unpack(pack(std::nan(""))).value().if_double()));
  EXPECT_EQ(unpack(pack(-HUGE_VAL)).value(), Value(-HUGE_VAL));
}

TEST(MessagePack, IsOneValueThatFillsItsBytes) {
  EXPECT_EQ(refusal(Bytes{}), "MessagePack ends at byte 0 inside a value");
  EXPECT_EQ(refusal(Bytes{0xc0, 0xc0, 0xc0}), "MessagePack: 3 bytes, but its value ends after 1");
}

TEST(MessagePack, HasOneByteThatBeginsNothing) {
  EXPECT_EQ(refusal(Bytes{0x91, 0xc1}),
            "MessagePack has the byte 0xc1, which begins nothing, at byte 1");
}

TEST(MessagePack, HasTextAndKeysOfUtf8Alone) {
  EXPECT_EQ(refusal(Bytes{0xa2, 'a', 0xff}), "MessagePack has text that is not UTF-8 at byte 1");
  EXPECT_EQ(refusal(Bytes{0x81, 0xa1, 0xff, 0xc0}),
            "MessagePack has a key that is not UTF-8 at byte 2");
}

TEST(MessagePack, SaysThatKeysMustBeText) {
  EXPECT_EQ(refusal(Bytes{0x81, 0x07, 0xc0}),
            "MessagePack has a number as a key at byte 1, keys must be text");
  EXPECT_THAT(refusal(Bytes{0x81, 0xc4, 0, 0xc0}), HasSubstr("has bytes as a key"));
  EXPECT_THAT(refusal(Bytes{0x81, 0xc0, 0xc0}), HasSubstr("has null as a key"));
  EXPECT_THAT(refusal(Bytes{0x81, 0x91, 0xc0, 0xc0}), HasSubstr("has an array as a key"));
  EXPECT_THAT(refusal(Bytes{0x81, 0x80, 0xc0}), HasSubstr("has a map as a key"));
  EXPECT_THAT(refusal(Bytes{0x81, 0xd4, 0, 0, 0xc0}), HasSubstr("has an extension as a key"));
  EXPECT_THAT(refusal(Bytes{0x81, 0xc3, 0xc0}), HasSubstr("has true or false as a key"));
}

TEST(MessagePack, WritesTextThatIsNoneWithReplacements) {
  EXPECT_EQ(unpack(pack(std::string(3000, '\xff'))).value().if_text()->size(), 9000u);
  EXPECT_EQ(unpack(pack("caf\xe9")).value(), Value("caf\xEF\xBF\xBD"));
  EXPECT_EQ(unpack(pack(Map{{"\xff", 1}})).value(), Value(Map{{"\xEF\xBF\xBD", 1}}));
}

TEST(MessagePack, IsWrittenBehindRoomForAHeader) {
  EXPECT_EQ(pack("a", 3), (Bytes{0, 0, 0, 0xa1, 'a'}));
  const auto large = pack(std::string(10'000, 'a'));
  const auto behind = pack(std::string(10'000, 'a'), 3);
  EXPECT_EQ(Bytes(behind.begin() + 3, behind.end()), large);
}

// The key stands where it came first, its value is the last.
TEST(MessagePack, TakesTheLastOfAKeyThatComesAgain) {
  EXPECT_EQ(unpack(Bytes{0x83, 0xa1, 'a', 1, 0xa1, 'b', 2, 0xa1, 'a', 3}).value(),
            Value(Map{{"a", 3}, {"b", 2}}));
  Bytes bytes;
  Packer packer(bytes);
  packer.map(300);
  for (int i = 0; i < 300; ++i) {
    packer.text(std::to_string(i % 100));
    packer.integer(i);
  }
  const auto value = unpack(bytes).value();
  ASSERT_EQ(value.if_map()->size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(value.if_map()->begin()[i].first, std::to_string(i));
    EXPECT_EQ(value.if_map()->begin()[i].second, Value(200 + i));
  }
}

Bytes nested(std::size_t depth) { return filled(Bytes(depth - 1, 0x91), 1, 0x90); }

TEST(MessagePack, IsNestedToTheLimit) {
  EXPECT_TRUE(unpack(nested(kDepthMax - 1)));
  EXPECT_TRUE(unpack(nested(kDepthMax)));
  EXPECT_EQ(refusal(nested(kDepthMax + 1), ErrorCode::kTooLarge),
            "MessagePack is nested too deeply at byte 65");
  EXPECT_TRUE(unpack(Bytes{7}, {.depth = 0}));
  EXPECT_THAT(refusal(Bytes{0x80}, ErrorCode::kTooLarge, {.depth = 0}), HasSubstr("too deeply"));
  EXPECT_THAT(refusal(filled({}, 1'000'000, 0x91), ErrorCode::kTooLarge), HasSubstr("too deeply"));
}

TEST(MessagePack, HasValuesToTheLimit) {
  const auto bytes = pack(Array{1, Array{2, 3}, Map{{"a", 4}}});  // 7 values
  EXPECT_THAT(refusal(bytes, ErrorCode::kTooLarge, {.values = 6}),
              HasSubstr("a map of 1, and 0 more values are allowed"));
  EXPECT_TRUE(unpack(bytes, {.values = 7}));
  EXPECT_TRUE(unpack(bytes, {.values = 8}));
  EXPECT_THAT(refusal(bytes, ErrorCode::kTooLarge, {.values = 0}), HasSubstr("no values"));
}

// 64 arrays in each other, each of which says that it has as many elements as bytes are left: were
// each believed, they would take 64 times the memory of one.
TEST(MessagePack, BelievesLengthsOnlyOnce) {
  Bytes bytes;
  for (int i = 0; i < 3; ++i) bytes.insert(bytes.end(), {0xdc, 0x40, 0x00});
  bytes.resize(0x4000 + bytes.size(), 0xc0);
  EXPECT_THAT(refusal(bytes), HasSubstr("inside an array of 16384"));
  EXPECT_THAT(refusal(Bytes{0xdd, 0x00, 0x0f, 0x00, 0x00}), HasSubstr("inside an array of 983040"));
  EXPECT_THAT(refusal(Bytes{0xdf, 0x00, 0x00, 0x00, 0x02, 0xa0, 0xc0, 0xa0}),
              HasSubstr("inside a map of 2"));
  EXPECT_THAT(refusal(Bytes{0xdd, 0xff, 0xff, 0xff, 0xff}, ErrorCode::kTooLarge),
              HasSubstr("an array of 4294967295, and 999999 more values are allowed"));
  EXPECT_THAT(refusal(Bytes{0xc6, 0xff, 0xff, 0xff, 0xff}), HasSubstr("inside bytes"));
  EXPECT_THAT(refusal(Bytes{0xdb, 0xff, 0xff, 0xff, 0xff}), HasSubstr("inside text"));
}

// Compared one with all others they would take minutes; CTest's time-out is the limit here.
TEST(MessagePack, ReadsLargeMapsInGoodTime) {
  Bytes bytes;
  Packer packer(bytes);
  packer.map(200'000);
  for (int i = 0; i < 200'000; ++i) {
    packer.text(std::to_string(i));
    packer.null();
  }
  EXPECT_EQ(unpack(bytes).value().if_map()->size(), 200'000u);
}

}  // namespace
}  // namespace oriel::conduit
