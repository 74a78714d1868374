#pragma once
// What a method answers: a Response, or a CallError. Both become the envelope that the real
// programs send inside RPC_RESPONSE, {"success": true, "result": ENVELOPE}:
//
//   {"success": true, "data": X [, "message": M] [, "metadata": {}] [, "pagination": {...}]}
//   {"success": false, "error": TEXT [, "code": NUMBER] [, "details": {...}]}

#include <concepts>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "oriel/base/result.h"
#include "oriel/core/conduit/convert.h"
#include "oriel/core/conduit/error_code.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

struct CallError {
  CallCode code = CallCode::kUnknown;
  std::string message;
  Value details;  // null: none
  // As it was on the wire; 0: none was sent, or the error was made here.
  int number = 0;

  static CallError validation(std::string message, std::string_view field = {},
                              std::string_view expected = {}, const Value& received = {});
  static CallError not_found(std::string_view what, const Value& identifier = {});
  static CallError permission_denied(std::string_view action = {});
  static CallError internal(std::string message = "Internal server error", Value details = {});
  static CallError timeout(std::string_view operation = {});
  static CallError rate_limited(std::optional<double> retry_after_s = {});

  friend bool operator==(const CallError&, const CallError&) = default;
};

template <typename T>
using CallResult = std::expected<T, CallError>;

// As the real programs shape what is wrong with the arguments of a method, or what it answered:
// "Validation error in METHOD" and details.errors, each with "field", "message" and "type". The
// type is the name of a CallCode.
CallError validation_error(std::string_view method, const std::vector<FieldError>& errors);

struct Pagination {
  std::int64_t total = 0;
  std::int64_t page = 1;        // from 1
  std::int64_t page_size = 10;  // at least 1

  friend bool operator==(const Pagination&, const Pagination&) = default;
};

template <typename T>
struct ResponseOf;

// What a Response can be made of besides a Value, and then knows the type of.
template <typename T>
concept TypedData = Convertible<std::decay_t<T>> && !std::same_as<std::decay_t<T>, Value>;

struct Response {
  std::optional<Value> data;  // nothing: no member "data"
  std::string message;
  Value metadata;
  std::optional<Pagination> pagination;

  static Response of(Value data, Value metadata = {});
  static Response ok(std::optional<Value> data = {}, std::string message = {});
  // page and page_size are at least 1 and total at least 0: what is less, often because a peer
  // asked for it, becomes that.
  static Response with_pagination(Value data, Pagination pagination);

  // The same of any type of convert.h. A method that returns them so, or as ResponseOf<T>, has a
  // schema of its result.
  template <TypedData T>
  static ResponseOf<std::decay_t<T>> of(T&& data, Value metadata = {});
  template <TypedData T>
  static ResponseOf<std::decay_t<T>> ok(T&& data, std::string message = {});
  template <TypedData T>
  static ResponseOf<std::decay_t<T>> with_pagination(T&& data, Pagination pagination);

  friend bool operator==(const Response&, const Response&) = default;
};

// A Response whose data is a T, or missing.
template <typename T>
struct ResponseOf : Response {};

template <TypedData T>
ResponseOf<std::decay_t<T>> Response::of(T&& data, Value metadata) {
  return {of(to_value(std::forward<T>(data)), std::move(metadata))};
}
template <TypedData T>
ResponseOf<std::decay_t<T>> Response::ok(T&& data, std::string message) {
  return {ok(std::optional<Value>(to_value(std::forward<T>(data))), std::move(message))};
}
template <TypedData T>
ResponseOf<std::decay_t<T>> Response::with_pagination(T&& data, Pagination pagination) {
  return {with_pagination(to_value(std::forward<T>(data)), pagination)};
}

using Answer = std::expected<Response, CallError>;

// The envelope. A Response whose data is a map with the member "success" goes as that map alone, as
// the real programs do with what a handler returns; not when it has a message, metadata or
// pagination. kUnknown has no code, unless it has a number.
Value write_answer(Answer answer, ErrorNumbers numbers);
// Of an envelope, whoever sent it. What is no envelope is the data of a success. Unknown numbers
// become kUnknown and keep their number.
Answer read_answer(Value envelope, ErrorNumbers numbers);

// The payload of RPC_RESPONSE (3) around the envelope, and of RPC_ERROR (4), for reading.
Result<Value> envelope_of_response(Value payload);

}  // namespace oriel::conduit
