// Compiles functions before they are called, or at a loop, and compares what they compute with what
// the interpreter makes of the same.
#ifndef WASMTIER_TEST_UNIT_BASELINE_COMPILER_FIXTURE_H_
#define WASMTIER_TEST_UNIT_BASELINE_COMPILER_FIXTURE_H_

#include <cstdint>
#include <string_view>

#include "test/unit/baseline/tier_fixture.h"
#include "tiers/baseline/baseline.h"

namespace wasmtier::test {

using runtime::CompiledCode;

class CompilerTest : public TierTest {
 protected:
  CompilerTest() : TierTest(4 << 20, 4 << 20) {}

  bool CompileAtFirstCall(ModuleCode& code, uint32_t function) override {
    return compiles_ && CompileAndPublish(code, function) != nullptr;
  }
  const void* ResolveCall(ModuleCode& code, uint32_t function) override {
    const CompiledCode* const compiled = compiles_ ? CompileAndPublish(code, function) : nullptr;
    return compiled != nullptr ? compiled->begin : TierTest::ResolveCall(code, function);
  }
  int32_t FirstCountdown(uint32_t) override { return countdown_; }
  int32_t OnHot(ModuleCode& code, uint32_t function, runtime::HotReason) override {
    if (code.FindCompiled(function) == nullptr) CompileAndPublish(code, function);
    return countdown_;
  }
  const void* FindOsrEntry(ModuleCode& code, uint32_t function, uint32_t loop) override {
    const CompiledCode* const compiled = code.FindCompiled(function);
    if (compiled == nullptr) return nullptr;
    ++osr_entries_;
    return compiled->FindOsrEntry(loop);
  }

  const CompiledCode* CompileAndPublish(ModuleCode& code, uint32_t function) {
    auto compiled = baseline::Compile(code, function, *space_, *stubs_, {.feedback = feedback_});
    EXPECT_TRUE(compiled.ok()) << compiled.status();
    if (!compiled.ok()) return nullptr;
    const auto stubs = stubs_->For(code.module().function_type(function)).value();
    code.Publish(function, *compiled, *space_, stubs.enter, stubs.load_arguments);
    return *compiled;
  }

  // Calls an export in machine code and in the interpreter and expects them to agree.
  Slots Both(std::string_view text, std::string_view name, const Slots& arguments) {
    compiles_ = false;
    const Slots expected = Call(Instantiate(text), name, arguments);
    compiles_ = true;
    Slots results = Call(Instantiate(text), name, arguments);
    EXPECT_EQ(results, expected);
    return results;
  }

  bool compiles_ = true;
  bool feedback_ = false;
  int32_t countdown_ = INT32_MAX;
  int osr_entries_ = 0;
};

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_BASELINE_COMPILER_FIXTURE_H_
