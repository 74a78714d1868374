// Web hooks and mails of alerts, as a web server and a mail server get them.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>
#include <mutex>
#include <sstream>

#include "oriel/app/monitor/alert_dispatcher.h"
#include "oriel/app/monitor/alert_limits.h"
#include "oriel/testing/temporary_folder.h"
#include "tests/support/child_process.h"
#include "tests/support/oriel_server.h"
#include "tests/support/wait_until.h"

namespace oriel::monitor {
namespace {

using support::wait_until;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// tests/support/alert_receiver.py.
class Receiver {
 public:
  explicit Receiver(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"python3", ORIEL_ALERT_RECEIVER});
    process_.emplace(support::Command{arguments, {}});
    EXPECT_TRUE(wait_until([&] { return process_->output().find('\n') != std::string::npos; }))
        << process_->output();
  }

  int port() const {
    int port = 0;
    std::sscanf(process_->output().c_str(), "port %d", &port);
    return port;
  }

  // What it has said so far.
  std::vector<boost::json::value> got() const {
    std::istringstream lines(process_->output());
    std::vector<boost::json::value> documents;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      boost::system::error_code error;
      auto document = boost::json::parse(line, error);
      if (!error) documents.push_back(std::move(document));
    }
    return documents;
  }
  bool wait_for(std::size_t count) const {
    return wait_until([&] { return got().size() >= count; });
  }

 private:
  std::optional<support::ChildProcess> process_;
};

