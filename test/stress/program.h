// A module that does a bit of everything, with results that are known.
#ifndef WASMTIER_TEST_STRESS_PROGRAM_H_
#define WASMTIER_TEST_STRESS_PROGRAM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "test/support/modes.h"
#include "test/support/number.h"
#include "test/support/wat.h"

namespace wasmtier::test {

inline constexpr int kFunctions = 60;

// "run" (i32 n): calls each of kFunctions functions, directly and through the table, sums in a loop
// that is worth replacing, calls the host ("env" "add") and returns RunResult(n). "trap" (i32)
// traps 5 frames deep: out of bounds for 0, unreachable for 1, division by zero for 2. "exhaust"
// recurses for ever. `salt` makes modules that share no code.
inline std::string ProgramText(int salt) {
  std::string text = R"((module
    (import "env" "add" (func $add (param i32 i32) (result i32)))
    (type $unary (func (param i32) (result i32)))
    (memory (export "memory") 1)
    (table 60 funcref) (elem (i32.const 0)FUNCTIONS)
    (func $sum (param $n i32) (result i32) (local $s i32)
      (block $done (loop $next
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $s (i32.add (local.get $s) (local.get $n)))
        (i32.store (i32.const 16) (local.get $s))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $next)))
      (i32.load (i32.const 16)))
    (func (export "run") (param $n i32) (result i32) (local $i i32) (local $s i32)
      (loop $next
        (local.set $s (i32.add (local.get $s)
          (call_indirect (type $unary) (local.get $i) (local.get $i))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 60))))
      (local.set $s (call $add (local.get $s) (call $sum (local.get $n))))
      (call $f59 (local.get $s)))
    (func $trap (export "trap") (param i32) (param $depth i32)
      (if (local.get $depth)
        (then (call $trap (local.get 0) (i32.sub (local.get $depth) (i32.const 1))) (return)))
      (block (block (block (br_table 0 1 2 (local.get 0)))
        (drop (i32.load offset=65533 (local.get 0))))
        (unreachable))
      (drop (i32.div_u (i32.const 1) (i32.sub (local.get 0) (i32.const 2)))))
    (func $exhaust (export "exhaust") (result i32) (i32.add (i32.const 1) (call $exhaust)))
    (func $f0 (param i32) (result i32)
      (i32.sub (i32.add (local.get 0) (i32.const SALT)) (i32.const SALT)))
  )";
  std::string names;
  for (int i = 0; i < kFunctions; ++i) names += " $f" + std::to_string(i);
  text.replace(text.find("FUNCTIONS"), 9, names);
  for (size_t at; (at = text.find("SALT")) != std::string::npos;) {
    text.replace(at, 4, std::to_string(salt));
  }
  // Each calls the one before it and adds nothing in the end.
  for (int i = 1; i < kFunctions; ++i) {
    const std::string own = std::to_string(i + salt);
    text += "(func $f" + std::to_string(i) + " (param i32) (result i32) (local f64 i64) " +
            "(local.set 1 (f64.mul (f64.convert_i32_s (local.get 0)) (f64.const 0.5)))" +
            "(i32.sub (i32.add (call $f" + std::to_string(i - 1) + " (local.get 0)) (i32.const " +
            own + ")) (i32.const " + own + ")))\n";
  }
  return text + ")";
}

// f(i) is i: 0 + 1 + ... + 59, and 1 + ... + n.
inline Number RunResult(int n) { return I32(kFunctions * (kFunctions - 1) / 2 + n * (n + 1) / 2); }

// A small module: "run" (i32 n) returns LoopResult(salt, n); two hot loops, one of them in a
// function that is called often. Its names are not those of ProgramText.
inline std::string LoopText(int salt) {
  std::string text = R"((module (memory 1)
    (func $mix (param i32 i32) (result i32)
      (i32.xor (i32.rotl (local.get 0) (i32.const 7)) (i32.mul (local.get 1) (i32.const SALT))))
    (func $sum (param $n i32) (result i32) (local $s i32)
      (loop $l
        (i32.store (i32.and (local.get $n) (i32.const 0xfffc)) (local.get $s))
        (local.set $s (call $mix (local.get $s) (local.get $n)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
      (local.get $s))
    (func (export "run") (param $n i32) (result i32) (local $i i32) (local $s i32)
      (loop $l
        (local.set $s (i32.add (local.get $s) (call $sum (i32.const 20))))
        (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                            (local.get $n))))
      (local.get $s))))";
  return text.replace(text.find("SALT"), 4, std::to_string(2 * salt + 3));
}

inline uint32_t LoopResult(int salt, uint32_t n) {
  uint32_t sum = 0;
  for (uint32_t i = 20; i > 0; --i) {
    sum = (sum << 7 | sum >> 25) ^ (i * static_cast<uint32_t>(2 * salt + 3));
  }
  return sum * n;
}

// All modes, and the one that is different in each run: threads of their own optimize what is hot,
// at once, while the program runs.
inline std::vector<Mode> ModesAndBackground() {
  std::vector<Mode> modes = Modes();
  for (const Mode& mode : Modes()) {
    if (mode.name != "auto_optimizing") continue;
    Mode background = mode;
    background.name = "background_optimizing";
    background.config.compile_threads = 2;
    modes.push_back(background);
    break;
  }
  return modes;
}

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_STRESS_PROGRAM_H_
