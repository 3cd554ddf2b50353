#include "tiers/interpreter/frames.h"

#include "runtime/module_code.h"
#include "tiers/interpreter/bytecode.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/translate.h"

namespace wasmtier::interpreter {

using runtime::InterpreterPosition;
using runtime::ModuleCode;

InterpreterPosition CallerPosition(runtime::VMContext* context, uint64_t return_address,
                                   uint64_t* frame) {
  const auto* pc = reinterpret_cast<const uint8_t*>(return_address);
  if (pc == BridgeAddress()) {
    frame -= kBridgeSlots;
    context = reinterpret_cast<runtime::VMContext*>(frame[0]);
    pc = reinterpret_cast<const uint8_t*>(frame[1]);
  }
  if (pc == HaltAddress()) return {};
  return {context, pc - 1, frame - ReadField<uint16_t>(pc, kBaseBeforeReturn)};
}

bool MoveToCaller(InterpreterPosition* position) {
  ModuleCode::BytecodeLocation location;
  if (!position->context->code->FindBytecode(position->pc, &location)) return false;
  *position =
      CallerPosition(position->context, position->frame[location.header_slot], position->frame);
  return position->pc != nullptr;
}

runtime::Frame LocateFrame(const InterpreterPosition& position) {
  const ModuleCode& code = *position.context->code;
  runtime::Frame frame{code.shared_module(), 0, 0};
  ModuleCode::BytecodeLocation location;
  if (!code.FindBytecode(position.pc, &location)) return frame;
  frame.function = location.function;
  frame.offset = FindSourceOffset(code, location.function, location.bytecode_offset);
  return frame;
}

}  // namespace wasmtier::interpreter
