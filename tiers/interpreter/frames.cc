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

using runtime::CodePosition;
using runtime::ModuleCode;

// Called on the wasm stack, too. It reads bytecode that a handler has run: handlers are not
// instrumented, so ThreadSanitizer did not see that they acquired it.
#define ON_WASM_STACK __attribute__((no_sanitize("address", "thread", "undefined")))

ON_WASM_STACK CodePosition CallerPosition(runtime::VMContext* context, const uint8_t* link,
                                          uint64_t* frame) {
  if (link == bridge_target.address()) {
    frame -= kBridgeSlots;
    context = reinterpret_cast<runtime::VMContext*>(frame[0]);
    link = reinterpret_cast<const uint8_t*>(frame[1]);
  }
  if (link == halt_target.address()) return {};
  if (link == machine_halt_target.address()) {
    return {CodePosition::Kind::kMachine, nullptr, nullptr, reinterpret_cast<uint64_t*>(frame[-1]),
            nullptr};
  }
  return Position(context, link - 1, frame - ReadField<uint16_t>(link, kBaseBeforeReturn));
}

ON_WASM_STACK CodePosition CallPosition(runtime::VMContext* context, const uint8_t* link,
                                        uint64_t* frame) {
  CodePosition position = CallerPosition(context, link, frame);
  if (position.kind == CodePosition::Kind::kMachine) {
    const uint64_t* const stub = position.frame;
    position.pc = reinterpret_cast<const uint8_t*>(stub[1]);
    position.frame = reinterpret_cast<uint64_t*>(stub[0]);
  }
  return position;
}

namespace {

class Frames final : public runtime::InterpreterFrames {
 public:
  CodePosition Caller(const CodePosition& position) override {
    if (!Find(position)) return {};
    return CallerPosition(position.context,
                          reinterpret_cast<const uint8_t*>(position.frame[range_.header_slot]),
                          position.frame);
  }
  CodePosition CallerOf(runtime::VMContext* context, const uint8_t* link,
                        uint64_t* frame) override {
    return CallerPosition(context, link, frame);
  }

  runtime::Frame Locate(const CodePosition& position) override {
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
  bool Find(const CodePosition& position) {
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

std::unique_ptr<runtime::InterpreterFrames> MakeFrames() { return std::make_unique<Frames>(); }

}  // namespace wasmtier::interpreter
