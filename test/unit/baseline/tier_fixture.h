// An engine in small whose tier policy is the test: modules as text, run by the interpreter, some
// of whose functions are replaced by machine code that the test writes itself.
#ifndef WASMTIER_TEST_UNIT_BASELINE_TIER_FIXTURE_H_
#define WASMTIER_TEST_UNIT_BASELINE_TIER_FIXTURE_H_

#include <asmjit/x86.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/load/load.h"
#include "runtime/activation.h"
#include "runtime/code_space.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/instantiate.h"
#include "runtime/model/type_registry.h"
#include "runtime/module_code.h"
#include "runtime/stack.h"
#include "runtime/store.h"
#include "runtime/tier_hooks.h"
#include "runtime/trap_handler.h"
#include "test/support/wat.h"
#include "tiers/baseline/stubs.h"
#include "tiers/interpreter/interpreter.h"

namespace wasmtier::test {

class TierTest : public testing::Test, protected runtime::TierHooks, private runtime::CodeListener {
 protected:
  using ModuleCode = runtime::ModuleCode;
  using FuncType = runtime::FuncType;
  using Slots = std::vector<uint64_t>;

  explicit TierTest(size_t native_bytes = 256 << 10, size_t slot_bytes = 256 << 10)
      : stacks_(native_bytes, slot_bytes),
        space_(runtime::CodeSpace::Create().value()),
        space_pointer_(space_.get()),
        stubs_(baseline::Stubs::Create(*space_, interpreter::EnterFromMachineCode).value()) {
    interpreter::Initialize();
    EXPECT_TRUE(runtime::InstallTrapHandlers().ok());
    store_ = runtime::Store::Create(types_, stacks_, {}, true, &space_pointer_).value();
  }

  // The policy: what machine code calls for the first time goes to the interpreter or the host.
  runtime::EntryPoint HostEntry() override { return interpreter::Enter; }
  int32_t FirstInstruction() override { return interpreter::TranslateInstruction(); }
  int32_t CompiledInstruction() override { return interpreter::CompiledInstruction(); }
  int32_t FirstCountdown(uint32_t) override { return INT32_MAX; }
  std::string ValidateLazily(const ModuleCode&, uint32_t) override { return {}; }
  int32_t OnHot(ModuleCode&, uint32_t, runtime::HotReason) override { return INT32_MAX; }
  runtime::CodeListener& listener() override { return *this; }
  const void* ResolveCall(ModuleCode& code, uint32_t function) override {
    ++resolved_calls_;
    return stubs_->For(code.module().function_type(function)).value().interpreter;
  }
  const void* ResolveHostCall(const runtime::HostFunction& host) override {
    const void* const stub = stubs_->For(host.type()).value().host;
    host.entry()->store(const_cast<void*>(stub));
    return stub;
  }

  runtime::Instance& Instantiate(std::string_view text,
                                 const std::vector<runtime::ExternValue>& imports = {}) {
    class Provider final : public runtime::ModuleCodeProvider {
     public:
      explicit Provider(std::shared_ptr<ModuleCode> code) : code_(std::move(code)) {}
      const runtime::Module& module() const override { return code_->module(); }
      runtime::MemoryStrategy preferred_strategy() const override { return code_->strategy(); }
      std::shared_ptr<ModuleCode> Code(runtime::MemoryStrategy) override { return code_; }

     private:
      std::shared_ptr<ModuleCode> code_;
    };
    auto module = engine::LoadModule(engine::OwnBytes(CompileWat(text)), types_, {}).value();
    module->features = {};  // stubs can do more than the interpreter
    runtime::TierHooks& hooks = *this;
    Provider provider(
        std::make_shared<ModuleCode>(module, runtime::MemoryStrategy::kReserved, hooks));
    auto result = runtime::Instantiate(*store_, provider, imports);
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(result->trap, nullptr);
    return *result->instance;
  }

  // The function of an export.
  static const runtime::FunctionReference* Function(runtime::Instance& instance,
                                                    std::string_view name) {
    return std::get<const runtime::FunctionReference*>(instance.FindExport(name).value());
  }

