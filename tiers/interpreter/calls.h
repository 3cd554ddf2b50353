// Handlers that leave the instance or the interpreter: calls of host functions, of other instances,
// of machine code, of the runtime, of the translator and of the tier policy; and how an entry from
// the host or from machine code begins and ends.
#ifndef WASMTIER_TIERS_INTERPRETER_CALLS_H_
#define WASMTIER_TIERS_INTERPRETER_CALLS_H_

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "runtime/activation.h"
#include "tiers/interpreter/dispatch.h"

namespace wasmtier::interpreter {

// Calls the FunctionReference in `accumulator`, a host function's or another instance's; `pc` is
// the return address.
COLD_HANDLER CallOutside(HANDLER_PARAMETERS);
// The same as a tail call; `pc` is at its `source` field.
COLD_HANDLER ReturnCallOutside(HANDLER_PARAMETERS);
// Back from another instance's function; `frame` is at the bridge.
HANDLER ReturnFromBridge(HANDLER_PARAMETERS);
// Ends an entry from the host; from machine code.
HANDLER Halt(HANDLER_PARAMETERS);
HANDLER HaltForMachineCode(HANDLER_PARAMETERS);
// FunctionState::translate_stub and compiled_stub: `pc` is at it, `link` is the return address.
COLD_HANDLER Translate(HANDLER_PARAMETERS);
HANDLER EnterCompiled(HANDLER_PARAMETERS);
// The frame at Enter does not fit; `link` is the return address.
COLD_HANDLER StackIsExhausted(HANDLER_PARAMETERS);
// A function's countdown ran out at its Enter, after that has done its work.
COLD_HANDLER HotFunction(HANDLER_PARAMETERS);
HANDLER CallRuntime(HANDLER_PARAMETERS);
HANDLER MemoryCopy(HANDLER_PARAMETERS);
HANDLER MemoryFill(HANDLER_PARAMETERS);

// What stands at a return address that is not behind a call: the header and base that a return
// reads, then an instruction.
struct alignas(8) ReturnTarget {
  std::array<uint8_t, -kHeaderBeforeReturn + kHandlerBytes> code;

  const uint8_t* address() const { return code.data() - kHeaderBeforeReturn; }
  void Fill(uint16_t base, Handler handler) {
    // The header that a return reads there is not used: the first slot will do.
    const uint16_t fields[] = {0, base};
    const int32_t distance = HandlerDistance(handler);
    std::memcpy(code.data(), fields, sizeof(fields));
    std::memcpy(code.data() + sizeof(fields), &distance, sizeof(distance));
  }
};
// Where an entry from the host returns, an entry from machine code, and a call of another instance.
extern constinit ReturnTarget halt_target;
extern constinit ReturnTarget machine_halt_target;
extern constinit ReturnTarget bridge_target;
// Fills in what stands there; once a process.
void InitializeReturnAddresses();

INLINE runtime::Activation* ActivationOf(const VMContext* context) {
  return context->store_block->activation;
}
INLINE runtime::CodePosition Position(VMContext* context, const uint8_t* pc, uint64_t* frame) {
  return {runtime::CodePosition::Kind::kInterpreter, context, pc, frame, nullptr};
}
INLINE FloatAccumulator FloatOfSlot(uint64_t slot) {
  return ToFloatAccumulator(std::bit_cast<double>(slot));
}

// Returns to the link, which then becomes the caller's own. Neither it nor the caller's frame is
// found through the callee's code, so that the processor need not wait for that: a return address
// at a place that the callee's instructions name made chains of calls twice as slow.
#define RETURN                                                                                    \
  do {                                                                                            \
    pc = link;                                                                                    \
    frame -= ReadField<uint16_t>(pc, kBaseBeforeReturn);                                          \
    link = reinterpret_cast<const uint8_t*>(frame[ReadField<uint16_t>(pc, kHeaderBeforeReturn)]); \
    DISPATCH;                                                                                     \
  } while (false)

}  // namespace wasmtier::interpreter

#endif  // WASMTIER_TIERS_INTERPRETER_CALLS_H_
