#pragma once
// What decides the bytes of an encoded rectangle, and the cache of those bytes: encoded once, sent
// to all.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>

#include "oriel/base/bytes.h"
#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/pixel_format.h"
#include "oriel/core/image/rect.h"
#include "oriel/core/screen/screen.h"

namespace oriel::server {

// All that the bytes depend on besides the pixels. Viewers of one profile share every payload;
// compression class, quality and history will be members.
struct Profile {
  const codec::Encoding* encoding = nullptr;  // a row of the table
  image::PixelFormat format;

  friend auto operator<=>(const Profile&, const Profile&) = default;
};

struct PayloadKey {
  image::Rect rect;
  screen::Generation content_generation = 0;  // equal: the same pixels
  Profile profile;
  std::uint64_t drawn_cursor = 0;  // which cursor is drawn into the pixels (PlacedCursor); 0: none

  friend auto operator<=>(const PayloadKey&, const PayloadKey&) = default;
};

// An encoded rectangle: the body, and which encoding it really is in.
struct Payload {
  const codec::Encoding* encoding = nullptr;
  SharedBytes bytes;  // null: there is none
};

// The payloads of late, bounded by bytes; the least recently used leave first. One strand owns it.
class PayloadCache {
 public:
  explicit PayloadCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Without bytes when it is not there.
  Payload find(const PayloadKey& key);
  // A payload larger than the whole cache is not kept.
  void insert(const PayloadKey& key, Payload payload);

  std::size_t size_bytes() const { return size_bytes_; }

 private:
  struct Entry {
    PayloadKey key;
    Payload payload;
  };
  std::size_t max_bytes_;
  std::size_t size_bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::map<PayloadKey, std::list<Entry>::iterator> by_key_;
};

}  // namespace oriel::server
