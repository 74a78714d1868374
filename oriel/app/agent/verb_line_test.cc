#include "oriel/app/agent/verb_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oriel::agent {
namespace {

using image::Point;
using image::Rect;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

VerbCall one(std::string_view text) {
  auto calls = parse_verbs(text);
  EXPECT_TRUE(calls) << text << ": " << (calls ? "" : calls.error().message);
  EXPECT_TRUE(!calls || calls->size() == 1) << text;
  return calls && !calls->empty() ? calls->front() : VerbCall{};
}

std::string text_of(std::string_view line) {
  const auto call = one(line);
  const auto found = call.values.find("text");
  return found == call.values.end() ? "(none)" : std::get<std::string>(found->second);
}

std::string error_of(std::string_view text) {
  const auto calls = parse_verbs(text);
  if (calls) return "none";
  EXPECT_EQ(calls.error().kind, ErrorKind::kInput);
  return calls.error().message;
}

TEST(VerbLine, PartsVerbsBySemicolonsAndLineEnds) {
  const auto calls = parse_verbs(
      "click 100 200; type \"hello\"; key Return\n\n ;; # a comment; info\n"
      "wait still # and another\r\nshot out.png");
  ASSERT_TRUE(calls) << calls.error().message;
  std::vector<std::string_view> names;
  for (const auto& call : *calls) names.push_back(call.verb->name);
  EXPECT_THAT(names, ElementsAre("click", "type", "key", "wait still", "shot"));
  EXPECT_EQ((*calls)[3].line, 4);
  EXPECT_EQ((*calls)[1].column, 16);
  EXPECT_THAT(*parse_verbs(""), IsEmpty());
}

TEST(VerbLine, TakesArgumentsByPlaceAndByName) {
  for (const auto* line : {"click 5 6 button=right count=2", "click --button=right x=5 y=6 count=2",
                           "click button=right 5 --count=2 6"}) {
    const auto call = one(line);
    EXPECT_EQ(call.values.at("x"), VerbValue(std::int64_t{5})) << line;
    EXPECT_EQ(call.values.at("y"), VerbValue(std::int64_t{6}));
    EXPECT_EQ(call.values.at("button"), VerbValue(std::string("right")));
    EXPECT_EQ(call.values.at("count"), VerbValue(std::int64_t{2}));
  }
}

TEST(VerbLine, KnowsEachTypeOfValue) {
  EXPECT_EQ(one("wait still region=-1,2,30x40").values.at("region"),
            VerbValue(Rect{-1, 2, 30, 40}));
  EXPECT_EQ(one("pause 1.5").values.at("duration"), VerbValue(milliseconds(1500)));
  EXPECT_EQ(one("sleep 20ms").values.at("duration"), VerbValue(milliseconds(20)));
  EXPECT_EQ(one("pause 2s").values.at("duration"), VerbValue(milliseconds(2000)));
  EXPECT_EQ(one("drag 1,2 3,4 5,6").values.at("path"),
            VerbValue(std::vector<Point>{{1, 2}, {3, 4}, {5, 6}}));
  EXPECT_EQ(one("wait color 1 2 #ff8000").values.at("colour"), VerbValue(std::int64_t{0xff8000}));
  EXPECT_EQ(one("wait colour 1 2 colour=FF8000").values.at("colour"),
            VerbValue(std::int64_t{0xff8000}));
  EXPECT_EQ(one("shot cursor --scale=0.5").values.at("cursor"), VerbValue(true));
  EXPECT_EQ(one("shot cursor=false").values.at("cursor"), VerbValue(false));
  EXPECT_EQ(one("key ctrl++").values.at("keys"), VerbValue(std::string("ctrl++")));
}

TEST(VerbLine, ReadsQuotesAndEscapes) {
  EXPECT_EQ(text_of(R"(type "a \"b\"; # \\ \n\t")"), "a \"b\"; # \\ \n\t");
  EXPECT_EQ(text_of(R"(type 'a "b" \n # ;')"), "a \"b\" \\n # ;");
  EXPECT_EQ(text_of(R"(type "\u{e9}\u{416}\u{1F600}")"), "\xc3\xa9\xd0\x96\xf0\x9f\x98\x80");
  EXPECT_EQ(text_of(R"(type a"b c"d)"), "ab cd");
  EXPECT_EQ(text_of(R"(type text="b c")"), "b c");
  EXPECT_EQ(text_of(R"(type "method=paste")"), "method=paste");
  EXPECT_EQ(text_of("type a=b"), "a=b");
  EXPECT_EQ(text_of("type \"over\ntwo lines\""), "over\ntwo lines");
  EXPECT_EQ(text_of("type \"\""), "");
}

TEST(VerbLine, SaysWhereAndWhatWasExpected) {
  EXPECT_THAT(error_of("info; clik 1 2"),
              HasSubstr("line 1, column 7: there is no verb 'clik'; shot, click, move"));
  EXPECT_EQ(error_of("\n  click 1 z"), "line 2, column 11: y: a whole number is expected, not 'z'");
  EXPECT_EQ(error_of("move 1"), "line 1, column 1: Y is missing: move X Y [delay=DURATION]");
  EXPECT_THAT(error_of("move 1 2 3"), HasSubstr("column 10: '3' is one argument too many"));
  EXPECT_THAT(error_of("move 1 2 x=3"), HasSubstr("x is given twice"));
  EXPECT_THAT(error_of("move 1 2 --speed=3"), HasSubstr("'move' has no argument '--speed=3'"));
  EXPECT_EQ(error_of("type \"\xc3\xa9\" \"open"),
            "line 1, column 10: the quote \" that begins here has no end");
  EXPECT_EQ(error_of("type 'open"), "line 1, column 6: the quote ' that begins here has no end");
  EXPECT_THAT(error_of(R"(type "\q")"), HasSubstr("column 7: one of \\n \\t"));
  EXPECT_THAT(error_of(R"(type "\u{d800}")"), HasSubstr("hexadecimal"));
  EXPECT_THAT(error_of("wait stil"),
              HasSubstr("one of still, change, image, colour, text is expected after 'wait', not "
                        "'stil'"));
  EXPECT_THAT(error_of("key bogus"), HasSubstr("keys: there is no key 'bogus'"));
  EXPECT_THAT(error_of("scroll sideways"), HasSubstr("one of up|down|left|right is expected"));
  EXPECT_THAT(error_of("wait colour 1 2 red"), HasSubstr("a colour #RRGGBB is expected"));
  EXPECT_THAT(error_of("pause -1"), HasSubstr("a duration such as 150ms or 2s is expected"));
  EXPECT_THAT(error_of("wait still region=1,2,0x5"), HasSubstr("a region X,Y,WIDTHxHEIGHT"));
}

TEST(VerbLine, NamesTheLimitOfANumber) {
  EXPECT_THAT(error_of("scroll down 99999999999"),
              HasSubstr("amount: 1 to 1000 is expected, not '99999999999'"));
  EXPECT_THAT(error_of("scroll down 99999999999999999999"), HasSubstr("1 to 1000 is expected"));
  for (const auto* line : {"scroll up 0", "shot a.png long-edge=0", "click 1 1 count=0",
                           "key a count=0", "shot a.jpg quality=0"})
    EXPECT_THAT(error_of(line), HasSubstr("is expected, not '0'")) << line;
  EXPECT_EQ(std::get<std::int64_t>(one("scroll down 1000").values.at("amount")), 1000);
  EXPECT_THAT(error_of("scroll down 1001"), HasSubstr("1 to 1000"));
}

TEST(VerbLine, TakesWordsOfACommandLine) {
  const auto call = parse_verb_words({"wait", "text", "two words", "--timeout=3s"});
  ASSERT_TRUE(call) << call.error().message;
  EXPECT_EQ(call->verb->name, "wait text");
  EXPECT_EQ(call->values.at("text"), VerbValue(std::string("two words")));
  const auto wrong = parse_verb_words({"move", "1"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message, "Y is missing: move X Y [delay=DURATION]");
  EXPECT_FALSE(parse_verb_words({}));
}

TEST(VerbLine, RefusesTextsBeyondTheLimits) {
  EXPECT_TRUE(parse_verbs(std::string(kVerbTextBytesMax, ' ')));
  EXPECT_FALSE(parse_verbs(std::string(kVerbTextBytesMax + 1, ' ')));
  std::string many;
  for (std::size_t i = 0; i < kVerbCallsMax; ++i) many += "info;";
  EXPECT_TRUE(parse_verbs(many));
  EXPECT_THAT(error_of(many + "info"), HasSubstr("at most 10000 verbs"));
}

// ---- the table

TEST(VerbTable, HasRowsThatFitTogether) {
  for (const auto& verb : verb_table()) {
    EXPECT_FALSE(verb.help.empty()) << verb.name;
    EXPECT_EQ(one(verb.example).verb, &verb) << verb.example;
    EXPECT_EQ(verb.is_wait, verb.name.starts_with("wait "));
    EXPECT_TRUE(verb.only_looks || !verb.is_wait) << verb.name;
    bool is_optional = false;
    for (const auto& argument : verb.arguments) {
      EXPECT_FALSE(argument.help.empty()) << verb.name << ' ' << argument.name;
      EXPECT_EQ(argument.type == ArgumentType::kChoice, !argument.choices.empty());
      EXPECT_TRUE(argument.otherwise.empty() || parse_value(argument, argument.otherwise))
          << verb.name << ' ' << argument.name;
      EXPECT_FALSE(argument.is_required && !argument.otherwise.empty());
      // What is required comes first among the places.
      if (argument.is_positional && !argument.is_required) is_optional = true;
      EXPECT_FALSE(argument.is_positional && argument.is_required && is_optional) << verb.name;
    }
  }
  for (const auto& [name, verb] : verb_aliases()) {
    EXPECT_NE(find_verb(verb), nullptr) << name;
    EXPECT_EQ(find_verb(name), find_verb(verb));
  }
  EXPECT_EQ(find_verb("bogus"), nullptr);
}

TEST(VerbTable, ShowsHowAVerbIsUsed) {
  EXPECT_EQ(usage_of(*find_verb("scroll")),
            "scroll DIRECTION [AMOUNT] [X] [Y] [mods=KEYS] [delay=DURATION]");
  EXPECT_EQ(usage_of(*find_verb("drag")),
            "drag PATH... [button=left|middle|right|back|forward] [mods=KEYS] "
            "[duration=DURATION] [delay=DURATION]");
  EXPECT_EQ(usage_of(*find_verb("wait still")),
            "wait still [region=REGION] [quiet=DURATION] [strict] [since=action|now] "
            "[timeout=DURATION]");
}

}  // namespace
}  // namespace oriel::agent
