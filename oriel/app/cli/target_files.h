#pragma once
// Pictures that are named by their target: `-o '{target}.png'`. Pure.

#include <string>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// Puts the target into names of files that have {target}.
void put_target_into_names(std::vector<agent::VerbCall>& calls, const std::string& label);

// The files of one target, of which others must not write any: kInvalid for a name without
// {target}.
Status check_names_for_several(const std::vector<agent::VerbCall>& calls);

}  // namespace oriel::cli