class Log {
 public:
  observe::Logger logger() {
    return observe::Logger(observe::make_callback_sink(
        observe::LogLevel::kDebug, observe::LogFormat::kText, [this](std::string line) {
          const std::lock_guard lock(mutex_);
          text_ += line + "\n";
        }));
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  bool wait_for(std::string_view text_part) {
    return wait_until([&] { return text().find(text_part) != std::string::npos; });
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

AlertRules::Event hot_gpu() {
  Alert alert;
  alert.since = {1795182471'991384, 3600};
  alert.component = "gpu";
  alert.metric = "temperature";
  alert.value = 95.5;
  alert.threshold = 90;
  alert.level = AlertLevel::kCritical;
  alert.what = "GPU temperature";
  alert.unit = "°C";
  return {alert, {AlertLevel::kNone, AlertLevel::kCritical, true}};
}

AlertRules::Event cool_gpu() {
  auto event = hot_gpu();
  event.alert.value = 70;
  event.change = {AlertLevel::kCritical, AlertLevel::kNone, true};
  return event;
}

std::unique_ptr<AlertDispatcher> make(const config::AlertSettings& settings, Log& log) {
  auto made = AlertDispatcher::make(settings, "build7", log.logger());
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*made);
}

config::AlertSettings with_webhook(const Receiver& receiver, const std::string& scheme = "http") {
  config::AlertSettings settings;
  settings.webhook = fmt::format("{}://localhost:{}/hook?x=1", scheme, receiver.port());
  return settings;
}

config::AlertSettings with_mail(const Receiver& receiver, const std::string& scheme = "smtp") {
  config::AlertSettings settings;
  settings.email_server = fmt::format("{}://localhost:{}", scheme, receiver.port());
  settings.email_from = "oriel@example.org";
  settings.email_to = "a@example.org,b@example.org";
  return settings;
}

// A key and a certificate for localhost in one file, and the certificate alone.
struct Certificate {
  Certificate() {
    support::run(
        {{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
          "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
          "subjectAltName=DNS:localhost", "-keyout", folder.path("key"), "-out", ca()},
         {}});
    support::run({{"sh", "-c", fmt::format("cat {0}/key {0}/ca > {0}/pair", folder.path())}, {}});
  }
  std::string pair() const { return folder.path("pair"); }
  std::string ca() const { return folder.path("ca"); }

  testing::TemporaryFolder folder;
};

TEST(AlertWebHook, PostsTheMembersOfTheRealServer) {
  const Receiver receiver({"http"});
  auto settings = with_webhook(receiver);
  settings.webhook_header = config::Secret("Authorization: Bearer hidden");
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  dispatcher->dispatch(cool_gpu());
  ASSERT_TRUE(receiver.wait_for(2));
  const auto first = receiver.got()[0], second = receiver.got()[1];
  EXPECT_EQ(boost::json::serialize(first.at("body")),
            "{\"timestamp\":\"2026-11-20T13:47:51.991384+00:00\",\"level\":\"CRITICAL\","
            "\"component\":\"gpu\",\"metric\":\"temperature\",\"value\":9.55E1,\"threshold\":9E1,"
            "\"message\":\"Critical GPU temperature: 95.5°C (threshold: 90.0°C)\","
            "\"host\":\"build7\",\"ended\":false}");
  EXPECT_EQ(first.at("path"), "/hook?x=1");
  EXPECT_EQ(first.at("headers").at("Content-Type"), "application/json");
  EXPECT_EQ(first.at("headers").at("Authorization"), "Bearer hidden");
  EXPECT_EQ(std::string(first.at("headers").at("User-Agent").as_string()).find("Oriel/"), 0U);
  EXPECT_EQ(second.at("body").at("ended"), true);
  EXPECT_EQ(second.at("body").at("message"), "Over: GPU temperature 70.0°C (was CRITICAL)");
  dispatcher.reset();
  EXPECT_THAT(log.text(), Not(HasSubstr("hidden")));
  EXPECT_THAT(log.text(), Not(HasSubstr("could not")));
}

TEST(AlertWebHook, HearsOfTheHostFromTheProgramWhileNobodyListens) {
  const Receiver receiver({"http"});
  const support::ChildProcess program(
      {{support::oriel_program(), "monitor", "--serve", "127.0.0.1:0", "--alert-rules",
        "memory > 0.01, cooldown 1h", "--alert-webhook", with_webhook(receiver).webhook},
       {{"XDG_CONFIG_HOME", "/nonexistent"}}});
  ASSERT_TRUE(receiver.wait_for(1)) << program.output();
  const auto body = receiver.got()[0].at("body");
  EXPECT_EQ(body.at("component"), "memory");
  EXPECT_EQ(body.at("level"), "WARNING");
  EXPECT_EQ(body.at("host"), boost::json::string(host_name()));
}

TEST(AlertWebHook, TriesAgainAfterAServerErrorButNotWhenItIsNotWanted) {
  const Receiver receiver({"http", "--status", "503,200,404,204"});
  Log log;
  auto dispatcher = make(with_webhook(receiver), log);
  dispatcher->dispatch(hot_gpu());
  ASSERT_TRUE(receiver.wait_for(2)) << log.text();
  dispatcher->dispatch(cool_gpu());  // 404
  dispatcher->dispatch(hot_gpu());   // 204
  ASSERT_TRUE(receiver.wait_for(4)) << log.text();
  dispatcher.reset();
  EXPECT_THAT(receiver.got(), SizeIs(4));
  EXPECT_EQ(receiver.got()[0].at("body"), receiver.got()[1].at("body"));
  EXPECT_EQ(receiver.got()[2].at("body").at("ended"), true);
  EXPECT_THAT(log.text(), HasSubstr("the answer was HTTP 503, expected 200 to 299"));
  EXPECT_THAT(log.text(), HasSubstr("HTTP 404"));
}

TEST(AlertWebHook, FollowsNoRedirect) {
  const Receiver other({"http"});
  const Receiver receiver(
      {"http", "--status", "307", "--location", fmt::format("http://localhost:{}/", other.port())});
  Log log;
  auto dispatcher = make(with_webhook(receiver), log);
  dispatcher->dispatch(hot_gpu());
  EXPECT_TRUE(log.wait_for("HTTP 307, expected 200 to 299; redirects are not followed"));
  dispatcher.reset();
  EXPECT_THAT(other.got(), IsEmpty());
}

TEST(AlertWebHook, ChecksTheCertificateOfHttps) {
  const Certificate certificate;
  const Receiver receiver({"http", "--cert", certificate.pair()});
  auto settings = with_webhook(receiver, "https");
  {
    Log log;
    auto dispatcher = make(settings, log);
    dispatcher->dispatch(hot_gpu());
    EXPECT_TRUE(log.wait_for("the certificate is not trusted")) << log.text();
  }
  EXPECT_THAT(receiver.got(), IsEmpty());
  settings.ca_file = certificate.ca();
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  EXPECT_TRUE(receiver.wait_for(1)) << log.text();
}

TEST(AlertWebHook, ThatHangsDisturbsNobodyAndEndsInTime) {
  const Receiver hanging({"http", "--hang"}), mail({"smtp"});
  const testing::TemporaryFolder folder;
  auto settings = with_mail(mail);
  settings.email_tls = false;
  settings.webhook = with_webhook(hanging).webhook;
  settings.file = folder.path("alerts");
  Log log;
  auto dispatcher = make(settings, log);
  const auto start = std::chrono::steady_clock::now();
  dispatcher->dispatch(hot_gpu());
  for (int i = 0; i < 100; ++i) dispatcher->dispatch(cool_gpu(), "other");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
  EXPECT_TRUE(hanging.wait_for(1));
  EXPECT_TRUE(mail.wait_for(1)) << log.text();
  EXPECT_TRUE(wait_until([&] { return std::filesystem::exists(settings.file); }));
  const auto end = std::chrono::steady_clock::now();
  dispatcher.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - end, kAlertFarewell + std::chrono::seconds(3));
}

TEST(AlertMail, GoesByStartTlsWithALogIn) {
  const Certificate certificate;
  const Receiver receiver(
      {"smtp", "--starttls", "--cert", certificate.pair(), "--password", "hidden"});
  auto settings = with_mail(receiver);
  settings.ca_file = certificate.ca();
  settings.email_user = "oriel";
  settings.email_password = config::Secret("hidden");
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  ASSERT_TRUE(receiver.wait_for(1)) << log.text();
  const auto mail = receiver.got()[0];
  EXPECT_EQ(mail.at("tls"), true);
  EXPECT_EQ(mail.at("user"), "oriel");
  EXPECT_EQ(mail.at("from"), "FROM:<oriel@example.org>");
  EXPECT_EQ(boost::json::serialize(mail.at("to")),
            "[\"TO:<a@example.org>\",\"TO:<b@example.org>\"]");
  const std::string text(mail.at("text").as_string());
  EXPECT_THAT(text, HasSubstr("\nFrom: oriel@example.org\nTo: a@example.org,\n b@example.org\n"));
  EXPECT_THAT(text, HasSubstr("\nSubject: =?UTF-8?B?"));
  EXPECT_THAT(text, HasSubstr("charset=utf-8"));
  EXPECT_THAT(text, HasSubstr("Critical GPU temperature: 95.5=C2=B0C (threshold: 90.0=C2=B0C)"));
  EXPECT_THAT(log.text(), Not(HasSubstr("hidden")));
}

TEST(AlertMail, GoesBySmtps) {
  const Certificate certificate;
  const Receiver receiver({"smtp", "--implicit-tls", "--cert", certificate.pair()});
  auto settings = with_mail(receiver, "smtps");
  settings.ca_file = certificate.ca();
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  ASSERT_TRUE(receiver.wait_for(1)) << log.text();
  EXPECT_EQ(receiver.got()[0].at("tls"), true);
}

TEST(AlertMail, IsNotSentWithoutTlsUnlessAskedFor) {
  const Receiver receiver({"smtp"});
  auto settings = with_mail(receiver);
  {
    Log log;
    auto dispatcher = make(settings, log);
    dispatcher->dispatch(hot_gpu());
    EXPECT_TRUE(log.wait_for("the mail server does not offer STARTTLS")) << log.text();
  }
  EXPECT_THAT(receiver.got(), IsEmpty());
  settings.email_tls = false;
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  EXPECT_TRUE(receiver.wait_for(1)) << log.text();
}

TEST(AlertMail, IsNotSentToAServerThatIsNotTrustedOrRefusesThePassword) {
  const Certificate certificate;
  const Receiver receiver(
      {"smtp", "--starttls", "--cert", certificate.pair(), "--password", "other"});
  auto settings = with_mail(receiver);
  settings.email_user = "oriel";
  settings.email_password = config::Secret("hidden");
  {
    Log log;
    auto dispatcher = make(settings, log);
    dispatcher->dispatch(hot_gpu());
    EXPECT_TRUE(log.wait_for("the certificate is not trusted")) << log.text();
  }
  settings.ca_file = certificate.ca();
  Log log;
  auto dispatcher = make(settings, log);
  dispatcher->dispatch(hot_gpu());
  EXPECT_TRUE(log.wait_for("the mail server refused user or password")) << log.text();
  EXPECT_THAT(receiver.got(), IsEmpty());
  EXPECT_THAT(log.text(), Not(HasSubstr("hidden")));
}

}  // namespace
}  // namespace oriel::monitor
