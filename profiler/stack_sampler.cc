#include "profiler/stack_sampler.h"

#include <cstring>

#include "runtime/activation.h"
#include "runtime/code_space.h"
#include "runtime/host_function.h"
#include "runtime/interpreter_frame.h"
#include "runtime/module_code.h"
#include "runtime/store.h"

namespace wasmtier::profiler {
namespace {

using runtime::Activation;
using runtime::CodePosition;
using runtime::CompiledCode;
using runtime::HostWork;

#define IN_SIGNAL_HANDLER __attribute__((no_sanitize("address", "thread", "undefined")))

// The same walk as runtime/stack_walk.cc, which a trap does at leisure. Here a signal may have come
// between any two instructions, so that what registers and slots say is only believed where it
// leads to memory of the right kind: stacks of the store, live code. What it says wrongly costs a
// sample its callers.
class Walk {
 public:
  IN_SIGNAL_HANDLER Walk(const CodeIndex& index, const gregset_t& registers,
                         std::span<RawFrame> frames)
      : index_(index),
        layout_(runtime::GetInterpreterLayout()),
        registers_(registers),
        frames_(frames) {}

  IN_SIGNAL_HANDLER size_t Run() {
    const Activation* activation = runtime::CurrentActivation();
    if (activation == nullptr) {
      Push(RawFrame::Kind::kNative, nullptr, 0);
      return size_;
    }
    SetStack(*activation);
    if (InNative(Register(REG_RSP))) {
      Go(Interrupted());
    } else {
      PushHost(*activation);
      Go(activation->exit);
    }
    for (activation = activation->previous; activation != nullptr && !is_full();
         activation = activation->previous) {
      SetStack(*activation);
      PushHost(*activation);
      Go(activation->exit);
    }
    if (activation != nullptr) Cut();
    return size_;
  }

 private:
  bool is_full() const { return size_ == frames_.size(); }

  IN_SIGNAL_HANDLER uintptr_t Register(int which) const {
    return static_cast<uintptr_t>(registers_[which]);
  }

  IN_SIGNAL_HANDLER void SetStack(const Activation& activation) {
    last_frame_ = nullptr;
    runtime::WasmStack& stack = activation.store_block->store->stack();
    native_bottom_ = reinterpret_cast<uintptr_t>(stack.native_bottom());
    native_top_ = reinterpret_cast<uintptr_t>(stack.native_top());
    slots_ = reinterpret_cast<uintptr_t>(stack.slots());
    slots_end_ = reinterpret_cast<uintptr_t>(stack.slot_limit() + runtime::kSlotReserve);
  }

  // Whether words [first, last] from the address on lie on the stack.
  IN_SIGNAL_HANDLER bool InNative(uintptr_t address, int first = 0, int last = 0) const {
    return address % sizeof(uint64_t) == 0 && address >= native_bottom_ &&
           address - native_bottom_ >= static_cast<uintptr_t>(-first * 8) &&
           address < native_top_ && native_top_ - address >= static_cast<uintptr_t>((last + 1) * 8);
  }
  IN_SIGNAL_HANDLER bool InNative(const uint64_t* address, int first, int last) const {
    return InNative(reinterpret_cast<uintptr_t>(address), first, last);
  }
  IN_SIGNAL_HANDLER bool InSlots(const uint64_t* slot) const {
    const auto address = reinterpret_cast<uintptr_t>(slot);
    return address % sizeof(uint64_t) == 0 && address >= slots_ &&
           address + sizeof(uint64_t) <= slots_end_;
  }

  IN_SIGNAL_HANDLER void Push(RawFrame::Kind kind, const void* what, uintptr_t address) {
    if (is_full()) {
      frames_[size_ - 1].is_cut = true;
      return;
    }
    RawFrame& frame = frames_[size_++];
    frame.kind = kind;
    frame.is_cut = false;
    frame.code = static_cast<const IndexedCode*>(what);
    frame.address = address;
  }
  IN_SIGNAL_HANDLER void PushCode(const IndexedCode& code, const uint8_t* pc) {
    Push(RawFrame::Kind::kCode, &code, reinterpret_cast<uintptr_t>(pc));
  }
  IN_SIGNAL_HANDLER CodePosition Cut() {
    if (size_ > 0) frames_[size_ - 1].is_cut = true;
    return {};
  }

