#pragma once
// Alerts as JSON by HTTP POST.

#include "oriel/app/monitor/alert_sink.h"
#include "oriel/app/monitor/transfer.h"

namespace oriel::monitor {

class WebhookAlertSink : public AlertSink {
 public:
  // `request` has all but the body.
  explicit WebhookAlertSink(HttpPost request) : request_(std::move(request)) {}

  Status deliver(const AlertNotice& notice) override {
    request_.body = to_json(notice_document(notice));
    return transfer_.post(request_);
  }
  void interrupt() override { transfer_.interrupt(); }

 private:
  HttpPost request_;
  Transfer transfer_;
};

}  // namespace oriel::monitor
