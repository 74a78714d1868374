#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <vector>

#include "oriel/app/monitor/format_text.h"
#include "oriel/app/monitor/formatter_kinds.h"
#include "oriel/app/monitor/section_texts.h"
#include "oriel/app/monitor/statistics_text.h"

namespace oriel::monitor {
namespace {

class SimpleFormatter : public Formatter {
 public:
  explicit SimpleFormatter(FormatOptions options) : paint_(options.has_color) {}

  std::string data(const Value& message) const override {
    const auto reading = read_message(message);
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, std::string_view text) {
      parts.push_back(fmt::format("{}: {}", name, text));
    };
    if (reading.has_processor) add("CPU", share(reading.processor.percent));
    if (reading.has_memory) add("RAM", share(reading.memory.percent));
    if (reading.has_disk) add("Disk", share(reading.disk.percent));
    for (std::size_t i = 0; i < reading.gpus.size(); ++i) {
      const auto number = reading.gpus.size() > 1 ? std::to_string(i) : std::string();
      add("GPU" + number, share(reading.gpus[i].percent));
    }
    for (const auto& [name, text, percent] : section_texts(message))
      add(name, paint_.usage(percent, text));
    if (parts.empty()) parts.emplace_back(kNoFigures);
    for (const auto& alert : reading.alerts)
      parts.push_back(paint_.level(alert.level, harmless(alert.message)));
    return fmt::format("{}", fmt::join(parts, " | "));
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