  // What an activation's thread does on the host's stack.
  IN_SIGNAL_HANDLER void PushHost(const Activation& activation) {
    switch (activation.host_work) {
      case HostWork::kRuntime:
        return Push(RawFrame::Kind::kRuntime, nullptr, 0);
      case HostWork::kTiers:
        return Push(RawFrame::Kind::kTiers, nullptr, 0);
      case HostWork::kHostFunction:
        return PushHostFunction(activation.host_function, activation.host_caller);
    }
  }
  // Its name is that of the import in the module that has called it.
  IN_SIGNAL_HANDLER void PushHostFunction(const runtime::HostFunction* function,
                                          const runtime::VMContext* caller) {
    const IndexedModule* const module =
        caller == nullptr ? nullptr : index_.FindModule(caller->code);
    if (module != nullptr) {
      const uint32_t imports = caller->code->module().imported_functions;
      for (uint32_t i = 0; i < imports; ++i) {
        if (caller->functions[i] != nullptr && caller->functions[i]->host == function) {
          return Push(RawFrame::Kind::kHostFunction, module, i);
        }
      }
    }
    Push(RawFrame::Kind::kHostFunction, nullptr, 0);
  }

  IN_SIGNAL_HANDLER void Go(CodePosition position) {
    // Frames that are not shown, of stubs, are at most as many as those that are.
    for (size_t steps = 0; position.kind != CodePosition::Kind::kNone; ++steps) {
      if (is_full() || steps > 2 * frames_.size()) {
        Cut();
        return;
      }
      position = position.kind == CodePosition::Kind::kInterpreter ? PassInterpreter(position)
                                                                   : PassMachine(position);
    }
  }

  // Where the signal found wasm code, or what runs on its stack.
  IN_SIGNAL_HANDLER CodePosition Interrupted() {
    const auto* const pc = reinterpret_cast<const uint8_t*>(Register(REG_RIP));
    const IndexedCode* const code = index_.Find(pc);
    if (code != nullptr && !code->is_bytecode()) return InterruptedMachine(*code, pc);
    if (CodePosition caller; InterruptedInterpreter(&caller)) return caller;
    if (CodePosition caller; InterruptedLeafOfInterpreter(&caller)) return caller;
    // A leaf of the engine's, called by machine code: perhaps without a frame of its own.
    Push(RawFrame::Kind::kRuntime, nullptr, 0);
    const auto* const stack_pointer = reinterpret_cast<const uint64_t*>(Register(REG_RSP));
    const auto* const frame = reinterpret_cast<const uint64_t*>(Register(REG_RBP));
    if (InNative(stack_pointer, 0, 0) && IsReturnAddress(stack_pointer[0])) {
      return AtReturn(stack_pointer[0], Register(REG_RBP));
    }
    if (InNative(frame, 0, 1) && IsReturnAddress(frame[1])) return CallerOfFrame(frame);
    return Cut();
  }

  // Handlers have the bytecode's pc, the frame and the return address in these registers
  // (tiers/interpreter/dispatch.h), but for moments. False: no handler was interrupted.
  IN_SIGNAL_HANDLER bool InterruptedInterpreter(CodePosition* caller) {
    const auto* const pc = reinterpret_cast<const uint8_t*>(Register(REG_RDI));
    auto* const frame = reinterpret_cast<uint64_t*>(Register(REG_RSI));
    const auto* const link = reinterpret_cast<const uint8_t*>(Register(REG_RCX));
    if (!InSlots(frame)) return false;
    const IndexedCode* const code = index_.Find(pc);
    if (code != nullptr && code->is_bytecode()) {
      PushCode(*code, pc);
      *caller = pc < code->begin + layout_.enter_bytes ? CallerOfSlots(link, frame)
                                                       : CallerOfFunction(*code, frame);
      return true;
    }
    // A function that has no bytecode is being called.
    if (!IsInterpreterLink(link)) return false;
    Push(RawFrame::Kind::kRuntime, nullptr, 0);
    *caller = CallerOfSlots(link, frame);
    return true;
  }

