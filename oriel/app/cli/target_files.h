#pragma once
// Pictures that are named by their target: `-o '{target}.png'`. Pure.

#include <span>
#include <string>
#include <vector>

#include "oriel/app/agent/verb_line.h"
#include "oriel/base/result.h"

namespace oriel::cli {

// Puts the target into names of files that have {target}.
void put_target_into_names(std::vector<agent::VerbCall>& calls, const std::string& label);

// What one of several targets does, with its names of files as they will be.
struct TargetCalls {
  std::string target;  // for people
  const std::vector<agent::VerbCall>* calls = nullptr;
};

// Several targets must not write one file. kInvalid: for a name without {target}, of `calls` as
// they were given, or for one that comes out the same for two targets, which are named.
Status check_names_for_several(const std::vector<agent::VerbCall>& calls);
Status check_names_differ(std::span<const TargetCalls> targets);

}  // namespace oriel::cli
