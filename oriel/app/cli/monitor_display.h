#pragma once
// Where the messages of all servers go: to standard output in the chosen format, and to the file of
// --save-data. One owner.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/cli/line_output.h"
#include "oriel/app/cli/monitor_options.h"
#include "oriel/app/monitor/client_statistics.h"
#include "oriel/app/monitor/formatter.h"
#include "oriel/app/monitor/save_file.h"
#include "oriel/core/monitor/alert.h"
#include "oriel/core/monitor/snapshot.h"
#include "oriel/core/monitor/value.h"

namespace oriel::cli {

struct MonitorDisplayOptions {
  const MonitorOptions& flags;      // lent for the construction
  std::vector<std::string> labels;  // of the servers; one is not shown
  bool is_terminal = false;         // standard output is one
  bool has_color = false;
};

class MonitorDisplay {
 public:
  explicit MonitorDisplay(MonitorDisplayOptions options,
                          std::optional<monitor::SaveFile> save_file);

  // A message of the server of that number, whatever its type. Errors are those of standard output.
  Status show(std::size_t host, const monitor::Value& message);
  // To the file of --save-data, if there is one.
  void save(std::size_t host, const monitor::Value& message);
  Status show_fleet_alert(const monitor::AlertRules::Event& event, monitor::WallTime time);
  Status show_statistics(std::size_t host, const monitor::ClientStatistics& statistics);

  // What went wrong with --save-data since it was asked last; each trouble once.
  std::optional<Error> take_save_error();
  const std::optional<monitor::SaveFile>& save_file() const { return save_file_; }

 private:
  std::string text_of(const monitor::Formatter& formatter, std::size_t host,
                      const monitor::Value& message) const;
  std::string with_label(std::size_t host, std::string_view text) const;
  monitor::Value with_host(std::size_t host, const monitor::Value& message) const;

  std::vector<std::string> labels_;
  std::size_t label_width_ = 0;
  bool is_json_;
  bool has_color_;
  bool saves_formatted_;
  std::unique_ptr<monitor::Formatter> formatter_;
  std::unique_ptr<monitor::Formatter> plain_;  // for the file
  LineOutput output_;
  std::optional<monitor::SaveFile> save_file_;
  std::optional<Error> save_error_;
};

}  // namespace oriel::cli
