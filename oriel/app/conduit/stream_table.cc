#include "oriel/app/conduit/stream_table.h"

namespace oriel::conduit {

Value StreamDescription::to_value() const {
  Map map{{"name", name},
          {"direction", direction == StreamDirection::kOut ? "out" : "in"},
          {"element", element ? schema_value(element->schema) : Value(Map())}};
  if (!role.empty()) map.append("role", role);
  return map;
}

void StreamTable::add(StreamDescription stream) {
  std::lock_guard lock(mutex_);
  std::pair key{stream.name, stream.direction};
  streams_.insert_or_assign(std::move(key), std::move(stream));
  ++version_;
}

void StreamTable::remove(const std::string& name, StreamDirection direction) {
  std::lock_guard lock(mutex_);
  if (streams_.erase({name, direction}) > 0) ++version_;
}

StreamTable::Listing StreamTable::list() const {
  std::lock_guard lock(mutex_);
  Listing listing{.version = version_};
  for (const auto& [key, stream] : streams_) listing.rows.push_back(stream.to_value());
  return listing;
}

std::uint64_t StreamTable::version() const {
  std::lock_guard lock(mutex_);
  return version_;
}

}  // namespace oriel::conduit
