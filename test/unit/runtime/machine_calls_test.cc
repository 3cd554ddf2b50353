// Machine code as it meets the runtime, on pieces of code put together by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <functional>
#include <initializer_list>
#include <utility>

#include "runtime/activation.h"
#include "runtime/runtime_calls.h"
#include "test/unit/runtime/runtime_fixture.h"

namespace wasmtier::runtime {
namespace {

// Bytes of x86-64 code.
class Code {
 public:
  Code& operator()(std::initializer_list<int> bytes) {
    for (int byte : bytes) bytes_.push_back(static_cast<uint8_t>(byte));
    return *this;
  }
  // push rbp; mov rbp, rsp; push rdi; sub rsp, 8
  Code& Prologue() { return (*this)({0x55, 0x48, 0x89, 0xe5, 0x57, 0x48, 0x83, 0xec, 0x08}); }
  static constexpr uint32_t kPrologueSize = 9;
  // leave; ret
  Code& Return() { return (*this)({0xc9, 0xc3}); }
  // mov rax, address
  Code& LoadAddress(const void* address) {
    (*this)({0x48, 0xb8});
    for (int i = 0; i < 8; ++i) {
      bytes_.push_back(static_cast<uint8_t>(reinterpret_cast<uint64_t>(address) >> (8 * i)));
    }
    return *this;
  }
  // mov r11, address; call r11
  Code& CallAddress(const void* address) {
    LoadAddress(address);
    return (*this)({0x49, 0x89, 0xc3, 0x41, 0xff, 0xd3});
  }
  template <typename T>
  Code& CallFunction(T* function) {
    return CallAddress(reinterpret_cast<const void*>(reinterpret_cast<uintptr_t>(function)));
  }
  // mov r10, slot; call [r10]
  Code& CallSlot(const std::atomic<void*>* slot) {
    LoadAddress(slot);
    return (*this)({0x49, 0x89, 0xc2, 0x41, 0xff, 0x12});
  }
  // What follows is for this module offset: records the end of what is there, a return address.
  Code& At(uint32_t module_offset) {
    positions_.push_back({size(), module_offset});
    return *this;
  }
  uint32_t size() const { return static_cast<uint32_t>(bytes_.size()); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }
  const std::vector<CodePositionEntry>& positions() const { return positions_; }

 private:
  std::vector<uint8_t> bytes_;
  std::vector<CodePositionEntry> positions_;
};

// An interpreter without frames: the host has called what it is asked about.
class NoFrames final : public InterpreterFrames {
 public:
  Frame Locate(const CodePosition&) override { return {}; }
  CodePosition Caller(const CodePosition&) override { return {}; }
  CodePosition CallerOf(VMContext*, const uint8_t*, uint64_t*) override { return {}; }
};

// Enters the function as an interpreter whose functions all have machine code. On the wasm stack.
__attribute__((no_sanitize("address", "thread", "undefined"))) void Enter(
    const FunctionReference* callee, uint64_t* frame) {
  ModuleCode& code = *callee->context->code;
  const SignatureStubs& stubs = code.signature_stubs()[code.module().function_types[callee->index]];
  callee->context->store_block->next_frame = frame + 8;
  stubs.enter.load()(stubs.load_arguments.load(), callee->entry, callee->context, frame, nullptr);
}

class MachineHooks final : public FakeHooks {
 public:
  EntryPoint HostEntry() override { return Enter; }
  const void* ResolveCall(ModuleCode&, uint32_t function) override { return resolve(function); }
  const void* ResolveHostCall(const HostFunction& function) override {
    return resolve_host(function);
  }
  std::function<const void*(uint32_t)> resolve;
  std::function<const void*(const HostFunction&)> resolve_host;
};

// On the wasm stack, called by the host stub below.
__attribute__((no_sanitize("address", "thread", "undefined"))) void CallHost(
    VMContext* caller, const std::atomic<void*>* slot, uint64_t* frame_pointer) {
  const CodePosition position{.kind = CodePosition::Kind::kMachine,
                              .pc = static_cast<const uint8_t*>(__builtin_return_address(0)),
                              .frame = frame_pointer};
  CallHostFunction(HostFunction::OfEntry(slot), caller, caller->store_block->next_frame, position);
}

class MachineCallsTest : public RuntimeTest {
 protected:
  static constexpr uint32_t kFunctions = 3;

