#include "oriel/core/conduit/login.h"

#include <gtest/gtest.h>

#include "oriel/core/conduit/limits.h"
#include "oriel/testing/conduit/session_pair.h"

namespace oriel::conduit {
namespace {

TEST(ProgramFacts, AreReadAsTheyWereWritten) {
  for (const bool is_oriel : {false, true}) {
    ProgramFacts facts{.name = "name", .version = "1.2", .is_oriel = is_oriel};
    if (is_oriel) facts.error_numbers = ErrorNumbers::kSeed;
    const auto written = write_program_facts(facts);
    EXPECT_EQ(read_program_facts(&written), facts);
  }
}

TEST(ProgramFacts, AreThoseOfTheRealProgramsButForTheMarker) {
  EXPECT_EQ(write_program_facts({.name = "n", .version = "v"}),
            Value(Map{{"name", "n"}, {"version", "v"}}));
  EXPECT_EQ(write_program_facts({.name = "n", .version = "v", .is_oriel = true}),
            Value(Map{{"name", "n"}, {"version", "v"}, {"oriel", 1}}));
  EXPECT_EQ(write_program_facts(
                {.name = "n", .version = "v", .is_oriel = true, .max_message_bytes = 1000}),
            Value(Map{{"name", "n"}, {"version", "v"}, {"oriel", 1}, {"max_message_bytes", 1000}}));
}

TEST(ProgramFacts, SayHowLongAMessageMayBe) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kMessageBytes}) {
    const auto written = write_program_facts({.max_message_bytes = bytes});
    EXPECT_EQ(read_program_facts(&written).max_message_bytes, bytes);
  }
  for (const Value& other : {Value(-1), Value("many"), Value(0), Value(UINT64_MAX), Value()}) {
    const Value facts = Map{{"max_message_bytes", other}};
    EXPECT_EQ(read_program_facts(&facts).max_message_bytes, 0u);
  }
}

TEST(ProgramFacts, LeaveOutWhatIsOfAnotherType) {
  EXPECT_EQ(read_program_facts(nullptr), ProgramFacts{});
  const Value others[] = {nullptr, true, 7, 1.5, "text", Bytes{1}, Array{1}, Map{}};
  for (const auto& other : others) {
    EXPECT_EQ(read_program_facts(&other), ProgramFacts{});
    const Value facts =
        Map{{"name", other}, {"version", "v"}, {"oriel", other}, {"error_numbers", other}};
    const auto* text = other.if_text();
    EXPECT_EQ(read_program_facts(&facts),
              (ProgramFacts{.name = text != nullptr ? *text : std::string(),
                            .version = "v",
                            .is_oriel = other.if_integer() != nullptr}));
  }
}

TEST(ProgramFacts, AreCutBetweenCharacters) {
  const Value facts = Map{{"name", std::string(kFactBytesMax - 1, 'n') + "\u00e9"},
                          {"version", std::string(kFactBytesMax + 1, 'v')}};
  const auto read = read_program_facts(&facts);
  EXPECT_EQ(read.name, std::string(kFactBytesMax - 1, 'n'));
  EXPECT_EQ(read.version, std::string(kFactBytesMax, 'v'));
}

TEST(PasswordHash, IsThatOfTheRealPrograms) {
  // Captured from the real client.
  EXPECT_EQ(password_hash("secret"),
            "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b");
}

TEST(LoginBook, FindsWhosePasswordAHashIs) {
  const auto& book = oriel::testing::login_book();
  ASSERT_NE(book.find_hash(password_hash("secret")), nullptr);
  EXPECT_EQ(*book.find_hash(password_hash("secret")), "ann");
  EXPECT_EQ(*book.find_hash(password_hash("geheim")), "ben");
  EXPECT_EQ(book.find_hash(password_hash("wrong")), nullptr);
}

TEST(LoginBook, KnowsNoHashThatIsCutOrLonger) {
  const auto& book = oriel::testing::login_book();
  const auto hash = password_hash("secret");
  for (std::size_t size = 0; size < hash.size(); ++size)
    EXPECT_EQ(book.find_hash(std::string_view(hash).substr(0, size)), nullptr) << size;
  EXPECT_EQ(book.find_hash(hash + "0"), nullptr);
}

TEST(LoginBook, KnowsNobodyWhenItIsEmpty) {
  const LoginBook book({}, Bytes{1, 2, 3, 4}, 4096);
  EXPECT_EQ(book.find_hash(password_hash("")), nullptr);
  EXPECT_EQ(book.find_hash(""), nullptr);
}

}  // namespace
}  // namespace oriel::conduit
