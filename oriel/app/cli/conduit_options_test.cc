#include "oriel/app/cli/conduit_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "oriel/core/conduit/limits.h"

namespace oriel::cli {
namespace {

using conduit::Array;
using conduit::Map;
using conduit::Value;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

Result<ConduitOptions> parse(ConduitCommand command, std::vector<const char*> arguments) {
  return parse_conduit_arguments(command, arguments);
}

std::string error_of(ConduitCommand command, std::vector<const char*> arguments) {
  const auto options = parse(command, std::move(arguments));
  return options ? "no error" : options.error().message;
}

Result<Value> data(std::vector<std::string> words) { return parse_conduit_data(words); }

std::string data_error(std::vector<std::string> words) {
  const auto value = parse_conduit_params(words);
  return value ? "no error" : value.error().message;
}

TEST(ConduitOptions, TakeFlagsAnywhere) {
  const auto options =
      parse(ConduitCommand::kCall,
            {"--timeout=500ms", "h:9000", "add", "-v", "a=1", "--raw", "--login", "scram",
             "--error-numbers=seed", "--password-file", "p", "--", "--b=2"})
          .value();
  EXPECT_EQ(options.target, "h:9000");
  EXPECT_EQ(options.name, "add");
  EXPECT_THAT(options.words, ElementsAre("a=1", "--b=2"));
  EXPECT_EQ(options.timeout, 500ms);
  EXPECT_TRUE(options.is_verbose);
  EXPECT_TRUE(options.is_raw);
  EXPECT_EQ(options.login, conduit::Login::kScram);
  EXPECT_EQ(options.error_numbers, conduit::ErrorNumbers::kSeed);
  EXPECT_EQ(options.password_file, "p");
}

TEST(ConduitOptions, GiveEachCommandItsWords) {
  const auto listen = parse(ConduitCommand::kListen, {"h", "a", "b", "--count", "2"}).value();
  EXPECT_THAT(listen.words, ElementsAre("a", "b"));
  EXPECT_EQ(listen.count, 2u);
  EXPECT_TRUE(parse(ConduitCommand::kSend, {"h", "chat", "--wait-reply"})->waits_for_reply);
  EXPECT_TRUE(parse(ConduitCommand::kMethods, {"h", "--schema"})->shows_schemas);
  const auto tls =
      parse(ConduitCommand::kMethods, {"tls://h", "--insecure", "--cert", "c", "--key", "k"});
  EXPECT_FALSE(tls->verify);
  EXPECT_EQ(tls->key_file, "k");
}

TEST(ConduitOptions, TakeNamesUpToTheLimitOnly) {
  using enum ConduitCommand;
  const std::string longest(conduit::kNameBytesMax, 'x');
  const auto too_long = longest + "x";
  EXPECT_TRUE(parse(kSend, {"h", longest.c_str()}));
  EXPECT_TRUE(parse(kListen, {"h", "a", longest.c_str()}));
  EXPECT_THAT(error_of(kSend, {"h", too_long.c_str()}), StartsWith("TYPE has 257 bytes"));
  EXPECT_THAT(error_of(kCall, {"h", too_long.c_str()}), StartsWith("METHOD has 257 bytes"));
  EXPECT_THAT(error_of(kListen, {"h", "a", too_long.c_str()}), StartsWith("TYPE has 257 bytes"));
}

TEST(ConduitOptions, SayWhatWasGot) {
  using enum ConduitCommand;
  EXPECT_THAT(error_of(kCall, {}), StartsWith("TARGET is missing: oriel call TARGET METHOD"));
  EXPECT_THAT(error_of(kCall, {"h"}), StartsWith("METHOD is missing"));
  EXPECT_THAT(error_of(kSend, {"h"}), StartsWith("TYPE is missing"));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--rawr"}), StartsWith("unknown flag --rawr, did you"));
  EXPECT_EQ(error_of(kListen, {"h", "--raw"}), "--raw is a flag of `oriel call`");
  EXPECT_THAT(error_of(kMethods, {"h", "--wait-reply"}), HasSubstr("`oriel send`"));
  EXPECT_THAT(error_of(kListen, {"::1"}), HasSubstr("[::1]:8080"));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--error-numbers", "ours"}),
              AllOf(HasSubstr("\"ours\""), HasSubstr("programs or seed")));
  EXPECT_THAT(error_of(kListen, {"h", "--count", "0"}),
              AllOf(StartsWith("--count: "), HasSubstr("0")));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--timeout", "soon"}),
              AllOf(StartsWith("--timeout: "), HasSubstr("soon")));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--timeout"}), StartsWith("--timeout needs a value"));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--json=1"}), HasSubstr("takes no value"));
  EXPECT_THAT(error_of(kCall, {"h", "m", "--login", "md5"}), HasSubstr("\"md5\""));
  EXPECT_THAT(error_of(kMethods, {"h", "m"}), HasSubstr("got m too"));
  EXPECT_THAT(error_of(kMethods, {"h", "--ca", "f"}), StartsWith("--ca is for tls://"));
  EXPECT_THAT(error_of(kMethods, {"tls://h", "--cert", "f"}), HasSubstr("--key"));
  EXPECT_NE(error_of(kMethods, {"http://h"}), "no error");
}

