// The parts of the client that need no server: statistics, delays, options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/app/monitor/client_book.h"
#include "oriel/app/monitor/client_limits.h"
#include "oriel/app/monitor/client_options.h"

namespace oriel::monitor {
namespace {

using namespace std::chrono_literals;

TEST(ClientOptions, HasTheDefaultsOfTheSeed) {
  const ClientOptions options;
  EXPECT_EQ(options.uri, "ws://localhost:8765");
  EXPECT_TRUE(options.reconnect);
  EXPECT_EQ(options.reconnect_interval, 5s);
  EXPECT_FALSE(options.max_reconnect_attempts);
  EXPECT_EQ(options.ping_interval, 30s);
  EXPECT_EQ(options.ping_timeout, 10s);
  EXPECT_EQ(options.operation_timeout, 5s);
  EXPECT_EQ(options.send_timeout, 5s);
  EXPECT_EQ(options.stop_timeout, 5s);
  EXPECT_FALSE(options.store_history);
  EXPECT_EQ(options.history_size, 1000u);
  EXPECT_EQ(kErrorHistoryMax, 5u);
  EXPECT_TRUE(check_client_options(options));
}

// Row M029.
TEST(ClientStatistics, IsADocumentWithTheKeysOfTheSeed) {
  const auto document = statistics_document({});
  for (const auto* key :
       {"messages_received", "messages_sent", "bytes_received", "bytes_sent", "connection_start",
        "uptime_seconds", "reconnect_attempts", "total_disconnections", "current_state",
        "last_error", "error_count", "error_history"}) {
    EXPECT_NE(document.find(key), nullptr) << key;
  }
  EXPECT_TRUE(document.find("last_error")->is_null());
}

TEST(ClientStatistics, KeepsTheLastFiveErrorsWithTimeAndType) {
  ClientBook book("ws://host", {});
  for (int i = 1; i <= 7; ++i)
    book.add_error({ClientErrorKind::kTimeout, "error " + std::to_string(i),
                    std::chrono::system_clock::now()});
  const auto document = statistics_document(book.statistics());
  EXPECT_EQ(document.find("error_count")->number_or(0), 7);
  EXPECT_EQ(*document.find("last_error")->string(), "error 7");
  const auto& errors = *document.find("error_history")->array();
  ASSERT_EQ(errors.size(), 5u);
  EXPECT_EQ(*errors[0].find("error")->string(), "error 3");
  EXPECT_EQ(*errors[0].find("type")->string(), "timeout");
  EXPECT_EQ(errors[0].find("timestamp")->string()->size(), 26u);
}

TEST(ClientStatistics, CountsTheTimeOfTheConnectionOnly) {
  ClientBook book("ws://host", {});
  book.set_state(ClientState::kConnected);
  EXPECT_TRUE(book.statistics().connection_start);
  book.set_state(ClientState::kReconnecting);
  EXPECT_FALSE(book.statistics().connection_start);
  EXPECT_EQ(book.statistics().uptime_seconds, 0);
}

TEST(ClientBook, KeepsNoMoreMessagesThanAskedFor) {
  ClientBook book("ws://host", {true, 3});
  for (int i = 0; i < 5; ++i) {
    ServerMessage message;
    message.timestamp = std::to_string(i);
    book.add_data(std::make_shared<const ServerMessage>(message));
  }
  const auto history = book.history();
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ(history->front()->timestamp, "2");
  EXPECT_EQ(book.last_data()->timestamp, "4");
}

TEST(ClientBook, KeepsNoMoreBytesThanTheLimitHoweverManyMessagesAreAskedFor) {
  ClientBook book("ws://host", {true, kClientHistoryMax});
  const auto large = std::make_shared<ServerMessage>();
  large->document = Object{{"x", std::string(kClientHistoryBytesMax / 4, 'x')}};
  for (int i = 0; i < 9; ++i) book.add_data(large);
  EXPECT_EQ(book.history()->size(), 3u);
}

}  // namespace
}  // namespace oriel::monitor
