#include "oriel/app/observe/log.h"

#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

namespace oriel::observe {
namespace {

// 4096 lines are seconds of the worst talk; spdlog takes about 300 bytes for each from the start.
constexpr std::size_t kQueueLines = 4096;

std::string format(const LogRecord& record, LogFormat log_format) {
  return log_format == LogFormat::kJson ? format_json(record) : format_text(record);
}

class StderrSink : public LogSink {
 public:
  StderrSink(LogLevel level, LogFormat format)
      : level_(level),
        format_(format),
        pool_(std::make_shared<spdlog::details::thread_pool>(kQueueLines, 1)),
        logger_(std::make_shared<spdlog::async_logger>(
            "oriel", std::make_shared<spdlog::sinks::stderr_sink_mt>(), pool_,
            spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_pattern("%v");
    logger_->set_level(spdlog::level::trace);  // is_on has decided
    logger_->flush_on(spdlog::level::trace);
  }

  ~StderrSink() override {
    auto dropped = pool_->overrun_counter();
    if (dropped == 0) return;
    LogRecord record{.time = std::chrono::system_clock::now(),
                     .level = LogLevel::kWarning,
                     .thread_id = static_cast<std::uint64_t>(gettid()),
                     .message = "log lines were dropped, standard error was too slow",
                     .fields = {{"lines", std::uint64_t{dropped}}}};
    logger_->info(spdlog::string_view_t(format(record, format_)));
  }

  bool is_on(LogLevel level) const override { return level >= level_; }

  void write(const LogRecord& record) override {
    logger_->info(spdlog::string_view_t(format(record, format_)));
  }

 private:
  const LogLevel level_;
  const LogFormat format_;
  // Its destructor writes the queue; so it goes after the logger, which it is declared before.
  std::shared_ptr<spdlog::details::thread_pool> pool_;
  std::shared_ptr<spdlog::async_logger> logger_;
};

class CallbackSink : public LogSink {
 public:
  CallbackSink(LogLevel level, LogFormat format, std::function<void(std::string)> take)
      : level_(level), format_(format), take_(std::move(take)) {}

  bool is_on(LogLevel level) const override { return level >= level_; }
  void write(const LogRecord& record) override { take_(format(record, format_)); }

 private:
  const LogLevel level_;
  const LogFormat format_;
  const std::function<void(std::string)> take_;
};

}  // namespace

std::shared_ptr<LogSink> make_stderr_sink(LogLevel level, LogFormat format) {
  return std::make_shared<StderrSink>(level, format);
}

std::shared_ptr<LogSink> make_callback_sink(LogLevel level, LogFormat format,
                                            std::function<void(std::string)> take) {
  return std::make_shared<CallbackSink>(level, format, std::move(take));
}

Logger::Logger(std::shared_ptr<LogSink> sink, std::string name)
    : sink_(std::move(sink)),
      context_(std::make_shared<Context>(Context{.name = std::move(name)})) {}

Logger Logger::changed(auto change) const {
  auto context = context_ ? *context_ : Context{.name = "oriel"};
  change(context);
  Logger logger;
  logger.sink_ = sink_;
  logger.context_ = std::make_shared<Context>(std::move(context));
  return logger;
}

Logger Logger::with_id(std::string_view id) const {
  return changed([&](Context& context) { context.id = id; });
}

Logger Logger::with(const Field& field) const {
  return changed([&](Context& context) { context.pairs.emplace_back(field.key(), field.value()); });
}

Logger Logger::with_name(std::string_view name) const {
  return changed([&](Context& context) { context.name = name; });
}

void Logger::log(LogLevel level, std::string_view message, std::span<const Field> fields) const {
  if (!is_on(level)) return;
  LogRecord record{.time = std::chrono::system_clock::now(),
                   .level = level,
                   .logger_name = context_->name,
                   .thread_id = static_cast<std::uint64_t>(gettid()),
                   .id = context_->id,
                   .context = context_->pairs,
                   .message = std::string(message)};
  for (const auto& field : fields) record.fields.emplace_back(field.key(), field.value());
  sink_->write(record);
}

}  // namespace oriel::observe
