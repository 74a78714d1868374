#include "oriel/core/rfb/security/security_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace oriel::rfb {
namespace {

// Runs both halves in memory, at most `step` bytes at a time, and gives the outcome; none when the
// client gives up.
std::optional<SecurityOutcome> run(const SecurityType& type, std::string_view server_password,
                                   std::string_view client_password, std::size_t step,
                                   std::string_view view_password = "") {
  auto server =
      type.make_server({std::string(server_password), std::string(view_password), {9, 8, 7, 6, 5}});
  auto client = type.make_client({std::string(client_password)});
  OutputQueue to_client, to_server;
  server->start(to_client);
  Bytes client_input, server_input;
  auto move = [step](OutputQueue& from, Bytes& into) {
    ByteSpan spans[1];
    if (from.gather(spans) == 0) return;
    auto run = spans[0].first(std::min(step, spans[0].size()));
    into.insert(into.end(), run.begin(), run.end());
    from.consume(run.size());
  };
  for (int rounds = 0; rounds < 100 && !server->outcome(); ++rounds) {
    move(to_client, client_input);
    if (!client->is_done()) {
      auto need = client->receive(client_input, to_server);
      if (!need) {
        EXPECT_EQ(need.error().code, ErrorCode::kRefused);
        return std::nullopt;
      }
      client_input.erase(client_input.begin(),
                         client_input.begin() + static_cast<std::ptrdiff_t>(need->consumed));
    }
    move(to_server, server_input);
    auto need = server->receive(server_input, to_client);
    EXPECT_TRUE(need);
    server_input.erase(server_input.begin(),
                       server_input.begin() + static_cast<std::ptrdiff_t>(need->consumed));
  }
  return server->outcome();
}

class EverySecurityType : public ::testing::TestWithParam<SecurityType> {};

TEST_P(EverySecurityType, AcceptsTheRightPasswordAtEverySplit) {
  for (std::size_t step = 1; step <= 17; ++step)
    EXPECT_EQ(run(GetParam(), "geheim", "geheim", step), SecurityOutcome::kAccepted);
}

TEST_P(EverySecurityType, RefusesAWrongPassword) {
  if (GetParam().is_for_none) {
    EXPECT_EQ(run(GetParam(), "", "anything", 99), SecurityOutcome::kAccepted);
  }
  if (!GetParam().is_for_password) return;
  EXPECT_EQ(run(GetParam(), "geheim", "geheit", 99), SecurityOutcome::kRefused);
  if (GetParam().is_for_none) return;
  EXPECT_EQ(run(GetParam(), "", std::string_view("\0", 1), 99), SecurityOutcome::kRefused)
      << "an empty password must not open the door";
}

TEST_P(EverySecurityType, DoesNotAnswerWithoutAPassword) {
  if (!GetParam().is_for_password) return;
  EXPECT_EQ(run(GetParam(), "geheim", "", 99), std::nullopt);
}

TEST_P(EverySecurityType, TellsTheViewOnlyPasswordApart) {
  if (!GetParam().is_for_password) return;
  EXPECT_EQ(run(GetParam(), "geheim", "schauen", 99, "schauen"),
            SecurityOutcome::kAcceptedViewOnly);
  EXPECT_EQ(run(GetParam(), "geheim", "geheim", 99, "schauen"), SecurityOutcome::kAccepted);
  EXPECT_EQ(run(GetParam(), "geheim", "s", 99, "schauen"), SecurityOutcome::kRefused);
  EXPECT_EQ(run(GetParam(), "gleich", "gleich", 99, "gleich"), SecurityOutcome::kAccepted);
}

TEST_P(EverySecurityType, IsFoundByItsNumber) {
  EXPECT_EQ(find_security_type(GetParam().id)->name, GetParam().name);
  EXPECT_EQ(find_security_type(77), nullptr);
}

// Those with two halves; the others are met by scripted servers (client_security_test.cc).
std::vector<SecurityType> types_with_two_halves() {
  std::vector<SecurityType> types;
  for (const auto& type : security_table())
    if (type.make_server != nullptr) types.push_back(type);
  return types;
}

TEST(SecurityTable, OffersNothingThatHasNoServer) {
  for (const auto& type : security_table())
    EXPECT_TRUE(type.make_server != nullptr || !(type.is_for_password || type.is_for_none))
        << type.name;
}

INSTANTIATE_TEST_SUITE_P(Table, EverySecurityType, ::testing::ValuesIn(types_with_two_halves()),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace oriel::rfb
