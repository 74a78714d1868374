#include "oriel/app/monitor/simple_client.h"

#include <unistd.h>

#include <utility>

namespace oriel::monitor {
namespace {

ClientOptions client_options(const SimpleClientOptions& options) {
  ClientOptions result;
  result.uri = options.uri;
  if (options.on_data) {
    result.on_message = [call = options.on_data](const ServerMessage& message) {
      call(message.document);
    };
  }
  return result;
}

}  // namespace

SimpleClient::SimpleClient(SimpleClientOptions options)
    : options_(std::move(options)), client_(client_options(options_)) {}

Status SimpleClient::connect() {
  if (options_.auto_print && !options_.on_data)
    ORIEL_TRY_VOID(client_.set_formatter(options_.format, ::isatty(STDOUT_FILENO) == 1));
  ORIEL_TRY_VOID(client_.start());
  return client_.wait_connected(ClientOptions().operation_timeout);
}

void SimpleClient::disconnect() { client_.stop(); }

Status SimpleClient::wait(std::optional<std::chrono::milliseconds> duration) {
  return client_.wait(duration);
}

}  // namespace oriel::monitor
