#include "oriel/app/api/control_document.h"

namespace oriel::api {

boost::json::object control_document(const ControlInfo& control) {
  boost::json::object document{{"policy", control.is_single ? "single" : "shared"},
                               {"owner", nullptr},
                               {"owner_tag", nullptr},
                               {"owner_peer", nullptr}};
  if (control.owner == 0) return document;
  document["owner"] = control.owner;
  if (!control.owner_tag.empty()) document["owner_tag"] = control.owner_tag;
  document["owner_peer"] = control.owner_peer;
  return document;
}

}  // namespace oriel::api
