#pragma once
// One object of the application, kept by a server or a connection for its handlers.

#include <memory>
#include <mutex>
#include <typeindex>
#include <typeinfo>
#include <utility>

#include "oriel/base/check.h"

namespace oriel::conduit {

// Any thread; what the object itself needs in locks is the application's business.
class UserData {
 public:
  template <typename T>
  void set(std::shared_ptr<T> object) {
    std::lock_guard lock(mutex_);
    type_ = typeid(T);
    object_ = std::move(object);
  }

  // Null when there is none, or one of another type.
  template <typename T>
  std::shared_ptr<T> find() const {
    std::lock_guard lock(mutex_);
    return type_ == typeid(T) ? std::static_pointer_cast<T>(object_) : nullptr;
  }

  // Asking for a type that was never set is a mistake of the program. Valid until set() is called
  // again or the owner ends.
  template <typename T>
  T& get() const {
    const auto object = find<T>();
    ORIEL_CHECK(object != nullptr);
    return *object;
  }

 private:
  mutable std::mutex mutex_;
  std::type_index type_ = typeid(void);
  std::shared_ptr<void> object_;
};

}  // namespace oriel::conduit
