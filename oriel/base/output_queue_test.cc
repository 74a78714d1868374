#include "oriel/base/output_queue.h"

#include <gtest/gtest.h>

namespace oriel {
namespace {

std::string drain(OutputQueue& queue, std::size_t step) {
  std::string text;
  while (!queue.empty()) {
    ByteSpan spans[3];
    auto count = queue.gather(spans);
    EXPECT_GT(count, 0u);
    auto run = spans[0].subspan(0, std::min(step, spans[0].size()));
    text += as_text(run);
    queue.consume(run.size());
  }
  return text;
}

TEST(OutputQueue, KeepsTheOrderOfOwnedAndSharedPiecesAtEveryWriteSize) {
  for (std::size_t step = 1; step < 14; ++step) {
    OutputQueue queue;
    queue.append(as_bytes("ab"));
    queue.append_shared(std::make_shared<const Bytes>(Bytes{'c', 'd', 'e'}));
    queue.append(as_bytes("f"));
    queue.append(as_bytes("gh"));
    queue.append_shared(nullptr);
    EXPECT_EQ(queue.size_bytes(), 8u);
    EXPECT_EQ(drain(queue, step), "abcdefgh");
  }
}

TEST(OutputQueue, DoesNotCopySharedPayloads) {
  OutputQueue queue;
  auto payload = std::make_shared<const Bytes>(Bytes(1000, 7));
  queue.append_shared(payload);
  ByteSpan spans[1];
  queue.gather(spans);
  EXPECT_EQ(spans[0].data(), payload->data());
}

TEST(OutputQueue, HoldsTheOwnerOfAPieceUntilItIsWritten) {
  OutputQueue queue;
  auto owner = std::make_shared<const std::string>("a text inside of something");
  const std::weak_ptr<const std::string> watched = owner;
  const auto text = as_bytes(*owner).subspan(2, 4);
  queue.append_held({text, std::move(owner)});
  queue.append_held({});
  ByteSpan spans[2];
  ASSERT_EQ(queue.gather(spans), 1u);
  EXPECT_EQ(spans[0].data(), text.data());
  queue.consume(3);
  EXPECT_FALSE(watched.expired());
  EXPECT_EQ(drain(queue, 1), "t");
  EXPECT_TRUE(watched.expired());
}

TEST(OutputQueue, LentPiecesStayWhenMoreIsAppended) {
  OutputQueue queue;
  queue.append(as_bytes("first"));
  ByteSpan spans[1];
  queue.gather(spans);
  const auto* lent = spans[0].data();
  queue.append(Bytes(100000, 1));
  queue.gather(spans);
  EXPECT_EQ(spans[0].data(), lent);
  EXPECT_EQ(as_text(spans[0]), "first");
}

}  // namespace
}  // namespace oriel
