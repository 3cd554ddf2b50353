#include "runtime/module_code.h"

#include <gtest/gtest.h>

#include "runtime/activation.h"
#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

class ModuleCodeTest : public RuntimeTest {
 protected:
  ModuleCodeTest() {
    const uint32_t import_type = builder_.Type({});
    type_ = builder_.Type({{kI32}, {kI64, kI64}});
    builder_.ImportFunction(import_type);
    builder_.Function(type_, 10);
    builder_.Function(type_, 20);
    code_ =
        std::make_unique<ModuleCode>(builder_.Finish(types_), MemoryStrategy::kReserved, hooks_);
  }
  TestModule builder_;
  uint32_t type_ = 0;
  std::unique_ptr<ModuleCode> code_;
};

TEST_F(ModuleCodeTest, FunctionsStartWithTheFirstTier) {
  for (uint32_t function : {1u, 2u}) {
    const FunctionState& state = code_->function_states()[function];
    EXPECT_EQ(state.translate_stub, FakeHooks::kFirstInstruction);
    EXPECT_EQ(state.compiled_stub, FakeHooks::kCompiledInstruction);
    EXPECT_EQ(state.bytecode.load(), reinterpret_cast<const uint8_t*>(&state.translate_stub));
    EXPECT_EQ(code_->entries()[function].load(), reinterpret_cast<void*>(&wasmtier_first_call));
    EXPECT_EQ(code_->FindCompiled(function), nullptr);
  }
  EXPECT_EQ(code_->function_states()[0].bytecode.load(), nullptr);
  EXPECT_EQ(code_->entries()[0].load(), nullptr);
}

const CompiledCode* AddCode(CodeSpace& space, Tier tier = Tier::kBaseline) {
  const CodeBuffer buffer = *space.Allocate(32);
  auto code = std::make_unique<CompiledCode>();
  code->begin = buffer.executable + 16;
  code->size = 16;
  code->tier = tier;
  return space.Add(std::move(code), buffer);
}

TEST_F(ModuleCodeTest, PublishesMachineCode) {
  const auto space = *CodeSpace::Create();
  const auto enter = [](const void*, std::atomic<void*>*, VMContext*, uint64_t*, const uint8_t*) {};
  const CompiledCode* const first = AddCode(*space);
  code_->Publish(1, first, *space, enter, this);
  const FunctionState& state = code_->function_states()[1];
  EXPECT_EQ(code_->FindCompiled(1), first);
  EXPECT_EQ(code_->FindCompiled(2), nullptr);
  EXPECT_EQ(code_->FindCompiled(0), nullptr);  // an import
  EXPECT_EQ(code_->entries()[1].load(), first->begin);
  EXPECT_EQ(state.bytecode.load(), reinterpret_cast<const uint8_t*>(&state.compiled_stub));
  EXPECT_EQ(code_->entries()[2].load(), reinterpret_cast<void*>(&wasmtier_first_call));
  const SignatureStubs& stubs = code_->signature_stubs()[type_];
  EXPECT_EQ(stubs.enter.load(), +enter);
  EXPECT_EQ(stubs.load_arguments.load(), this);
  EXPECT_EQ(stubs.frame_slots.load(), 2u);

  // A better version: the old one may still be running.
  const CompiledCode* const second = AddCode(*space);
  code_->Publish(1, second, *space, enter, this);
  EXPECT_EQ(code_->FindCompiled(1), second);
  EXPECT_EQ(code_->entries()[1].load(), second->begin);
  EXPECT_EQ(space->code_bytes(), 32u);
  code_.reset();
  EXPECT_EQ(space->code_bytes(), 0u);
}

TEST_F(ModuleCodeTest, FindsBaselineCodeWithoutALock) {
  const auto space = *CodeSpace::Create();
  const CompiledCode* const baseline = AddCode(*space);
  const CompiledCode* const optimized = AddCode(*space, Tier::kOptimizing);
  code_->Publish(1, baseline, *space, nullptr, nullptr);
  EXPECT_EQ(code_->FindBaseline(1), baseline);
  code_->Publish(1, optimized, *space, nullptr, nullptr);
  // The other way round: it comes late, and is not what is called.
  const CompiledCode* const late = AddCode(*space);
  code_->Publish(2, AddCode(*space, Tier::kOptimizing), *space, nullptr, nullptr);
  EXPECT_EQ(code_->FindBaseline(2), nullptr);
  code_->Publish(2, late, *space, nullptr, nullptr);
  // Had this thread been forked from one that held the mutex, a lock would never be had: this would
  // not end.
  {
    absl::MutexLock lock(&code_->translation_mutex());
    EXPECT_EQ(code_->FindCompiled(1), optimized);
    EXPECT_EQ(code_->FindBaseline(1), baseline);
    EXPECT_EQ(code_->FindBaseline(2), late);
    EXPECT_EQ(code_->FindBaseline(0), nullptr);  // an import
  }
  code_.reset();  // before the space
}

TEST_F(ModuleCodeTest, FindsBytecode) {
  ModuleCode::BytecodeRange range;
  const uint8_t* first = nullptr;
  const uint8_t* second = nullptr;
  {
    absl::MutexLock lock(&code_->translation_mutex());
    first = code_->bytecode_arena().Allocate(24);
    code_->AddBytecode(2, first, 24, 5);
    second = code_->bytecode_arena().Allocate(64);
    code_->AddBytecode(1, second, 60, 9);
  }
  EXPECT_EQ(code_->hotness()[0], 1010);
  EXPECT_EQ(code_->hotness()[1], 1020);
  ASSERT_TRUE(code_->FindBytecode(first, &range));
  EXPECT_EQ(range.function, 2u);
  EXPECT_EQ(range.begin, first);
  EXPECT_EQ(range.header_slot, 5u);
  ASSERT_TRUE(code_->FindBytecode(second + 59, &range));
  EXPECT_EQ(range.function, 1u);
  EXPECT_EQ(range.begin, second);
  EXPECT_EQ(range.size, 60u);
  EXPECT_EQ(range.header_slot, 9u);
  EXPECT_FALSE(code_->FindBytecode(second + 60, &range));
  EXPECT_FALSE(code_->FindBytecode(first - 1, &range));
  EXPECT_FALSE(code_->FindBytecode(nullptr, &range));
}

}  // namespace
}  // namespace wasmtier::runtime
