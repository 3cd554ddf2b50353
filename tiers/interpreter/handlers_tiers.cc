// Handlers between the tiers (calls.h): the translation of functions, hotness, and the ways between
// the interpreter and machine code. They may call C++ functions; what is more than a leaf runs on
// the host's stack (design §4).
#include <cstddef>
#include <string>
#include <utility>

#include "runtime/activation.h"
#include "runtime/module_code.h"
#include "runtime/tier_hooks.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/frames.h"
#include "tiers/interpreter/interpreter.h"
#include "tiers/interpreter/translate.h"

namespace wasmtier::interpreter {

using runtime::Activation;
using runtime::Continuation;
using runtime::FunctionState;
using runtime::HostWork;
using runtime::HostWorkScope;
using runtime::HotReason;
using runtime::ModuleCode;
using runtime::SignatureStubs;
using runtime::StoreBlock;
using runtime::TrapCode;

namespace {

// A function of an instance, with what calls of its machine code need.
struct Callee {
  std::atomic<void*>* slot;
  SignatureStubs* stubs;
};
INLINE Callee CalleeAt(const VMContext* context, size_t function) {
  ModuleCode& code = *context->code;
  return {&code.entries()[function],
          &code.signature_stubs()[code.module().function_types[function]]};
}
INLINE size_t IndexOf(const VMContext* context, const FunctionState* state) {
  return static_cast<size_t>(state - context->function_states);
}

const uint8_t* CompiledStub(const FunctionState& state) {
  return reinterpret_cast<const uint8_t*>(&state.compiled_stub);
}

struct FirstCall {
  Activation* activation;
  VMContext* context;
  uint32_t function;
  bool may_ask;             // the policy, whether to compile
  const uint8_t* bytecode;  // result
};

// Finds out what a call of a function runs; 1 if it is none, for the reason in trap_message.
uint64_t ResolveFirstCall(void* argument) {
  auto& call = *static_cast<FirstCall*>(argument);
  const HostWorkScope work(call.activation, HostWork::kTiers);
  ModuleCode& code = *call.context->code;
  FunctionState& state = code.function_states()[call.function];
  if (call.may_ask && code.hooks().CompileAtFirstCall(code, call.function)) {
    call.bytecode = CompiledStub(state);
    return 0;
  }
  Translation translation = Translate(code, call.function);
  call.bytecode = translation.bytecode;
  if (translation.bytecode != nullptr) return 0;
  if (translation.frame_is_too_large && code.hooks().CompileInstead(code, call.function)) {
    call.bytecode = CompiledStub(state);
    return 0;
  }
  call.activation->trap_message = std::move(translation.error);
  return 1;
}

// What a call with the return address `link` of a function that has not been translated runs.
const uint8_t* FirstBytecode(VMContext* context, size_t function, bool may_ask, const uint8_t* link,
                             uint64_t* frame) {
  Activation* const activation = ActivationOf(context);
  activation->exit = CallPosition(context, link, frame);
  FirstCall call{activation, context, static_cast<uint32_t>(function), may_ask, nullptr};
  if (wasmtier_call_on_host_stack(activation, ResolveFirstCall, &call) != 0) {
    RaiseTrap(activation, TrapCode::kInvalidFunction, activation->exit);
  }
  return call.bytecode;
}

void AskPolicy(VMContext* context, uint32_t index, HotReason reason) {
  ModuleCode& code = *context->code;
  context->hotness[index] =
      code.hooks().OnHot(code, index + code.module().imported_functions, reason);
}

struct HotCall {
  VMContext* context;
  uint32_t index;  // of the countdown
};

uint64_t AskAboutCalls(void* argument) {
  const auto& hot = *static_cast<HotCall*>(argument);
  const HostWorkScope work(ActivationOf(hot.context), HostWork::kTiers);
  AskPolicy(hot.context, hot.index, HotReason::kCalls);
  return 0;
}

struct HotJump {
  VMContext* context;
  const uint8_t* pc;
  uint32_t frame_slots;  // result, if there is an entry
};

// The OSR entry that the jump may take, or 0.
uint64_t AskAboutLoop(void* argument) {
  auto& hot = *static_cast<HotJump*>(argument);
  const HostWorkScope work(ActivationOf(hot.context), HostWork::kTiers);
  const auto index = ReadField<uint32_t>(hot.pc, kHotnessOffset);
  AskPolicy(hot.context, index, HotReason::kLoop);
  ModuleCode& code = *hot.context->code;
  const uint32_t function = index + code.module().imported_functions;
  const auto loop = ReadField<uint32_t>(hot.pc, kLoopOffset);
  const void* const entry = code.hooks().FindOsrEntry(code, function, loop);
  ModuleCode::BytecodeRange range;
  if (entry == nullptr || !code.FindBytecode(hot.pc, &range)) return 0;
  hot.frame_slots = ReadField<uint16_t>(range.begin, kEnterFrameOffset);
  code.hooks().listener().OnLoopEntry({&code, function, loop, runtime::Tier::kInterpreter, entry});
  return reinterpret_cast<uint64_t>(entry);
}

// Whether what runs at `frame` with the return address `link` returns to machine code: directly, or
// over a bridge that a tail call to another instance has left. Then it ends as soon as all that is
// left to do is to run machine code, and leaves that to the stub that has called the interpreter,
// so that chains of tail calls take no stack. The bridge is not needed for it: machine code keeps
// its context to itself.
INLINE bool ReturnsToMachineCode(const uint8_t* link, const uint64_t* frame) {
  if (link == bridge_target.address())
    link = reinterpret_cast<const uint8_t*>(frame[1 - static_cast<ptrdiff_t>(kBridgeSlots)]);
  return link == machine_halt_target.address();
}

// Runs machine code that stands for the rest of what runs at `frame`, whose callees' frames may
// begin at `next_frame`.
#define GO_TO_MACHINE_CODE(target, callee, following_frame)                                        \
  do {                                                                                             \
    StoreBlock& block = *context->store_block;                                                     \
    if (ReturnsToMachineCode(link, frame)) [[unlikely]] {                                          \
      block.continuation = {(target), (callee).slot, context, frame};                              \
      return;                                                                                      \
    }                                                                                              \
    block.next_frame = (following_frame);                                                          \
    (callee).stubs->enter.load(std::memory_order_relaxed)((target), (callee).slot, context, frame, \
                                                          link);                                   \
    accumulator = frame[0];                                                                        \
    float_accumulator = FloatOfSlot(accumulator);                                                  \
    RETURN;                                                                                        \
  } while (false)

}  // namespace

HANDLER HaltForMachineCode(HANDLER_PARAMETERS) {
  context->store_block->continuation.target = nullptr;
}

Continuation* EnterFromMachineCode(VMContext* context, std::atomic<void*>* slot, uint64_t* frame) {
  ModuleCode& code = *context->code;
  StoreBlock& block = *context->store_block;
  const auto function = static_cast<size_t>(slot - code.entries());
  const uint8_t* const link = machine_halt_target.address();
  const uint8_t* const pc =
      code.asks_at_every_call()
          ? FirstBytecode(context, function, false, link, frame)
          : context->function_states[function].bytecode.load(std::memory_order_acquire);
  const char* const base = HandlerBase();
  HandlerOf(base, pc)(context, base, block.slot_limit, context->memory_base, pc, frame, 0, link,
                      FloatAccumulator{});
  return block.continuation.target == nullptr ? nullptr : &block.continuation;
}

HANDLER EnterCompiled(HANDLER_PARAMETERS) {
  const auto* const state =
      reinterpret_cast<const FunctionState*>(pc - offsetof(FunctionState, compiled_stub));
  const Callee callee = CalleeAt(context, IndexOf(context, state));
  uint64_t* const end = frame + callee.stubs->frame_slots.load(std::memory_order_relaxed);
  if (end > limit) [[unlikely]]
    JUMP StackIsExhausted(HANDLER_ARGUMENTS);
  GO_TO_MACHINE_CODE(callee.stubs->load_arguments.load(std::memory_order_relaxed), callee, end);
}

COLD_HANDLER Translate(HANDLER_PARAMETERS) {
  const auto* const state =
      reinterpret_cast<const FunctionState*>(pc - offsetof(FunctionState, translate_stub));
  pc = FirstBytecode(context, IndexOf(context, state), true, link, frame);
  DISPATCH;
}

COLD_HANDLER HotFunction(HANDLER_PARAMETERS) {
  Activation* const activation = ActivationOf(context);
  activation->exit = Position(context, pc, frame);
  HotCall hot{context, ReadField<uint32_t>(pc, kEnterHotnessOffset)};
  wasmtier_call_on_host_stack(activation, AskAboutCalls, &hot);
  // If there is machine code now, it takes the call: the arguments are still where they were.
  const FunctionState& state =
      context->function_states[hot.index + context->code->module().imported_functions];
  const uint8_t* const bytecode = state.bytecode.load(std::memory_order_acquire);
  if (bytecode == CompiledStub(state)) {
    pc = bytecode;
    DISPATCH;
  }
  NEXT(kEnterBytes);
}

COLD_HANDLER HotLoop(HANDLER_PARAMETERS) {
  Activation* const activation = ActivationOf(context);
  activation->exit = Position(context, pc, frame);
  HotJump hot{context, pc, 0};
  const uint64_t entry = wasmtier_call_on_host_stack(activation, AskAboutLoop, &hot);
  if (entry == 0) NEXT(ReadField<int32_t>(pc, kDistanceOffset));
  const Callee callee = CalleeAt(context, ReadField<uint32_t>(pc, kHotnessOffset) +
                                              context->code->module().imported_functions);
  GO_TO_MACHINE_CODE(reinterpret_cast<const void*>(entry), callee, frame + hot.frame_slots);
}

}  // namespace wasmtier::interpreter
