#pragma once
// The client for people in a hurry (row M022): prints what comes, or calls one function with it.
// One thread uses it; the function is called in wait().

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "oriel/app/monitor/client.h"
#include "oriel/base/result.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor {

struct SimpleClientOptions {
  std::string uri{kDefaultUri};
  // Gets each whole message of monitoring data, and turns printing off.
  std::function<void(const Value& message)> on_data;
  bool auto_print = true;         // on standard output
  std::string format = "simple";  // "simple", "detailed", "compact", "json"
};

class SimpleClient {
 public:
  explicit SimpleClient(SimpleClientOptions options = {});

  // Connects, and waits for that at most ClientOptions::operation_timeout. Errors: kInvalid for a
  // wrong URI or format; else why there is no connection (it goes on trying until disconnect()).
  Status connect();
  void disconnect();
  // Prints or calls for so long, without a time until disconnect() is called in on_data.
  Status wait(std::optional<std::chrono::milliseconds> duration = {});
  bool is_connected() const { return client_.is_connected(); }

  // All the rest.
  Client& client() { return client_; }

 private:
  SimpleClientOptions options_;
  Client client_;
};

}  // namespace oriel::monitor
