#include "test/unit/optimizing/ir_fixture.h"

#include <immintrin.h>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstring>
#include <map>

#include "engine/load/load.h"
#include "runtime/call_convention.h"
#include "runtime/instantiate.h"
#include "runtime/model/type_registry.h"
#include "runtime/runtime_calls.h"
#include "runtime/stack.h"
#include "test/support/modes.h"
#include "test/support/wat.h"
#include "tiers/optimizing/symbols.h"
#include "wasmtier/config.h"

extern "C" wasmtier::optimizing::Optimizer* wasmtier_make_optimizer(
    wasmtier::optimizing::Host* host);

namespace wasmtier::test {

using optimizing::DumpKind;
using runtime::ArgumentPlace;
using runtime::FuncType;
using runtime::MemoryStrategy;
using runtime::TrapCode;
using runtime::ValueKind;
using runtime::ValueType;
using runtime::VMContext;

namespace {

sigjmp_buf trap_target;
const uint8_t* memory_begin;

void Trap(VMContext*, uint32_t code) { siglongjmp(trap_target, static_cast<int>(code)); }

void RuntimeCall(VMContext* context, uint64_t* slots, uint32_t immediate, uint32_t immediate2,
                 uint32_t call) {
  const TrapCode trap = runtime::kRuntimeFunctions[call](context, slots, immediate, immediate2);
  if (trap != TrapCode::kNone) Trap(context, static_cast<uint32_t>(trap));
}

// A fault is of linear memory, or of the stack.
void OnFault(int, siginfo_t* info, void*) {
  const auto* const address = static_cast<const uint8_t*>(info->si_addr);
  const bool is_memory = memory_begin != nullptr && address >= memory_begin &&
                         address < memory_begin + runtime::kReservationBytes;
  siglongjmp(trap_target, static_cast<int>(is_memory ? TrapCode::kMemoryOutOfBounds
                                                     : TrapCode::kCallStackExhausted));
}

class TestHost : public optimizing::Host {
 public:
  explicit TestHost(runtime::CodeSpace& space) : space_(space) {}
  absl::StatusOr<runtime::CodeBuffer> AllocateCode(size_t size) override {
    return space_.Allocate(size);
  }
  void AbandonCode(const runtime::CodeBuffer& buffer) override { space_.Abandon(buffer); }
  const runtime::CompiledCode* AddCode(std::unique_ptr<runtime::CompiledCode> code,
                                       const runtime::CodeBuffer& buffer) override {
    code->size = static_cast<uint32_t>(buffer.size - (code->begin - buffer.executable));
    return space_.Add(std::move(code), buffer);
  }
  std::span<const optimizing::Symbol> symbols() override { return symbols_; }
  const runtime::CompiledCode* FindBaseline(const runtime::ModuleCode&,
                                            uint32_t function) override {
    const auto found = counting_.find(function);
    return found == counting_.end() ? nullptr : &found->second.code;
  }
  const void* FindOptimized(const runtime::ModuleCode&, uint32_t) override { return nullptr; }
  profiler::FunctionFeedback* Count(uint32_t function, uint32_t call_sites, uint32_t loops,
                                    uint32_t branches) {
    Counting& counting = counting_[function];
    counting.memory.assign(
        profiler::FunctionFeedback::Bytes(call_sites, loops, branches) / sizeof(uint64_t) + 1, 0);
    counting.code.feedback =
        profiler::FunctionFeedback::Create(counting.memory.data(), call_sites, loops, branches, {});
    return static_cast<profiler::FunctionFeedback*>(counting.code.feedback);
  }

 private:
  struct Counting {
    runtime::CompiledCode code;
    std::vector<uint64_t> memory;
  };

