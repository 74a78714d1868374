#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

#include "oriel/app/monitor/format_text.h"
#include "oriel/app/monitor/formatter_kinds.h"
#include "oriel/app/monitor/section_texts.h"
#include "oriel/app/monitor/statistics_text.h"

namespace oriel::monitor {
namespace {

std::string count_of(double count, std::string_view one, std::string_view several) {
  const auto whole = std::llround(count);
  return fmt::format("{} {}", whole, whole == 1 ? one : several);
}

// "    Cores: 2 (4 logical), 2596 MHz, 65.0 °C"; of what is known, empty when nothing is.
std::string processor_details(const Reading::Processor& processor) {
  std::vector<std::string> parts;
  if (processor.cores) {
    auto cores = count_of(*processor.cores, "core", "cores");
    if (processor.logical) cores += fmt::format(" ({:.0f} logical)", *processor.logical);
    parts.push_back(std::move(cores));
  } else if (processor.logical) {
    parts.push_back(count_of(*processor.logical, "logical core", "logical cores"));
  }
  if (processor.frequency_mhz) parts.push_back(fmt::format("{:.0f} MHz", *processor.frequency_mhz));
  if (processor.temperature_celsius)
    parts.push_back(fmt::format("{:.1f} °C", *processor.temperature_celsius));
  return parts.empty() ? std::string() : fmt::format("    {}\n", fmt::join(parts, ", "));
}

class DetailedFormatter : public Formatter {
 public:
  explicit DetailedFormatter(FormatOptions options) : paint_(options.has_color) {}

  // Ends with an empty line, which parts it from the next.
  std::string data(const Value& message) const override {
    const auto reading = read_message(message);
    auto text = fmt::format("=== Monitoring System - {} ===\n",
                            reading.time.empty() ? "n/a" : reading.time);
    text += system_line(reading);
    std::vector<std::string> blocks;
    if (reading.has_processor) {
      blocks.push_back("🖥️  Processor:\n" + usage("Usage", reading.processor.percent) +
                       processor_details(reading.processor));
    }
    if (reading.has_memory) blocks.push_back(memory_block(reading.memory));
    if (reading.has_disk) {
      blocks.push_back("💿 Disk:\n" + usage("Usage", reading.disk) + disk_details(reading));
    }
    for (const auto& gpu : reading.gpus) blocks.push_back(gpu_block(gpu));
    if (auto more = more_block(message); !more.empty()) blocks.push_back(std::move(more));
    if (blocks.empty()) blocks.push_back(fmt::format("    {}\n", kNoFigures));
    if (!reading.alerts.empty()) blocks.push_back(alert_block(reading));
    return text + fmt::format("{}", fmt::join(blocks, "\n"));
  }

  std::string connection(std::string_view text) const override {
    return fmt::format("CONNECTION: {}", harmless(text));
  }
  std::string error(std::string_view text) const override {
    return paint_.level(AlertLevel::kCritical, fmt::format("ERROR: {}", harmless(text)));
  }
  std::string statistics(const ClientStatistics& statistics) const override {
    return statistics_text(statistics);
  }

 private:
  std::string figures(std::string_view name, std::optional<double> percent) const {
    return fmt::format("    {}: {} [{}]", name, paint_.usage(percent, percent_text(percent)),
                       paint_.usage(percent, bar(percent)));
  }
  std::string usage(std::string_view name, std::optional<double> percent) const {
    const auto word =
        percent ? fmt::format(" ({})", paint_.usage(percent, usage_word(*percent))) : std::string();
    return fmt::format("{}{}\n", figures(name, percent), word);
  }
  std::string usage(std::string_view name, const Reading::Space& space) const {
    const auto sizes = sizes_text(space);
    return fmt::format("{}{}\n", figures(name, space.percent),
                       sizes.empty() ? "" : fmt::format(" ({})", sizes));
  }

  std::string memory_block(const Reading::Space& memory) const {
    auto text = "💾 Memory:\n" + usage("Usage", memory);
    if (memory.free_bytes)
      text += fmt::format("    Available: {}\n", size_text(*memory.free_bytes));
    return text;
  }

  // Of the sections that only Oriel sends, when they were asked for.
  std::string more_block(const Value& message) const {
    std::string lines;
    for (const auto& [name, text, percent] : section_texts(message))
      lines += fmt::format("    {}: {}\n", name, paint_.usage(percent, text));
    return lines.empty() ? lines : "📊 More:\n" + lines;
  }

  static std::string system_line(const Reading& reading) {
    std::vector<std::string> parts;
    for (const auto* part : {&reading.hostname, &reading.system, &reading.architecture})
      if (!part->empty()) parts.push_back(harmless(*part));
    return parts.empty() ? std::string() : fmt::format("💻 {}\n\n", fmt::join(parts, ", "));
  }

  static std::string disk_details(const Reading& reading) {
    std::vector<std::string> parts;
    if (reading.disk.free_bytes)
      parts.push_back(fmt::format("Free: {}", size_text(*reading.disk.free_bytes)));
    if (!reading.mount_point.empty())
      parts.push_back(fmt::format("Mount: {}", harmless(reading.mount_point)));
    return parts.empty() ? std::string() : fmt::format("    {}\n", fmt::join(parts, ", "));
  }

  std::string gpu_block(const Reading::Gpu& gpu) const {
    auto text = gpu.name.empty() ? std::string("🎮 GPU:\n")
                                 : fmt::format("🎮 GPU: {}\n", harmless(gpu.name));
    text += usage("Usage", gpu.percent);
    if (gpu.memory.percent) text += usage("Memory", gpu.memory);
    if (gpu.temperature_celsius)
      text += fmt::format("    Temperature: {:.1f} °C\n", *gpu.temperature_celsius);
    return text;
  }

  std::string alert_block(const Reading& reading) const {
    std::string text = "⚠️  Alerts:\n";
    for (const auto& alert : reading.alerts)
      text += fmt::format("    {}: {}\n", paint_.level(alert.level, alert_level_name(alert.level)),
                          harmless(alert.message));
    return text;
  }

  Paint paint_;
};

}  // namespace

std::unique_ptr<Formatter> make_detailed_formatter(FormatOptions options) {
  return std::make_unique<DetailedFormatter>(options);
}

}  // namespace oriel::monitor
