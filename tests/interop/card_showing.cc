#include "tests/interop/card_showing.h"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "tests/support/wait_until.h"

namespace oriel::interop {

using namespace oriel::support;
namespace {

constexpr const char* kTyped = "Hello, World 7: a?b\n";

}  // namespace

const testing::CertificateAuthority& card_authority() {
  static const testing::CertificateAuthority authority;
  return authority;
}

const net::PemPair& card_certificate() {
  // x11vnc takes RSA only.
  static const auto pair = card_authority().issue("localhost", testing::CertificateUse::kServer,
                                                  testing::CertificateKey::kRsa);
  return pair;
}

std::string CardShowing::last_words() const {
  constexpr std::size_t kMost = 3000;
  const auto all = output();
  return all.size() > kMost ? "..." + all.substr(all.size() - kMost) : all;
}

ChildProcess& CardOnX::start(std::vector<std::string> arguments) {
  Command command{std::move(arguments), {{"DISPLAY", display.name}}};
  if (!display.authority.empty()) command.environment["XAUTHORITY"] = display.authority;
  programs_.push_back(std::make_unique<ChildProcess>(command));
  return *programs_.back();
}

void CardOnX::paint() {
  start({ORIEL_PAINTER, "card"});
  const auto card = test_card(CardServer::kWidth, CardServer::kHeight);
  std::string last;
  const bool is_there = wait_until([&] {
    last = difference(card, grab(display));
    return last.empty();
  });
  if (!is_there) throw std::runtime_error("the card is not on its X display: " + last + output());
}

std::string CardOnX::type(agent::Agent& agent) {
  const std::string file = folder.path() / "typed";
  start({KEY_READER, file});
  if (!wait_until([&] { return std::filesystem::exists(file + ".ready"); }))
    return "the key reader did not start: " + output();
  if (const auto done = agent.keyboard().type_text(kTyped); !done) return done.error().message;
  wait_until([&] { return read_file(file).size() >= std::string_view(kTyped).size(); });
  const auto typed = read_file(file);
  return typed == kTyped ? "" : fmt::format("typed was \"{}\"", typed);
}

std::string CardOnX::output() const {
  std::string all = server ? server->output() : "";
  for (const auto& program : programs_) all += program->output();
  return all;
}

}  // namespace oriel::interop