  runtime::CodeSpace& space_;
  std::map<uint32_t, Counting> counting_;
  const std::vector<optimizing::Symbol> symbols_ = {
      {optimizing::kTrapSymbol, reinterpret_cast<const void*>(Trap)},
      {optimizing::kRuntimeCallSymbol, reinterpret_cast<const void*>(RuntimeCall)}};
};

class NoHooks : public runtime::TierHooks, private runtime::CodeListener {
 public:
  runtime::EntryPoint HostEntry() override {
    return [](const runtime::FunctionReference*, uint64_t*) {};
  }
  int32_t CompiledInstruction() override { return 0; }
  int32_t FirstInstruction() override { return 0; }
  int32_t FirstCountdown(uint32_t) override { return 1; }
  std::string ValidateLazily(const runtime::ModuleCode&, uint32_t) override { return ""; }
  int32_t OnHot(runtime::ModuleCode&, uint32_t, runtime::HotReason) override { return 1; }
  runtime::CodeListener& listener() override { return *this; }
  runtime::RelaxedSimd RelaxedSimdResults() override { return relaxed_simd; }

  runtime::RelaxedSimd relaxed_simd = runtime::RelaxedSimd::kDeterministic;

 private:
  void OnCode(const runtime::CodeEvent&) override {}
};

class Provider : public runtime::ModuleCodeProvider {
 public:
  Provider(std::shared_ptr<const runtime::Module> module, runtime::TierHooks& hooks,
           MemoryStrategy strategy)
      : module_(std::move(module)), hooks_(hooks), strategy_(strategy) {}
  const runtime::Module& module() const override { return *module_; }
  MemoryStrategy preferred_strategy() const override { return strategy_; }
  std::shared_ptr<runtime::ModuleCode> Code(MemoryStrategy strategy) override {
    return std::make_shared<runtime::ModuleCode>(module_, strategy, hooks_);
  }

