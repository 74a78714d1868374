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

class CompactFormatter : public Formatter {
 public:
  explicit CompactFormatter(FormatOptions options) : paint_(options.has_color) {}

  std::string data(const Value& message) const override {
    const auto reading = read_message(message);
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, std::string_view text) {
      parts.push_back(fmt::format("{}:{}", name, text));
    };
    if (reading.has_processor) add("CPU", share(reading.processor.percent));
    if (reading.has_memory) add("RAM", memory_text(reading.memory));
    if (reading.has_disk) add("DSK", share(reading.disk.percent));
    for (const auto& gpu : reading.gpus) {
      add("GPU", share(gpu.percent));
      if (gpu.memory.percent) parts.back() += fmt::format("/{}", share(gpu.memory.percent));
    }
    for (const auto& [name, text, percent] : section_texts(message))
      add(name, paint_.usage(percent, text));
    if (parts.empty()) parts.emplace_back(kNoFigures);
    for (const auto& alert : reading.alerts) parts.push_back(short_alert(alert));
    return fmt::format("[{}] {}", reading.time.empty() ? "n/a" : reading.time,
                       fmt::join(parts, " │ "));
  }

  std::string connection(std::string_view text) const override {
    return fmt::format("► {}", harmless(text));
  }
  std::string error(std::string_view text) const override {
    return paint_.level(AlertLevel::kCritical, fmt::format("✗ {}", harmless(text)));
  }
  std::string statistics(const ClientStatistics& statistics) const override {
    return statistics_text(statistics);
  }

 private:
  std::string share(std::optional<double> percent) const {
    return paint_.usage(percent, whole_percent_text(percent));
  }

  // "63%(8.2/13G)".
  std::string memory_text(const Reading::Space& memory) const {
    const auto sizes = short_sizes_text(memory);
    return share(memory.percent) + (sizes.empty() ? "" : fmt::format("({})", sizes));
  }

  // "!disk", or "!!disk" when it is critical: the figure stands in the line already.
  std::string short_alert(const Reading::RaisedAlert& alert) const {
    const auto mark = alert.level == AlertLevel::kCritical ? "!!" : "!";
    const auto& name = alert.component.empty() ? alert.message : alert.component;
    return paint_.level(alert.level, fmt::format("{}{}", mark, harmless(name)));
  }

  Paint paint_;
};

}  // namespace

std::unique_ptr<Formatter> make_compact_formatter(FormatOptions options) {
  return std::make_unique<CompactFormatter>(options);
}

}  // namespace oriel::monitor
