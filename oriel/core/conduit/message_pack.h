#pragma once
// Values as MessagePack (github.com/msgpack/msgpack, spec.md), as the real programs write it: text
// as str, bytes as bin, each number in its shortest form.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "oriel/base/bytes.h"
#include "oriel/base/result.h"
#include "oriel/core/conduit/limits.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// Appends values one after the other to `out`, which outlives the packer; for payloads whose outer
// shape is known, so that no tree is built for it. The caller sees to the counts. Text whose bytes
// are not UTF-8 gets U+FFFD in their place: a str that is none would end the peer's connection.
class Packer {
 public:
  explicit Packer(Bytes& out) : out_(out) {}

  void map(std::size_t members);  // followed by that many keys (text) and values
  void array(std::size_t elements);
  void text(std::string_view text);
  void boolean(bool truth);
  void integer(std::int64_t number);
  void null();
  void value(const Value& value);

 private:
  Bytes& out_;
};

// Behind so many zeros, which something else can become.
Bytes pack(const Value& value, std::size_t bytes_before = 0);
// What to reserve: no value of UTF-8 text packs to more, most to somewhat less.
std::size_t packed_bytes_max(const Value& value);

// From this length on texts and bytes may be sent from where they are: writing them takes longer
// than what holding them costs.
inline constexpr std::size_t kHeldBytes = 64 * 1024;
// How many bytes of the value are in texts and bytes that long.
std::size_t long_bytes(const Value& value);
// Behind `begin`, the long ones not copied: pieces in their order, which hold the value.
std::vector<HeldBytes> pack_in_pieces(Bytes begin, Value value);

struct UnpackLimits {
  std::size_t depth = kDepthMax;
  std::size_t values = kValuesMax;
};

// How many values there are at most in what pack() has made: keys count too.
std::size_t count_packed(ByteSpan bytes);

// Exactly one value that fills `bytes`. No memory is taken for a length before as many bytes are
// there. Errors: kInvalid (cut short, a byte that begins nothing, text that is not UTF-8, a key
// that is not text, bytes left over), kTooLarge (depth, values). Of a key that comes again the last
// value counts.
Result<Value> unpack(ByteSpan bytes, UnpackLimits limits = {});

}  // namespace oriel::conduit
