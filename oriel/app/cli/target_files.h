#pragma once
// Files that are named by their target: `-o '{target}.png'`. Pure.

#include <string>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// Puts the target into names of files that have {target}. Several targets must not write one file.
Status name_files(std::vector<agent::VerbCall>& calls, const std::string& target, bool is_one);

// Whether a name has {target}.
bool names_files_by_target(const std::vector<agent::VerbCall>& calls);

}  // namespace oriel::cli
