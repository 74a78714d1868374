#include "oriel/app/net/peer_address.h"

#include <gtest/gtest.h>

namespace oriel::net {
namespace {

TEST(PeerAddress, CountsIpv6BySubnetAndLeavesThePortOut) {
  EXPECT_EQ(address_of("[2001:db8:1:2:3:4:5:6]:99"), "2001:db8:1:2::/64");
  EXPECT_EQ(address_of("[2001:db8:1:2::1]:5"), "2001:db8:1:2::/64");
  EXPECT_EQ(address_of("10.0.0.5:4000"), "10.0.0.5");
  EXPECT_EQ(address_of("unix"), "unix");
}

}  // namespace
}  // namespace oriel::net