 private:
  std::shared_ptr<const runtime::Module> module_;
  runtime::TierHooks& hooks_;
  MemoryStrategy strategy_;
};

char Letter(ValueType type) {
  switch (type.kind()) {
    case ValueKind::kI32:
      return 'i';
    case ValueKind::kI64:
      return 'l';
    case ValueKind::kF32:
      return 'f';
    case ValueKind::kF64:
      return 'd';
    case ValueKind::kV128:
      return 'v';
    default:
      return type.heap() == runtime::HeapKind::kExtern ? 'e' : 'r';
  }
}

// As in float registers.
bool IsFloat(ValueType type) {
  return type.kind() == ValueKind::kF32 || type.kind() == ValueKind::kF64 ||
         type.kind() == ValueKind::kV128;
}

Number NumberOf(ValueType type, const uint64_t* slots) {
  const bool is_short = type.kind() == ValueKind::kI32 || type.kind() == ValueKind::kF32;
  return {Letter(type), is_short ? static_cast<uint32_t>(slots[0]) : slots[0],
          type.slots() == 2 ? slots[1] : 0};
}

}  // namespace

struct IrTest::State {
  runtime::TypeRegistry types;
  runtime::StackPool stacks{256 << 10, 1 << 20};
  NoHooks hooks;
  std::unique_ptr<runtime::CodeSpace> space = *runtime::CodeSpace::Create();
  TestHost host{*space};
  std::unique_ptr<optimizing::Optimizer> optimizer{wasmtier_make_optimizer(&host)};
  std::unique_ptr<World> world;
  std::unique_ptr<runtime::Store> store;
  std::map<uint32_t, const runtime::CompiledCode*> code;
  std::vector<std::unique_ptr<std::vector<uint8_t>>> binaries;
  std::vector<char> signal_stack = std::vector<char>(64 << 10);
};

IrTest::IrTest() : state_(std::make_unique<State>()) {}
IrTest::~IrTest() = default;

void IrTest::Load(std::string_view text, MemoryStrategy strategy) {
  Mode mode = Modes()[0];
  if (strategy == MemoryStrategy::kChecked) mode.config.memory_checks = MemoryChecks::kExplicit;
  state_->world = std::make_unique<World>(mode);
  const Outcome loaded = state_->world->Instantiate("m", text);
  ASSERT_EQ(loaded.kind, Outcome::Kind::kReturned) << loaded.message;
  auto module = engine::LoadModule(engine::OwnBytes(CompileWat(text)), state_->types, {});
  ASSERT_TRUE(module.ok()) << module.status();
  Provider provider(*module, state_->hooks, strategy);
  state_->code.clear();
  state_->store = *runtime::Store::Create(state_->types, state_->stacks, {});
  auto instance = runtime::Instantiate(*state_->store, provider, {});
  ASSERT_TRUE(instance.ok()) << instance.status();
  instance_ = instance->instance;
}

void IrTest::SetRelaxedSimd(runtime::RelaxedSimd relaxed) { state_->hooks.relaxed_simd = relaxed; }

uint32_t IrTest::FindFunction(std::string_view name) const {
  for (const runtime::Export& item : instance_->module().exports) {
    if (item.kind == runtime::ExternKind::kFunc && item.name == name) return item.index;
  }
  ADD_FAILURE() << "no function " << name;
  return 0;
}

optimizing::Request IrTest::RequestFor(uint32_t function) const {
  optimizing::Request request;
  request.code = &instance_->code();
  request.function = function;
  request.options = options_;
  const runtime::Module& module = instance_->module();
  for (uint32_t i = module.imported_functions; i < module.function_count(); ++i) {
    request.inline_candidates.push_back(i);
  }
  return request;
}

// Machine code has no type information for UndefinedBehaviorSanitizer to check: what it reads
// before the code would be a fault.
__attribute__((no_sanitize("undefined"))) Outcome IrTest::Finish(const FuncType& type,
                                                                 const void* code,
                                                                 const Registers& registers) {
  Outcome outcome;
  VMContext* const context = &instance_->context();
  memory_begin = context->memory_base;
  stack_t previous_stack{};
  stack_t stack{};
  stack.ss_sp = state_->signal_stack.data();
  stack.ss_size = state_->signal_stack.size();
  sigaltstack(&stack, &previous_stack);
  struct sigaction previous{};
  struct sigaction action{};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, &previous);
  uint64_t result[2] = {};
  const int trap = sigsetjmp(trap_target, 1);
  if (trap == 0) {
    const uint64_t* const i = registers.integers;
    __m128i f[runtime::kFloatArgumentRegisters];
    std::memcpy(f, registers.floats, sizeof(f));
    const auto address = reinterpret_cast<uintptr_t>(code);
    if (!type.results.empty() && IsFloat(type.results[0])) {
      using Function =
          __m128i (*)(VMContext*, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, __m128i,
                      __m128i, __m128i, __m128i, __m128i, __m128i, __m128i, __m128i);
      const __m128i value = reinterpret_cast<Function>(address)(
          context, i[0], i[1], i[2], i[3], i[4], f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]);
      std::memcpy(result, &value, sizeof(value));
    } else {
      using Function =
          uint64_t (*)(VMContext*, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, __m128i,
                       __m128i, __m128i, __m128i, __m128i, __m128i, __m128i, __m128i);
      result[0] = reinterpret_cast<Function>(address)(context, i[0], i[1], i[2], i[3], i[4], f[0],
                                                      f[1], f[2], f[3], f[4], f[5], f[6], f[7]);
    }
  }
  sigaction(SIGSEGV, &previous, nullptr);
  sigaltstack(&previous_stack, nullptr);
  if (trap != 0) {
    outcome.kind = Outcome::Kind::kTrapped;
    outcome.message = runtime::TrapMessage(static_cast<TrapCode>(trap));
    return outcome;
  }
  const std::vector<ArgumentPlace> places = runtime::PlaceResults(type.results);
  for (size_t k = 0; k < places.size(); ++k) {
    const uint64_t* const slots =
        k == 0 ? result : context->store_block->call_area + places[k].index;
    outcome.results.push_back(NumberOf(type.results[k], slots));
  }
  return outcome;
}