  // Calls an export with its arguments in slots; the slots of the results, unless it traps.
  std::unique_ptr<runtime::TrapInfo> TryCall(runtime::Instance& instance, std::string_view name,
                                             const Slots& arguments, Slots* results) {
    const runtime::FunctionReference* const callee = Function(instance, name);
    uint64_t* const frame = store_->block().next_frame;
    std::copy(arguments.begin(), arguments.end(), frame);
    auto trap = runtime::CallWasm(*store_, callee, frame);
    if (trap == nullptr) results->assign(frame, frame + callee->result_slots);
    EXPECT_EQ(store_->block().next_frame, frame);
    return trap;
  }
  Slots Call(runtime::Instance& instance, std::string_view name, const Slots& arguments) {
    Slots results;
    const auto trap = TryCall(instance, name, arguments, &results);
    EXPECT_EQ(trap, nullptr) << trap->ToString();
    return results;
  }
  std::string CallToTrap(runtime::Instance& instance, std::string_view name,
                         const Slots& arguments) {
    Slots results;
    const auto trap = TryCall(instance, name, arguments, &results);
    return trap == nullptr ? "no trap" : trap->ToString();
  }

  using Assembler = asmjit::x86::Assembler;
  using Positions = std::vector<runtime::CodePositionEntry>;
  struct Piece {
    std::function<void(Assembler&, Positions&)> emit;
    uint32_t prologue_size = 0;
  };

  // Makes a function of an instance's module run `piece`.
  const runtime::CompiledCode* Add(runtime::Instance& instance, uint32_t function,
                                   const Piece& piece) {
    asmjit::CodeHolder holder;
    holder.init(asmjit::Environment(asmjit::Arch::kX64));
    Assembler assembler(&holder);
    Positions positions;
    piece.emit(assembler, positions);
    const asmjit::CodeBuffer& bytes = holder.textSection()->buffer();
    const runtime::CodeBuffer buffer = space_->Allocate(bytes.size()).value();
    std::memcpy(buffer.writable, bytes.data(), bytes.size());
    auto code = std::make_unique<runtime::CompiledCode>();
    code->kind = runtime::CompiledCode::Kind::kFunction;
    code->begin = buffer.executable;
    code->size = static_cast<uint32_t>(bytes.size());
    code->prologue_size = piece.prologue_size;
    code->code = &instance.code();
    code->function = function;
    code->positions = runtime::EncodePositions(positions);
    return space_->Add(std::move(code), buffer);
  }
  void Publish(runtime::Instance& instance, uint32_t function, const runtime::CompiledCode* code) {
    const auto stubs = stubs_->For(instance.module().function_type(function)).value();
    instance.code().Publish(function, code, *space_, stubs.enter, stubs.load_arguments);
  }
  void Replace(runtime::Instance& instance, uint32_t function, const Piece& piece) {
    Publish(instance, function, Add(instance, function, piece));
  }
  static std::atomic<void*>* SlotOf(runtime::Instance& instance, uint32_t function) {
    return &instance.code().entries()[function];
  }

  static constexpr uint32_t kPrologueSize = 4;
  static void Prologue(Assembler& a) {
    a.push(asmjit::x86::rbp);
    a.mov(asmjit::x86::rbp, asmjit::x86::rsp);
    a.push(asmjit::x86::rdi);
    a.push(asmjit::x86::rdi);
  }
  // Calls a function of the same type with its own parameters, and returns its results: nothing has
  // to be moved. The call is at module offset `offset`.
  static Piece CallPiece(std::atomic<void*>* slot, uint32_t offset = 0) {
    return {[=](Assembler& a, Positions& positions) {
              Prologue(a);
              a.mov(asmjit::x86::r10, reinterpret_cast<uint64_t>(slot));
              a.call(asmjit::x86::ptr(asmjit::x86::r10));
              positions.push_back({static_cast<uint32_t>(a.offset()), offset});
              a.leave();
              a.ret();
            },
            kPrologueSize};
  }
  // The same as a tail call.
  static Piece TailCallPiece(std::atomic<void*>* slot) {
    return {[=](Assembler& a, Positions&) {
              a.mov(asmjit::x86::r10, reinterpret_cast<uint64_t>(slot));
              a.jmp(asmjit::x86::ptr(asmjit::x86::r10));
            },
            0};
  }

  runtime::TypeRegistry types_;
  runtime::StackPool stacks_;
  std::unique_ptr<runtime::CodeSpace> space_;
  std::atomic<const runtime::CodeSpace*> space_pointer_;
  std::unique_ptr<baseline::Stubs> stubs_;
  std::unique_ptr<runtime::Store> store_;
  int resolved_calls_ = 0;

 private:
  void OnCode(const runtime::CodeEvent&) override {}
};

}  // namespace wasmtier::test

#endif  // WASMTIER_TEST_UNIT_BASELINE_TIER_FIXTURE_H_
