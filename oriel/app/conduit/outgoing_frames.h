#pragma once
// The frames of calls, answers and messages, made once and sent as they are.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// A message's frame, which may be sent to many.
struct MessageFrame {
  SharedBytes bytes;
  std::size_t payload_bytes = 0;  // before they were compressed
};

// kInvalid: the type; kTooLarge: for anybody.
Result<MessageFrame> make_message_frame(std::string_view type, const Value& data,
                                        Compression compression, std::uint64_t unix_ms);

// What becomes a frame in place, kHeaderBytes of room before it. timeout: what the peer is told;
// zero: nothing.
Bytes write_call(std::string_view method, const Value& params, std::chrono::milliseconds timeout);
Bytes write_answer_frame(const Value& envelope);
// envelope: packed.
Bytes write_packed_answer(const Bytes& envelope);

// A whole frame that is not compressed and whose long texts and bytes are not copied, of an
// envelope of nearly nothing else: what is held is not much more than what is counted.
bool is_nearly_all_long(const Value& envelope);
std::vector<HeldBytes> make_long_answer(Value envelope, const FrameOptions& options);

// "the call has 12 bytes, at most 10 can be sent"
std::string too_long(std::string_view what, std::size_t payload_bytes, std::size_t bytes_max);

}  // namespace oriel::conduit
