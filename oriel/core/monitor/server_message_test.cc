#include "oriel/core/monitor/server_message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oriel/core/monitor/client_request.h"
#include "oriel/core/monitor/limits.h"

namespace oriel::monitor {
namespace {

// Captured from the real server.
constexpr std::string_view kRealData =
    R"({"type": "monitoring_data", "timestamp": "2026-11-20T13:47:51.426531", "data": {"memory": )"
    R"({"total": 25276514304, "available": 24517492736, "used": 443236352, "percentage": 3.0}, )"
    R"("processor": {"usage_percent": 52.4, "core_count": 2, "logical_count": 2, )"
    R"("frequency_current": 2596.128, "frequency_max": 0.0, "per_core_usage": [20.0, 81.8]}}, )"
    R"("alerts": [{"component": "memory", "level": "WARNING"}]})";

TEST(ServerMessage, ReadsTheRealServersDataUnchanged) {
  const auto message = parse_server_message(kRealData);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->type, "monitoring_data");
  EXPECT_EQ(message->kind, ServerMessageKind::kMonitoringData);
  EXPECT_EQ(message->timestamp, "2026-11-20T13:47:51.426531");
  EXPECT_EQ(message->data()->find("memory")->find("percentage")->number_or(-1), 3.0);
  EXPECT_FALSE(message->sequence);
  ASSERT_NE(message->alerts(), nullptr);
  EXPECT_EQ(message->alerts()->size(), 1u);
  EXPECT_EQ(to_json(message->document), kRealData);
}

struct DialectCase {
  std::string_view line;
  ServerMessageKind kind;
  std::string_view type;
  std::string_view text;
};

class ServerDialect : public ::testing::TestWithParam<DialectCase> {};

TEST_P(ServerDialect, IsUnderstoodWithItsTypeAsSent) {
  const auto message = parse_server_message(GetParam().line);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->kind, GetParam().kind);
  EXPECT_EQ(message->type, GetParam().type);
  EXPECT_EQ(message->text(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerDialect,
    ::testing::Values(
        DialectCase{R"({"type": "connection", "status": "connected", "message": "Welcome"})",
                    ServerMessageKind::kConnection, "connection", "Welcome"},
        DialectCase{R"({"timestamp": "x", "type": "connection_message", "message": "Welcome"})",
                    ServerMessageKind::kConnection, "connection_message", "Welcome"},
        DialectCase{R"({"type": "error", "message": "Invalid message"})", ServerMessageKind::kError,
                    "error", "Invalid message"},
        DialectCase{R"({"type": "error_message", "error": "bad", "severity": "warning"})",
                    ServerMessageKind::kError, "error_message", "bad"},
        DialectCase{R"({"type": "pong"})", ServerMessageKind::kPong, "pong", ""},
        DialectCase{R"({"type": "status", "message": 7})", ServerMessageKind::kStatus, "status",
                    ""},
        DialectCase{R"({"type": "", "sequence": -1})", ServerMessageKind::kOther, "", ""},
        DialectCase{" {\"type\": \"later\"}\r\n", ServerMessageKind::kOther, "later", ""}));

TEST(ServerMessage, KnowsEachKindByBothNames) {
  EXPECT_EQ(type_names(ServerMessageKind::kError).seed, "error_message");
  EXPECT_EQ(type_names(ServerMessageKind::kPong).seed, "");
  EXPECT_EQ(type_names(ServerMessageKind::kOther).server, "");
  EXPECT_EQ(server_message_kind("connection_message"), ServerMessageKind::kConnection);
}

TEST(ServerMessage, ReadsWhatOurServerWrites) {
  const auto text = write_monitoring_data({}, Object{{"a", 1}}, {}, Dialect::kSeed, Sequence{7, 5});
  const auto message = parse_server_message(text);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_delta());
  EXPECT_EQ(message->sequence->number, 7u);
  EXPECT_EQ(message->sequence->base, 5u);
}

TEST(ServerMessage, ReadsDeltasOfThePast) {
  const auto text = write_monitoring_data({}, Object{}, {}, Dialect::kServer, Sequence{0, -1});
  const auto message = parse_server_message(text);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->sequence, (Sequence{0, -1}));
}

class ServerGarbage : public ::testing::TestWithParam<std::string_view> {};

TEST_P(ServerGarbage, IsRefusedWithASentence) {
  const auto message = parse_server_message(GetParam());
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, ErrorCode::kInvalid);
  EXPECT_FALSE(message.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, ServerGarbage,
    ::testing::Values("", "GET / HTTP/1.1", "[1,2]", "null", R"({"Type": "pong"})",
                      R"({"type": 7})", R"({"type": "pong")", R"({"type": "monitoring_data"})",
                      R"({"type": "monitoring_data", "data": [1]})",
                      R"({"type": "monitoring_data", "data": {}, "delta": true, "sequence": 2})",
                      R"({"type": "monitoring_data", "data": {}, "delta": true, "base": 2})"));

TEST(ServerMessage, HoldsEachLimitAtTheLastByteMemberAndLevel) {
  const auto padded = [](std::size_t bytes) {
    std::string line = R"({"type": "pong"})";
    return line + std::string(bytes - line.size(), ' ');
  };
  EXPECT_TRUE(parse_server_message(padded(kServerMessageBytesMax)));
  EXPECT_EQ(parse_server_message(padded(kServerMessageBytesMax + 1)).error().code,
            ErrorCode::kTooLarge);

  const auto wide = [](std::size_t members) {
    Object object;
    for (std::size_t i = 0; i < members; ++i) object.emplace_back(std::to_string(i), 1);
    return to_json(Object{{"type", "x"}, {"list", Array{object}}});
  };
  EXPECT_TRUE(parse_server_message(wide(kServerMembersMax)));
  EXPECT_EQ(parse_server_message(wide(kServerMembersMax + 1)).error().code, ErrorCode::kTooLarge);

  const auto deep = [](std::size_t levels) {
    return R"({"type": "x", "deep": )" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  EXPECT_TRUE(parse_server_message(deep(kDocumentDepthMax - 1)));
  EXPECT_EQ(parse_server_message(deep(kDocumentDepthMax)).error().code, ErrorCode::kTooLarge);
}

TEST(ClientRequest, IsWhatAServerReads) {
  EXPECT_EQ(parse_request(to_json(ping_document())), Request(Ping{}));
  EXPECT_EQ(parse_request(to_json(get_status_document())), Request(GetStatus{}));
  EXPECT_EQ(parse_request(to_json(subscribe_document({}))), Request(Subscribe{}));
  Subscribe all;
  all.metrics = {Metric::kProcessor, Metric::kProcesses};
  all.interval = std::chrono::milliseconds(1250);
  all.wants_delta = true;
  all.since_us = 1'763'646'471'400'000;
  all.top_processes = 3;
  all.dialect = Dialect::kSeed;
  EXPECT_EQ(parse_request(to_json(subscribe_document(all))), Request(all));
}

}  // namespace
}  // namespace oriel::monitor
