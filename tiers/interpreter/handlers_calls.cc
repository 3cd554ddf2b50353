// Handlers that leave the instance or the interpreter (calls.h), but for those that have to do with
// tiers. They may call C++ functions; what
// is more than a leaf runs on the host's stack (design §4).
#include <cstring>

#include "runtime/activation.h"
#include "runtime/host_function.h"
#include "runtime/module_code.h"
#include "runtime/runtime_calls.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/dispatch.h"
#include "tiers/interpreter/frames.h"
#include "tiers/interpreter/handlers.h"
#include "tiers/interpreter/interpreter.h"

namespace wasmtier::interpreter {

using runtime::Activation;
using runtime::FunctionReference;
using runtime::TrapCode;

namespace {

struct RuntimeRequest {
  runtime::RuntimeFunction function;
  VMContext* context;
  uint64_t* slots;
  uint32_t immediate;
  uint32_t immediate2;
};

uint64_t CallRuntimeFunction(void* argument) {
  const auto& request = *static_cast<RuntimeRequest*>(argument);
  return static_cast<uint64_t>(
      request.function(request.context, request.slots, request.immediate, request.immediate2));
}

}  // namespace

constinit ReturnTarget halt_target{};
constinit ReturnTarget machine_halt_target{};
constinit ReturnTarget bridge_target{};

void InitializeReturnAddresses() {
  halt_target.Fill(0, Halt);
  machine_halt_target.Fill(0, HaltForMachineCode);
  bridge_target.Fill(kBridgeSlots, ReturnFromBridge);
}

void Enter(const FunctionReference* callee, uint64_t* frame) {
  VMContext* const context = callee->context;
  const uint8_t* const pc = callee->state->bytecode.load(std::memory_order_acquire);
  const char* const base = HandlerBase();
  HandlerOf(base, pc)(context, base, context->store_block->slot_limit, context->memory_base, pc,
                      frame, 0, halt_target.address(), FloatAccumulator{});
}

HANDLER Halt(HANDLER_PARAMETERS) {}

template <TrapCode code>
COLD_HANDLER Trap(HANDLER_PARAMETERS) {
  RaiseTrap(ActivationOf(context), code, Position(context, pc, frame));
}
#define TRAP(Name, message) template COLD_HANDLER Trap<TrapCode::k##Name>(HANDLER_PARAMETERS);
#include "runtime/traps.def"
#undef TRAP

COLD_HANDLER StackIsExhausted(HANDLER_PARAMETERS) {
  RaiseTrap(ActivationOf(context), TrapCode::kCallStackExhausted,
            CallPosition(context, link, frame));
}

COLD_HANDLER CallOutside(HANDLER_PARAMETERS) {
  const auto* const callee = reinterpret_cast<const FunctionReference*>(accumulator);
  uint64_t* const arguments = frame + ReadField<uint16_t>(pc, kBaseBeforeReturn);
  if (callee->host != nullptr) {
    CallHostFunction(*callee->host, context, arguments, Position(context, pc - 1, frame));
    accumulator = arguments[0];
    float_accumulator = FloatOfSlot(arguments[0]);
    DISPATCH;
  }
  std::memmove(arguments + kBridgeSlots, arguments, callee->param_slots * sizeof(uint64_t));
  arguments[0] = reinterpret_cast<uint64_t>(context);
  arguments[1] = reinterpret_cast<uint64_t>(pc);
  arguments[2] = callee->result_slots;
  frame = arguments + kBridgeSlots;
  link = bridge_target.address();
  context = callee->context;
  memory = context->memory_base;
  pc = callee->state->bytecode.load(std::memory_order_acquire);
  DISPATCH;
}

HANDLER ReturnFromBridge(HANDLER_PARAMETERS) {
  context = reinterpret_cast<VMContext*>(frame[0]);
  pc = reinterpret_cast<const uint8_t*>(frame[1]);
  memory = context->memory_base;
  std::memmove(frame, frame + kBridgeSlots, frame[2] * sizeof(uint64_t));
  frame -= ReadField<uint16_t>(pc, kBaseBeforeReturn);
  link = reinterpret_cast<const uint8_t*>(frame[ReadField<uint16_t>(pc, kHeaderBeforeReturn)]);
  DISPATCH;
}

COLD_HANDLER ReturnCallOutside(HANDLER_PARAMETERS) {
  const auto* const callee = reinterpret_cast<const FunctionReference*>(accumulator);
  uint64_t* const arguments = frame + ReadField<uint16_t>(pc, 0);
  if (callee->host != nullptr) {
    // The caller's frame is gone, for backtraces: as in machine code, which has left it.
    CallHostFunction(*callee->host, context, arguments, CallPosition(context, link, frame));
    accumulator = arguments[0];
    float_accumulator = FloatOfSlot(arguments[0]);
    std::memmove(frame, arguments, callee->result_slots * sizeof(uint64_t));
    pc = link;
    frame -= ReadField<uint16_t>(pc, kBaseBeforeReturn);
    link = reinterpret_cast<const uint8_t*>(frame[ReadField<uint16_t>(pc, kHeaderBeforeReturn)]);
    DISPATCH;
  }
  if (link == bridge_target.address()) {
    // The bridge below this frame serves the callee as well: chains of tail calls between instances
    // stay in one place.
    std::memmove(frame, arguments, callee->param_slots * sizeof(uint64_t));
  } else {
    std::memmove(frame + kBridgeSlots, arguments, callee->param_slots * sizeof(uint64_t));
    frame[0] = reinterpret_cast<uint64_t>(context);
    frame[1] = reinterpret_cast<uint64_t>(link);
    frame[2] = callee->result_slots;
    frame += kBridgeSlots;
  }
  link = bridge_target.address();
  context = callee->context;
  memory = context->memory_base;
  pc = callee->state->bytecode.load(std::memory_order_acquire);
  DISPATCH;
}

HANDLER CallRuntime(HANDLER_PARAMETERS) {
  Activation* const activation = ActivationOf(context);
  activation->exit = Position(context, pc, frame);
  uint64_t* const slots = frame + ReadField<uint16_t>(pc, kHandlerBytes + 2);
  RuntimeRequest request{runtime::kRuntimeFunctions[ReadField<uint16_t>(pc, kHandlerBytes)],
                         context, slots, ReadField<uint32_t>(pc, kHandlerBytes + 4),
                         ReadField<uint32_t>(pc, kHandlerBytes + 8)};
  const auto trap =
      static_cast<TrapCode>(wasmtier_call_on_host_stack(activation, CallRuntimeFunction, &request));
  if (trap != TrapCode::kNone) RaiseTrap(activation, trap, activation->exit);
  accumulator = slots[0];
  NEXT(kHandlerBytes + 12);
}

// The C library's copy routines are leaves, so memory 0 needs no visit to the host's stack.
HANDLER MemoryCopy(HANDLER_PARAMETERS) {
  const uint64_t* const operands = &frame[ReadField<uint16_t>(pc, kHandlerBytes)];
  const runtime::MemoryView& view = *context->memory;
  const uint64_t size = operands[2];
  if (operands[0] + size > view.byte_size || operands[1] + size > view.byte_size) [[unlikely]] {
    JUMP Trap<TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
  }
  std::memmove(view.base + operands[0], view.base + operands[1], size);
  NEXT(kHandlerBytes + kSlotBytes);
}

HANDLER MemoryFill(HANDLER_PARAMETERS) {
  const uint64_t* const operands = &frame[ReadField<uint16_t>(pc, kHandlerBytes)];
  const runtime::MemoryView& view = *context->memory;
  if (operands[0] + operands[2] > view.byte_size) [[unlikely]] {
    JUMP Trap<TrapCode::kMemoryOutOfBounds>(HANDLER_ARGUMENTS);
  }
  std::memset(view.base + operands[0], static_cast<int>(operands[1]), operands[2]);
  NEXT(kHandlerBytes + kSlotBytes);
}

}  // namespace wasmtier::interpreter
