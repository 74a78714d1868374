#pragma once

#include <cstddef>
#include <cstdint>

// ORIEL_FUZZER(name, bytes, size) { ... } is the entry of name_fuzzer.cc: with ORIEL_FUZZ
// libFuzzer's, in a program of its own; else one of those that the program fuzz_replay knows.

namespace oriel::fuzz {

using Entry = int (*)(const std::uint8_t* bytes, std::size_t size);

// Called before main. Gives true.
bool add_fuzzer(const char* name, Entry entry);

}  // namespace oriel::fuzz

#ifdef ORIEL_FUZZ
#define ORIEL_FUZZER(name, bytes, size) \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
#else
#define ORIEL_FUZZER(name, bytes, size)                                            \
  static int fuzz_##name(const std::uint8_t* bytes, std::size_t size);             \
  static const bool is_known_##name = oriel::fuzz::add_fuzzer(#name, fuzz_##name); \
  static int fuzz_##name(const std::uint8_t* bytes, std::size_t size)
#endif
