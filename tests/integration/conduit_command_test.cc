// `oriel call`, `listen`, `send` and `methods` as their users start them, against a server here.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "oriel/app/conduit/server.h"
#include "oriel/testing/certificates.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel {
namespace {

using conduit::Context;
using conduit::Map;
using conduit::Value;
using support::ChildProcess;
using support::wait_until;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

// The program with its output and its errors in files.
class Program {
 public:
  explicit Program(const std::string& arguments, const std::string& password = "secret")
      : process_({{"sh", "-c",
                   fmt::format("exec {} {} >{} 2>{} </dev/null", support::oriel_program(),
                               arguments, file("out"), file("err"))},
                  {{"ORIEL_PASSWORD", password}}}) {}

  std::string output() const { return support::read_file(file("out")); }
  std::string errors() const { return support::read_file(file("err")); }
  // The exit code, without being asked to end.
  std::optional<int> end() {
    wait_until([&] { return process_.exit_code().has_value(); });
    return process_.exit_code();
  }
  std::optional<int> stop(int signal) { return process_.stop(signal, support::kPatience); }

 private:
  std::string file(const std::string& name) const { return folder_.path() / name; }

  support::TemporaryFolder folder_;
  ChildProcess process_;
};

// The program on a terminal, where it may ask.
class TerminalProgram {
 public:
  explicit TerminalProgram(const std::string& arguments) {
    pid_ = ::forkpty(&terminal_, nullptr, nullptr, nullptr);
    if (pid_ != 0) return;
    ::unsetenv("ORIEL_PASSWORD");
    const auto line = fmt::format("exec {} {}", support::oriel_program(), arguments);
    ::execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    ::_exit(127);
  }
  ~TerminalProgram() {
    if (is_running_) ::kill(pid_, SIGKILL);
    end();
    ::close(terminal_);
  }
  TerminalProgram(const TerminalProgram&) = delete;
  TerminalProgram& operator=(const TerminalProgram&) = delete;

