#include "tests/support/oriel_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "tests/support/wait_until.h"

namespace oriel::support {
namespace {

// ORIEL_PROGRAM in the environment tests another build, such as an installed package.
}  // namespace

std::string oriel_program() {
  const char* other = std::getenv("ORIEL_PROGRAM");
  return other ? other : ORIEL_PROGRAM;
}

namespace {

void write_file(const std::filesystem::path& path, const std::string& text,
                std::filesystem::perms permissions) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, permissions);
}

// The body of the answer to GET `path`. HTTP/1.0, so that the body ends with the connection.
std::string http_get(int port, const std::string& path) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        fmt::format("GET {} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", path, port);
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      char piece[4096];
      for (ssize_t got; (got = recv(fd, piece, sizeof piece, 0)) > 0;) answer.append(piece, got);
    }
  }
  close(fd);
  const std::size_t body = answer.find("\r\n\r\n");
  const bool is_ok = answer.starts_with("HTTP/1.0 200 ") || answer.starts_with("HTTP/1.1 200 ");
  if (!is_ok || body == std::string::npos) {
    throw std::runtime_error(fmt::format("GET {}: {}", path, answer.substr(0, answer.find('\r'))));
  }
  return answer.substr(body + 4);
}

// The port in the line that starts with `label` and an address, such as "127.0.0.1:5900 (or" or
// "https://127.0.0.1:6080/"; 0 while that line is not there in full.
int port_after(std::string_view output, std::string_view label) {
  std::size_t at = output.find(label);
  if (at == std::string_view::npos || output.find('\n', at) == std::string_view::npos) return 0;
  at = output.find("127.0.0.1:", at);
  return at == std::string_view::npos ? 0 : std::atoi(output.data() + at + 10);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "oriel-test-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("mkdtemp failed: " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

OrielServer::OrielServer(const ServerOptions& options) {
  using std::filesystem::perms;
  const std::filesystem::path session = folder_.path() / "session";
  write_file(session, "#!/bin/sh\n" + options.session + "\n", perms::owner_all);
  Command command{{oriel_program(), "serve", "--desktop", options.desktop, "--geometry",
                   fmt::format("{}x{}", options.width, options.height), "--session", session,
                   "--vnc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--cursor", options.cursor},
                  options.environment};
  if (!options.password.empty()) {
    const std::filesystem::path file = folder_.path() / "password";
    write_file(file, options.password + "\n", perms::owner_read | perms::owner_write);
    command.arguments.insert(command.arguments.end(), {"--password-file", file});
  }
  command.arguments.insert(command.arguments.end(), options.more_arguments.begin(),
                           options.more_arguments.end());
  process_ = std::make_unique<ChildProcess>(command);
  wait_until([this] {
    const std::string text = output();
    http_port_ = port_after(text, "Open in a browser: http");
    vnc_port_ = port_after(text, "VNC viewers: ");
    return (http_port_ != 0 && vnc_port_ != 0) || process_->exit_code();
  });
  if (http_port_ == 0 || vnc_port_ == 0) {
    throw std::runtime_error("oriel serve printed no addresses, but: " + output());
  }
  if (options.desktop != "headless") return;
  const boost::json::value answer = health();
  const boost::json::object& desktop = answer.at("desktop").as_object();
  display_ = {std::string(desktop.at("display").as_string()),
              std::string(desktop.at("xauthority").as_string())};
}

boost::json::value OrielServer::health() const {
  return boost::json::parse(http_get(http_port_, "/healthz"));
}

std::string OrielServer::get(const std::string& path) const { return http_get(http_port_, path); }

std::optional<int> OrielServer::stop() {
  return process_->stop(SIGTERM, std::chrono::milliseconds(2000));
}

std::string painting_session() {
  return R"(xsetroot -mod 5 7 -bg '#336699' -fg '#cc9933'
xlogo -geometry 300x300+640+40 -fg '#e04040' -bg '#102030' &
exec xterm -fa 'DejaVu Sans Mono' -fs 11 -geometry 60x20+40+40 -bg '#1b2027' -fg '#d8dee9' -e sh -c '
i=0
while [ $i -lt 256 ]; do
  printf "\033[48;2;%d;%d;%dm " $i $((255 - i)) $((i * 7 % 256))
  i=$((i + 1))
done
printf "\033[0m\nOriel\033[?25l"
exec sleep 1000')";
}

std::string typing_session(const std::filesystem::path& file) {
  return fmt::format("exec xterm -geometry 300x100+0+0 -e sh -c 'cat > {}'", file.string());
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace oriel::support