TEST(ConduitOptions, ShowHelpWithoutTheRest) {
  EXPECT_TRUE(parse(ConduitCommand::kCall, {"--help"})->wants_help);
  EXPECT_TRUE(parse(ConduitCommand::kCall, {"h", "add", "--help"})->wants_help);
  for (const auto command : {ConduitCommand::kCall, ConduitCommand::kListen, ConduitCommand::kSend,
                             ConduitCommand::kMethods})
    EXPECT_THAT(conduit_help(command), StartsWith("Example: oriel "));
}

TEST(ConduitData, IsJsonOrPairs) {
  EXPECT_EQ(data({}), Value(Map()));
  EXPECT_EQ(data({R"({"a": [1, null]})"}), Value(Map{{"a", Array{1, nullptr}}}));
  EXPECT_EQ(data({"[1, \"x\"]"}), Value(Array{1, "x"}));
  EXPECT_EQ(data({R"("a=b")"}), Value("a=b"));
  EXPECT_EQ(data({"a=1", "b=1.5", "c=true", "d=null", "e=[1]", R"(f={"g":2})"}),
            Value(Map{{"a", 1},
                      {"b", 1.5},
                      {"c", true},
                      {"d", nullptr},
                      {"e", Array{1}},
                      {"f", Map{{"g", 2}}}}));
  EXPECT_EQ(data({"a=hello world", "b=", "c=x=y", "d=007", R"(e="1")", R"(f="@home")"}),
            Value(Map{{"a", "hello world"},
                      {"b", ""},
                      {"c", "x=y"},
                      {"d", "007"},
                      {"e", "1"},
                      {"f", "@home"}}));
  EXPECT_EQ(data({"5"}), Value(5));
  EXPECT_EQ(data({"true"}), Value(true));
  EXPECT_EQ(data({"null"}), Value());
  EXPECT_EQ(parse_conduit_params(std::vector<std::string>{"null"}), Value());
}

TEST(ConduitData, ReadsTextFromFiles) {
  const auto path = ::testing::TempDir() + "conduit_data.txt";
  std::ofstream(path) << "123\n";
  EXPECT_EQ(data({"text=@" + path}), Value(Map{{"text", "123\n"}}));
  std::ofstream(path, std::ios::binary) << "\xff";
  EXPECT_THAT(data_error({"text=@" + path}), HasSubstr("UTF-8"));
  std::remove(path.c_str());
  EXPECT_THAT(data_error({"text=@" + path}), AllOf(StartsWith("text: "), HasSubstr(path)));
}

TEST(ConduitData, SaysWhatWasGot) {
  EXPECT_THAT(data_error({"{a: 1"}), HasSubstr("{a: 1"));
  EXPECT_THAT(data_error({"hello"}), AllOf(HasSubstr("KEY=VALUE"), HasSubstr("\"hello\"")));
  EXPECT_THAT(data_error({"=1"}), HasSubstr("\"=1\""));
  EXPECT_THAT(data_error({"a=1", "a=2"}), HasSubstr("a is given twice"));
  EXPECT_THAT(data_error({"{}", "a=2"}), HasSubstr("JSON stands alone"));
  EXPECT_THAT(data_error({"\"text\""}), HasSubstr("object or array, got"));
  EXPECT_THAT(data_error({"5"}), HasSubstr("object or array, got the number 5"));
  for (const auto* broken : {"a={1", "a=[1,", "a=\"x"})
    EXPECT_THAT(data_error({broken}), AllOf(StartsWith("a: "), HasSubstr("begins as JSON does")));
}

}  // namespace
}  // namespace oriel::cli