  // memmove, called by a handler: that keeps what it needs afterwards in registers that the callee
  // preserves. Which of them is the compiler's choice.
  IN_SIGNAL_HANDLER bool InterruptedLeafOfInterpreter(CodePosition* caller) {
    constexpr int kPreserved[] = {REG_RBP, REG_RBX};
    for (const int which : kPreserved) {
      const auto* const pc = reinterpret_cast<const uint8_t*>(Register(which));
      const IndexedCode* const code = index_.Find(pc);
      if (code == nullptr || !code->is_bytecode()) continue;
      auto* const frame =
          reinterpret_cast<uint64_t*>(Register(which == REG_RBP ? REG_RBX : REG_RBP));
      if (!InSlots(frame)) continue;
      Push(RawFrame::Kind::kRuntime, nullptr, 0);
      PushCode(*code, pc);
      *caller = CallerOfFunction(*code, frame);
      return true;
    }
    return false;
  }

  IN_SIGNAL_HANDLER bool IsInterpreterLink(const uint8_t* link) const {
    if (link == layout_.host_link || link == layout_.machine_link || link == layout_.bridge_link) {
      return true;
    }
    const IndexedCode* const code = index_.Find(link - 1);
    return code != nullptr && code->is_bytecode();
  }

  IN_SIGNAL_HANDLER CodePosition PassInterpreter(const CodePosition& position) {
    const IndexedCode* const code = index_.Find(position.pc);
    if (code == nullptr || !code->is_bytecode() || !InSlots(position.frame)) return Cut();
    PushCode(*code, position.pc);
    return CallerOfFunction(*code, position.frame);
  }
  IN_SIGNAL_HANDLER CodePosition CallerOfFunction(const IndexedCode& code, uint64_t* frame) {
    if (!InSlots(frame + code.header_slot)) return Cut();
    return CallerOfSlots(reinterpret_cast<const uint8_t*>(frame[code.header_slot]), frame);
  }

  // The caller of the interpreter's function at `frame` that returns to `link`.
  IN_SIGNAL_HANDLER CodePosition CallerOfSlots(const uint8_t* link, uint64_t* frame) {
    if (link == layout_.bridge_link) {
      frame -= layout_.bridge_slots;
      if (!InSlots(frame)) return Cut();
      link = reinterpret_cast<const uint8_t*>(frame[layout_.bridge_link_slot]);
    }
    if (link == layout_.host_link) return {};
    if (link == layout_.machine_link) {
      if (!InSlots(frame - 1)) return Cut();
      return {.kind = CodePosition::Kind::kMachine,
              .frame = reinterpret_cast<uint64_t*>(frame[-1])};
    }
    const IndexedCode* const caller = index_.Find(link - 1);
    if (caller == nullptr || !caller->is_bytecode() ||
        link + layout_.header_field < caller->begin) {
      return Cut();
    }
    uint16_t base = 0;
    std::memcpy(&base, link + layout_.base_field, sizeof(base));
    frame -= base;
    if (!InSlots(frame)) return Cut();
    return {.kind = CodePosition::Kind::kInterpreter, .pc = link - 1, .frame = frame};
  }

  // Machine code that has called, at its return address; without one, the stub that has called the
  // interpreter.
  IN_SIGNAL_HANDLER CodePosition PassMachine(const CodePosition& position) {
    // Frames ascend: what does not leads nowhere, or in circles.
    if (!InNative(position.frame, 0, 1) || position.frame <= last_frame_) return Cut();
    if (position.pc == nullptr) {
      last_frame_ = position.frame;
      return CallerOfFrame(position.frame);
    }
    const IndexedCode* const code = index_.Find(position.pc - 1);
    if (code == nullptr || code->is_bytecode()) return Cut();
    if (code->module != nullptr) PushCode(*code, position.pc - 1);
    return CallerOfCode(*code->compiled, position.frame);
  }

  IN_SIGNAL_HANDLER CodePosition CallerOfCode(const CompiledCode& code, uint64_t* frame) {
    last_frame_ = frame;
    if (code.kind != CompiledCode::Kind::kEnter) return CallerOfFrame(frame);
    // tiers/baseline/stubs.h
    if (!InNative(frame, -3, 1)) return Cut();
    return CallerOfSlots(reinterpret_cast<const uint8_t*>(frame[-3]),
                         reinterpret_cast<uint64_t*>(frame[-2]));
  }

