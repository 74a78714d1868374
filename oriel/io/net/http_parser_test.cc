#include "oriel/io/net/http_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::net {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kGet = "GET /a/b?c=d HTTP/1.1\r\nHost: localhost:6080\r\nX-A: 1\r\n\r\n";
const std::string kPost = "POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";

// What comes out when `text` is put in pieces that end at `splits`; rest is what is left over.
struct Outcome {
  std::optional<HttpRequest> request;
  int status = 0;
  std::string sentence;
  std::string rest;
};

Outcome parse(std::string_view text, std::size_t split, HttpLimits limits = {}) {
  HttpParser parser(limits);
  Outcome outcome;
  std::string unread;
  for (auto piece : {text.substr(0, split), text.substr(split)}) {
    unread += piece;
    if (unread.empty() || parser.is_done()) continue;
    auto count = parser.put(as_bytes(unread));
    if (!count) {
      outcome.status = count.error().status;
      outcome.sentence = as_text(count.error().content());
      return outcome;
    }
    unread.erase(0, *count);
  }
  outcome.rest = unread;
  if (parser.is_done()) outcome.request = parser.take_request();
  return outcome;
}

TEST(HttpParser, ParsesARequestSplitAtEveryByte) {
  for (std::size_t split = 0; split <= kGet.size(); ++split) {
    auto outcome = parse(kGet, split);
    ASSERT_TRUE(outcome.request) << split;
    EXPECT_EQ(outcome.request->method, "GET");
    EXPECT_EQ(outcome.request->path, "/a/b");
    EXPECT_EQ(outcome.request->query, "c=d");
    EXPECT_THAT(outcome.request->fields,
                ElementsAre(HttpField{"Host", "localhost:6080"}, HttpField{"X-A", "1"}));
    EXPECT_TRUE(outcome.request->is_keep_alive);
  }
  for (std::size_t split = 0; split <= kPost.size(); ++split) {
    auto outcome = parse(kPost, split);
    ASSERT_TRUE(outcome.request) << split;
    EXPECT_EQ(outcome.request->body, "hello");
  }
}

TEST(HttpParser, IsNotDoneWithATruncatedRequest) {
  for (std::size_t size = 0; size < kPost.size(); ++size) {
    auto outcome = parse(kPost.substr(0, size), size);
    EXPECT_FALSE(outcome.request) << size;
    EXPECT_EQ(outcome.status, 0) << size;
  }
}

TEST(HttpParser, LeavesTheNextRequestUnread) {
  for (const auto& first : {kGet, kPost}) {
    auto outcome = parse(first + kGet, 0);
    ASSERT_TRUE(outcome.request);
    EXPECT_EQ(outcome.rest, kGet);
  }
}

std::string get_with_head_of(std::size_t size) {
  std::string start = "GET / HTTP/1.1\r\nHost: localhost\r\nX: ";
  return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
}

