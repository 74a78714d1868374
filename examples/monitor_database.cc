// Saves what a server sends in an SQLite database, and shows the last rows.
//
//   monitor_database FILE [URI [SECONDS]]

#include <sqlite3.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "examples/arguments.h"
#include "oriel/app/monitor/client.h"
#include "oriel/core/monitor/document_figure.h"

namespace {

using namespace oriel::monitor;

using Database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Database open_database(const char* file) {
  sqlite3* raw = nullptr;
  const int result = sqlite3_open(file, &raw);
  Database database(raw, sqlite3_close);
  constexpr const char* kTable =
      "CREATE TABLE IF NOT EXISTS monitoring_data (id INTEGER PRIMARY KEY AUTOINCREMENT,"
      " timestamp DATETIME, server TEXT, cpu_usage REAL, ram_usage REAL, disk_usage REAL,"
      " gpu_usage REAL)";
  if (result != SQLITE_OK || sqlite3_exec(raw, kTable, nullptr, nullptr, nullptr) != SQLITE_OK)
    return {nullptr, sqlite3_close};
  return database;
}

Statement prepare(sqlite3& database, const char* text) {
  sqlite3_stmt* raw = nullptr;
  sqlite3_prepare_v2(&database, text, -1, &raw, nullptr);
  return {raw, sqlite3_finalize};
}

// What the server does not say is NULL.
void bind(sqlite3_stmt& statement, int column, std::optional<double> value) {
  value ? sqlite3_bind_double(&statement, column, *value) : sqlite3_bind_null(&statement, column);
}

bool save(sqlite3_stmt& insert, const std::string& server, const ServerMessage& message) {
  sqlite3_reset(&insert);
  sqlite3_bind_text(&insert, 1, message.timestamp.c_str(), -1, SQLITE_TRANSIENT);
  sqlite3_bind_text(&insert, 2, server.c_str(), -1, SQLITE_TRANSIENT);
  int column = 3;
  for (const char* component : {"processor", "memory", "disk", "gpu"})
    bind(insert, column++, document_figure(message.document, component, "usage_percent"));
  return sqlite3_step(&insert) == SQLITE_DONE;
}

void show_last(sqlite3& database) {
  const auto rows = prepare(database,
                            "SELECT timestamp, cpu_usage, ram_usage, disk_usage FROM"
                            " monitoring_data ORDER BY id DESC LIMIT 5");
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    std::printf("%s CPU %.1f%% RAM %.1f%% Disk %.1f%%\n",
                reinterpret_cast<const char*>(sqlite3_column_text(rows.get(), 0)),
                sqlite3_column_double(rows.get(), 1), sqlite3_column_double(rows.get(), 2),
                sqlite3_column_double(rows.get(), 3));
  }
}

}  // namespace

int main(int count, char** arguments) {
  const auto database = count < 2 ? Database(nullptr, sqlite3_close) : open_database(arguments[1]);
  if (!database) {
    std::fprintf(stderr, "Usage: monitor_database FILE [URI [SECONDS]]; FILE has to be writable\n");
    return 2;
  }
  const auto insert = prepare(*database,
                              "INSERT INTO monitoring_data (timestamp, server, cpu_usage,"
                              " ram_usage, disk_usage, gpu_usage) VALUES (?, ?, ?, ?, ?, ?)");
  ClientOptions options;
  options.uri = example::argument(count, arguments, 2, "ws://localhost:8765");
  options.max_reconnect_attempts = 3;
  int failures = 0;
  options.on_message = [&](const ServerMessage& message) {
    if (!save(*insert, options.uri, message)) ++failures;
  };
  Client client(options);
  if (auto started = client.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 2;
  }
  const auto ended = client.wait(example::seconds(example::argument(count, arguments, 3, "60")));
  client.stop();
  show_last(*database);
  return failures > 0 ? 30 : ended ? 0 : 10;
}