  MachineCallsTest() {
    SetInterpreterFrames(
        []() -> std::unique_ptr<InterpreterFrames> { return std::make_unique<NoFrames>(); });
    space_ = *CodeSpace::Create();
    published_space_ = space_.get();
    store_ = *Store::Create(types_, stacks_, {}, true, &published_space_);
    const uint32_t type = builder_.Type({{kI64, kI64}, {kI64}});
    for (uint32_t i = 0; i < kFunctions; ++i) builder_.Function(type);
    builder_->memories.push_back(MemoryOf(1, 3));
    provider_ = std::make_unique<TestProvider>(builder_.Finish(types_), machine_hooks_);
    auto result = Instantiate(*store_, *provider_, {});
    EXPECT_TRUE(result.ok()) << result.status();
    instance_ = result->instance;
    // As tiers/baseline/stubs.h says; the result goes to frame[0].
    enter_ = Add(Code()({0x55, 0x48, 0x89, 0xe5, 0x52, 0x51, 0x41, 0x50, 0x50})(
                     {0x48, 0x89, 0xf8, 0x49, 0x89, 0xf2, 0x48, 0x89, 0xd7, 0x48, 0x89, 0xce})(
                     {0xff, 0xd0, 0x48, 0x8b, 0x4d, 0xf0, 0x48, 0x89, 0x01})
                     .Return(),
                 CompiledCode::Kind::kEnter, 4);
    // mov rdx, [rsi + 8]; mov rsi, [rsi]; jmp [r10]
    load_ = Add(Code()({0x48, 0x8b, 0x56, 0x08, 0x48, 0x8b, 0x36, 0x41, 0xff, 0x22}),
                CompiledCode::Kind::kHelper, 0);
  }
  ~MachineCallsTest() override {
    store_.reset();
    provider_.reset();
  }

  const CompiledCode* Add(const Code& bytes, CompiledCode::Kind kind, uint32_t prologue_size,
                          uint32_t function = 0) {
    const CodeBuffer buffer = *space_->Allocate(bytes.size());
    std::memcpy(buffer.writable, bytes.bytes().data(), bytes.size());
    auto code = std::make_unique<CompiledCode>();
    code->kind = kind;
    code->begin = buffer.executable;
    code->size = bytes.size();
    code->prologue_size = prologue_size;
    if (kind == CompiledCode::Kind::kFunction) code->code = &instance_->code();
    code->function = function;
    code->positions = EncodePositions(bytes.positions());
    return space_->Add(std::move(code), buffer);
  }
  const CompiledCode* Define(uint32_t function, const Code& bytes) {
    const CompiledCode* const code =
        Add(bytes, CompiledCode::Kind::kFunction, Code::kPrologueSize, function);
    instance_->code().Publish(
        function, code, *space_,
        reinterpret_cast<SignatureStubs::Enter>(reinterpret_cast<uintptr_t>(enter_->begin)),
        load_->begin);
    return code;
  }
  std::atomic<void*>* Slot(uint32_t function) { return &instance_->code().entries()[function]; }

  // Calls a function; its result is in result_.
  std::unique_ptr<TrapInfo> Call(uint32_t function, uint64_t a = 0, uint64_t b = 0) {
    uint64_t* const frame = store_->block().next_frame;
    frame[0] = a;
    frame[1] = b;
    auto trap = CallWasm(*store_, instance_->GetFunction(function), frame);
    EXPECT_EQ(store_->block().next_frame, frame);
    EXPECT_EQ(store_->block().activation, nullptr);
    result_ = frame[0];
    return trap;
  }

  // "0@1a 1@20": functions and module offsets, from the innermost outwards.
  static std::string Frames(const TrapInfo& trap) {
    std::string text;
    for (const Frame& frame : trap.frames) {
      if (!text.empty()) text += ' ';
      text += std::to_string(frame.function) + "@" + std::to_string(frame.offset);
    }
    return text;
  }

