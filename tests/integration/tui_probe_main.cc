// The terminal view with a scripted host for each document: its figures swing. Until a key ends it.
//   tui_probe [--lost] [--abort] [--no-colour] DOCUMENT...
// --lost: the last host loses its connection; --abort: the program crashes after some documents.
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "oriel/app/monitor/tui/tui.h"

namespace {

using namespace oriel::monitor;
namespace asio = boost::asio;

struct Script {
  std::vector<std::string> files;
  bool is_lost = false;
  bool aborts = false;
  bool has_colour = true;
};

Script script_of(int count, char** arguments) {
  Script script;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    if (word == "--lost") {
      script.is_lost = true;
    } else if (word == "--abort") {
      script.aborts = true;
    } else if (word == "--no-colour") {
      script.has_colour = false;
    } else {
      script.files.push_back(word);
    }
  }
  return script;
}

Value* child(Value* parent, const char* key) {
  if (parent == nullptr || parent->object() == nullptr) return nullptr;
  for (auto& [name, value] : *parent->object()) {
    if (name == key) return &value;
  }
  return nullptr;
}

void swing(Value& document, const char* section, const char* key, double share) {
  auto* value = child(child(child(&document, "data"), section), key);
  if (value != nullptr) *value = value->number_or(0) * share;
}

Value at_step(Value document, int step) {
  const double share = 0.55 + 0.3 * std::sin(step / 9.0) + 0.15 * std::sin(step / 2.3);
  swing(document, "processor", "usage_percent", share);
  swing(document, "memory", "percentage", 0.8 + 0.2 * share);
  swing(document, "network", "bytes_recv_per_s", share * share);
  swing(document, "network", "bytes_sent_per_s", 1 - share);
  swing(document, "disks", "write_bytes_per_s", share > 0.7 ? share : 0.05);
  return document;
}

class Player {
 public:
  Player(asio::io_context& context, const Script& script, std::vector<Value> documents)
      : script_(script), documents_(std::move(documents)), timer_(context) {}

  int start(asio::io_context& context) {
    auto opened = tui::Tui::open(context.get_executor(), {.hosts = script_.files,
                                                          .has_colour = script_.has_colour,
                                                          .on_quit = [&] { context.stop(); }});
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().message.c_str());
      return 2;
    }
    tui_ = std::move(*opened);
    const auto last = documents_.size() - 1;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      const bool is_lost = script_.is_lost && i == last;
      tui_->set_link(i, is_lost ? tui::Link::kLost : tui::Link::kConnected,
                     is_lost ? "connection refused by 10.0.0.7:8765, again in 3 s" : "connected");
    }
    for (int i = 0; i < 200; ++i) show();
    wait();
    context.run();
    tui_.reset();
    return 0;
  }

 private:
  void show() {
    ++step_;
    for (std::size_t i = 0; i < documents_.size(); ++i) {
      tui_->show(i, at_step(documents_[i], step_ + static_cast<int>(i) * 20));
    }
  }
  void wait() {
    timer_.expires_after(std::chrono::milliseconds(200));
    timer_.async_wait([this](boost::system::error_code) {
      show();
      if (script_.aborts && step_ > 205) std::abort();
      wait();
    });
  }

  Script script_;
  std::vector<Value> documents_;
  asio::steady_timer timer_;
  std::unique_ptr<tui::Tui> tui_;
  int step_ = 0;
};

}  // namespace

int main(int count, char** arguments) {
  const auto script = script_of(count, arguments);
  std::vector<Value> documents;
  for (const auto& file : script.files) {
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto document = parse_json(text, text.size());
    if (!document) return 1;
    documents.push_back(std::move(*document));
  }
  if (documents.empty()) return 1;
  asio::io_context context;
  Player player(context, script, std::move(documents));
  return player.start(context);
}
