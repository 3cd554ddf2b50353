// Stubs for x86-64 (stubs.h, runtime/call_convention.h).
#include <asmjit/x86.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "runtime/activation.h"
#include "runtime/call_convention.h"
#include "runtime/host_function.h"
#include "runtime/hot_counters.h"
#include "runtime/vm_context.h"
#include "tiers/baseline/stub_code.h"

namespace wasmtier::baseline {

using asmjit::Label;
using asmjit::x86::Gp;
using asmjit::x86::Mem;
using asmjit::x86::ptr;
using asmjit::x86::Xmm;
using runtime::ArgumentPlace;
using runtime::Continuation;
using runtime::FuncType;
using runtime::StoreBlock;
using runtime::ValueKind;
using runtime::ValueType;
using runtime::VMContext;

using namespace asmjit::x86::regs;  // NOLINT(google-build-using-namespace): rax, rdi ...

namespace {

constexpr Gp kIntegerArguments[] = {rsi, rdx, rcx, r8, r9};
static_assert(std::size(kIntegerArguments) == runtime::kIntegerArgumentRegisters);
constexpr Gp kContext = rdi;
constexpr Gp kSlot = r10;

// What the host stub calls on the wasm stack; `stub_frame` is the stub's rbp.
__attribute__((no_sanitize("address", "thread", "undefined"))) void CallHost(
    const std::atomic<void*>* slot, VMContext* caller, uint64_t* slots, uint64_t* stub_frame) {
  const runtime::CodePosition position{
      .kind = runtime::CodePosition::Kind::kMachine,
      .pc = static_cast<const uint8_t*>(__builtin_return_address(0)),
      .frame = stub_frame};
  runtime::CallHostFunction(runtime::HostFunction::OfEntry(slot), caller, slots, position);
}

class StubAssembler {
 public:
  StubAssembler() {
    code_.init(asmjit::Environment(asmjit::Arch::kX64));
    code_.setErrorHandler(&errors_);
    code_.attach(&a_);
  }
  asmjit::x86::Assembler* operator->() { return &a_; }
  uint32_t offset() const { return static_cast<uint32_t>(a_.offset()); }

  // Jumps to, calls what lies outside the code region; its address comes to stand behind the code.
  void JumpFar(const void* target) { a_.jmp(Far(target)); }
  void CallFar(const void* target) { a_.call(Far(target)); }

  absl::StatusOr<StubCode> Finish(uint32_t prologue_size) {
    a_.align(asmjit::AlignMode::kZero, 8);
    for (const auto& [label, target] : addresses_) {
      a_.bind(label);
      a_.embedUInt64(reinterpret_cast<uint64_t>(target));
    }
    if (errors_.message.empty()) {
      code_.flatten();
      code_.resolveUnresolvedLinks();
    }
    if (!errors_.message.empty()) return absl::InternalError(errors_.message);
    const asmjit::CodeBuffer& buffer = code_.textSection()->buffer();
    return StubCode{{buffer.data(), buffer.data() + buffer.size()}, prologue_size};
  }

  // The value's kind decides how it is moved; `from` and `to` are 8-byte slots, v128 two. A slot of
  // the frame gets a zero upper half for i32 and f32; one of the call area may have anything there.
  void CopySlot(ValueType type, const Mem& to, const Mem& from) {
    switch (type.kind()) {
      case ValueKind::kI32:
      case ValueKind::kF32:
        a_.mov(eax, from);
        a_.mov(to, rax);
        break;
      case ValueKind::kV128:
        a_.movups(kVectorScratch, from);
        a_.movups(to, kVectorScratch);
        break;
      default:
        a_.mov(rax, from);
        a_.mov(to, rax);
    }
  }
  void StoreFloat(ValueType type, const Mem& to, const Xmm& from) {
    if (type.kind() == ValueKind::kF32) {
      a_.movd(eax, from);
      a_.mov(to, rax);
    } else if (type.kind() == ValueKind::kF64) {
      a_.movsd(to, from);
    } else {
      a_.movups(to, from);
    }
  }
  void LoadFloat(ValueType type, const Xmm& to, const Mem& from) {
    if (type.kind() == ValueKind::kF32) {
      a_.movss(to, from);
    } else if (type.kind() == ValueKind::kF64) {
      a_.movsd(to, from);
    } else {
      a_.movups(to, from);
    }
  }
  void StoreInteger(ValueType type, const Mem& to, const Gp& from) {
    if (type.kind() == ValueKind::kI32) {
      a_.mov(eax, from.r32());
      a_.mov(to, rax);
    } else {
      a_.mov(to, from);
    }
  }
  void LoadInteger(ValueType type, const Gp& to, const Mem& from) {
    if (type.kind() == ValueKind::kI32) {
      a_.mov(to.r32(), from);
    } else {
      a_.mov(to, from);
    }
  }

