#include "oriel/app/conduit/client_error.h"

#include <gtest/gtest.h>

#include <set>

namespace oriel::conduit {
namespace {

TEST(ClientError, HasARowForEveryKindWithANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const auto& row : client_error_table()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.meaning.empty()) << row.name;
    EXPECT_EQ(&row_of(row.kind), &row);
  }
  EXPECT_EQ(names.size(), 14u);
}

struct KindCase {
  CallError error;
  ClientErrorKind kind;
};
class CallErrorKinds : public ::testing::TestWithParam<KindCase> {};

TEST_P(CallErrorKinds, AreToldFromCodeAndOrigin) {
  EXPECT_EQ(kind_of(GetParam().error), GetParam().kind)
      << row_of(GetParam().error.code).name << " " << GetParam().error.number;
}

CallError made_here(CallCode code) { return {.code = code, .message = "x"}; }
CallError from_server(CallCode code, int number) {
  return {.code = code, .message = "x", .number = number};
}

INSTANTIATE_TEST_SUITE_P(
    All, CallErrorKinds,
    ::testing::Values(
        KindCase{made_here(CallCode::kDisconnected), ClientErrorKind::kNotConnected},
        KindCase{made_here(CallCode::kReconnecting), ClientErrorKind::kNotConnected},
        KindCase{made_here(CallCode::kRateLimited), ClientErrorKind::kBackpressure},
        KindCase{made_here(CallCode::kTimeout), ClientErrorKind::kTimeout},
        KindCase{made_here(CallCode::kCancelled), ClientErrorKind::kCancelled},
        KindCase{made_here(CallCode::kUnknownOutcome), ClientErrorKind::kUnknownOutcome},
        KindCase{made_here(CallCode::kInvalidType), ClientErrorKind::kValidation},
        KindCase{made_here(CallCode::kUsage), ClientErrorKind::kUsage},
        KindCase{made_here(CallCode::kInternal), ClientErrorKind::kLocal},
        KindCase{made_here(CallCode::kMethodNotFound), ClientErrorKind::kLocal},
        KindCase{made_here(CallCode::kUnknown), ClientErrorKind::kRemote},
        KindCase{from_server(CallCode::kDisconnected, 5001), ClientErrorKind::kRemote},
        KindCase{from_server(CallCode::kRateLimited, 6000), ClientErrorKind::kRemote},
        KindCase{from_server(CallCode::kInternal, 1001), ClientErrorKind::kRemote},
        KindCase{from_server(CallCode::kValidation, 2000), ClientErrorKind::kValidation},
        KindCase{from_server(CallCode::kMethodNotFound, 4000), ClientErrorKind::kRemote}));

}  // namespace
}  // namespace oriel::conduit
