// A server behind a WebSocket: a URL with places for values, a certificate of one's own, a log.
//
//   client_websocket [-ca FILE] URL_TEMPLATE [NAME=VALUE ...]
//   client_websocket 'wss://${host}:${port}/vnc/websocket?token=${ticket}' host=h.example port=6900
//   ticket=x

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "examples/complain.h"
#include "oriel/app/client/connection.h"

int main(int count, char** arguments) {
  oriel::client::ConnectionOptions options;
  int at = 1;
  if (at + 1 < count && std::string_view(arguments[at]) == "-ca") {
    // Trusted in place of the system's certificates, and for the host's name only. Never
    // options.tls.verify = false: then anybody on the way could be the server.
    std::ifstream file(arguments[at + 1]);
    options.tls.ca_pem.assign(std::istreambuf_iterator<char>(file), {});
    at += 2;
  }
  if (at < count) options.url_template = arguments[at++];
  for (; at < count; ++at) {
    const std::string_view argument = arguments[at];
    const auto equals = argument.find('=');
    if (equals != argument.npos)
      options.parameters.emplace(argument.substr(0, equals), argument.substr(equals + 1));
  }
  options.password = example::environment("ORIEL_PASSWORD");
  // Each message both ways; passwords, tickets and typed text are not in it.
  options.log = [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
  };

  oriel::client::Connection connection(options);
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  const auto facts = connection.info();
  std::printf("%s at %s: %d x %d\n", facts.name.c_str(), facts.target.c_str(), facts.size.width,
              facts.size.height);
  return 0;
}