  MachineHooks machine_hooks_;
  std::unique_ptr<CodeSpace> space_;
  std::atomic<const CodeSpace*> published_space_;
  TestModule builder_;
  std::unique_ptr<TestProvider> provider_;
  std::unique_ptr<Store> store_;
  Instance* instance_ = nullptr;
  const CompiledCode* enter_ = nullptr;
  const CompiledCode* load_ = nullptr;
  uint64_t result_ = 0;
};

// lea rax, [rsi + 2 * rdx]
Code TakingBoth() { return Code().Prologue()({0x48, 0x8d, 0x04, 0x56}).Return(); }

TEST_F(MachineCallsTest, TheHostCallsMachineCode) {
  Define(0, TakingBoth());
  EXPECT_EQ(Call(0, 100, 7), nullptr);
  EXPECT_EQ(result_, 114u);
}

TEST_F(MachineCallsTest, TheFirstCallResolvesAndKeepsArguments) {
  // Callee: rsi + 2 * rdx + 4 * rcx + r8 + r9, plus the bits of xmm0 and xmm7, plus what r10 and
  // rdi are to be.
  const CompiledCode* const callee =
      Add(Code()({0x48, 0x8d, 0x04, 0x56})({0x48, 0x8d, 0x04, 0x88})({0x4c, 0x01, 0xc0})(
              {0x4c, 0x01, 0xc8})({0x66, 0x48, 0x0f, 0x7e, 0xc1})({0x48, 0x01, 0xc8})(
              {0x66, 0x48, 0x0f, 0x7e, 0xf9})({0x48, 0x01, 0xc8})({0x49, 0x3b, 0x3a})(
              {0x49, 0x29, 0xd2})({0xc3}),
          CompiledCode::Kind::kFunction, 0, 1);
  // mov ecx, 1000; mov r8d, 10000; mov r9d, 100000; mov eax, 1000000; movq xmm0, rax;
  // mov eax, 10000000; movq xmm7, rax
  Define(0, Code()
                .Prologue()({0xb9, 0xe8, 0x03, 0, 0})({0x41, 0xb8, 0x10, 0x27, 0, 0})(
                    {0x41, 0xb9, 0xa0, 0x86, 0x01, 0})({0xb8, 0x40, 0x42, 0x0f, 0})(
                    {0x66, 0x48, 0x0f, 0x6e, 0xc0})({0xb8, 0x80, 0x96, 0x98, 0})(
                    {0x66, 0x48, 0x0f, 0x6e, 0xf8})
                .CallSlot(Slot(1))
                .At(50)
                .Return());
  int resolved = 0;
  machine_hooks_.resolve = [&](uint32_t function) -> const void* {
    EXPECT_EQ(function, 1u);
    ++resolved;
    // What a resolver may do to registers.
    asm volatile("pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7" ::: "xmm0", "xmm7");
    return callee->begin;
  };
  EXPECT_EQ(Call(0, 1, 10), nullptr);
  EXPECT_EQ(result_, 1u + 20 + 4000 + 10000 + 100000 + 1000000 + 10000000);
  EXPECT_EQ(resolved, 1);
  EXPECT_EQ(Call(0, 1, 10), nullptr);
  EXPECT_EQ(resolved, 2);
}

TEST_F(MachineCallsTest, AResolverMayFail) {
  Define(0, Code().Prologue().CallSlot(Slot(1)).At(50).Return());
  machine_hooks_.resolve = [](uint32_t) { return nullptr; };
  const auto trap = Call(0);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kCallStackExhausted);
  EXPECT_EQ(Frames(*trap), "0@50");
}

TEST_F(MachineCallsTest, Traps) {
  // mov edi, 2 (integer divide by zero); the trap's return address is that of the call
  Define(1, Code().Prologue()({0xbf, 2, 0, 0, 0}).CallFunction(&wasmtier_trap).At(77));
  Define(0, Code().Prologue().CallSlot(Slot(1)).At(50).Return());
  const auto trap = Call(0);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(trap->message, "integer divide by zero");
  EXPECT_EQ(Frames(*trap), "1@77 0@50");
  EXPECT_EQ(trap->frames[0].module.get(), &instance_->module());
}

TEST_F(MachineCallsTest, NoRoomForAFrame) {
  const CompiledCode* const stub = Add(
      Code().LoadAddress(reinterpret_cast<const void*>(&wasmtier_stack_exhausted))({0xff, 0xe0}),
      CompiledCode::Kind::kHelper, 0);
  Define(0, Code().Prologue().CallSlot(Slot(1)).At(50).Return());
  Slot(1)->store(const_cast<uint8_t*>(stub->begin));
  const auto trap = Call(0);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kCallStackExhausted);
  EXPECT_EQ(Frames(*trap), "0@50");
}