  IN_SIGNAL_HANDLER CodePosition InterruptedMachine(const IndexedCode& code, const uint8_t* pc) {
    if (code.module != nullptr) {
      PushCode(code, pc);
    } else {
      Push(RawFrame::Kind::kRuntime, nullptr, 0);
    }
    uint64_t* const frame = reinterpret_cast<uint64_t*>(Register(REG_RBP));
    const auto* const stack_pointer = reinterpret_cast<const uint64_t*>(Register(REG_RSP));
    const int return_address = ReturnAddressAt(*code.compiled, pc);
    if (return_address >= 0 && InNative(stack_pointer, 0, return_address)) {
      const uint64_t address = stack_pointer[return_address];
      if (IsReturnAddress(address)) return AtReturn(address, Register(REG_RBP));
    }
    if (!InNative(frame, 0, 1)) return Cut();
    return CallerOfCode(*code.compiled, frame);
  }

  // Where the frame pointer is the caller's, the return address is so many words above the stack
  // pointer; -1: the frame is set up. Of LLVM's code the tables know; other code begins and ends
  // frames always in the same way, wherever it does.
  IN_SIGNAL_HANDLER static int ReturnAddressAt(const CompiledCode& code, const uint8_t* pc) {
    if (const runtime::FramelessRange* const range = code.FindFrameless(pc)) {
      return static_cast<int>(range->return_address / sizeof(uint64_t));
    }
    const uint8_t* const end = code.begin + code.size;
    if (*pc == kRet || (pc > code.begin && pc[-1] == kLeave)) return 0;
    if (IsPushAndMove(pc, end)) return 0;
    if (pc > code.begin && IsPushAndMove(pc - 1, end)) return 1;
    // What comes before the frame: a check of the stack.
    for (const uint8_t* at = pc; at < code.begin + code.prologue_size; ++at) {
      if (IsPushAndMove(at, end)) return 0;
    }
    // Stubs without a frame are jumped through.
    return code.kind == CompiledCode::Kind::kHelper && !HasFrame(code) ? 0 : -1;
  }
  static constexpr uint8_t kRet = 0xc3;
  static constexpr uint8_t kLeave = 0xc9;
  // push rbp; mov rbp, rsp, in either encoding.
  IN_SIGNAL_HANDLER static bool IsPushAndMove(const uint8_t* at, const uint8_t* end) {
    if (end - at < 4 || at[0] != 0x55 || at[1] != 0x48) return false;
    return (at[2] == 0x89 && at[3] == 0xe5) || (at[2] == 0x8b && at[3] == 0xec);
  }
  IN_SIGNAL_HANDLER static bool HasFrame(const CompiledCode& code) {
    return code.prologue_size >= 4 &&
           IsPushAndMove(code.begin + code.prologue_size - 4, code.begin + code.size);
  }

  IN_SIGNAL_HANDLER bool IsReturnAddress(uint64_t address) const {
    const IndexedCode* const code = index_.Find(reinterpret_cast<const uint8_t*>(address) - 1);
    return code != nullptr && !code->is_bytecode();
  }

  static CodePosition AtReturn(uint64_t return_address, uint64_t frame_pointer) {
    return {.kind = CodePosition::Kind::kMachine,
            .pc = reinterpret_cast<const uint8_t*>(return_address),
            .frame = reinterpret_cast<uint64_t*>(frame_pointer)};
  }
  IN_SIGNAL_HANDLER static CodePosition CallerOfFrame(const uint64_t* frame) {
    return AtReturn(frame[1], frame[0]);
  }

  const CodeIndex& index_;
  const runtime::InterpreterLayout& layout_;
  const gregset_t& registers_;
  const std::span<RawFrame> frames_;
  size_t size_ = 0;
  // The stacks of the store whose frames are walked.
  uintptr_t native_bottom_ = 0;
  uintptr_t native_top_ = 0;
  uintptr_t slots_ = 0;
  uintptr_t slots_end_ = 0;
  const uint64_t* last_frame_ = nullptr;
};

}  // namespace

IN_SIGNAL_HANDLER size_t SampleStack(const CodeIndex& index, const gregset_t& registers,
                                     std::span<RawFrame> frames) {
  return Walk(index, registers, frames).Run();
}

}  // namespace wasmtier::profiler
