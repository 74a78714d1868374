// Several servers at once, on one loop and one thread: the average processor usage of all.
//
//   monitor_cluster SECONDS THRESHOLD URI...

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"
#include "oriel/core/monitor/document_figure.h"

namespace {

using namespace oriel::monitor;

class Cluster {
 public:
  Cluster(std::vector<std::string> uris, double threshold) : threshold_(threshold) {
    for (const auto& uri : uris) add(uri);
  }

  bool run(std::chrono::milliseconds time) {
    for (auto& client : clients_) {
      if (auto started = client->start(); !started) {
        std::fprintf(stderr, "%s\n", started.error().message.c_str());
        return false;
      }
    }
    loop_.run_for(time);
    return true;
  }

 private:
  void add(const std::string& uri) {
    ClientOptions options;
    options.uri = uri;
    options.on_message = [this, uri](const ServerMessage& message) { take(uri, message); };
    options.on_error = [uri](const ClientError& error) {
      std::fprintf(stderr, "%s: %s\n", uri.c_str(), error.message.c_str());
    };
    options.on_disconnect = [this, uri] { usage_.erase(uri); };
    clients_.push_back(std::make_unique<Client>(loop_.get_executor(), options));
  }

  void take(const std::string& uri, const ServerMessage& message) {
    const auto usage = document_figure(message.document, "processor", "usage_percent");
    if (!usage) return;
    usage_[uri] = *usage;
    if (usage_.size() < clients_.size()) return;  // wait for all
    double sum = 0;
    for (const auto& [server, percent] : usage_) sum += percent;
    const double average = sum / static_cast<double>(usage_.size());
    std::printf("average CPU of %zu servers: %.1f%%\n", usage_.size(), average);
    if (average > threshold_) std::printf("CLUSTER ALERT: high CPU: %.1f%%\n", average);
  }

  double threshold_;
  boost::asio::io_context loop_{1};
  std::vector<std::unique_ptr<Client>> clients_;  // after the loop: they end before it
  std::map<std::string, double> usage_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) {
    std::fprintf(stderr, "Usage: monitor_cluster SECONDS THRESHOLD URI...\n");
    return 2;
  }
  Cluster cluster({arguments + 3, arguments + count}, std::atof(arguments[2]));
  return cluster.run(example::seconds(arguments[1])) ? 0 : 2;
}
