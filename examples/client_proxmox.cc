// The screen of a virtual machine of Proxmox VE: asks its API for a ticket, which is good for some
// seconds, and connects with it at once.
//
//   client_proxmox HOST NODE VMID FILE [PORT [CA_FILE]]
//
// PVE_API_TOKEN has the token, "USER@REALM!NAME=SECRET", with the privilege VM.Console.

#include <curl/curl.h>

#include <boost/json.hpp>
#include <cstdio>
#include <expected>
#include <memory>
#include <string>

#include "examples/arguments.h"
#include "examples/complain.h"
#include "oriel/app/agent/sync_agent.h"
#include "oriel/app/client/connection.h"

namespace {

struct Machine {
  std::string host, port, node, vmid;
  std::string ca_file;  // PEM; empty: the system's certificates
  std::string authorization() const {
    return "PVEAPIToken=" + example::environment("PVE_API_TOKEN");
  }
};

struct Ticket {
  std::string ticket, vnc_port;
};

std::size_t append(char* bytes, std::size_t size, std::size_t count, void* text) {
  static_cast<std::string*>(text)->append(bytes, size * count);
  return size * count;
}

// POST .../vncproxy. The server's certificate is checked, as libcurl does by itself.
std::expected<Ticket, std::string> ask_for_ticket(const Machine& machine) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  const auto url = "https://" + machine.host + ":" + machine.port + "/api2/json/nodes/" +
                   machine.node + "/qemu/" + machine.vmid + "/vncproxy";
  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> fields(
      curl_slist_append(nullptr, ("Authorization: " + machine.authorization()).c_str()),
      &curl_slist_free_all);
  std::string answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, fields.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, "websocket=1");
  curl_easy_setopt(curl.get(), CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 10L);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
  if (!machine.ca_file.empty())
    curl_easy_setopt(curl.get(), CURLOPT_CAINFO, machine.ca_file.c_str());
  if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK)
    return std::unexpected(std::string("no ticket: ") + curl_easy_strerror(code));

  boost::system::error_code error;
  const auto json = boost::json::parse(answer, error);
  const auto* data = !error && json.is_object() ? json.as_object().if_contains("data") : nullptr;
  const auto* object = data != nullptr ? data->if_object() : nullptr;
  const auto* ticket = object != nullptr ? object->if_contains("ticket") : nullptr;
  const auto* port = object != nullptr ? object->if_contains("port") : nullptr;
  if (ticket == nullptr || !ticket->is_string() || port == nullptr)
    return std::unexpected("no ticket: the answer has none");
  // Proxmox writes the port as a string or as a number.
  return Ticket{std::string(ticket->as_string()),
                port->is_string() ? std::string(port->as_string()) : serialize(*port)};
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: client_proxmox HOST NODE VMID FILE [PORT [CA_FILE]]\n");
    return 2;
  }
  const Machine machine{.host = arguments[1],
                        .port = example::argument(count, arguments, 5, "8006"),
                        .node = arguments[2],
                        .vmid = arguments[3],
                        .ca_file = example::argument(count, arguments, 6, "")};
  const auto ticket = ask_for_ticket(machine);
  if (!ticket) {
    std::fprintf(stderr, "%s\n", ticket.error().c_str());
    return 10;
  }

  oriel::client::ConnectionOptions options;
  options.preset = "proxmox";
  options.parameters = {
      {"host", machine.host},         {"port", machine.port},
      {"node", machine.node},         {"vmid", machine.vmid},
      {"vnc_port", ticket->vnc_port}, {"ticket", ticket->ticket}};  // which is the VNC password too
  options.headers = {{"Authorization", machine.authorization()}};
  options.tls.ca_file = machine.ca_file;
  oriel::client::Connection connection(options);
  if (const auto connected = connection.connect(); !connected)
    return example::complain(connected.error());
  oriel::agent::Agent agent(connection.target());
  if (const auto saved = agent.screenshot().save(arguments[4]); !saved)
    return example::complain(saved.error());
  std::printf("saved %s\n", arguments[4]);
  return 0;
}
