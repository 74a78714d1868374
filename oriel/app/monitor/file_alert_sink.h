#pragma once
// Alerts in a file: lines of text, or JSON Lines. At kAlertFileBytesMax it becomes FILE.1, that one
// FILE.2, and so on; kAlertFilesKept are kept.

#include <string>

#include "oriel/app/monitor/alert_sink.h"

namespace oriel::monitor {

enum class AlertFileFormat { kText, kJson };

// Whether alerts can be written to this file, which is made if it is not there.
Status check_alert_file(const std::string& path);

class FileAlertSink : public AlertSink {
 public:
  // Opened for each notice, so that it may be moved or removed by others at any time.
  FileAlertSink(std::string path, AlertFileFormat format, std::size_t bytes_max)
      : path_(std::move(path)), format_(format), bytes_max_(bytes_max) {}

  Status deliver(const AlertNotice& notice) override;
  void interrupt() override {}  // a write to a regular file ends by itself

 private:
  Status rotate() const;

  std::string path_;
  AlertFileFormat format_;
  std::size_t bytes_max_;
};

}  // namespace oriel::monitor
