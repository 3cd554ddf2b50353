// Whether a result is one that a script allows.
#ifndef WASMTIER_TEST_SPEC_MATCH_H_
#define WASMTIER_TEST_SPEC_MATCH_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "test/spec/script.h"

namespace wasmtier::spec {

// A result as the engine gave it, free of the engine's types.
struct Actual {
  std::string type;  // "i32" ... "v128", "funcref", "externref"
  std::array<uint64_t, 2> bits{};
  bool is_null = false;               // references
  std::optional<uint64_t> host = {};  // the number of a host reference
};

bool Matches(const Value& expected, const Actual& actual);

// "i32 5", "funcref null", for messages.
std::string ToString(const Actual& actual);

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_MATCH_H_
