#include "tests/interop/vnc_servers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <ranges>
#include <stdexcept>

#include "oriel/app/client/connection.h"
#include "tests/interop/card_disk.h"
#include "tests/interop/compatibility.h"
#include "tests/interop/password_file.h"
#include "tests/support/held_port.h"
#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

constexpr const char* kPassword = "sesame12";
constexpr int kWidth = CardServer::kWidth, kHeight = CardServer::kHeight;
// Of a channel, of 255: what the best quality of TightVNC, the worst of them, makes of the card.
constexpr double kJpegMeanDeviation = 8;

std::string geometry() { return fmt::format("{}x{}", kWidth, kHeight); }

template <typename Ask>
void expect_soon(const std::string& what, const CardShowing& showing, Ask is_true) {
  if (!wait_until(is_true)) throw std::runtime_error(what + ": " + showing.last_words());
}

client::ConnectionOptions reached_by(std::string target, std::string password = "") {
  client::ConnectionOptions options;
  options.target = std::move(target);
  options.password = std::move(password);
  options.tls.ca_pem = card_authority().pem();
  options.uses_proxies = false;
  return options;
}

// The certificate and its key in one file, as some servers want them.
std::string both_file(const TemporaryFolder& folder) {
  return write_private(folder, "both.pem", card_certificate().certificate + card_certificate().key);
}

// --- Xvnc, and websockify in front of it

std::unique_ptr<CardOnX> start_xvnc() {
  auto showing = std::make_unique<CardOnX>();
  const std::string socket = showing->folder.path() / "rfb";
  showing->server.emplace(std::vector<std::string>{"Xtigervnc", "-geometry", geometry(), "-depth",
                                                   "24", "-rfbport", "-1", "-rfbunixpath", socket,
                                                   "-SecurityTypes", "None"});
  showing->display = showing->server->display();
  showing->options = reached_by("unix:" + socket);
  showing->paint();
  return showing;
}

enum class Carrier { kPlain, kTls };

std::unique_ptr<CardOnX> start_websockify(Carrier carrier) {
  auto showing = start_xvnc();
  const HeldPort port;
  std::vector<std::string> command{
      "websockify", fmt::format("--unix-target={}", (showing->folder.path() / "rfb").string()),
      fmt::format("127.0.0.1:{}", port.number())};
  if (carrier == Carrier::kTls)
    command.insert(command.begin() + 1, {"--ssl-only", "--cert=" + both_file(showing->folder)});
  showing->start(command);
  expect_soon("websockify does not listen", *showing, [&] { return port.is_served(); });
  const char* scheme = carrier == Carrier::kTls ? "wss" : "ws";
  showing->options = reached_by(fmt::format("{}://localhost:{}/", scheme, port.number()));
  return showing;
}

// --- TightVNC's Xvnc, which knows neither -displayfd nor port 0

