#pragma once
// What others can know of the streams of a server or a client: `describe` tells it. Any thread.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "oriel/core/conduit/parameters.h"
#include "oriel/core/conduit/value.h"

namespace oriel::conduit {

enum class StreamDirection {
  kOut,  // peers subscribe to it
  kIn,   // peers make it and send
};

struct StreamDescription {
  std::string name;
  StreamDirection direction = StreamDirection::kOut;
  std::optional<ResultDescription> element;  // what its values are; nothing: not said
  std::string role = {};                     // that peers need; empty: none

  // {name, direction: "out" or "in", element: schema [, role]}
  Value to_value() const;
};

class StreamTable {
 public:
  void add(StreamDescription stream);
  void remove(const std::string& name, StreamDirection direction);

  struct Listing {
    std::uint64_t version = 0;  // another one after each change
    Array rows;                 // by name
  };
  Listing list() const;
  std::uint64_t version() const;

 private:
  mutable std::mutex mutex_;  // guards the next ones
  std::uint64_t version_ = 0;
  std::map<std::pair<std::string, StreamDirection>, StreamDescription> streams_;
};
using StreamTablePointer = std::shared_ptr<StreamTable>;

}  // namespace oriel::conduit
