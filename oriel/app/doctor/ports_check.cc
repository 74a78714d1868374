#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "oriel/app/doctor/checks.h"
#include "oriel/io/net/tcp_listener.h"

namespace oriel::doctor {
namespace {

struct Door {
  const char* flag;
  const std::optional<config::ListenAddress>& address;
};

}  // namespace

void check_ports(const Patient& patient, Findings& findings) {
  if (!patient.settings) {
    findings.push_back(
        {.grade = Grade::kNote, .text = "not looked at, for the settings cannot be read"});
    return;
  }
  const auto& settings = *patient.settings;
  const auto before = findings.size();
  boost::asio::io_context io;
  for (const auto& [flag, address] :
       {Door{"--vnc", settings.vnc_listen}, Door{"--http", settings.http_listen},
        Door{"--monitor", settings.monitor_listen}, Door{"--conduit", settings.conduit_listen}}) {
    if (!address) continue;
    const auto listener = net::TcpListener::listen(
        io.get_executor(), {address->host, address->port, flag}, [](net::StreamPointer) {});
    if (listener) {
      findings.push_back(
          {.grade = Grade::kGood,
           .text = fmt::format("{} {}:{} is free", flag, address->host, address->port)});
    } else {
      findings.push_back({.grade = Grade::kProblem,
                          .text = listener.error().message,
                          .remedy = fmt::format("if that is an Oriel that runs already, nothing is "
                                                "wrong; else see who listens with `ss -ltnp`")});
    }
  }
  if (findings.size() == before)
    findings.push_back({.grade = Grade::kNote, .text = "every door is closed"});
}

}  // namespace oriel::doctor
