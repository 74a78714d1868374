#include "oriel/core/conduit/response.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace oriel::conduit {
namespace {

constexpr auto kPrograms = ErrorNumbers::kPrograms;

Value written(CallError error, ErrorNumbers numbers = kPrograms) {
  return write_answer(std::unexpected(std::move(error)), numbers);
}

Value failure(std::string_view message, int code) {
  return Map{{"success", false}, {"error", message}, {"code", code}};
}

TEST(Answer, IsWrittenAsTheRealProgramsDo) {
  EXPECT_EQ(write_answer(Response::of(30), kPrograms), Value(Map{{"success", true}, {"data", 30}}));
  EXPECT_EQ(write_answer(Response::of(nullptr), kPrograms),
            Value(Map{{"success", true}, {"data", nullptr}}));
  EXPECT_EQ(write_answer(Response::of("x", Map{{"took", 1.5}}), kPrograms),
            Value(Map{{"success", true}, {"data", "x"}, {"metadata", Map{{"took", 1.5}}}}));
  EXPECT_EQ(write_answer(Response::of("x", Map()), kPrograms),
            Value(Map{{"success", true}, {"data", "x"}}));
  EXPECT_EQ(write_answer(Response::ok(), kPrograms), Value(Map{{"success", true}}));
  EXPECT_EQ(write_answer(Response::ok(Value()), kPrograms), Value(Map{{"success", true}}));
  EXPECT_EQ(write_answer(Response::ok(7, "done"), kPrograms),
            Value(Map{{"success", true}, {"data", 7}, {"message", "done"}}));
}

TEST(Response, IsMadeOfAnyConvertibleTypeAndKnowsIt) {
  const std::vector<std::string> names{"ann", "ben"};
  const auto page = Response::with_pagination(names, {.total = 5, .page = 2, .page_size = 2});
  static_assert(std::same_as<decltype(page), const ResponseOf<std::vector<std::string>>>);
  EXPECT_EQ(*page.data, Value(Array{"ann", "ben"}));
  EXPECT_EQ(page.pagination, (Pagination{5, 2, 2}));
  EXPECT_EQ(*Response::of(std::map<std::string, int>{{"a", 1}}).data, Value(Map{{"a", 1}}));
  EXPECT_EQ(Response::ok(std::optional<int>(), "none").data, std::nullopt);
  static_assert(std::same_as<decltype(Response::of(Value(1))), Response>);
}

// A handler may return the envelope itself.
TEST(Answer, IsAMapWithSuccessAsItIs) {
  const Value own = Map{{"success", false}, {"what", "ever"}};
  EXPECT_EQ(write_answer(Response::of(own), kPrograms), own);
  EXPECT_EQ(write_answer(Response::ok(own, "with a message"), kPrograms),
            Value(Map{{"success", true}, {"data", own}, {"message", "with a message"}}));
}

struct Page {
  Pagination pagination;
  std::int64_t pages;
  bool has_next, has_prev;
};

class PaginationOf : public ::testing::TestWithParam<Page> {};
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
INSTANTIATE_TEST_SUITE_P(
    Lists, PaginationOf,
    ::testing::Values(Page{{0, 1, 10}, 0, false, false}, Page{{1, 1, 10}, 1, false, false},
                      Page{{10, 1, 10}, 1, false, false}, Page{{11, 1, 10}, 2, true, false},
                      Page{{11, 2, 10}, 2, false, true}, Page{{11, 9, 10}, 2, false, true},
                      Page{{kMost, kMost, kMost}, 1, false, true},
                      Page{{kMost, 1, 1}, kMost, true, false}));

TEST_P(PaginationOf, CountsPages) {
  const auto& [pagination, pages, has_next, has_prev] = GetParam();
  const auto answer = write_answer(Response::with_pagination(Array{1}, pagination), kPrograms);
  EXPECT_EQ(answer, Value(Map{{"success", true},
                              {"data", Array{1}},
                              {"pagination", Map{{"total", pagination.total},
                                                 {"page", pagination.page},
                                                 {"page_size", pagination.page_size},
                                                 {"total_pages", pages},
                                                 {"has_next", has_next},
                                                 {"has_prev", has_prev}}}}));
  EXPECT_EQ(read_answer(answer, kPrograms), Response::with_pagination(Array{1}, pagination));
}

TEST(Answer, HasAPageThatExists) {
  EXPECT_EQ(Response::with_pagination(Array(), {-1, 0, 0}).pagination, (Pagination{0, 1, 1}));
}

TEST(CallError, HasTheShapesOfTheRealPrograms) {
  EXPECT_EQ(written(CallError::not_found("RPC method", "nosuch")),
            failure("RPC method not found: nosuch", 4000));
  EXPECT_EQ(written(CallError::not_found("RPC method")), failure("RPC method not found", 4000));
  EXPECT_EQ(written(CallError::not_found("User", 7)), failure("User not found: 7", 4000));
  EXPECT_EQ(written(CallError::permission_denied("delete")),
            failure("Permission denied: delete", 3003));
  EXPECT_EQ(written(CallError::permission_denied()), failure("Permission denied", 3003));
  EXPECT_EQ(written(CallError::permission_denied(), ErrorNumbers::kSeed),
            failure("Permission denied", 3002));
  EXPECT_EQ(written(CallError::internal()), failure("Internal server error", 1001));
  EXPECT_EQ(written(CallError::timeout("backup")), failure("Operation timed out: backup", 1002));
  EXPECT_EQ(written(CallError::timeout(), ErrorNumbers::kSeed),
            failure("Operation timed out", 5001));
  EXPECT_EQ(written(CallError::rate_limited()), failure("Rate limit exceeded", 6000));
  EXPECT_EQ(CallError::rate_limited(5).details, Value(Map{{"retry_after", 5}}));
  EXPECT_EQ(CallError::rate_limited(0.5).details, Value(Map{{"retry_after", 0.5}}));
  EXPECT_EQ(CallError::rate_limited(0).details, Value());
  EXPECT_EQ(written({.message = "as it is"}),
            Value(Map{{"success", false}, {"error", "as it is"}}));
  EXPECT_EQ(
      written(CallError::internal("boom", Map{{"line", 3}})),
      Value(Map{
          {"success", false}, {"error", "boom"}, {"code", 1001}, {"details", Map{{"line", 3}}}}));
}

TEST(CallError, SaysWhatWasReceivedAsText) {
  const auto received = [](const Value& value) {
    const auto details = CallError::validation("no", "age", "int", value).details;
    return *details.find("received")->if_text();
  };
  EXPECT_EQ(CallError::validation("no").details, Value());
  EXPECT_EQ(CallError::validation("no", "age", "int", "ten").details,
            Value(Map{{"field", "age"}, {"expected", "int"}, {"received", "ten"}}));
  EXPECT_EQ(received(7), "7");
  EXPECT_EQ(received(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(received(3.0), "3.0");
  EXPECT_EQ(received(0.25), "0.25");
  EXPECT_EQ(received(true), "True");
  EXPECT_EQ(received(Array{1, "a", nullptr}), "[1, 'a', None]");
  EXPECT_EQ(received(Map{{"a", false}, {"b", Map()}}), "{'a': False, 'b': {}}");
  EXPECT_EQ(received(Bytes{1, 2}), "2 bytes");
  EXPECT_EQ(received(Extension{}), "an extension");
}

TEST(CallError, RepeatsTheBeginningOfWhatIsLong) {
  const auto received = [](const Value& value) {
    const auto details = CallError::validation("no", {}, {}, value).details;
    return *details.find("received")->if_text();
  };
  EXPECT_EQ(received(std::string(200, 'x')), std::string(200, 'x'));
  EXPECT_EQ(received(std::string(201, 'x')), std::string(200, 'x') + "...");
  EXPECT_EQ(received(std::string(199, 'x') + "\xC3\xA9"), std::string(199, 'x') + "...");
  EXPECT_EQ(received(Array(1'000'000)).size(), 203u);
  EXPECT_EQ(received(Array{std::string(500, 'x')}).size(), 203u);
}

class EveryCode : public ::testing::TestWithParam<CallCodeRow> {};
INSTANTIATE_TEST_SUITE_P(OfTheTable, EveryCode,
                         ::testing::ValuesIn(call_code_table().begin(), call_code_table().end()));

TEST_P(EveryCode, ComesBackFromTheWire) {
  for (const auto numbers : {ErrorNumbers::kPrograms, ErrorNumbers::kSeed}) {
    CallError error{.code = GetParam().code, .message = "m", .details = Map{{"a", 1}}};
    error.number = number_of(error.code, numbers);
    EXPECT_EQ(read_answer(written(error, numbers), numbers), Answer(std::unexpected(error)));
  }
}

TEST(Answer, KeepsTheNumberOfAnApplication) {
  const auto answer = read_answer(failure("mine", 7001), kPrograms);
  EXPECT_EQ(answer, Answer(std::unexpected(CallError{.message = "mine", .number = 7001})));
  EXPECT_EQ(write_answer(answer, kPrograms), failure("mine", 7001));
}

TEST(Answer, IsReadWhateverTheSuccessIs) {
  const auto data = [](Value envelope) {
    return read_answer(std::move(envelope), kPrograms).value().data.value();
  };
  EXPECT_EQ(data(7), Value(7));
  EXPECT_EQ(data(nullptr), Value());
  EXPECT_EQ(data(Map{{"error", "no success"}}), Value(Map{{"error", "no success"}}));
  EXPECT_EQ(data(Map{{"success", 1}}), Value(Map{{"success", 1}}));
  const Value upload = Map{{"success", true}, {"filename", "a"}, {"size", 3}};
  EXPECT_EQ(data(upload), upload);
  EXPECT_EQ(data(Map{{"success", true}, {"data", 1}, {"more", 2}}), Value(1));
  EXPECT_EQ(data(Map{{"success", true}, {"data", 1}, {"message", 2}}), Value(1));
  EXPECT_EQ(data(Map{{"success", true}, {"data", 1}, {"pagination", 2}}), Value(1));
  EXPECT_EQ(read_answer(Map{{"success", true}}, kPrograms), Response::ok());
}

TEST(Answer, IsReadWhateverTheErrorIs) {
  const auto error = [](Value envelope) {
    return read_answer(std::move(envelope), kPrograms).error();
  };
  EXPECT_EQ(error(Map{{"success", false}}), (CallError{.message = "Unknown error"}));
  EXPECT_EQ(error(Map{{"success", false}, {"error", 5}}), (CallError{.message = "5"}));
  EXPECT_EQ(error(Map{{"success", false}, {"code", "4000"}}).code, CallCode::kUnknown);
  EXPECT_EQ(error(Map{{"success", false}, {"code", 1LL << 40}}).number, 0);
  EXPECT_EQ(error(Map{{"success", false}, {"code", nullptr}}).number, 0);
}

TEST(Answer, IsInThePayloadOfAResponseOrAnError) {
  EXPECT_EQ(envelope_of_response(Map{{"success", true}, {"result", 5}}), Value(5));
  EXPECT_EQ(envelope_of_response(Map{{"success", true}}), Value());
  EXPECT_EQ(envelope_of_response(failure("no", 1001)), failure("no", 1001));
  EXPECT_EQ(envelope_of_response(Map{{"error", "no"}}),
            Value(Map{{"error", "no"}, {"success", false}}));
  EXPECT_EQ(envelope_of_response("x").error().message,
            "the payload of an answer is text, not a map");
  EXPECT_FALSE(envelope_of_response(Map()));
}

}  // namespace
}  // namespace oriel::conduit
