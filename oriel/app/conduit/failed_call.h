#pragma once
// The answer to a call that failed on this side.

#include <expected>
#include <string>
#include <utility>

#include "oriel/core/conduit/response.h"

namespace oriel::conduit {

inline Answer failed_call(CallCode code, std::string message) {
  return std::unexpected(CallError{.code = code, .message = std::move(message)});
}

}  // namespace oriel::conduit
