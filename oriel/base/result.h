#pragma once
// How a function says that its input, its peer or the operating system was wrong: a value, never an
// exception. A mistake of ours is not an Error but an abort: see check.h.

#include <expected>
#include <string>
#include <utility>

namespace oriel {

enum class ErrorCode {
  kInvalid,      // malformed or out of place: a broken message, a bad value
  kTooLarge,     // beyond a named limit
  kUnsupported,  // well formed, but not spoken here
  kRefused,      // authentication or permission
  kTimeout,      // a deadline passed
  kClosed,       // the peer has gone
  kUnavailable,  // the operating system or another program could not give what was asked
};

// The word for an error code in metrics and logs, such as "invalid".
constexpr const char* error_code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kClosed:
      return "closed";
    case ErrorCode::kUnavailable:
      return "unavailable";
  }
  return "unknown";
}

// `message` is one clause without a final period: what, what was got, what was expected. Never a
// secret.
struct Error {
  ErrorCode code = ErrorCode::kInvalid;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = std::expected<T, Error>;

using Status = Result<void>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message) {
  return std::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace oriel

#define ORIEL_CONCAT_INNER(a, b) a##b
#define ORIEL_CONCAT(a, b) ORIEL_CONCAT_INNER(a, b)

// ORIEL_TRY(auto x, parse(bytes)); gives x the value, or returns the error from the enclosing
// function.
#define ORIEL_TRY(declaration, expression)                                         \
  auto ORIEL_CONCAT(oriel_try_, __LINE__) = (expression);                          \
  if (!ORIEL_CONCAT(oriel_try_, __LINE__))                                         \
    return std::unexpected(std::move(ORIEL_CONCAT(oriel_try_, __LINE__)).error()); \
  declaration = std::move(*ORIEL_CONCAT(oriel_try_, __LINE__))

// ORIEL_TRY_VOID(check(x)); returns the error from the enclosing function, if there is one.
#define ORIEL_TRY_VOID(expression)                             \
  if (auto oriel_try_status = (expression); !oriel_try_status) \
  return std::unexpected(std::move(oriel_try_status).error())
