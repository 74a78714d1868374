#include "oriel/app/conduit/server_totals.h"

namespace oriel::conduit {

void add_to(ConnectionStats& sum, const ConnectionStats& one) {
  sum.session.frames_in += one.session.frames_in;
  sum.session.frames_out += one.session.frames_out;
  sum.session.pings_sent += one.session.pings_sent;
  sum.session.pongs_received += one.session.pongs_received;
  sum.session.pings_received += one.session.pings_received;
  sum.session.pauses_sent += one.session.pauses_sent;
  sum.session.resumes_sent += one.session.resumes_sent;
  sum.session.pauses_received += one.session.pauses_received;
  sum.session.resumes_received += one.session.resumes_received;
  sum.session.messages_dropped += one.session.messages_dropped;
  sum.bytes_in += one.bytes_in;
  sum.bytes_out += one.bytes_out;
  sum.calls_made += one.calls_made;
  sum.calls_answered += one.calls_answered;
  sum.calls_timed_out += one.calls_timed_out;
  sum.replies_unexpected += one.replies_unexpected;
  sum.messages_in += one.messages_in;
  sum.messages_out += one.messages_out;
}

}  // namespace oriel::conduit
