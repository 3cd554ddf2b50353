// The scripts of the WebAssembly spec test suite, as JSON (../shared/spec/README.md says what each
// command means).
#ifndef WASMTIER_TEST_SPEC_SCRIPT_H_
#define WASMTIER_TEST_SPEC_SCRIPT_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace wasmtier::spec {

// One lane of a number: its bits, or what a NaN result may look like.
struct Lane {
  enum class Pattern : uint8_t { kBits, kCanonicalNan, kArithmeticNan };
  Pattern pattern = Pattern::kBits;
  uint64_t bits = 0;
};

// An argument, or what a result must match.
struct Value {
  enum class Kind : uint8_t {
    kNumber,         // i32, i64, f32, f64, v128: `lanes`
    kNull,           // a null of `type`, or of any type ("refnull")
    kHostReference,  // host reference number `host`; as anyref if `type` says so
    kAnyReference,   // result only: any non-null reference of `type`
    kEither,         // result only: one of `alternatives`
  };
  Kind kind = Kind::kNumber;
  std::string type;
  uint32_t lane_bits = 0;
  std::vector<Lane> lanes;
  uint64_t host = 0;
  std::vector<Value> alternatives;
};

struct Action {
  bool is_get = false;  // reads a global; else calls a function
  std::optional<std::string> module;
  std::string field;
  std::vector<Value> args;
};

struct Command {
  std::string type;
  int line = 0;
  std::optional<std::string> name;
  std::optional<std::string> filename;
  std::optional<std::string> as;
  std::optional<std::string> instance;
  std::optional<std::string> module;
  std::string module_type;
  std::string text;
  std::optional<Action> action;
  std::vector<Value> expected;
};

struct Script {
  std::string name;  // "core/address"
  std::filesystem::path folder;
  std::vector<Command> commands;
};

// Parses the text of a script whose modules lie in `folder`.
absl::StatusOr<Script> ParseScript(std::string_view json, std::string name,
                                   std::filesystem::path folder);

// "i32 5", "f32 nan:canonical", "externref 3", for messages.
std::string ToString(const Value& value);

}  // namespace wasmtier::spec

#endif  // WASMTIER_TEST_SPEC_SCRIPT_H_
