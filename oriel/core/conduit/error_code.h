#pragma once
// THE list of what can be wrong with a call: our name, the number that the real programs send, the
// number of their documentation (the seed) where it differs, and what it means.

#include <optional>
#include <span>
#include <string_view>

namespace oriel::conduit {

enum class CallCode {
  kUnknown,
  kInternal,
  kTimeout,
  kCancelled,
  kValidation,
  kMissingField,
  kInvalidType,
  kInvalidValue,
  kAuthRequired,
  kAuthFailed,
  kAuthExpired,
  kPermissionDenied,
  kMethodNotFound,  // also what else was not found, as in the real programs
  kInvalidParams,
  kExecutionError,
  kConnectionError,
  kDisconnected,
  kReconnecting,
  kRateLimited,
  kQuotaExceeded,
  kUnknownOutcome,  // ours alone: the connection was lost, and the call may have run
  kUsage,           // ours alone, and never sent: the call would wait for itself
};

// Which numbers are on the wire.
enum class ErrorNumbers {
  kPrograms,  // what the real programs send
  kSeed,      // what their documentation says
};

struct CallCodeRow {
  CallCode code;
  std::string_view name;  // "PERMISSION_DENIED"
  int number;             // of the real programs; of ours alone: above 9000
  int seed_number;        // 0: the seed has none
  bool is_retryable;      // trying the same again later can help
  std::string_view meaning;
};

// "programs" and "seed", as settings and programs of ours say it.
std::string_view error_numbers_name(ErrorNumbers numbers);
std::optional<ErrorNumbers> find_error_numbers(std::string_view name);

std::span<const CallCodeRow> call_code_table();
const CallCodeRow& row_of(CallCode code);
int number_of(CallCode code, ErrorNumbers numbers);
// A code without a seed number is sent as the program's number, if that is free in the seed's
// table; see error_code.cc.
std::optional<CallCode> code_of(int number, ErrorNumbers numbers);

}  // namespace oriel::conduit
