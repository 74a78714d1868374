// What the real netconduit server answers (tests/golden/conduit/calls.txt and others): read as
// answers, and written again byte for byte.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "oriel/core/conduit/frame.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/response.h"
#include "oriel/testing/conduit_capture.h"

namespace oriel::conduit {
namespace {

// The envelopes of a capture, in order.
std::vector<Value> captured_envelopes(std::string_view file) {
  std::vector<Value> envelopes;
  for (const auto& frame : testing::conduit_capture(file)) {
    const auto header = parse_frame_header(frame.header, kMessageBytes);
    if (!header || header->type != FrameType::kRpcResponse) continue;
    const auto payload = read_payload(*header, frame.payload, kMessageBytes);
    EXPECT_TRUE(payload) << frame.where;
    if (!payload) continue;
    auto envelope = envelope_of_response(*payload);
    EXPECT_TRUE(envelope) << frame.where;
    if (envelope) envelopes.push_back(*std::move(envelope));
  }
  return envelopes;
}

// Whether it is an envelope with members that ours have, and no others.
bool is_our_shape(const Value& envelope) {
  const auto* success = envelope.find("success");
  if (success == nullptr || success->if_bool() == nullptr) return false;
  const auto members =
      *success->if_bool()
          ? std::set<std::string_view>{"success", "data", "message", "metadata", "pagination"}
          : std::set<std::string_view>{"success", "error", "code", "details"};
  return std::ranges::all_of(*envelope.if_map(),
                             [&](const auto& member) { return members.contains(member.first); });
}

struct Envelopes {
  const char* file;
  std::size_t count;
  std::size_t of_other_shapes;
};

void PrintTo(const Envelopes& envelopes, std::ostream* out) { *out << envelopes.file; }

class CapturedAnswers : public ::testing::TestWithParam<Envelopes> {};

// Of other shapes are maps with the member "success" that methods made themselves.
INSTANTIATE_TEST_SUITE_P(
    All, CapturedAnswers,
    ::testing::Values(Envelopes{"calls.txt", 40, 0}, Envelopes{"pipelined_calls.txt", 8, 0},
                      Envelopes{"values.txt", 66, 3}, Envelopes{"compressed.txt", 7, 0},
                      Envelopes{"compressed_at_the_limit.txt", 3, 0},
                      Envelopes{"file_transfer.txt", 14, 1}, Envelopes{"stream.txt", 7, 0}),
    [](const ::testing::TestParamInfo<Envelopes>& envelopes) {
      std::string name(envelopes.param.file);
      return name.substr(0, name.find('.'));
    });

TEST_P(CapturedAnswers, AreReadAndWrittenAgainByteForByte) {
  const auto envelopes = captured_envelopes(GetParam().file);
  EXPECT_EQ(envelopes.size(), GetParam().count);
  std::size_t of_other_shapes = 0;
  for (std::size_t i = 0; i < envelopes.size(); ++i) {
    if (!is_our_shape(envelopes[i])) {
      ++of_other_shapes;
      continue;
    }
    const auto answer = read_answer(envelopes[i], ErrorNumbers::kPrograms);
    EXPECT_EQ(pack(write_answer(answer, ErrorNumbers::kPrograms)), pack(envelopes[i])) << i;
  }
  EXPECT_EQ(of_other_shapes, GetParam().of_other_shapes);
}

TEST(CapturedCalls, SayWhatTheyMean) {
  std::vector<Answer> answers;
  for (const auto& envelope : captured_envelopes("calls.txt"))
    answers.push_back(read_answer(envelope, ErrorNumbers::kPrograms));
  ASSERT_EQ(answers.size(), 40U);
  EXPECT_EQ(answers[0], Answer(Response::of(30)));
  EXPECT_EQ(answers[1], Answer(Response::of(Map{{"operation", "add"}, {"result", 3.5}})));
  EXPECT_EQ(answers[4].error().code, CallCode::kMethodNotFound);
  EXPECT_EQ(answers[4].error().message, "User not found: 99");
  EXPECT_EQ(answers[6]->pagination, (Pagination{.total = 25, .page = 3, .page_size = 10}));
  EXPECT_EQ(answers[7], Answer(Response::ok({}, "All done")));
  EXPECT_EQ(answers[11], Answer(Response::of(nullptr)));
  EXPECT_EQ(answers[12].error().message, "RPC method not found: nosuch");
  EXPECT_EQ(answers[14].error().code, CallCode::kValidation);
}

// Ours are made with the words and numbers of theirs.
TEST(CapturedCalls, HaveTheErrorsThatOursAreMadeAs) {
  const auto envelopes = captured_envelopes("calls.txt");
  ASSERT_EQ(envelopes.size(), 40U);
  const auto ours = [](CallError error) {
    return write_answer(std::unexpected(std::move(error)), ErrorNumbers::kPrograms);
  };
  EXPECT_EQ(envelopes[4], ours(CallError::not_found("User", 99)));
  EXPECT_EQ(envelopes[26], ours(CallError::validation("Invalid age", "age", "int >= 0", -1)));
  EXPECT_EQ(envelopes[27], ours(CallError::validation("Invalid")));
  EXPECT_EQ(envelopes[28], ours(CallError::not_found("Session")));
  EXPECT_EQ(envelopes[29], ours(CallError::permission_denied("delete_user")));
  EXPECT_EQ(envelopes[30], ours(CallError::permission_denied()));
  EXPECT_EQ(envelopes[31], ours(CallError::internal()));
  EXPECT_EQ(envelopes[32], ours(CallError::internal("Database is down")));
  EXPECT_EQ(envelopes[33], ours(CallError::timeout("query")));
  EXPECT_EQ(envelopes[34], ours(CallError::timeout()));
  EXPECT_EQ(envelopes[35], ours(CallError::rate_limited(30)));
  EXPECT_EQ(envelopes[36], ours(CallError::rate_limited()));
}

}  // namespace
}  // namespace oriel::conduit
