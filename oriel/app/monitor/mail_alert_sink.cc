#include "oriel/app/monitor/mail_alert_sink.h"

#include <fmt/format.h>

#include <random>

#include "oriel/app/monitor/mail_text.h"

namespace oriel::monitor {

Status MailAlertSink::deliver(const AlertNotice& notice) {
  std::random_device random;
  const auto now = wall_now();
  mail_.text =
      write_mail({.from = mail_.from,
                  .to = mail_.to,
                  .subject = notice_subject(notice),
                  .body = notice_body(notice),
                  .time = now,
                  .id = fmt::format("{:x}.{:08x}{:08x}", now.microseconds, random(), random())});
  return transfer_.send(mail_);
}

}  // namespace oriel::monitor
