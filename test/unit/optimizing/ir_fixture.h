// Runs what the optimizer makes of modules in the text format, beside the interpreter, without the
// engine in between: machine code is called as a C function, all functions of the module in one
// unit. Traps come back through thunks of the test.
#ifndef WASMTIER_TEST_UNIT_OPTIMIZING_IR_FIXTURE_H_
#define WASMTIER_TEST_UNIT_OPTIMIZING_IR_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "profiler/feedback.h"
#include "runtime/call_convention.h"
#include "runtime/code_space.h"
#include "runtime/instance.h"
#include "runtime/store.h"
#include "test/support/number.h"
#include "test/support/world.h"
#include "tiers/optimizing/optimizer.h"
#include "tiers/semantics/vector.h"

namespace wasmtier::test {

// A function of all bytes of memory 0.
inline constexpr char kChecksum[] = R"(
  (func (export "checksum") (result i64)
    (local $i i32) (local $s i64)
    (loop $l
      (local.set $s (i64.add (i64.mul (local.get $s) (i64.const 31))
                             (i64.load8_u (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $l (i32.lt_u (local.get $i) (i32.mul (memory.size) (i32.const 65536)))))
    (local.get $s)))";

class IrTest : public testing::Test {
 protected:
  IrTest();
  ~IrTest() override;

  // Loads and instantiates for both ways to run.
  void Load(std::string_view text,
            runtime::MemoryStrategy strategy = runtime::MemoryStrategy::kReserved);

  // Calls an export of the loaded module as machine code, compiled at its first call.
  Outcome Compiled(std::string_view function, const std::vector<Number>& args = {});
  // Enters a loop's OSR body with these slots, as the interpreter would leave them.
  Outcome FromLoop(std::string_view function, uint32_t loop, std::vector<uint64_t> slots);
  Outcome Interpreted(std::string_view function, const std::vector<Number>& args = {});
  // Both, which must end in the same way and leave the same exported globals "g" and "h", and the
  // same memory, if the module exports a function "checksum" of it (kChecksum).
  void ExpectSame(std::string_view function, const std::vector<Number>& args = {});

  // Of an export; `kind`: before or after LLVM's passes, or assembly.
  std::string Dump(std::string_view function, optimizing::DumpKind kind);
  std::string DumpLoop(std::string_view function, uint32_t loop, optimizing::DumpKind kind);

  // Of an export.
  std::vector<optimizing::LoopReport> Loops(std::string_view function);

  uint32_t FindFunction(std::string_view name) const;
  // Makes the optimizer believe that the baseline's code of an export has counted this; zeroed.
  profiler::FunctionFeedback* FeedbackOf(std::string_view function, uint32_t call_sites,
                                         uint32_t loops, uint32_t branches);

  runtime::Instance& instance() { return *instance_; }
  optimizing::Options options_;
  // Of modules that are loaded from now on.
  void SetRelaxedSimd(runtime::RelaxedSimd relaxed);
  // Whether memory is compared after traps.
  bool compare_memory_after_traps_ = false;

 private:
  struct State;
  optimizing::Request RequestFor(uint32_t function) const;
  // What the argument registers hold.
  struct Registers {
    uint64_t integers[runtime::kIntegerArgumentRegisters] = {};
    semantics::V128 floats[runtime::kFloatArgumentRegisters] = {};
  };
  Outcome Finish(const runtime::FuncType& type, const void* code, const Registers& registers);
  void CompareGlobal(std::string_view name);

  std::unique_ptr<State> state_;
  runtime::Instance* instance_ = nullptr;
};

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_OPTIMIZING_IR_FIXTURE_H_
