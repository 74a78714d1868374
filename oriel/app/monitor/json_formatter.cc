#include "oriel/app/monitor/client_statistics.h"
#include "oriel/app/monitor/formatter_kinds.h"
#include "oriel/app/monitor/pretty_json.h"

namespace oriel::monitor {
namespace {

// Its output is ASCII: what came as a control character is an escape of JSON.
class JsonFormatter : public Formatter {
 public:
  explicit JsonFormatter(FormatOptions options) : is_pretty_(options.is_pretty) {}

  std::string data(const Value& message) const override {
    return is_pretty_ ? pretty_json(message) : to_json(message);
  }
  std::string connection(std::string_view text) const override {
    return data(Object{{"type", "connection"}, {"message", text}});
  }
  std::string error(std::string_view text) const override {
    return data(Object{{"type", "error"}, {"error", text}});
  }
  std::string statistics(const ClientStatistics& statistics) const override {
    return data(Object{{"type", "statistics"}, {"statistics", statistics_document(statistics)}});
  }

 private:
  bool is_pretty_;
};

}  // namespace

std::unique_ptr<Formatter> make_json_formatter(FormatOptions options) {
  return std::make_unique<JsonFormatter>(options);
}

}  // namespace oriel::monitor
