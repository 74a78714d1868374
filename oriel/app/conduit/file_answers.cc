#include "oriel/app/conduit/file_answers.h"

#include <utility>

#include "oriel/app/conduit/map_members.h"

namespace oriel::conduit {

CallError file_refused(const Error& error) {
  // Not kMethodNotFound: whoever asks can tell a file from a method.
  return {.code = error.code == ErrorCode::kUnavailable ? CallCode::kExecutionError
                                                        : CallCode::kValidation,
          .message = error.message};
}

CallError no_transfer(const std::string& id) {
  return {.code = CallCode::kExecutionError, .message = "Transfer not found: " + id};
}

CallError file_failed(const Error& error) { return CallError::internal(error.message); }

CallResult<Value> without_hidden_error(CallResult<Value> answer) {
  if (!answer) return answer;
  if (const auto error = text_in(*answer, "error"); !error.empty())
    return std::unexpected(CallError{.code = CallCode::kExecutionError, .message = error});
  return answer;
}

}  // namespace oriel::conduit
