#include "runtime/stack_walk.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/code_space.h"
#include "runtime/module_code.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {
namespace {

// Goes through the frames of one activation.
class StackWalk {
 public:
  StackWalk(TrapInfo& trap, InterpreterFrames& interpreter, const CodeSpace* space)
      : trap_(trap), interpreter_(interpreter), space_(space) {}

  void Walk(CodePosition position) {
    while (position.kind != CodePosition::Kind::kNone) {
      position = position.kind == CodePosition::Kind::kInterpreter ? PassInterpreter(position)
                                                                   : PassMachine(position);
    }
  }

 private:
  // An omitted frame costs no look-up of its position.
  bool CountFrame() {
    if (trap_.frames.size() < TrapInfo::kMaxFrames) return true;
    ++trap_.omitted_frames;
    return false;
  }

  CodePosition PassInterpreter(const CodePosition& position) {
    if (CountFrame()) trap_.frames.push_back(interpreter_.Locate(position));
    return interpreter_.Caller(position);
  }

  CodePosition PassMachine(const CodePosition& position) {
    // The interpreter was called by the kInterpreter stub that has this frame.
    if (position.pc == nullptr) return CallerOfFrame(position.frame);
    const bool is_fault = position.stack_pointer != nullptr;
    // The byte before a return address: a call may be the last instruction of its piece of code.
    const CompiledCode* const code = Find(is_fault ? position.pc : position.pc - 1);
    if (code == nullptr) return {};  // not ours: an entry from the host
    if (is_fault && position.pc < code->begin + code->prologue_size) {
      return CallerInPrologue(*code, position);
    }
    const FramelessRange* const frameless = is_fault ? code->FindFrameless(position.pc) : nullptr;
    switch (code->kind) {
      case CompiledCode::Kind::kFunction:
        // The byte before a return address belongs to the call.
        PushFunctions(*code,
                      is_fault || !code->positions_are_ranges ? position.pc : position.pc - 1);
        if (frameless != nullptr) return CallerWithoutFrame(*frameless, position);
        break;
      case CompiledCode::Kind::kEnter: {
        const uint64_t* const frame = position.frame;
        return interpreter_.CallerOf(reinterpret_cast<VMContext*>(frame[-1]),
                                     reinterpret_cast<const uint8_t*>(frame[-3]),
                                     reinterpret_cast<uint64_t*>(frame[-2]));
      }
      case CompiledCode::Kind::kInterpreter:
      case CompiledCode::Kind::kHelper:
        break;
    }
    return CallerOfFrame(position.frame);
  }

  // The function at an address, and those that it was inlined into.
  void PushFunctions(const CompiledCode& code, const uint8_t* pc) {
    uint32_t offset = ModuleOffset(code, pc);
    code.ForEachFunction(pc, [&](uint32_t function, uint32_t call_offset) {
      PushFrame(code, function, offset);
      offset = call_offset;
    });
  }
  void PushFrame(const CompiledCode& code, uint32_t function, uint32_t module_offset) {
    if (HasLeft(code, module_offset) || !CountFrame()) return;
    trap_.frames.push_back({code.code->shared_module(), function, module_offset});
  }

  // Whether the function ended with a tail call at this place, which may be where it trapped: then
  // it is still there.
  bool HasLeft(const CompiledCode& code, uint32_t module_offset) const {
    if (!std::binary_search(code.tail_calls.begin(), code.tail_calls.end(), module_offset)) {
      return false;
    }
    if (!trap_.frames.empty()) return true;
    switch (trap_.code) {
      case TrapCode::kUndefinedElement:
      case TrapCode::kUninitializedElement:
      case TrapCode::kIndirectCallTypeMismatch:
      case TrapCode::kNullFunctionReference:
        return false;
      default:
        return true;
    }
  }

  static CodePosition AtReturn(uint64_t return_address, uint64_t frame_pointer) {
    return {.kind = CodePosition::Kind::kMachine,
            .pc = reinterpret_cast<const uint8_t*>(return_address),
            .frame = reinterpret_cast<uint64_t*>(frame_pointer)};
  }
  static CodePosition CallerOfFrame(const uint64_t* frame) { return AtReturn(frame[1], frame[0]); }

  // A prologue begins with push rbp (1 byte); mov rbp, rsp. Those that do not (entries into loops,
  // very large frames) check the stack first, and do not fault.
  static CodePosition CallerInPrologue(const CompiledCode& code, const CodePosition& position) {
    const auto frame_pointer = reinterpret_cast<uint64_t>(position.frame);
    switch (position.pc - code.begin) {
      case 0:
        return AtReturn(position.stack_pointer[0], frame_pointer);
      case 1:
        return AtReturn(position.stack_pointer[1], frame_pointer);
      default:
        return CallerOfFrame(position.frame);
    }
  }

  static CodePosition CallerWithoutFrame(const FramelessRange& range,
                                         const CodePosition& position) {
    return AtReturn(position.stack_pointer[range.return_address / sizeof(uint64_t)],
                    reinterpret_cast<uint64_t>(position.frame));
  }

  const CompiledCode* Find(const uint8_t* pc) {
    if (last_ != nullptr && pc >= last_->begin && pc < last_->begin + last_->size) return last_;
    if (space_ == nullptr || !space_->Contains(pc)) return nullptr;
    last_ = space_->Find(pc);
    return last_;
  }

  // What is recorded for the address, or for the next one behind it: an instruction that runs into
  // the stack's guard (a call, or a store to the frame) is not recorded itself, but what follows is
  // of the same or a near wasm instruction.
  static uint32_t ModuleOffset(const CompiledCode& code, const uint8_t* pc) {
    uint32_t offset = 0;
    if (code.FindPosition(pc, &offset)) return offset;
    const auto code_offset = static_cast<uint32_t>(pc - code.begin);
    for (const CodePositionEntry& entry : DecodePositions(code.positions)) {
      offset = entry.module_offset;
      if (entry.code_offset >= code_offset) break;
    }
    return offset;
  }

  TrapInfo& trap_;
  InterpreterFrames& interpreter_;
  const CodeSpace* space_;
  // The frames of a runaway recursion are of few functions.
  const CompiledCode* last_ = nullptr;
};

}  // namespace

void AppendFrames(TrapInfo& trap, const Activation* innermost) {
  if (innermost == nullptr) return;
  const std::unique_ptr<InterpreterFrames> interpreter = MakeInterpreterFrames();
  for (const Activation* activation = innermost; activation != nullptr;
       activation = activation->previous) {
    StackWalk(trap, *interpreter, CodeSpaceOf(*activation->store_block)).Walk(activation->exit);
  }
}

}  // namespace wasmtier::runtime
