#pragma once
// The real program with all kinds of visitors, for the tests of its HTTP API.

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_client.h"
#include "tests/support/oriel_server.h"

namespace oriel {

inline constexpr const char* kFullPassword = "geheim";
inline constexpr const char* kViewPassword = "nur-gucken";

// With both passwords and a token, or open to all of this machine.
enum class SiteDoor { kOpen, kGuarded };

struct ApiSite {
  explicit ApiSite(SiteDoor door = SiteDoor::kOpen, support::ServerOptions options = {}) {
    if (options.session.empty()) options.session = "exec sleep 1000";
    if (door == SiteDoor::kGuarded) {
      options.password = kFullPassword;
      const auto file = folder.path() / "view-password";
      std::ofstream(file) << kViewPassword << "\n";
      std::filesystem::permissions(file, std::filesystem::perms(0600));
      for (const auto& argument : {std::string("--view-password-file"), file.string(),
                                   std::string("--token-file"), token_file().string()})
        options.more_arguments.push_back(argument);
    }
    server.emplace(options);
    client.emplace(server->http_port());
  }
  std::filesystem::path token_file() const { return folder.path() / "token"; }
  std::string token() const {
    auto text = support::read_file(token_file());
    return text.substr(0, text.find('\n'));
  }
  // A program on the desktop, to its end or as long as the result lives.
  support::Command on_desktop(std::vector<std::string> arguments) const {
    return {std::move(arguments),
            {{"DISPLAY", server->display().name}, {"XAUTHORITY", server->display().authority}}};
  }

  support::TemporaryFolder folder;
  std::optional<support::OrielServer> server;
  std::optional<support::HttpClient> client;  // who shows nothing
};

}  // namespace oriel
