// Any value as the payload of an answer and as the arguments of a call: answers can be written and
// read again; arguments are read into types of every kind, or refused with the field.
//
//   input := MessagePack

#include <boost/describe.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "fuzz/fuzzer.h"
#include "oriel/base/check.h"
#include "oriel/core/conduit/message_pack.h"
#include "oriel/core/conduit/parameters.h"
#include "oriel/core/conduit/response.h"

namespace {

using namespace oriel;
using namespace oriel::conduit;

enum class Kind { a, b };
BOOST_DESCRIBE_ENUM(Kind, a, b)

struct Everything {
  bool b = false;
  std::int8_t i = 0;
  std::uint64_t u = 0;
  double d = 0;
  std::string s;
  Bytes y;
  std::optional<Kind> k;
  std::vector<Everything> v;
  std::map<std::string, std::vector<std::optional<int>>> m;
  std::array<float, 2> f{};
  static constexpr std::string_view kOptionalMembers[] = {"d", "s", "y", "v", "m", "f"};
};
BOOST_DESCRIBE_STRUCT(Everything, (), (b, i, u, d, s, y, k, v, m, f))

void feed_answer(const Value& envelope) {
  for (const auto numbers : {ErrorNumbers::kPrograms, ErrorNumbers::kSeed}) {
    const auto answer = read_answer(envelope, numbers);
    const auto written = write_answer(answer, numbers);
    const auto again = read_answer(written, numbers);
    ORIEL_CHECK(again.has_value() == answer.has_value() || answer.has_value());
    if (!answer) ORIEL_CHECK(again.error().code == answer.error().code);
    if (!answer) ORIEL_CHECK(again.error().message == answer.error().message);
  }
}

template <typename... Args>
void feed_arguments(const Value& params, const Parameters& names) {
  const auto constant = read_arguments<Args...>("method", params, names);
  const auto moved = read_arguments<Args...>("method", Value(params), names);
  ORIEL_CHECK(constant.has_value() == moved.has_value());
  if (constant) return;
  ORIEL_CHECK(constant.error() == moved.error());
  const auto* errors = constant.error().details.find("errors");
  ORIEL_CHECK(errors != nullptr && !errors->if_array()->empty());
  ORIEL_CHECK(errors->if_array()->size() <= kFieldErrorsMax);
}

}  // namespace

ORIEL_FUZZER(conduit_answer, bytes, size) {
  const auto value = unpack({bytes, size});
  if (!value) return 0;
  if (const auto envelope = envelope_of_response(*value)) feed_answer(*envelope);
  feed_answer(*value);
  feed_arguments<>(*value, Parameters());
  feed_arguments<Value>(*value, Parameters());
  feed_arguments<Everything>(*value, Parameters("e"));
  feed_arguments<std::string, std::optional<Everything>, int>(
      *value, Parameters("s", "e", optional("i", 3)));
  if (const auto read = from_value<Everything>(*value)) {
    const auto written = to_value(*read);
    const auto again = from_value<Everything>(written);
    ORIEL_CHECK(again && pack(to_value(*again)) == pack(written));
  }
  return 0;
}
