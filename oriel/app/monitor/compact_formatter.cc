#include <fmt/format.h>

#include "oriel/app/monitor/format_text.h"
#include "oriel/app/monitor/formatter_kinds.h"
#include "oriel/app/monitor/statistics_text.h"

namespace oriel::monitor {
namespace {

class CompactFormatter : public Formatter {
 public:
  explicit CompactFormatter(FormatOptions options) : paint_(options.has_color) {}

  std::string data(const Value& message) const override {
    const auto reading = read_message(message);
    auto line = fmt::format("[{}] CPU:{} │ RAM:{}", reading.time.empty() ? "n/a" : reading.time,
                            share(reading.processor.percent), share(reading.memory.percent));
    if (const auto sizes = short_sizes_text(reading.memory); !sizes.empty())
      line += fmt::format("({})", sizes);
    line += fmt::format(" │ DSK:{}", share(reading.disk.percent));
    for (const auto& gpu : reading.gpus) {
      line += fmt::format(" │ GPU:{}", share(gpu.percent));
      if (gpu.memory.percent) line += fmt::format("/{}", share(gpu.memory.percent));
    }
    for (const auto& alert : reading.alerts) line += fmt::format(" │ {}", short_alert(alert));
    return line;
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