TEST(HttpParser, TakesAHeadOfTheLimitAndNoneBeyond) {
  HttpLimits limits;
  for (std::size_t split : {0u, 1u, 5000u, 16'000u}) {
    EXPECT_TRUE(parse(get_with_head_of(limits.header_bytes - 1), split).request) << split;
    EXPECT_TRUE(parse(get_with_head_of(limits.header_bytes), split).request) << split;
    EXPECT_EQ(parse(get_with_head_of(limits.header_bytes + 1), split).status, 431) << split;
  }
  EXPECT_EQ(parse("GET /" + std::string(100'000, 'x'), 50'000).status, 431);
  EXPECT_EQ(parse(std::string(100'000, 'x'), 50'000).status, 431);
}

std::string post_with_body_of(std::size_t size) {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(size) +
         "\r\n\r\n" + std::string(size, 'b');
}

TEST(HttpParser, TakesABodyOfTheLimitAndNoneBeyond) {
  HttpLimits limits;
  EXPECT_EQ(parse(post_with_body_of(0), 0).request->body.size(), 0u);
  EXPECT_EQ(parse(post_with_body_of(limits.body_bytes), 9000).request->body.size(),
            limits.body_bytes);
  auto outcome = parse(post_with_body_of(limits.body_bytes + 1), 60);
  EXPECT_EQ(outcome.status, 413);
  EXPECT_EQ(outcome.sentence, "The body of the request is larger than 65536 bytes.\n");
  auto chunked =
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n" +
      std::string(0x20000, 'c') + "\r\n0\r\n\r\n";
  EXPECT_EQ(parse(chunked, 100).status, 413);
}

TEST(HttpParser, TakesAChunkedBodySplitAtEveryByte) {
  std::string chunked =
      "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n"
      "0\r\n\r\n";
  for (std::size_t split = 0; split <= chunked.size(); ++split) {
    auto outcome = parse(chunked, split);
    ASSERT_TRUE(outcome.request) << split;
    EXPECT_EQ(outcome.request->body, "abcde");
  }
}

const std::string kChunkedHead =
    "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST(HttpParser, TakesAChunkHeadAndATrailerOfTheLimitAndNoneBeyond) {
  HttpLimits limits{.header_bytes = 200};
  for (std::size_t size : {200u, 201u, 9000u}) {
    const std::string line = "1;" + std::string(size - 4, 'x') + "\r\n";
    const std::string trailer = "0\r\nX: " + std::string(size - 10, 'x') + "\r\n\r\n";
    for (const auto& text : {kChunkedHead + line + "a\r\n0\r\n\r\n", kChunkedHead + trailer}) {
      for (std::size_t split = 0; split <= std::min<std::size_t>(text.size(), 300); ++split) {
        const auto outcome = parse(text, split, limits);
        EXPECT_EQ(outcome.request.has_value(), size == 200) << split;
        EXPECT_EQ(outcome.status, size == 200 ? 0 : 431) << split;
      }
    }
  }
}

TEST(HttpParser, TakesAnEmptyChunkedBodyByteByByte) {
  HttpParser parser{HttpLimits()};
  std::string unread;
  for (char c : kChunkedHead + "0\r\n\r\n") {
    EXPECT_FALSE(parser.is_done());
    unread += c;
    auto count = parser.put(as_bytes(unread));
    ASSERT_TRUE(count);
    unread.erase(0, *count);
  }
  EXPECT_TRUE(parser.is_done());
}

TEST(HttpParser, KeepsNoEndlessChunkHead) {
  EXPECT_EQ(parse(kChunkedHead + "1;" + std::string(100'000, 'x'), 100).status, 431);
  EXPECT_EQ(parse(kChunkedHead + "0\r\nX: " + std::string(100'000, 'x'), 100).status, 431);
}

TEST(HttpParser, RefusesASecondHostInTheTrailer) {
  EXPECT_EQ(parse(kChunkedHead + "0\r\nHost: other\r\n\r\n", 0).status, 400);
}

TEST(HttpParser, RefusesWhatIsNotARequest) {
  const std::vector<std::string> garbage = {
      "RFB 003.008\n\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET /\r\n\r\n",
      "GET  / HTTP/1.1\r\n\r\n",
      "G\x01T / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15),  // TLS
  };
  for (const auto& text : garbage) {
    auto outcome = parse(text, text.size() / 2);
    EXPECT_EQ(outcome.status, 400) << text;
    EXPECT_THAT(outcome.sentence, ::testing::EndsWith(".\n"));
  }
}

TEST(HttpParser, ShowsHeadAsGet) {
  auto outcome = parse("HEAD / HTTP/1.0\r\n\r\n", 0);
  ASSERT_TRUE(outcome.request);
  EXPECT_EQ(outcome.request->method, "GET");
  EXPECT_TRUE(outcome.request->is_head);
  EXPECT_FALSE(outcome.request->is_keep_alive);
  EXPECT_TRUE(outcome.request->is_http_1_0);
}

}  // namespace
}  // namespace oriel::net
