#pragma once
// What is known of the hosts: the latest document of each, the last minutes of its figures, and how
// its connection is. Copyable, so that a paused view keeps its own. One owner.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oriel/app/monitor/tui/reading.h"
#include "oriel/app/monitor/tui/series.h"
#include "oriel/base/time.h"
#include "oriel/core/monitor/value.h"

namespace oriel::monitor::tui {

enum class Link { kConnecting, kConnected, kLost, kFailed };

// Figures with a history. GPUs have "gpu 0", "gpu 1", … beside them.
namespace figure {
inline constexpr std::string_view kCpu = "cpu", kMemory = "memory", kSwap = "swap",
                                  kReceived = "received", kSent = "sent", kRead = "read",
                                  kWrite = "write";
std::string gpu(std::size_t index);
}  // namespace figure

class HostModel {
 public:
  explicit HostModel(std::string label) : label_(std::move(label)) {}

  // The name that the host says, else what it was called by.
  const std::string& name() const { return reading_.hostname.empty() ? label_ : reading_.hostname; }
  const std::string& label() const { return label_; }

  Link link() const { return link_; }
  // For people: "connected", "no answer, again in 3 s".
  const std::string& link_words() const { return link_words_; }
  // What else is to be known of the link as it is, such as a certificate that nobody checks.
  const std::string& note() const { return note_; }

  bool has_document() const { return documents_ > 0; }
  const Reading& reading() const { return reading_; }
  std::optional<TimePoint> last_arrival() const { return last_arrival_; }

  // Empty when the figure never came. The last value is that of the latest document.
  std::span<const float> values(std::string_view figure) const;
  // Seconds between the host's times of the latest document and the one `samples` before it.
  std::optional<double> seconds_of_last(std::size_t samples) const;

  void show(const Value& message, TimePoint now);
  void set_link(Link link, std::string words);  // ends the note
  void set_note(std::string note) { note_ = std::move(note); }

 private:
  void add(std::string_view figure, std::optional<double> value);

  std::string label_;
  Link link_ = Link::kConnecting;
  std::string link_words_ = "connecting";
  std::string note_;
  Reading reading_;
  std::uint64_t documents_ = 0;
  std::optional<TimePoint> last_arrival_;
  Series times_;  // seconds since first_time_s_
  std::optional<double> first_time_s_;
  std::map<std::string, Series, std::less<>> series_;
};

struct Model {
  std::vector<HostModel> hosts;
  std::vector<AlertReading> fleet_alerts;  // of all hosts together
};

}  // namespace oriel::monitor::tui
