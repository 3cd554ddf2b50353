// Numbers as tests write them, and what calls end in.
#ifndef WASMTIER_TEST_SUPPORT_NUMBER_H_
#define WASMTIER_TEST_SUPPORT_NUMBER_H_

#include <gmock/gmock.h>

#include <bit>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace wasmtier::test {

// A value: 'i' i32, 'l' i64, 'f' f32, 'd' f64, 'v' v128 (as in opcodes.def), 'e' externref, 'r'
// funcref. Compared by bits.
struct Number {
  char type = 'i';
  uint64_t bits = 0;
  uint64_t high = 0;  // the upper half of a v128
  bool operator==(const Number&) const = default;
};

inline Number I32(int64_t value) { return {'i', static_cast<uint32_t>(value)}; }
inline Number I64(int64_t value) { return {'l', static_cast<uint64_t>(value)}; }
inline Number F32(float value) { return {'f', std::bit_cast<uint32_t>(value)}; }
inline Number F64(double value) { return {'d', std::bit_cast<uint64_t>(value)}; }
inline Number V128(uint64_t low, uint64_t high) { return {'v', low, high}; }
// References: null, or any number that is not 0.
inline Number Extern(uint64_t value) { return {'e', value}; }
inline Number NullFunction() { return {'r', 0}; }

void PrintTo(const Number& number, std::ostream* stream);

// One function on the stack of a trap.
struct TrapFrame {
  uint32_t function = 0;
  std::string name;
  uint32_t offset = 0;  // in the module's bytes
};

struct Outcome {
  enum class Kind : uint8_t { kReturned, kTrapped, kRefused };
  Kind kind = Kind::kReturned;
  std::vector<Number> results;    // kReturned
  std::string message;            // the trap's, or why loading, linking or calling was refused
  std::vector<TrapFrame> frames;  // kTrapped, innermost first
};

void PrintTo(const Outcome& outcome, std::ostream* stream);

MATCHER_P(ReturnsAll, numbers, "returns " + testing::PrintToString(numbers)) {
  (void)result_listener;
  return arg.kind == Outcome::Kind::kReturned && arg.results == numbers;
}

template <typename... Numbers>
auto Returns(Numbers... numbers) {
  return ReturnsAll(std::vector<Number>{numbers...});
}

// Traps with a message that begins with `message`.
MATCHER_P(Traps, message, std::string("traps: ") + message) {
  (void)result_listener;
  return arg.kind == Outcome::Kind::kTrapped && arg.message.starts_with(message);
}

// Is refused (loading, linking, calling) with a message that contains `part`.
MATCHER_P(IsRefused, part, std::string("is refused: ") + part) {
  (void)result_listener;
  return arg.kind == Outcome::Kind::kRefused && arg.message.find(part) != std::string::npos;
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_SUPPORT_NUMBER_H_
