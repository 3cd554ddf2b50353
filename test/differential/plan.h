// What a generated module has, decided before any of its code.
#ifndef WASMTIER_TEST_DIFFERENTIAL_PLAN_H_
#define WASMTIER_TEST_DIFFERENTIAL_PLAN_H_

#include <cstdint>
#include <string>
#include <vector>

namespace wasmtier::test {

// Types are letters, as in opcodes.def: i i32, l i64, f f32, d f64, v v128; r funcref, e externref.
struct Signature {
  std::string params;
  std::string results;
  bool operator==(const Signature&) const = default;
};

struct PlannedFunction {
  uint32_t type = 0;
  bool is_leaf = false;  // calls nothing
};

struct PlannedGlobal {
  char type = 'i';
  bool is_mutable = true;
};

// How often code does what may trap.
enum class Danger : uint8_t { kNever, kSeldom, kOften };

struct Plan {
  std::vector<Signature> types;
  std::vector<PlannedFunction> functions;  // imported ones first
  uint32_t imported_functions = 0;
  std::vector<PlannedGlobal> globals;  // the first is the fuel
  std::vector<bool> memories;          // true: indexed by i64
  std::vector<int32_t> table;          // function indices; -1: null
  Danger danger = Danger::kNever;
  bool vectors = false;  // whether there is anything of v128

  const Signature& TypeOf(uint32_t function) const { return types[functions[function].type]; }
  // The index of a type, which is added if it is not there yet.
  uint32_t TypeIndex(const Signature& signature) {
    for (uint32_t i = 0; i < types.size(); ++i) {
      if (types[i] == signature) return i;
    }
    types.push_back(signature);
    return static_cast<uint32_t>(types.size() - 1);
  }
};

inline constexpr uint32_t kFuelGlobal = 0;
inline constexpr int32_t kFuel = 200;
inline constexpr int32_t kTableSize = 12;
inline constexpr uint32_t kDataBytes = 64;  // of the one passive data segment

constexpr uint8_t TypeByte(char type) {
  switch (type) {
    case 'i':
      return 0x7f;
    case 'l':
      return 0x7e;
    case 'f':
      return 0x7d;
    case 'd':
      return 0x7c;
    case 'v':
      return 0x7b;
    case 'r':
      return 0x70;
    default:
      return 0x6f;
  }
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_DIFFERENTIAL_PLAN_H_
