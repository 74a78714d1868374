// Any bytes as MessagePack: what is read is written in no more bytes than was reserved, and read
// again as the same.
//
//   input := MessagePack

#include <cstddef>
#include <cstdint>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"

ORIEL_FUZZER(conduit_message_pack, bytes, size) {
  using namespace oriel::conduit;
  const auto value = unpack({bytes, size});
  if (!value) {
    ORIEL_CHECK(!value.error().message.empty());
    return 0;
  }
  const auto packed = pack(*value);
  ORIEL_CHECK(packed.size() <= packed_bytes_max(*value));
  ORIEL_CHECK(packed.size() <= 2 * size);  // a float32 becomes a float64
  const auto again = unpack(packed);
  ORIEL_CHECK(again.has_value());
  // Compared as bytes: NaN is no equal of itself.
  ORIEL_CHECK(pack(*again) == packed);
  return 0;
}
