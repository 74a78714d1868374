#include <fmt/format.h>

#include "oriel/app/monitor/format_text.h"
#include "oriel/app/monitor/formatter_kinds.h"
#include "oriel/app/monitor/statistics_text.h"

namespace oriel::monitor {
namespace {

class SimpleFormatter : public Formatter {
 public:
  explicit SimpleFormatter(FormatOptions options) : paint_(options.has_color) {}

  std::string data(const Value& message) const override {
    const auto reading = read_message(message);
    auto line = fmt::format("CPU: {} | RAM: {} | Disk: {}", share(reading.processor.percent),
                            share(reading.memory.percent), share(reading.disk.percent));
    for (std::size_t i = 0; i < reading.gpus.size(); ++i) {
      const auto number = reading.gpus.size() > 1 ? std::to_string(i) : std::string();
      line += fmt::format(" | GPU{}: {}", number, share(reading.gpus[i].percent));
    }
    for (const auto& alert : reading.alerts)
      line += fmt::format(" | {}", paint_.level(alert.level, harmless(alert.message)));
    return line;
  }

  std::string connection(std::string_view text) const override {
    return fmt::format("[CONN] {}", harmless(text));
  }
  std::string error(std::string_view text) const override {
    return paint_.level(AlertLevel::kCritical, fmt::format("[ERROR] {}", harmless(text)));
  }
  std::string statistics(const ClientStatistics& statistics) const override {
    return statistics_text(statistics);
  }

 private:
  std::string share(std::optional<double> percent) const {
    return paint_.usage(percent, percent_text(percent));
  }

  Paint paint_;
};

}  // namespace

std::unique_ptr<Formatter> make_simple_formatter(FormatOptions options) {
  return std::make_unique<SimpleFormatter>(options);
}

}  // namespace oriel::monitor
