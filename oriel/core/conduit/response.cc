#include "oriel/core/conduit/response.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oriel::conduit {

namespace {

// What an error repeats of a value that a peer sent.
constexpr std::size_t kReceivedBytesMax = 200;

std::string plain_double(double number) {
  auto text = fmt::format("{}", number);
  if (std::isfinite(number) && text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

void append_plain(const Value& value, std::string& out);

void append_plain(const Array& array, std::string& out) {
  out += '[';
  for (const auto& element : array) {
    if (&element != array.data()) out += ", ";
    append_plain(element, out);
    if (out.size() > kReceivedBytesMax) return;
  }
  out += ']';
}

void append_plain(const Map& map, std::string& out) {
  out += '{';
  for (const auto& [key, member] : map) {
    if (out.back() != '{') out += ", ";
    append_plain(key, out);
    out += ": ";
    append_plain(member, out);
    if (out.size() > kReceivedBytesMax) return;
  }
  out += '}';
}

// As Python shows a value inside another, nearly.
void append_plain(const Value& value, std::string& out) {
  if (const auto* text = value.if_text())
    out += fmt::format("'{}'", std::string_view(*text).substr(0, kReceivedBytesMax));
  else if (const auto* truth = value.if_bool())
    out += *truth ? "True" : "False";
  else if (const auto* integer = value.if_integer())
    out += std::to_string(*integer);
  else if (const auto* number = value.if_unsigned())
    out += std::to_string(*number);
  else if (const auto* real = value.if_double())
    out += plain_double(*real);
  else if (const auto* array = value.if_array())
    append_plain(*array, out);
  else if (const auto* map = value.if_map())
    append_plain(*map, out);
  else if (value.is_null())
    out += "None";
  else if (const auto* bytes = value.if_bytes())
    out += fmt::format("{} bytes", bytes->size());
  else
    out += describe(value);
}

// Text as it is, all else as Python's str() has it; the beginning of what is long.
std::string plain(const Value& value) {
  std::string text;
  if (const auto* own = value.if_text())
    text = own->substr(0, kReceivedBytesMax + 1);
  else
    append_plain(value, text);
  if (text.size() <= kReceivedBytesMax) return text;
  auto end = kReceivedBytesMax;  // not inside a character
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

bool is_empty(const Value& value) {
  if (const auto* map = value.if_map()) return map->empty();
  return value.is_null();
}

std::string with_subject(std::string_view what, std::string_view subject) {
  return subject.empty() ? std::string(what) : fmt::format("{}: {}", what, subject);
}

}  // namespace

namespace {

// The names on the wire of what is wrong with a field.
CallCode code_of_type(std::string_view type) {
  if (type == "missing") return CallCode::kMissingField;
  if (type == "type") return CallCode::kInvalidType;
  if (type == "unknown") return CallCode::kInvalidParams;
  return CallCode::kInvalidValue;
}

}  // namespace

CallError validation_error(std::string_view method, const std::vector<FieldError>& errors) {
  Array list;
  for (const auto& [field, message, type] : errors)
    list.push_back(
        Map{{"field", field}, {"message", message}, {"type", row_of(code_of_type(type)).name}});
  return {.code = CallCode::kValidation,
          .message = fmt::format("Validation error in {}", method),
          .details = Map{{"errors", std::move(list)}}};
}

CallError CallError::validation(std::string message, std::string_view field,
                                std::string_view expected, const Value& received) {
  Map details;
  if (!field.empty()) details.append("field", field);
  if (!expected.empty()) details.append("expected", expected);
  if (!received.is_null()) details.append("received", plain(received));
  return {.code = CallCode::kValidation,
          .message = std::move(message),
          .details = details.empty() ? Value() : Value(std::move(details))};
}

CallError CallError::not_found(std::string_view what, const Value& identifier) {
  return {.code = CallCode::kMethodNotFound,
          .message = with_subject(fmt::format("{} not found", what),
                                  identifier.is_null() ? "" : plain(identifier))};
}

CallError CallError::permission_denied(std::string_view action) {
  return {.code = CallCode::kPermissionDenied,
          .message = with_subject("Permission denied", action)};
}

CallError CallError::internal(std::string message, Value details) {
  return {
      .code = CallCode::kInternal, .message = std::move(message), .details = std::move(details)};
}

CallError CallError::timeout(std::string_view operation) {
  return {.code = CallCode::kTimeout, .message = with_subject("Operation timed out", operation)};
}

CallError CallError::rate_limited(std::optional<double> retry_after_s) {
  CallError error{.code = CallCode::kRateLimited, .message = "Rate limit exceeded"};
  if (!retry_after_s || !(*retry_after_s > 0)) return error;
  constexpr double kWholeMax = 1e15;  // beyond, a double has no fractions anyway
  const auto whole = std::trunc(*retry_after_s);
  if (whole == *retry_after_s && whole < kWholeMax)
    error.details = Map{{"retry_after", static_cast<std::int64_t>(whole)}};
  else
    error.details = Map{{"retry_after", *retry_after_s}};
  return error;
}

Response Response::of(Value data, Value metadata) {
  return {.data = std::move(data), .metadata = std::move(metadata)};
}

Response Response::ok(std::optional<Value> data, std::string message) {
  if (data && data->is_null()) data.reset();
  return {.data = std::move(data), .message = std::move(message)};
}

Response Response::with_pagination(Value data, Pagination pagination) {
  pagination.total = std::max<std::int64_t>(pagination.total, 0);
  pagination.page = std::max<std::int64_t>(pagination.page, 1);
  pagination.page_size = std::max<std::int64_t>(pagination.page_size, 1);
  return {.data = std::move(data), .pagination = pagination};
}

namespace {

Value write_pagination(const Pagination& pagination) {
  const auto [total, page, page_size] = pagination;
  const auto pages = total / page_size + (total % page_size != 0 ? 1 : 0);
  return Map{{"total", total},           {"page", page},
             {"page_size", page_size},   {"total_pages", pages},
             {"has_next", page < pages}, {"has_prev", page > 1}};
}

Value write_error(CallError error, ErrorNumbers numbers) {
  Map envelope;
  envelope.reserve(4);
  envelope.append("success", false);
  envelope.append("error", std::move(error.message));
  if (error.code != CallCode::kUnknown)
    envelope.append("code", number_of(error.code, numbers));
  else if (error.number != 0)
    envelope.append("code", error.number);
  if (!is_empty(error.details)) envelope.append("details", std::move(error.details));
  return envelope;
}

bool is_data_alone(const Response& response) {
  return response.data && response.message.empty() && is_empty(response.metadata) &&
         !response.pagination;
}

Value write_response(Response response) {
  if (is_data_alone(response) && response.data->find("success") != nullptr)
    return *std::move(response.data);
  Map envelope;
  envelope.reserve(5);
  envelope.append("success", true);
  if (response.data) envelope.append("data", *std::move(response.data));
  if (!response.message.empty()) envelope.append("message", std::move(response.message));
  if (!is_empty(response.metadata)) envelope.append("metadata", std::move(response.metadata));
  if (response.pagination) envelope.append("pagination", write_pagination(*response.pagination));
  return envelope;
}

}  // namespace

Value write_answer(Answer answer, ErrorNumbers numbers) {
  return answer ? write_response(*std::move(answer))
                : write_error(std::move(answer).error(), numbers);
}

namespace {

std::optional<Pagination> read_pagination(const Value& value) {
  const auto number = [&](std::string_view key, std::int64_t least) {
    const auto* member = value.find(key);
    const auto* integer = member != nullptr ? member->if_integer() : nullptr;
    return integer != nullptr && *integer >= least ? std::optional(*integer) : std::nullopt;
  };
  const auto total = number("total", 0), page = number("page", 1), size = number("page_size", 1);
  if (!total || !page || !size) return {};
  return Pagination{*total, *page, *size};
}

CallError read_error(Map envelope, ErrorNumbers numbers) {
  CallError error{.message = "Unknown error"};
  if (const auto* message = envelope.find("error"))
    error.message = message->if_text() != nullptr ? *message->if_text() : plain(*message);
  if (auto* details = envelope.find("details")) error.details = std::move(*details);
  const auto* code = envelope.find("code");
  const auto* number = code != nullptr ? code->if_integer() : nullptr;
  if (number == nullptr || !std::in_range<int>(*number)) return error;
  error.number = static_cast<int>(*number);
  error.code = code_of(error.number, numbers).value_or(CallCode::kUnknown);
  return error;
}

// Whether a Response has a place for every member.
bool is_response(const Map& envelope) {
  return std::ranges::all_of(envelope, [](const Map::Member& member) {
    const auto& [key, value] = member;
    if (key == "message") return value.if_text() != nullptr;
    if (key == "pagination") return read_pagination(value).has_value();
    return key == "success" || key == "data" || key == "metadata";
  });
}

Response read_response(Map envelope) {
  Response response;
  if (auto* data = envelope.find("data")) response.data = std::move(*data);
  if (auto* message = envelope.find("message")) response.message = std::move(*message->if_text());
  if (auto* metadata = envelope.find("metadata")) response.metadata = std::move(*metadata);
  if (const auto* pagination = envelope.find("pagination"))
    response.pagination = read_pagination(*pagination);
  return response;
}

}  // namespace

Answer read_answer(Value envelope, ErrorNumbers numbers) {
  const auto* success = envelope.find("success");
  if (success == nullptr || success->if_bool() == nullptr) return Response::of(std::move(envelope));
  auto& map = *envelope.if_map();
  if (!*success->if_bool()) return std::unexpected(read_error(std::move(map), numbers));
  if (is_response(map)) return read_response(std::move(map));
  // A map of the method's own that says "success" too; real clients take its data if it has any.
  if (auto* data = map.find("data")) return Response::of(std::move(*data));
  return Response::of(std::move(envelope));
}

Result<Value> envelope_of_response(Value payload) {
  auto* map = payload.if_map();
  if (map == nullptr)
    return fail(ErrorCode::kInvalid,
                fmt::format("the payload of an answer is {}, not a map", describe(payload)));
  if (auto* result = map->find("result")) return std::move(*result);
  const auto* success = map->find("success");
  if (success != nullptr && *success == Value(true)) return Value();
  if (success == nullptr && !map->contains("error"))
    return fail(ErrorCode::kInvalid, "the payload of an answer has neither a result nor an error");
  map->set("success", false);
  return payload;
}

}  // namespace oriel::conduit
