#include "tiers/interpreter/frames.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "runtime/module_code.h"
#include "tiers/interpreter/bytecode.h"
#include "tiers/interpreter/calls.h"
#include "tiers/interpreter/translate.h"

namespace wasmtier::interpreter {

using runtime::InterpreterPosition;
using runtime::ModuleCode;

// Reads bytecode that a handler has run: handlers are not instrumented, so ThreadSanitizer did not
// see that they acquired it.
__attribute__((no_sanitize("thread"))) InterpreterPosition
CallerPosition(runtime::VMContext* context, const uint8_t* return_address, uint64_t* frame) {
  const uint8_t* pc = return_address;
  if (pc == BridgeAddress()) {
    frame -= kBridgeSlots;
    context = reinterpret_cast<runtime::VMContext*>(frame[0]);
    pc = reinterpret_cast<const uint8_t*>(frame[1]);
  }
  if (pc == HaltAddress()) return {};
  return {context, pc - 1, frame - ReadField<uint16_t>(pc, kBaseBeforeReturn)};
}

namespace {

class InterpreterFrameWalk final : public runtime::FrameWalk {
 public:
  bool MoveToCaller(InterpreterPosition* position) override {
    if (!Find(*position)) return false;
    *position = CallerPosition(
        position->context, reinterpret_cast<const uint8_t*>(position->frame[range_.header_slot]),
        position->frame);
    return position->pc != nullptr;
  }

  runtime::Frame Locate(const InterpreterPosition& position) override {
    const ModuleCode& code = *position.context->code;
    runtime::Frame frame{code.shared_module(), 0, 0};
    if (!Find(position)) return frame;
    frame.function = range_.function;
    auto [positions, is_new] = positions_.try_emplace(range_.begin);
    if (is_new) positions->second = FindSourcePositions(code, range_.function);
    frame.offset =
        SourceOffset(positions->second, static_cast<uint32_t>(position.pc - range_.begin));
    return frame;
  }

 private:
  // The bytecode that the position is in becomes range_.
  bool Find(const InterpreterPosition& position) {
    return range_.Contains(position.pc) ||
           position.context->code->FindBytecode(position.pc, &range_);
  }

  static uint32_t SourceOffset(const std::vector<SourcePosition>& positions, uint32_t offset) {
    auto after = std::upper_bound(
        positions.begin(), positions.end(), offset,
        [](uint32_t at, const SourcePosition& p) { return at < p.bytecode_offset; });
    return std::prev(after)->module_offset;  // the first instruction is at 0
  }

  ModuleCode::BytecodeRange range_;
  absl::flat_hash_map<const uint8_t*, std::vector<SourcePosition>> positions_;
};

}  // namespace

std::unique_ptr<runtime::FrameWalk> MakeFrameWalk() {
  return std::make_unique<InterpreterFrameWalk>();
}

}  // namespace wasmtier::interpreter