std::unique_ptr<CardOnX> start_tightvnc() {
  auto showing = std::make_unique<CardOnX>();
  const HeldPort port;
  const auto password = write_password_file(showing->folder, kPassword);
  const auto is_up = [&] {
    try {
      run({{"xset", "q"}, {{"DISPLAY", showing->display.name}}});
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  };
  const int first = 200 + getpid() % 1000;
  for (int number = first; number < first + 20; ++number) {
    showing->display.name = fmt::format(":{}", number);
    if (is_up()) continue;  // another's
    auto& server = showing->start({"Xtightvnc", showing->display.name, "-geometry", geometry(),
                                   "-depth", "24", "-localhost", "-rfbauth", password, "-rfbport",
                                   std::to_string(port.number())});
    if (wait_until([&] { return server.exit_code() || is_up(); }) && !server.exit_code()) break;
  }
  showing->options = reached_by(fmt::format("vnc://localhost:{}", port.number()), kPassword);
  showing->paint();
  return showing;
}

// --- What shows the display of another X server

std::unique_ptr<CardOnX> start_xvfb() {
  auto showing = std::make_unique<CardOnX>();
  showing->server.emplace(
      std::vector<std::string>{"Xvfb", "-screen", "0", fmt::format("{}x24", geometry())});
  showing->display = showing->server->display();
  showing->paint();
  return showing;
}

enum class Door { kOpen, kVncAuthentication, kTlsFromTheStart, kVeNCrypt };

std::unique_ptr<CardOnX> start_x11vnc(Door door) {
  auto showing = start_xvfb();
  const HeldPort port;
  std::vector<std::string> command{"x11vnc",
                                   "-display",
                                   showing->display.name,
                                   "-rfbport",
                                   std::to_string(port.number()),
                                   "-localhost",
                                   "-forever",
                                   "-shared",
                                   "-nocursor",
                                   "-noxrecord",
                                   "-norc"};
  const auto add = [&](std::initializer_list<std::string> more) {
    command.insert(command.end(), more);
  };
  if (door == Door::kVncAuthentication) add({"-passwd", kPassword});
  if (door == Door::kOpen) add({"-nopw"});
  if (door == Door::kTlsFromTheStart)
    add({"-nopw", "-ssl", both_file(showing->folder), "-sslonly"});
  if (door == Door::kVeNCrypt)
    add({"-passwd", kPassword, "-ssl", both_file(showing->folder), "-vencrypt", "force", "-anontls",
         "never"});
  auto& server = showing->start(command);
  expect_soon("x11vnc does not listen", *showing,
              [&] { return server.output().find("PORT=") != std::string::npos; });
  const char* scheme = door == Door::kTlsFromTheStart ? "vncs" : "vnc";
  const bool has_password = door == Door::kVncAuthentication || door == Door::kVeNCrypt;
  showing->options = reached_by(fmt::format("{}://localhost:{}", scheme, port.number()),
                                has_password ? kPassword : "");
  return showing;
}

std::unique_ptr<CardOnX> start_x0vncserver() {
  auto showing = start_xvfb();
  const std::string socket = showing->folder.path() / "rfb";
  showing->start({"X0tigervnc", "-display", showing->display.name, "-rfbport", "-1", "-rfbunixpath",
                  socket, "-SecurityTypes", "None"});
  showing->options = reached_by("unix:" + socket);
  expect_soon("X0tigervnc does not listen", *showing,
              [&] { return std::filesystem::exists(socket); });
  return showing;
}

// --- QEMU: a PC that starts from the disk of the card

class CardOnQemu final : public CardShowing {
 public:
  // `display`: what -vnc says behind the address.
  CardOnQemu(const std::string& display, const std::string& scheme, const std::string& password) {
    const auto disk = folder_.path() / "disk";
    write_card_disk(disk);
    write_private(folder_, "ca-cert.pem", card_authority().pem());
    write_private(folder_, "server-cert.pem", card_certificate().certificate);
    write_private(folder_, "server-key.pem", card_certificate().key);
    const bool is_web = scheme.starts_with("ws");
    const auto address =
        is_web ? fmt::format("unix:{},websocket={}", socket(), port_.number()) : "unix:" + socket();
    program_ = std::make_unique<ChildProcess>(Command{
        {"qemu-system-x86_64", "-machine", "pc,accel=tcg", "-m", "16", "-nodefaults", "-vga", "std",
         "-drive", fmt::format("file={},format=raw,if=ide", disk.string()), "-object",
         fmt::format("tls-creds-x509,id=x509,dir={},endpoint=server,verify-peer=off",
                     folder_.path().string()),
         "-object", "tls-creds-anon,id=anonymous,endpoint=server", "-object",
         fmt::format("secret,id=password,data={}", kPassword), "-vnc", address + display},
        {}});
    options_ = reached_by(
        is_web ? fmt::format("{}://localhost:{}/", scheme, port_.number()) : "unix:" + socket(),
        password);
    expect_soon("QEMU does not listen", *this, [&] {
      if (program_->exit_code()) throw std::runtime_error("QEMU ended: " + output());
      return is_web ? port_.is_served() : std::filesystem::exists(socket());
    });
  }

  client::ConnectionOptions reached() const override { return options_; }
  std::string output() const override { return program_->output(); }

  std::string type(agent::Agent& agent) override {
    for (const char letter : std::string("Az7?")) {
      if (const auto typed = agent.keyboard().type_text({letter}); !typed)
        return typed.error().message;
      const auto blue = static_cast<std::uint8_t>(letter);
      const auto seen = agent.wait().colour(
          {.at = {0, 0}, .colour = (card_.pixels[0] & 0xffff00) | blue, .timeout = kPatience});
      if (!seen) return seen.error().message;
    }
    return "";
  }

 private:
  std::string socket() const { return folder_.path() / "rfb"; }

  TemporaryFolder folder_;
  HeldPort port_;
  Picture card_ = test_card(kWidth, kHeight);
  std::unique_ptr<ChildProcess> program_;
  client::ConnectionOptions options_;
};

// --- A program with libvncserver

class CardOnLibvncserver final : public CardShowing {
 public:
  CardOnLibvncserver() {
    expect_soon("it does not listen", *this, [&] { return port() > 0; });
  }

  client::ConnectionOptions reached() const override {
    return reached_by(fmt::format("vnc://localhost:{}", port()));
  }
  std::string output() const override { return program_.output(); }

  std::string type(agent::Agent& agent) override {
    if (const auto typed = agent.keyboard().type_text("Aé"); !typed) return typed.error().message;
    const bool has_come = wait_until([&] {
      return output().find("key 41\n") != std::string::npos &&
             output().find("key e9\n") != std::string::npos;
    });
    return has_come ? "" : output();
  }

 private:
  int port() const {
    const auto said = output();
    const std::string label = "listens on ";
    const auto at = said.find(label);
    return at == std::string::npos || said.find('\n', at) == std::string::npos
               ? 0
               : std::atoi(said.c_str() + at + label.size());
  }

  ChildProcess program_{
      Command{{LIBVNCSERVER_CARD, std::to_string(kWidth), std::to_string(kHeight)}, {}}};
};

// --- Our own

class CardOnOriel final : public CardShowing {
 public:
  explicit CardOnOriel(const std::string& scheme) : scheme_(scheme) {
    ServerOptions options;
    options.password = kPassword;
    options.desktop = "x11:" + on_x_->display.name;
    if (scheme == "wss") {
      const auto& [certificate, key] = card_certificate();
      options.more_arguments = {"--tls",      "on",
                                "--tls-cert", write_private(on_x_->folder, "cert.pem", certificate),
                                "--tls-key",  write_private(on_x_->folder, "key.pem", key)};
    }
    server_.emplace(options);
  }

  client::ConnectionOptions reached() const override {
    const int port = scheme_ == "vnc" ? server_->vnc_port() : server_->http_port();
    return reached_by(fmt::format("{}://localhost:{}", scheme_, port), kPassword);
  }
  std::string output() const override { return server_->output() + on_x_->output(); }
  std::string type(agent::Agent& agent) override { return on_x_->type(agent); }

 private:
  std::string scheme_;
  std::unique_ptr<CardOnX> on_x_ = start_xvfb();
  std::optional<OrielServer> server_;
};

// --- The rows

void add_x_servers(std::vector<ServerRow>& rows) {
  const std::vector<std::string> tigervnc{"raw", "rre", "hextile", "tight", "zrle"};
  const std::vector<std::string> libvncserver{"raw",  "rre",   "corre", "hextile",
                                              "zlib", "tight", "zrle"};
  rows.push_back({.name = "Xvnc (TigerVNC)",
                  .programs = {"Xtigervnc"},
                  .encodings = tigervnc,
                  .quick = "tight",
                  .has_jpeg = true,
                  .start = start_xvnc});
  for (const auto carrier : {Carrier::kPlain, Carrier::kTls}) {
    const bool is_tls = carrier == Carrier::kTls;
    rows.push_back({.name = is_tls ? "Xvnc, websockify with TLS" : "Xvnc, websockify",
                    .programs = {"Xtigervnc", "websockify"},
                    .encodings = tigervnc,
                    .quick = is_tls ? "zrle" : "",
                    .has_jpeg = true,
                    .start = [=] { return start_websockify(carrier); }});
  }
  rows.push_back({.name = "Xvnc (TightVNC), VNC authentication",
                  .programs = {"Xtightvnc"},
                  .encodings = {"raw", "rre", "corre", "hextile", "zlib", "tight"},
                  .quick = "zlib",
                  .has_jpeg = true,
                  .start = start_tightvnc});
  for (const auto& [name, door] :
       {std::pair{"x11vnc", Door::kOpen},
        {"x11vnc, VNC authentication", Door::kVncAuthentication},
        {"x11vnc, TLS from the first byte on", Door::kTlsFromTheStart},
        {"x11vnc, VeNCrypt X509, VNC authentication", Door::kVeNCrypt}}) {
    rows.push_back({.name = name,
                    .programs = {"x11vnc", "Xvfb"},
                    .encodings = libvncserver,
                    .quick = door == Door::kVeNCrypt ? "zrle" : "",
                    .has_jpeg = true,
                    .start = [door] { return start_x11vnc(door); }});
  }
  rows.push_back({.name = "x0vncserver (TigerVNC)",
                  .programs = {"X0tigervnc", "Xvfb"},
                  .encodings = tigervnc,
                  .quick = "hextile",
                  .has_jpeg = true,
                  .start = start_x0vncserver});
}

void add_qemu(std::vector<ServerRow>& rows) {
  struct Way {
    const char *name, *display, *scheme, *password;
    bool is_quick;
  };
  for (const auto& way : {
           Way{"QEMU", "", "vnc", "", false},
           Way{"QEMU, VNC authentication", ",password-secret=password", "vnc", kPassword, false},
           Way{"QEMU, VeNCrypt TLS", ",tls-creds=anonymous", "vnc", "", false},
           Way{"QEMU, VeNCrypt X509, VNC authentication",
               ",tls-creds=x509,password-secret=password", "vnc", kPassword, true},
           Way{"QEMU, WebSocket", "", "ws", "", false},
           Way{"QEMU, secure WebSocket, VNC authentication",
               ",tls-creds=x509,password-secret=password", "wss", kPassword, true},
       }) {
    rows.push_back({.name = way.name,
                    .programs = {"qemu-system-x86_64"},
                    .encodings = {"raw", "hextile", "zlib", "tight", "tightpng", "zrle"},
                    .quick = way.is_quick ? "tight" : "",
                    .start = [way] {
                      return std::make_unique<CardOnQemu>(way.display, way.scheme, way.password);
                    }});
  }
}

void add_others(std::vector<ServerRow>& rows) {
  rows.push_back({.name = "libvncserver, a program with it",
                  .encodings = {"raw", "rre", "corre", "hextile", "zlib", "tight", "zrle"},
                  .quick = "corre",
                  .has_jpeg = true,
                  .start = [] { return std::make_unique<CardOnLibvncserver>(); }});
  for (const auto& [name, scheme] : {std::pair{"Oriel, VNC authentication", "vnc"},
                                     {"Oriel, WebSocket, VNC authentication", "ws"},
                                     {"Oriel, secure WebSocket, VNC authentication", "wss"}}) {
    rows.push_back({.name = name,
                    .encodings = {"raw", "rre", "corre", "hextile", "zlib", "trle", "zrle"},
                    .quick = std::string_view(scheme) == "wss" ? "trle" : "",
                    .start = [scheme] { return std::make_unique<CardOnOriel>(scheme); }});
  }
}

// --- The checks

Picture picture_of(const image::Frame& frame) {
  Picture picture{frame.size().width, frame.size().height, {}};
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) picture.pixels.push_back(frame.at(x, y));
  return picture;
}

