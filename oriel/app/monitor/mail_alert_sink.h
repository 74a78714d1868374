#pragma once
// Alerts as mails, one for each.

#include <cstdint>

#include "oriel/app/monitor/alert_sink.h"
#include "oriel/app/monitor/transfer.h"

namespace oriel::monitor {

class MailAlertSink : public AlertSink {
 public:
  // `mail` has all but the text.
  explicit MailAlertSink(MailTransfer mail) : mail_(std::move(mail)) {}

  Status deliver(const AlertNotice& notice) override;
  void interrupt() override { transfer_.interrupt(); }

 private:
  MailTransfer mail_;
  Transfer transfer_;
};

}  // namespace oriel::monitor
