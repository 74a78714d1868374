#pragma once
// What is said about files that did not go well.

#include <string>

#include "oriel/base/result.h"
#include "oriel/core/conduit/response.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

// A name that is not taken, or a file that is not there.
CallError file_refused(const Error& error);
// The disk's.
CallError file_failed(const Error& error);
CallError no_transfer(const std::string& id);

// The real programs answer {"error": TEXT} as a success.
CallResult<Value> without_hidden_error(CallResult<Value> answer);

}  // namespace oriel::conduit
