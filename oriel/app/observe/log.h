#pragma once
// The program's log: lines on standard error, written by a thread of its own, so that nobody who
// logs waits for a terminal or a full pipe. When the queue is full the oldest lines are dropped,
// and their number is said at the end.

#include <concepts>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "oriel/app/observe/log_record.h"

namespace oriel::observe {

// A key and a value of one line: {"peer", peer}. Text is copied. There is none for config::Secret,
// on purpose.
class Field {
 public:
  Field(std::string_view key, bool value) : key_(key), value_(value) {}
  Field(std::string_view key, std::signed_integral auto value)
      : key_(key), value_(static_cast<std::int64_t>(value)) {}
  Field(std::string_view key, std::unsigned_integral auto value)
      : key_(key), value_(static_cast<std::uint64_t>(value)) {}
  Field(std::string_view key, std::floating_point auto value)
      : key_(key), value_(static_cast<double>(value)) {}
  Field(std::string_view key, std::string_view value) : key_(key), value_(std::string(value)) {}
  Field(std::string_view key, const std::string& value) : key_(key), value_(value) {}
  Field(std::string_view key, const char* value) : key_(key), value_(std::string(value)) {}

  const std::string& key() const { return key_; }
  const LogValue& value() const { return value_; }

 private:
  std::string key_;
  LogValue value_;
};

// Where the lines go. Any thread.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual bool is_on(LogLevel level) const = 0;
  virtual void write(const LogRecord& record) = 0;
};

// The sink of the program. Destroying the last owner writes what is queued.
std::shared_ptr<LogSink> make_stderr_sink(LogLevel level, LogFormat format);

// Hands each line, formatted, to `take` in the calling thread: for tests.
std::shared_ptr<LogSink> make_callback_sink(LogLevel level, LogFormat format,
                                            std::function<void(std::string)> take);

// A value: copies are cheap and share the sink. Immutable, so any thread may log with it. One
// without a sink is silent.
class Logger {
 public:
  Logger() = default;
  explicit Logger(std::shared_ptr<LogSink> sink, std::string name = "oriel");

  // The same with an id ("c12") in front of every line, with another pair on every line, or under
  // another name.
  Logger with_id(std::string_view id) const;
  Logger with(const Field& field) const;
  Logger with_name(std::string_view name) const;

  void debug(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(LogLevel::kDebug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(LogLevel::kInfo, message, fields);
  }
  void warning(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(LogLevel::kWarning, message, fields);
  }
  void error(std::string_view message, std::initializer_list<Field> fields = {}) const {
    log(LogLevel::kError, message, fields);
  }
  void log(LogLevel level, std::string_view message, std::span<const Field> fields) const;
  void log(LogLevel level, std::string_view message, std::initializer_list<Field> fields) const {
    log(level, message, std::span<const Field>(fields.begin(), fields.size()));
  }
  // Worth making an expensive field?
  bool is_on(LogLevel level) const { return sink_ && sink_->is_on(level); }

 private:
  struct Context {
    std::string name;
    std::string id;
    LogPairs pairs;
  };

  Logger changed(auto change) const;

  std::shared_ptr<LogSink> sink_;
  std::shared_ptr<const Context> context_;
};

}  // namespace oriel::observe