Outcome IrTest::Compiled(std::string_view name, const std::vector<Number>& args) {
  const uint32_t function = FindFunction(name);
  const runtime::CompiledCode*& code = state_->code[function];
  if (code == nullptr) {
    const auto compiled = state_->optimizer->Compile(RequestFor(function), nullptr);
    if (!compiled.ok()) {
      Outcome outcome;
      outcome.kind = Outcome::Kind::kRefused;
      outcome.message = compiled.status().ToString();
      return outcome;
    }
    code = *compiled;
  }
  const FuncType& type = instance_->module().function_type(function);
  Registers registers;
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  for (size_t i = 0; i < places.size(); ++i) {
    // The upper halves mean nothing.
    uint64_t slots[2] = {args[i].bits, args[i].high};
    if (args[i].type == 'i' || args[i].type == 'f') slots[0] |= uint64_t{0xdeadbeef} << 32;
    switch (places[i].kind) {
      case ArgumentPlace::Kind::kIntegerRegister:
        registers.integers[places[i].index] = slots[0];
        break;
      case ArgumentPlace::Kind::kFloatRegister:
        std::memcpy(&registers.floats[places[i].index], slots, sizeof(slots));
        break;
      case ArgumentPlace::Kind::kCallArea:
        std::copy_n(slots, type.params[i].slots(),
                    instance_->context().store_block->call_area + places[i].index);
        break;
    }
  }
  return Finish(type, code->begin, registers);
}

Outcome IrTest::FromLoop(std::string_view name, uint32_t loop, std::vector<uint64_t> slots) {
  const uint32_t function = FindFunction(name);
  optimizing::Request request = RequestFor(function);
  request.osr_loop = loop;
  const auto compiled = state_->optimizer->Compile(request, nullptr);
  if (!compiled.ok()) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::kRefused;
    outcome.message = compiled.status().ToString();
    return outcome;
  }
  const Registers registers{.integers = {reinterpret_cast<uint64_t>(slots.data())}};
  return Finish(instance_->module().function_type(function), (*compiled)->begin, registers);
}

Outcome IrTest::Interpreted(std::string_view function, const std::vector<Number>& args) {
  return state_->world->Call(std::string(function), args);
}

void IrTest::CompareGlobal(std::string_view name) {
  const auto found = instance_->FindExport(name);
  if (!found || !std::holds_alternative<runtime::Global*>(*found)) return;
  const Number expected = state_->world->ReadGlobal(name);
  const auto* const global = std::get<runtime::Global*>(*found);
  EXPECT_EQ(NumberOf(global->type.type, global->cell.slots), expected) << "global " << name;
}

void IrTest::ExpectSame(std::string_view function, const std::vector<Number>& args) {
  const Outcome expected = Interpreted(function, args);
  const Outcome found = Compiled(function, args);
  EXPECT_EQ(found.kind, expected.kind) << found.message << " instead of " << expected.message;
  EXPECT_EQ(found.results, expected.results) << function << testing::PrintToString(args);
  EXPECT_EQ(found.message, expected.message) << function << testing::PrintToString(args);
  CompareGlobal("g");
  CompareGlobal("h");
  if (function == "checksum" || !instance_->FindExport("checksum")) return;
  if (found.kind == Outcome::Kind::kTrapped && !compare_memory_after_traps_) return;
  ExpectSame("checksum");
}

profiler::FunctionFeedback* IrTest::FeedbackOf(std::string_view function, uint32_t call_sites,
                                               uint32_t loops, uint32_t branches) {
  return state_->host.Count(FindFunction(function), call_sites, loops, branches);
}

std::string IrTest::Dump(std::string_view function, DumpKind kind) {
  const auto text = state_->optimizer->Dump(RequestFor(FindFunction(function)), kind);
  return text.ok() ? *text : text.status().ToString();
}

std::string IrTest::DumpLoop(std::string_view function, uint32_t loop, DumpKind kind) {
  optimizing::Request request = RequestFor(FindFunction(function));
  request.osr_loop = loop;
  const auto text = state_->optimizer->Dump(request, kind);
  return text.ok() ? *text : text.status().ToString();
}

std::vector<optimizing::LoopReport> IrTest::Loops(std::string_view function) {
  auto loops = state_->optimizer->DescribeLoops(RequestFor(FindFunction(function)));
  EXPECT_TRUE(loops.ok()) << loops.status();
  return loops.ok() ? *std::move(loops) : std::vector<optimizing::LoopReport>();
}

}  // namespace wasmtier::test