// What a new connection sees at once.
struct Sight {
  std::string error;
  Picture picture;
  client::ServerFacts facts;
};

Sight look(client::ConnectionOptions options) {
  options.timeout = kPatience;
  client::Connection connection(std::move(options));
  if (const auto connected = connection.connect(); !connected)
    return {connected.error().message, {}, {}};
  const auto frame = connection.screenshot(kPatience);
  if (!frame) return {frame.error().message, {}, {}};
  return {"", picture_of(*frame), connection.info()};
}

}  // namespace

std::vector<ServerRow> server_rows() {
  std::vector<ServerRow> rows;
  add_x_servers(rows);
  add_qemu(rows);
  add_others(rows);
  return rows;
}

std::string wait_for_card(const CardShowing& showing) {
  const auto card = test_card(kWidth, kHeight);
  std::string last;
  wait_until([&] {
    const auto sight = look(showing.reached());
    last = sight.error.empty() ? difference(card, sight.picture) : sight.error;
    return last.empty();
  });
  return last;
}

std::string check_encoding(const CardShowing& showing, const std::string& encoding) {
  auto options = showing.reached();
  options.encodings = {encoding};
  const auto sight = look(std::move(options));
  if (!sight.error.empty()) return sight.error;
  const auto wrong = difference(test_card(kWidth, kHeight), sight.picture);
  if (!wrong.empty()) return wrong;
  // Raw where that is shorter.
  const auto is_expected = [&](const std::string& used) {
    return used == encoding || used == "raw";
  };
  const auto& used = sight.facts.encodings;
  if (std::ranges::find(used, encoding) == used.end() || !std::ranges::all_of(used, is_expected))
    return fmt::format("the picture is right, but the server used {}", fmt::join(used, ", "));
  return "";
}

std::string check_jpeg(const CardShowing& showing) {
  auto options = showing.reached();
  options.encodings = {"tight"};
  options.quality = 9;
  const auto sight = look(std::move(options));
  if (!sight.error.empty()) return sight.error;
  const auto card = test_card(kWidth, kHeight);
  if (sight.picture == card) return "it is exact, so it was no JPEG";
  const double mean = mean_deviation(card, sight.picture);
  return mean <= kJpegMeanDeviation ? "" : fmt::format("a channel is off by {} on average", mean);
}

std::string check_typing(CardShowing& showing) {
  auto options = showing.reached();
  options.timeout = kPatience;
  client::Connection connection(std::move(options));
  if (const auto connected = connection.connect(); !connected) return connected.error().message;
  agent::Agent agent(connection.target());
  return showing.type(agent);
}

std::string what_is_missing(const ServerRow& row) {
  for (const auto& program : row.programs) {
    Cell cell;
    cell.program = program;
    if (auto missing = what_is_missing(cell); !missing.empty()) return missing;
  }
  return "";
}

}  // namespace oriel::interop
