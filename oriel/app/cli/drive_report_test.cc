#include "oriel/app/cli/drive_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "oriel/app/cli/command_table.h"

namespace oriel::cli {
namespace {

using agent::ErrorKind;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

TEST(DriveReport, SaysNothingOfWhatWasJustDone) {
  const auto output = output_of({.verb = "click", .took = 12ms, .pointer = image::Point{1, 2}}, {});
  EXPECT_EQ(output.text, "");
  EXPECT_EQ(boost::json::serialize(output.json),
            R"({"verb":"click","took_s":1.2E-2,"pointer":{"x":1,"y":2}})");
}

TEST(DriveReport, TellsWhatAWaitSaw) {
  agent::VerbResult result{.verb = "wait still", .waited = 310ms};
  result.boxes = {{10, 20, 30, 40}};
  result.recurring = {{{1, 2, 3, 4}, 5, {}}};
  const auto output = output_of(std::move(result), {});
  EXPECT_THAT(output.text,
              HasSubstr("wait still after 310 ms; 10,20,30x40; 1,2,3x4 changes again"));
  EXPECT_EQ(output.json.at("boxes").as_array().size(), 1u);
  EXPECT_EQ(output.json.at("recurring").as_array()[0].at("times"), 5);
}

TEST(DriveReport, PrintsTextAsItIs) {
  EXPECT_EQ(output_of({.verb = "clip get", .text = "a\nb"}, {}).text, "a\nb\n");
}

TEST(DriveReport, EndsWithTheCodeOfTheKindOfError) {
  const auto code = [](ErrorKind kind, bool has_connected) {
    return exit_code_of(agent::AgentError{kind, ""}, has_connected);
  };
  EXPECT_EQ(code(ErrorKind::kConnection, false), kNeverConnected);
  EXPECT_EQ(code(ErrorKind::kConnection, true), kConnectionLost);
  EXPECT_EQ(code(ErrorKind::kTimeout, true), kTimedOut);
  EXPECT_EQ(code(ErrorKind::kAuthentication, false), kRefused);
  EXPECT_EQ(code(ErrorKind::kProtocol, false), kProtocolError);
  EXPECT_EQ(code(ErrorKind::kInput, true), kUsage);
  EXPECT_EQ(code(ErrorKind::kAction, true), kActionFailed);
}

TEST(DriveReport, IsOneDocumentForEachTarget) {
  DriveOutcome outcome{.target = "vnc://host:5901"};
  outcome.outputs.push_back(output_of({.verb = "move", .took = 1s}, {}));
  outcome.error = agent::AgentError{ErrorKind::kInput, "x is too large"};
  outcome.error_where = "line 2, column 1";
  outcome.has_connected = true;
  EXPECT_EQ(boost::json::serialize(json_of(outcome)),
            R"({"target":"vnc://host:5901","results":[{"verb":"move","took_s":1E0}],)"
            R"("error":{"kind":"input","message":"x is too large","exit_code":2,)"
            R"("where":"line 2, column 1"}})");
  EXPECT_EQ(error_line(outcome, false), "oriel: line 2, column 1: x is too large\n");
  EXPECT_EQ(error_line(outcome, true),
            "oriel: vnc://host:5901: line 2, column 1: x is too large\n");
}

}  // namespace
}  // namespace oriel::cli
