#pragma once
// The sums over all connections of a server.

#include "oriel/app/conduit/connection.h"

namespace oriel::conduit {

// What one connection counted.
void add_to(ConnectionStats& sum, const ConnectionStats& one);

}  // namespace oriel::conduit
