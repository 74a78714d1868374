#include "oriel/core/conduit/error_code.h"

#include <array>
#include <cstddef>

#include "oriel/base/check.h"

namespace oriel::conduit {

namespace {

// The seed uses two numbers for other things than the programs do: 3002 and 5001. What the programs
// mean by them, AUTH_EXPIRED and DISCONNECTED, has no number in the seed and must not be taken for
// PERMISSION_DENIED and TIMEOUT: under the seed's numbers they go by numbers of ours, which
// neither side could misread (3003 and 1002 would be free there, but mean something to the
// programs). All others without a number in the seed keep the programs'.
constexpr int kAuthExpiredInSeed = 9002;
constexpr int kDisconnectedInSeed = 9003;

constexpr bool kRetry = true;
constexpr bool kFinal = false;

// In the order of CallCode. docs/conduit_errors.md is compared with this by a test.
constexpr auto kTable = std::to_array<CallCodeRow>({
    {CallCode::kUnknown, "UNKNOWN", 1000, 1000, kFinal, "It failed, and nothing more is known"},
    {CallCode::kInternal, "INTERNAL", 1001, 1001, kFinal, "The method itself failed"},
    {CallCode::kTimeout, "TIMEOUT", 1002, 5001, kRetry,
     "No answer came in time; the call may have run or still run"},
    {CallCode::kCancelled, "CANCELLED", 1003, 0, kFinal, "Who called no longer wanted it"},
    {CallCode::kValidation, "VALIDATION", 2000, 2000, kFinal,
     "The arguments do not fit; details.errors says which and why"},
    {CallCode::kMissingField, "MISSING_FIELD", 2001, 2001, kFinal, "Something needed is not there"},
    {CallCode::kInvalidType, "INVALID_TYPE", 2002, 2002, kFinal, "Something is of another type"},
    {CallCode::kInvalidValue, "INVALID_VALUE", 2003, 0, kFinal,
     "Something has a value that is not allowed"},
    {CallCode::kAuthRequired, "AUTH_REQUIRED", 3000, 3000, kFinal, "Only after logging in"},
    {CallCode::kAuthFailed, "AUTH_FAILED", 3001, 3001, kFinal, "The password is not right"},
    {CallCode::kAuthExpired, "AUTH_EXPIRED", 3002, kAuthExpiredInSeed, kFinal,
     "The login no longer holds"},
    {CallCode::kPermissionDenied, "PERMISSION_DENIED", 3003, 3002, kFinal,
     "Known, but not allowed to do this"},
    {CallCode::kMethodNotFound, "METHOD_NOT_FOUND", 4000, 4000, kFinal,
     "There is no such method, or no such thing as was asked for"},
    {CallCode::kInvalidParams, "INVALID_PARAMS", 4001, 4001, kFinal,
     "The arguments as a whole make no sense"},
    {CallCode::kExecutionError, "EXECUTION_ERROR", 4002, 0, kFinal,
     "The method ran and could not do it"},
    {CallCode::kConnectionError, "CONNECTION_ERROR", 5000, 5000, kRetry,
     "There is no connection; the call did not run"},
    {CallCode::kDisconnected, "DISCONNECTED", 5001, kDisconnectedInSeed, kRetry,
     "The connection ended before the call was sent"},
    {CallCode::kReconnecting, "RECONNECTING", 5002, 0, kRetry,
     "The connection is being made again; the call did not run"},
    {CallCode::kRateLimited, "RATE_LIMITED", 6000, 6000, kRetry,
     "Too much in too short a time; details.retry_after may say when to try again"},
    {CallCode::kQuotaExceeded, "QUOTA_EXCEEDED", 6001, 0, kFinal,
     "More than this peer may have at all"},
    {CallCode::kUnknownOutcome, "UNKNOWN_OUTCOME", 9001, 0, kFinal,
     "The connection was lost; the call may have run, and is not tried again by itself"},
    {CallCode::kUsage, "USAGE", 9004, 0, kFinal,
     "The call would wait for itself, on the thread that it needs; it was not sent"},
});

}  // namespace

std::string_view error_numbers_name(ErrorNumbers numbers) {
  return numbers == ErrorNumbers::kSeed ? "seed" : "programs";
}

std::optional<ErrorNumbers> find_error_numbers(std::string_view name) {
  for (const auto numbers : {ErrorNumbers::kPrograms, ErrorNumbers::kSeed})
    if (name == error_numbers_name(numbers)) return numbers;
  return {};
}

std::span<const CallCodeRow> call_code_table() { return kTable; }

const CallCodeRow& row_of(CallCode code) {
  const auto row = static_cast<std::size_t>(code);
  ORIEL_CHECK(row < kTable.size());
  return kTable[row];
}

int number_of(CallCode code, ErrorNumbers numbers) {
  const auto& row = row_of(code);
  return numbers == ErrorNumbers::kSeed && row.seed_number != 0 ? row.seed_number : row.number;
}

std::optional<CallCode> code_of(int number, ErrorNumbers numbers) {
  for (const auto& row : kTable)
    if (number_of(row.code, numbers) == number) return row.code;
  return {};
}

}  // namespace oriel::conduit
