#pragma once
// A server for one client that shows it pictures, one for each request, as an encoder of ours
// makes them. It knows of RFB what a client needs that only looks; the product's server is not in
// it, so that encoders can be tried in formats and sizes that no desktop has.

#include <thread>
#include <vector>

#include "oriel/core/codec/encoding_table.h"
#include "oriel/core/image/frame.h"

namespace oriel::interop {

// Runs a thread of its own, which ends with the client.
class PictureServer {
 public:
  // `pictures`: at least one, all of one size; they outlive this. They are sent in the format that
  // the client asks for.
  PictureServer(const codec::Encoding& encoding, const std::vector<image::Frame>& pictures);
  ~PictureServer();
  PictureServer(const PictureServer&) = delete;
  PictureServer& operator=(const PictureServer&) = delete;

  int port() const { return port_; }

 private:
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace oriel::interop
