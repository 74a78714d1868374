#include "oriel/core/conduit/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <zlib.h>

#include <array>
#include <string>

#include "oriel/core/conduit/message_pack.h"

namespace oriel::conduit {
namespace {

using ::testing::HasSubstr;

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

Bytes zlib_of(ByteSpan bytes) {
  auto size = compressBound(bytes.size());
  Bytes deflated(size);
  EXPECT_EQ(compress2(deflated.data(), &size, bytes.data(), bytes.size(), 6), Z_OK);
  deflated.resize(size);
  return deflated;
}

constexpr FrameHeader kCompressed{.flags = kFlagCompressed};

std::string refusal(const Result<Value>& value, ErrorCode code) {
  if (value) return "it was taken";
  EXPECT_EQ(value.error().code, code);
  return value.error().message;
}

// As a real client sent it: {"method": "add", "params": {"a": 10, "b": 20}}.
const Bytes& captured_request() {
  static const auto frame = from_hex(
      "434e44540100000200000000"
      "0000001a"
      "0000000000000001"
      "0000018bcfe56800"
      "82a66d6574686f64a3616464a6706172616d7382a1610aa16214");
  return frame;
}

TEST(Frame, IsReadAsTheRealProgramsWriteIt) {
  const auto header = parse_frame_header(captured_request(), kMessageBytes);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(*header, (FrameHeader{.type = FrameType::kRpcRequest,
                                  .payload_bytes = 26,
                                  .correlation = 1,
                                  .timestamp_ms = 0x018bcfe56800}));
  EXPECT_EQ(read_payload(*header, ByteSpan(captured_request()).subspan(kHeaderBytes), 26).value(),
            Value(Map{{"method", "add"}, {"params", Map{{"a", 10}, {"b", 20}}}}));
}

TEST(Frame, IsWrittenAsTheRealProgramsWriteIt) {
  const Value payload = Map{{"method", "add"}, {"params", Map{{"a", 10}, {"b", 20}}}};
  const FrameOptions options{.timestamp_ms = 0x018bcfe56800, .correlation = 1};
  EXPECT_EQ(make_frame(FrameType::kRpcRequest, payload, options), captured_request());
  EXPECT_EQ(make_frame(FrameType::kRpcRequest, pack(payload), options), captured_request());
  Bytes in_place(kHeaderBytes);
  Packer(in_place).value(payload);
  EXPECT_EQ(make_frame_in_place(FrameType::kRpcRequest, in_place, options), captured_request());
}

TEST(Frame, HasNoPayloadForNull) {
  const auto frame = make_frame(FrameType::kPing, Value(), {});
  EXPECT_EQ(frame.size(), kHeaderBytes);
  EXPECT_EQ(read_payload({}, {}, 0).value(), Value());
  EXPECT_EQ(read_payload(kCompressed, {}, 0).value(), Value());
}

class FrameOfType : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(All, FrameOfType, ::testing::Range(1, 17));

TEST_P(FrameOfType, RoundTripsItsHeaderAndHasAName) {
  const FrameHeader header{.type = static_cast<FrameType>(GetParam()),
                           .flags = 0xabcd,
                           .payload_bytes = 0x01020304,
                           .correlation = 0x1122334455667788,
                           .timestamp_ms = 0x99aabbccddeeff00};
  Bytes bytes{7};
  write_frame_header(header, bytes);
  ASSERT_EQ(bytes.size(), 1 + kHeaderBytes);
  EXPECT_EQ(parse_frame_header(ByteSpan(bytes).subspan(1), kWirePayloadBytesMax).value(), header);
  EXPECT_FALSE(frame_type_name(header.type).empty());
}

TEST(Frame, NamesTypes) {
  EXPECT_EQ(frame_type_name(FrameType::kMessage), "MESSAGE");
  EXPECT_EQ(frame_type_name(FrameType::kAuthRequest), "AUTH_REQUEST");
  EXPECT_EQ(frame_type_name(FrameType::kRpcList), "RPC_LIST");
  EXPECT_EQ(frame_type_name(FrameType{0}), "");
  EXPECT_EQ(frame_type_name(FrameType{17}), "");
}

struct BadHeader {
  std::size_t at;
  std::uint8_t byte;
  ErrorCode code;
  const char* message;
};

class FrameHeaderWith : public ::testing::TestWithParam<BadHeader> {};
INSTANTIATE_TEST_SUITE_P(
    AWrongByte, FrameHeaderWith,
    ::testing::Values(
        BadHeader{0, 'G', ErrorCode::kInvalid, "a frame begins with 474e4454, not with 434e4454"},
        BadHeader{3, 't', ErrorCode::kInvalid, "a frame begins with 434e4474, not with 434e4454"},
        BadHeader{4, 2, ErrorCode::kUnsupported,
                  "a frame of version 0x0200, only 0x0100 is spoken"},
        BadHeader{7, 0, ErrorCode::kUnsupported, "a frame of type 0, there are 1 to 16"},
        BadHeader{7, 17, ErrorCode::kUnsupported, "a frame of type 17, there are 1 to 16"},
        BadHeader{6, 1, ErrorCode::kUnsupported, "a frame of type 258, there are 1 to 16"},
        BadHeader{15, 27, ErrorCode::kTooLarge, "a payload of 27 bytes, at most 26 are allowed"},
        BadHeader{12, 1, ErrorCode::kTooLarge,
                  "a payload of 16777242 bytes, at most 26 are allowed"}));

TEST_P(FrameHeaderWith, IsRefusedWithWhatWasGot) {
  auto bytes = captured_request();
  bytes[GetParam().at] = GetParam().byte;
  const auto header = parse_frame_header(bytes, 26);
  ASSERT_FALSE(header);
  EXPECT_EQ(header.error(), (Error{GetParam().code, GetParam().message}));
}

// As the real programs do.
TEST(Frame, MayHaveUnknownFlagsAndReservedBits) {
  auto bytes = captured_request();
  bytes[8] = bytes[9] = 0xfe;
  bytes[10] = bytes[11] = 0xff;
  EXPECT_EQ(parse_frame_header(bytes, 26).value().flags, 0xfefe);
}

TEST(Frame, IsCompressedWhenAskedLongAndSmaller) {
  const FrameOptions options{.compression = Compression::kWhenSmaller};
  const auto flags = [&](ByteSpan payload, const FrameOptions& with) {
    const auto frame = make_frame(FrameType::kMessage, payload, with);
    return parse_frame_header(frame, frame.size()).value().flags;
  };
  EXPECT_EQ(flags(Bytes(kCompressAboveBytes), options), 0);
  EXPECT_EQ(flags(Bytes(kCompressAboveBytes + 1), options), kFlagCompressed);
  EXPECT_EQ(flags(Bytes(kCompressAboveBytes + 1), {}), 0);
  Bytes noise(5000);
  std::uint32_t state = 1;
  for (auto& byte : noise)
    byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
  EXPECT_EQ(flags(noise, options), 0);
  EXPECT_EQ(make_frame(FrameType::kMessage, noise, options).size(), kHeaderBytes + noise.size());
}

TEST(Frame, CompressesAsTheRealProgramsDo) {
  const Value payload = std::string(5000, 'x');
  for (int turn = 0; turn < 3; ++turn) {  // the deflater is used again
    const auto frame = make_frame(FrameType::kMessage, payload,
                                  {.compression = Compression::kWhenSmaller, .correlation = 9});
    const auto header = parse_frame_header(frame, frame.size()).value();
    EXPECT_EQ(header.correlation, 9u);
    EXPECT_EQ(header.payload_bytes, frame.size() - kHeaderBytes);
    EXPECT_EQ(Bytes(frame.begin() + kHeaderBytes, frame.end()), zlib_of(pack(payload)));
    EXPECT_EQ(read_payload(header, ByteSpan(frame).subspan(kHeaderBytes), kMessageBytes).value(),
              payload);
  }
}

TEST(Frame, InflatesToTheLimit) {
  const Value payload = std::string(4995, 'x');  // 4998 bytes
  const auto deflated = zlib_of(pack(payload));
  EXPECT_THAT(refusal(read_payload(kCompressed, deflated, 4997), ErrorCode::kTooLarge),
              HasSubstr("inflates to more than 4997"));
  EXPECT_EQ(read_payload(kCompressed, deflated, 4998).value(), payload);
  EXPECT_EQ(read_payload(kCompressed, deflated, 4999).value(), payload);
}

TEST(Frame, HasAPayloadToTheLimit) {
  const auto packed = pack(std::string(20, 'x'));
  EXPECT_TRUE(read_payload({}, packed, 21));
  EXPECT_EQ(refusal(read_payload({}, packed, 20), ErrorCode::kTooLarge),
            "a payload of 21 bytes, at most 20 are allowed");
}

TEST(Frame, RefusesWhatIsNotZlib) {
  const auto deflated = zlib_of(pack(std::string(5000, 'x')));
  for (std::size_t size = 1; size < deflated.size(); ++size)
    EXPECT_THAT(refusal(read_payload(kCompressed, ByteSpan(deflated).first(size), kMessageBytes),
                        ErrorCode::kInvalid),
                HasSubstr("cannot be inflated: it is cut short"));
  EXPECT_THAT(refusal(read_payload(kCompressed, Bytes{0xc0}, 9), ErrorCode::kInvalid),
              HasSubstr("cannot be inflated"));
  auto behind = deflated;
  behind.push_back(0);
  EXPECT_THAT(refusal(read_payload(kCompressed, behind, kMessageBytes), ErrorCode::kInvalid),
              HasSubstr("1 bytes follow the end"));
  auto wrong = deflated;
  wrong.back() ^= 1;
  EXPECT_THAT(refusal(read_payload(kCompressed, wrong, kMessageBytes), ErrorCode::kInvalid),
              HasSubstr("incorrect data check"));
  const auto with_dictionary = from_hex("78bb00000001");
  EXPECT_FALSE(read_payload(kCompressed, with_dictionary, kMessageBytes));
}

Value zeros_and_ones(std::size_t count) {
  Array numbers(count);
  std::uint32_t state = 1;
  for (auto& number : numbers) number = (state = state * 1664525 + 1013904223) >> 31;
  return numbers;
}

TEST(Frame, HoldsValuesByItsBytesWhenItIsCompressed) {
  const auto nils = zlib_of(pack(Array(990'000)));
  ASSERT_LT(nils.size(), 1100u);
  EXPECT_THAT(refusal(read_payload(kCompressed, nils, kMessageBytes), ErrorCode::kTooLarge),
              HasSubstr("more values are allowed"));
  EXPECT_TRUE(read_payload({}, pack(Array(990'000)), kMessageBytes));
  EXPECT_TRUE(read_payload(kCompressed, zlib_of(pack(Array(kCompressedValues))), kMessageBytes));
  const auto bits = zeros_and_ones(kValuesMax - 1);
  const auto read = read_payload(kCompressed, zlib_of(pack(bits)), kMessageBytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, bits);
}

TEST(Frame, IsNotCompressedWhenItCouldNotBeReadSo) {
  const FrameOptions options{.compression = Compression::kWhenSmaller};
  for (const std::size_t count : {1'500, 50'000, 990'000}) {
    const auto frame = make_frame(FrameType::kMessage, Array(count), options);
    const auto header = parse_frame_header(frame, frame.size()).value();
    EXPECT_EQ(header.is_compressed(), count == 1'500) << count;
    EXPECT_TRUE(read_payload(header, ByteSpan(frame).subspan(kHeaderBytes), kMessageBytes));
  }
  const auto text = make_frame(FrameType::kMessage, std::string(1'000'000, 'x'), options);
  EXPECT_LT(text.size(), 2'000u) << "one value";
}

TEST(Frame, RefusesWhatInflatesToNothing) {
  EXPECT_THAT(refusal(read_payload(kCompressed, zlib_of({}), 9), ErrorCode::kInvalid),
              HasSubstr("ends at byte 0"));
}

// 100 MB of zeros as zlib makes it of them: 100 KB. Refused after the limit's bytes have come out;
// the memory that was taken meanwhile is of the order of the payload and the limit, not of the
// bomb.
TEST(Frame, PaysNothingForABomb) {
  Bytes bomb(110'000);
  z_stream stream{};
  ASSERT_EQ(deflateInit(&stream, 9), Z_OK);
  stream.next_out = bomb.data();
  stream.avail_out = static_cast<uInt>(bomb.size());
  Bytes zeros(1'000'000);
  for (int i = 100; i > 0; --i) {
    stream.next_in = zeros.data();
    stream.avail_in = static_cast<uInt>(zeros.size());
    deflate(&stream, i == 1 ? Z_FINISH : Z_NO_FLUSH);
  }
  ASSERT_EQ(stream.total_in, 100'000'000u);
  bomb.resize(stream.total_out);
  deflateEnd(&stream);
  ASSERT_LT(bomb.size(), kMessageBytes);

  const auto before = mallinfo2();
  EXPECT_THAT(refusal(read_payload(kCompressed, bomb, kMessageBytes), ErrorCode::kTooLarge),
              HasSubstr("inflates to more than 10485760"));
  EXPECT_LE(mallinfo2().arena, before.arena + 2 * kMessageBytes);
  EXPECT_THAT(refusal(read_payload(kCompressed, ByteSpan(bomb).first(kLoginBytes), kLoginBytes),
                      ErrorCode::kTooLarge),
              HasSubstr("inflates to more than 16384"));
}

}  // namespace
}  // namespace oriel::conduit
