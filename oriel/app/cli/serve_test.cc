#include "oriel/app/cli/serve.h"

#include <gtest/gtest.h>

namespace oriel::cli {
namespace {

TEST(SshTunnelLine, ForwardsBothDoorsToTheAddressThatSshUsed) {
  EXPECT_EQ(
      ssh_tunnel_line("10.0.0.9 5555 10.0.0.5 22", "anna", "127.0.0.1:6080", "127.0.0.1:5900"),
      "ssh -L 6080:127.0.0.1:6080 -L 5900:127.0.0.1:5900 anna@10.0.0.5");
  EXPECT_EQ(ssh_tunnel_line("10.0.0.9 5555 10.0.0.5 2222", "anna", "127.0.0.1:6080", ""),
            "ssh -p 2222 -L 6080:127.0.0.1:6080 anna@10.0.0.5");
  EXPECT_EQ(ssh_tunnel_line("::1 5555 ::1 22", "", "", "0.0.0.0:5901"),
            "ssh -L 5901:127.0.0.1:5901 ::1");
}

TEST(SshTunnelLine, IsEmptyWithoutSsh) {
  EXPECT_EQ(ssh_tunnel_line("", "anna", "127.0.0.1:6080", "127.0.0.1:5900"), "");
  EXPECT_EQ(ssh_tunnel_line("garbage", "anna", "127.0.0.1:6080", "127.0.0.1:5900"), "");
}

}  // namespace
}  // namespace oriel::cli
