#pragma once
// Waiting for something that happens in another process.

#include "oriel/testing/wait_until.h"

namespace oriel::support {

using testing::kPatience;
using testing::wait_until;

}  // namespace oriel::support