  void type(std::string_view text) {
    ASSERT_EQ(::write(terminal_, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // Reads until `text` has come; false when the program ends before.
  bool sees(std::string_view text) {
    while (seen_.find(text) == std::string::npos)
      if (!read_more()) return false;
    return true;
  }
  int end() {
    while (read_more()) {
    }
    if (!is_running_) return status_;
    ::waitpid(pid_, &status_, 0);
    is_running_ = false;
    return status_ = WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
  }
  const std::string& seen() const { return seen_; }

 private:
  bool read_more() {
    std::array<char, 4096> text;
    pollfd ready{.fd = terminal_, .events = POLLIN, .revents = 0};
    if (::poll(&ready, 1, static_cast<int>(support::kPatience / 1ms)) <= 0) {
      ::kill(pid_, SIGKILL);  // it says nothing and does not end
      return false;
    }
    const auto count = ::read(terminal_, text.data(), text.size());
    if (count <= 0) return false;
    seen_.append(text.data(), static_cast<std::size_t>(count));
    return true;
  }

  int terminal_ = -1;
  pid_t pid_ = -1;
  bool is_running_ = true;
  int status_ = 0;
  std::string seen_;
};

class ConduitCommand : public ::testing::Test {
 protected:
  void SetUp() override { start(); }

  void start(conduit::ErrorNumbers numbers = conduit::ErrorNumbers::kPrograms) {
    conduit::ServerOptions options;
    options.password = "secret";
    options.host = "127.0.0.1";
    options.port = port_;
    options.scram_iterations = 4096;
    options.stop_timeout = 1s;
    options.error_numbers = numbers;
    server_.emplace(options);
    server_->rpc("add", [](int a, int b) { return a + b; },
                 {.parameters = {{"a"}, conduit::optional("b", 10)}, .description = "Adds."});
    server_->rpc("hang", [](Context& context) {
      while (!context.stop_token().stop_requested()) std::this_thread::sleep_for(1ms);
    });
    server_->rpc("denied", [] { return conduit::CallError::permission_denied(); });
    server_->rpc("late", [] { return conduit::CallError::timeout(); });
    server_->rpc("page", [] {
      return conduit::Response::with_pagination(conduit::Array{1},
                                                {.total = 5, .page = 1, .page_size = 1});
    });
    server_->on("greet", [](Map data) { return Map{{"hello", *data.find("name")}}; });
    server_->on("silent", [](Value) {});
    server_->on_client_connect([this] { ++connected_; });
    const auto status = server_->start();
    ASSERT_TRUE(status) << status.error().message;
    port_ = server_->port();
  }

  std::string at(std::string_view command, std::string_view rest = "") const {
    return fmt::format("{} 127.0.0.1:{} {}", command, port_, rest);
  }

  std::uint16_t port_ = 0;
  std::atomic<int> connected_ = 0;
  std::optional<conduit::Server> server_;
};

TEST_F(ConduitCommand, CallsAndPrintsTheResult) {
  for (const auto* arguments : {"add a=1 b=2", "add '{\"a\": 1, \"b\": 2}'", "add '[1, 2]'"}) {
    Program call(at("call", arguments));
    EXPECT_EQ(call.end(), 0) << call.errors();
    EXPECT_EQ(call.output(), "3\n");
  }
  Program raw(at("call", "page --raw"));
  EXPECT_EQ(raw.end(), 0);
  EXPECT_THAT(raw.output(),
              AllOf(StartsWith(R"({"success":true,"data":[1])"), HasSubstr("\"pagination\":{")));
}

TEST_F(ConduitCommand, SaysWhyACallFailed) {
  Program unknown(at("call", "nosuch"));
  EXPECT_EQ(unknown.end(), 30);
  EXPECT_THAT(unknown.errors(), AllOf(HasSubstr("METHOD_NOT_FOUND (4000)"), HasSubstr("nosuch")));
  Program wrong(at("call", "add a=one"));
  EXPECT_EQ(wrong.end(), 30);
  EXPECT_THAT(wrong.errors(), HasSubstr("\"a\""));
  Program json(at("call", "add '{a: 1'"));
  EXPECT_EQ(json.end(), 2);
  EXPECT_THAT(json.errors(), HasSubstr("{a: 1"));
  Program late(at("call", "hang --timeout 0.5"));
  EXPECT_EQ(late.end(), 40);
  EXPECT_THAT(late.errors(), HasSubstr("hang: TIMEOUT: no answer came in time"));
}

TEST_F(ConduitCommand, KnowsTheErrorNumbersOfItsServer) {
  server_.reset();
  start(conduit::ErrorNumbers::kSeed);
  Program denied(at("call", "denied"));
  EXPECT_EQ(denied.end(), 3);
  EXPECT_THAT(denied.errors(), HasSubstr("PERMISSION_DENIED (3002)"));
  Program late(at("call", "late"));
  EXPECT_EQ(late.end(), 40);
  EXPECT_THAT(late.errors(), HasSubstr("TIMEOUT (5001)"));
  Program raw(at("call", "denied --raw"));
  EXPECT_EQ(raw.end(), 3);
  EXPECT_THAT(raw.output(), HasSubstr("\"code\":3002"));
}

TEST_F(ConduitCommand, SaysWhyItDidNotConnect) {
  Program guess(at("call", "add a=1"), "guess");
  EXPECT_EQ(guess.end(), 3);
  EXPECT_THAT(guess.errors(), HasSubstr("Invalid password"));
  Program none(at("call", "add a=1"), "");
  EXPECT_EQ(none.end(), 3);
  EXPECT_THAT(none.errors(), HasSubstr("--password-file"));
  // Port 1 (tcpmux, RFC 1078) is nobody's for decades, and is never given out as a free one.
  Program plain(fmt::format("call tls://127.0.0.1:{} add a=1", port_));
  EXPECT_EQ(plain.end(), 20);
  EXPECT_THAT(plain.errors(), HasSubstr("perhaps it speaks no TLS and wants tcp://"));
  Program nobody("call 127.0.0.1:1 add a=1");
  EXPECT_EQ(nobody.end(), 10);
  Program target("methods tcp://:secret@127.0.0.1:" + std::to_string(port_), "");
  EXPECT_EQ(target.end(), 0) << target.errors();
}

TEST_F(ConduitCommand, AsksForThePasswordOnATerminal) {
  TerminalProgram right(at("call", "add a=1"));
  ASSERT_TRUE(right.sees(fmt::format("Password for tcp://127.0.0.1:{}: ", port_))) << right.seen();
  right.type("wrong\x15secrey\x7ft\n");  // Ctrl-U, backspace
  EXPECT_EQ(right.end(), 0) << right.seen();
  EXPECT_THAT(right.seen(), AllOf(HasSubstr("11"), ::testing::Not(HasSubstr("secret"))));
  TerminalProgram never(at("call", "add a=1"));
  ASSERT_TRUE(never.sees("Password for")) << never.seen();
  never.type("\x03");
  EXPECT_EQ(never.end(), 3) << never.seen();
}

TEST(ConduitCommandTls, ChecksBothSides) {
  const testing::CertificateAuthority authority;
  support::TemporaryFolder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    const std::string path = folder.path() / name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
    return path;
  };
  const auto pair = authority.issue("localhost", testing::CertificateUse::kServer);
  const auto mine = authority.issue("ann", testing::CertificateUse::kClient);
  conduit::ServerOptions options;
  options.password = "secret";
  options.host = "127.0.0.1";
  options.port = 0;
  options.tls.certificate_file = file("server.pem", pair.certificate);
  options.tls.key_file = file("server.key", pair.key);
  options.tls.client_ca_file = file("ca.pem", authority.pem());
  options.tls.verify_client = true;
  conduit::Server server(options);
  server.rpc("who", [](Context& context) { return context.connection().certificate_name(); });
  const auto status = server.start();
  ASSERT_TRUE(status) << status.error().message;
  const auto call = [&](const std::string& flags) {
    return fmt::format("call tls://localhost:{} who {}", server.port(), flags);
  };
  const auto ca = "--ca " + folder.path().string() + "/ca.pem";
  const auto own =
      fmt::format("--cert {} --key {}", file("me.pem", mine.certificate), file("me.key", mine.key));

  Program both(call(ca + " " + own));
  EXPECT_EQ(both.end(), 0) << both.errors();
  EXPECT_EQ(both.output(), "\"ann\"\n");
  Program unknown(call(own));
  EXPECT_EQ(unknown.end(), 10);
  EXPECT_THAT(unknown.errors(), HasSubstr("the certificate of localhost is not trusted"));
  Program nameless(call(ca));
  EXPECT_NE(nameless.end(), 0);
  EXPECT_THAT(nameless.errors(), HasSubstr("certificate"));
  Program plain(fmt::format("call tcp://localhost:{} who", server.port()));
  EXPECT_EQ(plain.end(), 20);
  EXPECT_THAT(plain.errors(), HasSubstr("perhaps it wants tls://"));
  Program blind(call("--insecure " + own));
  EXPECT_EQ(blind.end(), 0) << blind.errors();
  EXPECT_THAT(blind.errors(), HasSubstr("WARNING: --insecure"));
}

TEST_F(ConduitCommand, ListsMethodsAndTheirHelp) {
  Program table(at("methods"));
  EXPECT_EQ(table.end(), 0) << table.errors();
  EXPECT_THAT(table.output(), HasSubstr("a: integer, b: integer = 10"));
  Program schemas(at("methods", "--schema"));
  EXPECT_EQ(schemas.end(), 0);
  EXPECT_THAT(schemas.output(), HasSubstr("\"$schema\""));
  Program list(at("methods", "--json"));
  EXPECT_EQ(list.end(), 0);
  EXPECT_THAT(list.output(), StartsWith("[{\"name\":\"add\""));
  Program help(at("call", "add --help"));
  EXPECT_EQ(help.end(), 0);
  EXPECT_THAT(help.output(),
              AllOf(StartsWith("Example: oriel call 127.0.0.1:"), HasSubstr("add: Adds.\n"),
                    HasSubstr("required"), HasSubstr("default 10")));
  Program unknown(at("call", "ad --help"));
  EXPECT_EQ(unknown.end(), 30);
  EXPECT_THAT(unknown.errors(), HasSubstr("did you mean add"));
}

TEST_F(ConduitCommand, Listens) {
  Program all(at("listen", "--count 2"));
  Program some(at("listen", "news"));
  ASSERT_TRUE(wait_until([&] { return connected_ == 2; }));
  (void)server_->broadcast("other", Map{{"n", 1}});
  (void)server_->broadcast("news", Map{{"n", 2}});
  EXPECT_EQ(all.end(), 0) << all.errors();
  EXPECT_THAT(all.output(), AllOf(StartsWith(R"({"type":"other","data":{"n":1},"time":"20)"),
                                  HasSubstr(R"({"type":"news","data":{"n":2},"time":"20)")));
  ASSERT_TRUE(wait_until([&] { return !some.output().empty(); }));
  server_.reset();
  ASSERT_TRUE(wait_until([&] { return some.errors().find("again") != std::string::npos; }));
  start();
  ASSERT_TRUE(wait_until([&] { return connected_ == 3; })) << some.errors();
  (void)server_->broadcast("news", Map{{"n", 3}});
  EXPECT_TRUE(wait_until([&] { return some.output().find("\"n\":3") != std::string::npos; }));
  EXPECT_EQ(some.stop(SIGINT), 0);
  EXPECT_THAT(some.output(), StartsWith(R"({"type":"news","data":{"n":2})"));
  Program late(at("listen", "--count 1 --timeout 0.5"));
  EXPECT_EQ(late.end(), 40);
}

TEST_F(ConduitCommand, Sends) {
  std::atomic<int> heard = 0;
  server_->on("note", [&](Map data) { heard = data.find("n")->if_integer() != nullptr ? 1 : 2; });
  Program note(at("send", "note n=5"));
  EXPECT_EQ(note.end(), 0) << note.errors();
  EXPECT_TRUE(wait_until([&] { return heard == 1; }));
  Program greet(at("send", "greet name=ann --wait-reply"));
  EXPECT_EQ(greet.end(), 0) << greet.errors();
  EXPECT_EQ(greet.output(), "{\"hello\":\"ann\"}\n");
  server_->on("echo", [](Value data) { return data; });
  Program number(at("send", "echo 5 --wait-reply"));
  EXPECT_EQ(number.end(), 0) << number.errors();
  EXPECT_EQ(number.output(), "5\n");
  Program silent(at("send", "silent --wait-reply --timeout 0.5"));
  EXPECT_EQ(silent.end(), 40);
}

}  // namespace
}  // namespace oriel