// The operand comes into a slot of the frame: push rsi; push rsi; mov rsi, rsp.
Code CallingRuntime(RuntimeCall call) {
  return Code()
      .Prologue()({0x56, 0x56, 0x48, 0x89, 0xe6})({0x31, 0xd2, 0x31, 0xc9})
      .LoadAddress(reinterpret_cast<const void*>(&wasmtier_runtime_call))({0x49, 0x89, 0xc3})(
          {0xb8, static_cast<int>(call), 0, 0, 0})({0x41, 0xff, 0xd3})
      .At(60)({0x48, 0x8b, 0x04, 0x24})  // mov rax, [rsp]
      .Return();
}

TEST_F(MachineCallsTest, RuntimeCalls) {
  Define(0, CallingRuntime(RuntimeCall::kMemoryGrow));
  EXPECT_EQ(Call(0, 2), nullptr);
  EXPECT_EQ(result_, 1u);
  EXPECT_EQ(instance_->memory(0).pages(), 3u);
  EXPECT_EQ(Call(0, 1), nullptr);
  EXPECT_EQ(static_cast<int32_t>(result_), -1);
}

TEST_F(MachineCallsTest, RuntimeCallsTrap) {
  // memory.fill of 2 ^ 60 bytes or so: all operands are the argument.
  Define(0, CallingRuntime(RuntimeCall::kMemoryFill));
  const auto trap = Call(0, uint64_t{1} << 60);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(Frames(*trap), "0@60");
}

TEST_F(MachineCallsTest, MemoryFaults) {
  // mov rax, [rsi]
  Define(0, Code().Prologue().At(33)({0x48, 0x8b, 0x06}).Return());
  uint8_t* const base = instance_->memory(0).base();
  std::memcpy(base + 8, "\x2a\0\0\0\0\0\0\0", 8);
  EXPECT_EQ(Call(0, reinterpret_cast<uint64_t>(base + 8)), nullptr);
  EXPECT_EQ(result_, 42u);
  const auto trap = Call(0, reinterpret_cast<uint64_t>(base + 65536));
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(Frames(*trap), "0@33");
}

using MachineCallsDeathTest = MachineCallsTest;

TEST_F(MachineCallsDeathTest, FaultsElsewhereAreNotTraps) {
  Define(0, Code().Prologue().At(33)({0x48, 0x8b, 0x06}).Return());
  EXPECT_DEATH(Call(0, 8), "");
}

// A prologue, then a call of itself with `adjustment` bytes more of stack in each.
Code Recursion(const std::atomic<void*>* slot, int adjustment) {
  return Code().Prologue()({0x48, 0x83, 0xec, adjustment}).At(48).CallSlot(slot).At(50).Return();
}

TEST_F(MachineCallsTest, RunawayRecursion) {
  // Every instruction that touches the stack may be the one that runs into the guard.
  for (int adjustment : {0, 16, 32, 48, 64, 80, 96, 112}) {
    Define(0, Recursion(Slot(0), adjustment));
    const auto trap = Call(0);
    ASSERT_NE(trap, nullptr);
    EXPECT_EQ(trap->code, TrapCode::kCallStackExhausted);
    ASSERT_EQ(trap->frames.size(), TrapInfo::kMaxFrames);
    for (const Frame& frame : trap->frames) EXPECT_EQ(frame.offset, 50u);
    const size_t depth = trap->frames.size() + trap->omitted_frames;
    const auto frame_bytes = static_cast<size_t>(32 + adjustment);
    EXPECT_NEAR(static_cast<double>(depth), static_cast<double>((256 << 10) / frame_bytes), 20.0);
  }
  // And the store is as good as new.
  Define(1, TakingBoth());
  EXPECT_EQ(Call(1, 1, 2), nullptr);
  EXPECT_EQ(result_, 5u);
}

TEST_F(MachineCallsTest, ARecursionOfTwoFunctionsIsWalked) {
  Define(0, Recursion(Slot(1), 16));
  Define(1, Recursion(Slot(2), 0));
  Define(2, Recursion(Slot(0), 32));
  const auto trap = Call(0);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kCallStackExhausted);
  for (size_t i = 1; i < trap->frames.size(); ++i) {
    EXPECT_EQ(trap->frames[i].function, (trap->frames[i - 1].function + 2) % 3);
  }
  EXPECT_GT(trap->omitted_frames, 3000u);
}

