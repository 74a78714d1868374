#pragma once
// The file in which programs find the token that lets them in.

#include <string>

#include "oriel/base/result.h"

namespace oriel::web {

// A file of its own, that only its owner can read, in place of any that was there. Nothing when
// `token` is empty. The error is one sentence for the user, and exit code 2.
Status write_token_file(const std::string& path, const std::string& token);

}  // namespace oriel::web
