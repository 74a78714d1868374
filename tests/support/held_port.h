#pragma once
// A free TCP port of 127.0.0.1 for a program that cannot say which one it took.

namespace oriel::support {

// Bound and not listened on for as long as it lives: the kernel gives it to nobody, and a program
// that asks for exactly this port (with SO_REUSEADDR, as servers do) gets it.
class HeldPort {
 public:
  // Throws std::runtime_error.
  HeldPort();
  ~HeldPort();
  HeldPort(const HeldPort&) = delete;
  HeldPort& operator=(const HeldPort&) = delete;

  int number() const { return number_; }
  // Whether somebody listens on it by now.
  bool is_served() const;

 private:
  int fd_ = -1;
  int number_ = 0;
};

}  // namespace oriel::support
