#pragma once
// The real program, `oriel serve`, on free ports with a headless desktop.

#include <boost/json/value.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/picture.h"

namespace oriel::support {

// Its path.
std::string oriel_program();

// A folder that is removed with all in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ServerOptions {
  std::string session;   // a shell script
  std::string password;  // empty: none
  int width = 1024;
  int height = 700;
  std::string desktop = "headless";
  // --cursor: what viewers draw is compared with the X server's pixels, which have no cursor.
  std::string cursor = "never";
  std::vector<std::string> more_arguments;
  std::map<std::string, std::string> environment;  // added to the test's own
};

// Throws std::runtime_error with the server's output when it does not start.
class OrielServer {
 public:
  explicit OrielServer(const ServerOptions& options);

  int vnc_port() const { return vnc_port_; }
  int http_port() const { return http_port_; }
  ChildProcess& process() { return *process_; }
  // The headless desktop, as the X server sees it.
  const XDisplay& display() const { return display_; }
  boost::json::value health() const;
  // The body of the answer to GET `path`; throws when the answer is not 200.
  std::string get(const std::string& path) const;
  std::string output() const { return process_->output(); }

  // SIGTERM; the exit code, 0 when all is well, or nothing when it takes more than 2 s.
  std::optional<int> stop();

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  int vnc_port_ = 0;
  int http_port_ = 0;
  XDisplay display_;
};

// A session that draws patterns, curves and a ramp of colours, so that a swapped channel, a shifted
// row or a lost tile shows. Its picture has more than kPaintedColours colours and comes to rest.
std::string painting_session();
inline constexpr int kPaintedColours = 250;

// A session of one terminal over the whole desktop that writes the lines it is typed into `file`.
std::string typing_session(const std::filesystem::path& file);

std::string read_file(const std::filesystem::path& file);

}  // namespace oriel::support