class MachineHostCallsTest : public MachineCallsTest {
 protected:
  // A stub of a signature without parameters: push rbp; mov rbp, rsp; push rdi; sub rsp, 8;
  // mov rsi, r10; mov rdx, rbp; call CallHost; then the first slot as the result.
  MachineHostCallsTest() {
    machine_hooks_.resolve_host = [this](const HostFunction& function) -> const void* {
      resolved_ = &function;
      if (stub_ == nullptr) {
        stub_ = Add(Code()
                        .Prologue()({0x4c, 0x89, 0xd6, 0x48, 0x89, 0xea})
                        .CallFunction(&CallHost)
                        .Return(),
                    CompiledCode::Kind::kHelper, Code::kPrologueSize);
      }
      function.reference().entry->store(const_cast<uint8_t*>(stub_->begin));
      return stub_->begin;
    };
  }
  // Function 0 calls the host function.
  HostFunction* DefineCaller(HostCallback callback) {
    HostFunction* const host = store_->NewHostFunction({}, std::move(callback));
    Define(0, Code().Prologue().CallSlot(host->entry()).At(50).Return());
    return host;
  }
  const CompiledCode* stub_ = nullptr;
  const HostFunction* resolved_ = nullptr;
};

TEST_F(MachineHostCallsTest, AreResolvedOnce) {
  int calls = 0;
  const HostFunction* const host = DefineCaller([&](VMContext* caller, uint64_t*) {
    EXPECT_EQ(caller, &instance_->context());
    ++calls;
    return absl::OkStatus();
  });
  EXPECT_EQ(Call(0), nullptr);
  EXPECT_EQ(resolved_, host);
  resolved_ = nullptr;
  EXPECT_EQ(Call(0), nullptr);
  EXPECT_EQ(resolved_, nullptr);
  EXPECT_EQ(calls, 2);
}

TEST_F(MachineHostCallsTest, TheirErrorsAreTraps) {
  DefineCaller([](VMContext*, uint64_t*) { return absl::NotFoundError("no file"); });
  const auto trap = Call(0);
  ASSERT_NE(trap, nullptr);
  EXPECT_EQ(trap->code, TrapCode::kHostError);
  EXPECT_EQ(trap->host_status, absl::NotFoundError("no file"));
  EXPECT_EQ(Frames(*trap), "0@50");
}

TEST_F(MachineHostCallsTest, MayCallBack) {
  // mov edi, 1 (unreachable)
  Define(1, Code().Prologue()({0xbf, 1, 0, 0, 0}).CallFunction(&wasmtier_trap).At(77));
  Define(2, TakingBoth());
  std::unique_ptr<TrapInfo> inner;
  DefineCaller([&](VMContext*, uint64_t*) {
    uint64_t* const frame = store_->block().next_frame;
    frame[0] = 5;
    frame[1] = 6;
    EXPECT_EQ(CallWasm(*store_, instance_->GetFunction(2), frame), nullptr);
    EXPECT_EQ(frame[0], 17u);
    inner = CallWasm(*store_, instance_->GetFunction(1), frame);
    return absl::OkStatus();
  });
  EXPECT_EQ(Call(0), nullptr);
  ASSERT_NE(inner, nullptr);
  EXPECT_EQ(inner->code, TrapCode::kUnreachable);
  EXPECT_EQ(Frames(*inner), "1@77 0@50");
}

TEST_F(MachineHostCallsTest, RecursionThroughTheHostEnds) {
  std::unique_ptr<TrapInfo> inner;
  DefineCaller([&](VMContext*, uint64_t*) {
    auto trap = CallWasm(*store_, instance_->GetFunction(0), store_->block().next_frame);
    if (trap != nullptr && inner == nullptr) inner = std::move(trap);
    return absl::OkStatus();
  });
  EXPECT_EQ(Call(0), nullptr);
  ASSERT_NE(inner, nullptr);
  EXPECT_EQ(inner->code, TrapCode::kCallStackExhausted);
  EXPECT_GT(inner->frames.size(), 20u);
}

}  // namespace
}  // namespace wasmtier::runtime
