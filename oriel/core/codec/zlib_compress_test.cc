#include "oriel/core/codec/zlib_compress.h"

#include <gtest/gtest.h>

#include "oriel/core/codec/inflate_stream.h"

namespace oriel::codec {
namespace {

TEST(ZlibCompress, IsReadBackByInflate) {
  for (const std::size_t size : {0u, 1u, 1000u, 300'000u}) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * i >> 5);
    const auto packed = zlib_compress(bytes);
    InflateStream stream;
    stream.feed(packed);
    Bytes read(size + 1);
    EXPECT_EQ(stream.read(read), size);
    read.resize(size);
    EXPECT_EQ(read, bytes);
    EXPECT_TRUE(stream.is_used_up());
  }
}

}  // namespace
}  // namespace oriel::codec