  // Parameters from registers and call area to the slots at `slots`, and back. Change rax and
  // xmm15.
  void StoreParameters(const FuncType& type, const Gp& slots, const Gp& block);
  void LoadParameters(const FuncType& type, const Gp& slots, const Gp& block);
  // Results from and to the slots at `slots`. Change rax, xmm0 and xmm15.
  void StoreResults(const FuncType& type, const Gp& slots, const Gp& context, const Gp& block);
  void LoadResults(const FuncType& type, const Gp& slots, const Gp& context, const Gp& block);

 private:
  struct ErrorRecorder final : asmjit::ErrorHandler {
    void handleError(asmjit::Error, const char* text, asmjit::BaseEmitter*) override {
      message = text;
    }
    std::string message;
  };
  // No parameter register (runtime/call_convention.h).
  static constexpr Xmm kVectorScratch = xmm15;

  Mem Far(const void* target) {
    addresses_.emplace_back(a_.newLabel(), target);
    return ptr(addresses_.back().first);
  }

  ErrorRecorder errors_;
  asmjit::CodeHolder code_;
  asmjit::x86::Assembler a_;
  std::vector<std::pair<Label, const void*>> addresses_;
};

Mem SlotOf(const Gp& slots, uint32_t index) { return ptr(slots, static_cast<int32_t>(index * 8)); }
Mem CallArea(const Gp& block, uint32_t index) {
  return ptr(block, static_cast<int32_t>(offsetof(StoreBlock, call_area) + index * 8));
}
Mem Field(const Gp& base, size_t offset) { return ptr(base, static_cast<int32_t>(offset)); }

#define BLOCK_OF(context) Field((context), offsetof(VMContext, store_block))
#define NEXT_FRAME(block) Field((block), offsetof(StoreBlock, next_frame))

void StubAssembler::StoreParameters(const FuncType& type, const Gp& slots, const Gp& block) {
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  uint32_t slot = 0;
  for (size_t i = 0; i < places.size(); slot += type.params[i++].slots()) {
    const Mem to = SlotOf(slots, slot);
    switch (places[i].kind) {
      case ArgumentPlace::Kind::kIntegerRegister:
        StoreInteger(type.params[i], to, kIntegerArguments[places[i].index]);
        break;
      case ArgumentPlace::Kind::kFloatRegister:
        StoreFloat(type.params[i], to, Xmm(places[i].index));
        break;
      case ArgumentPlace::Kind::kCallArea:
        CopySlot(type.params[i], to, CallArea(block, places[i].index));
        break;
    }
  }
}

// `slots` may be the first argument register.
void StubAssembler::LoadParameters(const FuncType& type, const Gp& slots, const Gp& block) {
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  // The first integer parameter goes last.
  ValueType first_type = runtime::kI64;
  int first_slot = -1;
  uint32_t slot = 0;
  for (size_t i = 0; i < places.size(); slot += type.params[i++].slots()) {
    const Mem from = SlotOf(slots, slot);
    switch (places[i].kind) {
      case ArgumentPlace::Kind::kIntegerRegister:
        if (places[i].index == 0) {
          first_type = type.params[i];
          first_slot = static_cast<int>(slot);
        } else {
          LoadInteger(type.params[i], kIntegerArguments[places[i].index], from);
        }
        break;
      case ArgumentPlace::Kind::kFloatRegister:
        LoadFloat(type.params[i], Xmm(places[i].index), from);
        break;
      case ArgumentPlace::Kind::kCallArea:
        CopySlot(type.params[i], CallArea(block, places[i].index), from);
        break;
    }
  }
  if (first_slot >= 0) {
    LoadInteger(first_type, kIntegerArguments[0], SlotOf(slots, static_cast<uint32_t>(first_slot)));
  }
}

// `block` may be the same register as `context`.
void StubAssembler::StoreResults(const FuncType& type, const Gp& slots, const Gp& context,
                                 const Gp& block) {
  const std::vector<ArgumentPlace> places = runtime::PlaceResults(type.results);
  uint32_t slot = 0;
  for (size_t i = 0; i < places.size(); slot += type.results[i++].slots()) {
    const Mem to = SlotOf(slots, slot);
    if (places[i].kind == ArgumentPlace::Kind::kIntegerRegister) {
      StoreInteger(type.results[i], to, rax);
    } else if (places[i].kind == ArgumentPlace::Kind::kFloatRegister) {
      StoreFloat(type.results[i], to, xmm0);
    } else {
      if (i == 1) a_.mov(block, BLOCK_OF(context));
      CopySlot(type.results[i], to, CallArea(block, places[i].index));
    }
  }
}

void StubAssembler::LoadResults(const FuncType& type, const Gp& slots, const Gp& context,
                                const Gp& block) {
  const std::vector<ArgumentPlace> places = runtime::PlaceResults(type.results);
  if (places.size() > 1) a_.mov(block, BLOCK_OF(context));
  uint32_t slot = places.empty() ? 0 : type.results[0].slots();
  for (size_t i = 1; i < places.size(); slot += type.results[i++].slots()) {
    CopySlot(type.results[i], CallArea(block, places[i].index), SlotOf(slots, slot));
  }
  if (places.empty()) return;
  if (places[0].kind == ArgumentPlace::Kind::kIntegerRegister) {
    LoadInteger(type.results[0], rax, SlotOf(slots, 0));
  } else {
    LoadFloat(type.results[0], xmm0, SlotOf(slots, 0));
  }
}

// Room for a call into C++ on the wasm stack, or the trap; leaves the StoreBlock in r11.
void CheckNativeStack(StubAssembler& a, const Label& exhausted) {
  a->mov(r11, BLOCK_OF(kContext));
  a->cmp(rsp, Field(r11, offsetof(StoreBlock, native_limit)));
  a->jb(exhausted);
}

}  // namespace

// enter(target, slot, context, frame, link): SysV (runtime::SignatureStubs::Enter).
absl::StatusOr<StubCode> MakeEnterStub(const FuncType& type) {
  StubAssembler a;
  a->push(rbp);
  a->mov(rbp, rsp);
  const uint32_t prologue_size = a.offset();
  a->push(rdx);
  a->push(rcx);
  a->push(r8);
  a->push(rax);  // alignment
  a->mov(rax, rdi);
  a->mov(kSlot, rsi);
  a->mov(kContext, rdx);
  a->mov(rsi, rcx);
  a->call(rax);
  if (!type.results.empty()) {
    a->mov(rcx, ptr(rbp, -16));
    if (type.results.size() > 1) a->mov(rdx, ptr(rbp, -8));
    a.StoreResults(type, rcx, rdx, rdx);
  }
  a->leave();
  a->ret();
  return a.Finish(prologue_size);
}

absl::StatusOr<StubCode> MakeLoadArgumentsStub(const FuncType& type) {
  StubAssembler a;
  a->mov(r11, BLOCK_OF(kContext));
  a.LoadParameters(type, rsi, r11);
  a->jmp(ptr(kSlot));
  return a.Finish(a.offset());  // it has no frame
}

absl::StatusOr<StubCode> MakeInterpreterStub(const FuncType& type, InterpreterEntry interpreter) {
  StubAssembler a;
  const Label exhausted = a->newLabel();
  const Label go_on = a->newLabel();
  CheckNativeStack(a, exhausted);
  a->push(rbp);
  a->mov(rbp, rsp);
  const uint32_t prologue_size = a.offset();
  a->push(kContext);
  a->mov(rax, NEXT_FRAME(r11));
  a->push(rax);
  a->mov(ptr(rax), rbp);
  // The frame begins behind that word; its address goes where no parameter is.
  a->push(rbx);
  a->sub(rsp, 8);
  a->lea(rbx, ptr(rax, 8));
  a.StoreParameters(type, rbx, r11);
  a->mov(rsi, kSlot);
  a->mov(rdx, rbx);
  a.CallFar(reinterpret_cast<const void*>(interpreter));
  a->mov(rcx, ptr(rbp, -16));
  a->mov(rdi, ptr(rbp, -8));
  a->mov(rdx, BLOCK_OF(rdi));
  a->mov(NEXT_FRAME(rdx), rcx);
  a->test(rax, rax);
  a->jnz(go_on);
  a.LoadResults(type, rbx, rdi, rdx);
  a->mov(rbx, ptr(rbp, -24));
  a->leave();
  a->ret();

  a->bind(go_on);
  a->mov(rbx, ptr(rbp, -24));
  a->leave();
  a->mov(kContext, Field(rax, offsetof(Continuation, context)));
  a->mov(kSlot, Field(rax, offsetof(Continuation, slot)));
  a->mov(rsi, Field(rax, offsetof(Continuation, frame)));
  a->jmp(Field(rax, offsetof(Continuation, target)));

  a->bind(exhausted);
  a.JumpFar(reinterpret_cast<const void*>(&runtime::wasmtier_stack_exhausted));
  return a.Finish(prologue_size);
}

absl::StatusOr<StubCode> MakeHostStub(const FuncType& type) {
  StubAssembler a;
  const Label exhausted = a->newLabel();
  const uint32_t frame_slots = std::max(type.ParamSlots(), type.ResultSlots());
  CheckNativeStack(a, exhausted);
  // Room for the slots, too: an entry from the host begins behind them.
  a->mov(rax, NEXT_FRAME(r11));
  a->add(rax, static_cast<int32_t>(frame_slots * 8));
  a->cmp(rax, Field(r11, offsetof(StoreBlock, slot_limit)));
  a->ja(exhausted);
  a->push(rbp);
  a->mov(rbp, rsp);
  const uint32_t prologue_size = a.offset();
  a->push(kContext);
  a->push(rbx);
  a->mov(rbx, NEXT_FRAME(r11));
  a.StoreParameters(type, rbx, r11);
  a->mov(rsi, kContext);
  a->mov(rdi, kSlot);
  a->mov(rdx, rbx);
  a->mov(rcx, rbp);
  a.CallFar(reinterpret_cast<const void*>(&CallHost));
  if (type.results.size() > 1) a->mov(rdi, ptr(rbp, -8));
  a.LoadResults(type, rbx, rdi, rdx);
  a->mov(rbx, ptr(rbp, -16));
  a->leave();
  a->ret();

  a->bind(exhausted);
  a.JumpFar(reinterpret_cast<const void*>(&runtime::wasmtier_stack_exhausted));
  return a.Finish(prologue_size);
}

absl::StatusOr<ThunkCode> MakeThunks() {
  StubAssembler a;
  ThunkCode thunks;
  constexpr auto kTraps = static_cast<int>(runtime::TrapCode::kNone)
#define TRAP(Name, message) +1
#include "runtime/traps.def"
#undef TRAP
                          + 1;
  for (int code = 0; code < kTraps; ++code) {
    thunks.traps.push_back(a.offset());
    a->mov(edi, code);
    a.JumpFar(reinterpret_cast<const void*>(&runtime::wasmtier_trap));
  }
  thunks.runtime_call = a.offset();
  a.JumpFar(reinterpret_cast<const void*>(&runtime::wasmtier_runtime_call));
  thunks.hot = a.offset();
  a.JumpFar(reinterpret_cast<const void*>(&runtime::wasmtier_hot));
  absl::StatusOr<StubCode> code = a.Finish(0);
  if (!code.ok()) return code.status();
  thunks.code = *std::move(code);
  return thunks;
}

}  // namespace wasmtier::baseline
