// The MacroAssembler: the seam between the sink, which knows wasm, and a target (x64/ is the only
// one), which knows instructions. It allocates nothing and remembers nothing of values: the sink
// says where operands are and where results go.
//
// A destination may be the register of any operand of the same call. Constant operands may stand
// anywhere but not in all places at once (the sink folds those). Methods may change the registers
// that are in no role (register.h) and the flags; a Condition lives until the next call of anything
// but JumpIf, SetIf and SelectIf.
#ifndef WASMTIER_TIERS_BASELINE_MASM_H_
#define WASMTIER_TIERS_BASELINE_MASM_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "runtime/code_space.h"
#include "runtime/hot_counters.h"
#include "runtime/relaxed_simd.h"
#include "runtime/runtime_calls.h"
#include "runtime/trap.h"
#include "tiers/baseline/register.h"
#include "tiers/baseline/stubs.h"
#include "tiers/decode/opcode.h"

namespace wasmtier::baseline {

struct Label {
  uint32_t id = UINT32_MAX;
  bool IsValid() const { return id != UINT32_MAX; }
};

// A condition in the flags, as Compare, Test ... left it.
enum class Condition : uint8_t {
  kEqual,
  kNotEqual,
  kLessSigned,
  kLessEqualSigned,
  kGreaterSigned,
  kGreaterEqualSigned,
  kBelow,
  kBelowEqual,
  kAbove,
  kAboveEqual,
  // Of floats, where unordered operands must be told apart: (equal and ordered), (not equal or
  // unordered), and the negations of kAbove and kAboveEqual, which are true of unordered ones.
  kFloatEqual,
  kFloatNotEqual,
};
Condition Negate(Condition condition);

// The thunks of Stubs that code calls; tests have their own.
struct Thunks {
  std::array<const void*, 32> traps{};  // by TrapCode
  const void* runtime_call = nullptr;
  const void* hot = nullptr;
};

class Masm {
 public:
  Masm(runtime::CodeSpace& space, const Stubs& stubs);
  Masm(runtime::CodeSpace& space, const Thunks& thunks);
  ~Masm();
  Masm(const Masm&) = delete;
  Masm& operator=(const Masm&) = delete;

  // Begins a piece of code; memory is kept from the one before. `listing`: where Disassemble wants
  // the text, or null.
  void Reset(std::string* listing);
  // The wasm instruction that code is emitted for from now on: traps, faults and calls are noted
  // for its module offset.
  void set_module_offset(uint32_t offset) { module_offset_ = offset; }
  // For the listing: calls through entry slots are shown by their distance from `entries`.
  void set_entries(const std::atomic<void*>* entries);
  // Writes a comment line into the listing.
  void Comment(std::string_view text);
  uint32_t code_offset() const;
  // Emits what was put off (trap stubs, cold code, jump tables), and copies all into the space.
  // `code` gets begin, size and positions; the caller fills in the rest and Adds it.
  absl::StatusOr<runtime::CodeBuffer> Finish(runtime::CompiledCode* code);

  // Labels.
  Label NewLabel();
  void Bind(Label label);
  void AlignLoop();

  // The frame. Below the frame pointer lie the context (at -8), the preserved homes in the order of
  // Roles().preserved_homes (at -16, -24 ..., whether saved or not), then `frame_bytes` - 48 of
  // slots. Saves `saved` homes; a frame of more than a page is probed; `check_stack`: compares with
  // StoreBlock::native_limit instead of relying on the guard (so does a frame over 64 KiB anyway).
  // The stack pointer stays 16-byte aligned for any frame_bytes. All argument registers are as
  // before; changes rax and r11 only.
  // The first Prologue must be the first code. A later one, of an OSR entry, must check_stack: only
  // at the first one are faults known to the trap handler (CompiledCode::prologue_size).
  void Prologue(uint32_t frame_bytes, std::span<const Register> saved, bool check_stack);
  // Restores homes and frame; then Return or a TailCall.
  void Epilogue(std::span<const Register> saved);
  void Return();

  // Moves and constants: this group changes rax only (no scratch float register, not rcx), so that
  // argument registers can be filled with it; but a v128 goes from memory to memory through xmm1. A
  // Move of an i32 register to itself clears its upper half; of other types it is nothing.
  void Move(Type type, Register destination, const Operand& source);
  // To a frame slot, two of a v128. An i32's upper half is cleared.
  void Spill(Type type, int32_t offset, const Operand& source);
  // 64-bit words, two of a v128, at a base register (context fields, call area, records): plain
  // moves.
  void LoadWord(Type type, Register destination, Address from);
  void StoreWord(Type type, Address to, const Operand& source);
  void LoadImmediate(Register destination, uint64_t value);
  // Address of a frame slot.
  void LoadFrameAddress(Register destination, int32_t offset);

  // Numeric instructions; opcodes of the shapes Unary and Convert, and Binary (decode/opcode.h).
  // Those that trap do so at the current module offset.
  void Unary(decode::Opcode opcode, Register destination, const Operand& a);
  void Binary(decode::Opcode opcode, Register destination, const Operand& a, const Operand& b);
  // destination = a + (b << shift), wrapping in the type's width; 1 <= shift <= 3.
  void ScaledAdd(Type type, Register destination, Register a, Register b, int shift);
  // Opcodes of the shapes Compare and Test (eqz), and a null test: flags.
  Condition Compare(decode::Opcode opcode, const Operand& a, const Operand& b);
  Condition Test(decode::Opcode opcode, const Operand& a);
  Condition TestNonZero(Type type, const Operand& a);
  void JumpIf(Condition condition, Label target);
  void SetIf(Condition condition, Register destination);
  // destination = condition ? a : b.
  void SelectIf(Condition condition, Type type, Register destination, const Operand& a,
                const Operand& b);
  void Jump(Label target);
  // Jumps to targets[index], to the last one if there is no such; index is a u32.
  void JumpTable(const Operand& index, std::span<const Label> targets);

  // Vectors; opcodes of the shapes of the same names.
  // The number that stands for a constant of 16 bytes in Operand::bits, in this piece of code; that
  // of zero is 0.
  uint64_t VectorConstant(const uint8_t* bytes);
  const uint8_t* VectorConstantBytes(uint64_t number) const;
  // What relaxed instructions do; deterministic before the first call.
  void set_relaxed_simd(runtime::RelaxedSimd relaxed);
  void VectorUnary(decode::Opcode opcode, Register destination, const Operand& a);
  // Vector operands must be in registers, but where TakesAnyVector is true.
  static bool TakesAnyVector(decode::Opcode opcode);
  void VectorBinary(decode::Opcode opcode, Register destination, const Operand& a,
                    const Operand& b);
  void VectorTernary(decode::Opcode opcode, Register destination, Register a, Register b,
                     Register c);
  void VectorShift(decode::Opcode opcode, Register destination, Register a, const Operand& count);
  // any_true and all_true: flags.
  Condition VectorTest(decode::Opcode opcode, Register a);
  void VectorBitmask(decode::Opcode opcode, Register destination, Register a);
  // Of a scalar that is no constant.
  void VectorSplat(decode::Opcode opcode, Register destination, const Operand& a);
  void VectorExtractLane(decode::Opcode opcode, Register destination, const Operand& a,
                         uint32_t lane);
  void VectorReplaceLane(decode::Opcode opcode, Register destination, Register a,
                         const Operand& scalar, uint32_t lane);
  // `lanes`: 16 numbers; 16 and more are of b, which may be the same as a.
  void VectorShuffle(Register destination, Register a, Register b, const uint8_t* lanes);
  // i8x16.swizzle by a constant.
  void VectorSwizzle(Register destination, Register a, const uint8_t* lanes);

  // Linear memory; opcodes of vectors, too. An access that may fault is noted as such.
  // `base` is memory 0's; a constant or frame `address` is taken in as it suits. offset < 2^31.
  void Load(decode::Opcode opcode, Register destination, Register base, const Operand& address,
            uint64_t offset);
  void Store(decode::Opcode opcode, const Operand& value, Register base, const Operand& address,
             uint64_t offset);
  // With an explicit check: `view` holds the address of the MemoryView.
  void LoadChecked(decode::Opcode opcode, Register destination, Register view,
                   const Operand& address, uint64_t offset, bool is_64);
  void StoreChecked(decode::Opcode opcode, const Operand& value, Register view,
                    const Operand& address, uint64_t offset, bool is_64);

  // Where an access is: as above, with an explicit check if `is_checked` (then `base` is the view).
  struct Place {
    Register base;
    Operand address;
    uint64_t offset;
    bool is_checked;
    bool is_64;
  };
  // v128.loadN_lane (destination = vector with one lane from memory) and v128.storeN_lane.
  void LoadLane(decode::Opcode opcode, Register destination, const Place& place, Register vector,
                uint32_t lane);
  void StoreLane(decode::Opcode opcode, const Place& place, Register vector, uint32_t lane);

  // Traps.
  void Trap(runtime::TrapCode code);
  void TrapIf(Condition condition, runtime::TrapCode code);
  // Compares 64-bit words: flags of a - b, unsigned.
  void CompareWord(const Operand& a, Address b);
  // Compares the 32-bit word in memory with a constant.
  void CompareWord32(Address a, uint32_t b);
  void CompareRegister(Register a, Register b);  // 64 bits

  // Calls; arguments are in place (runtime/call_convention.h).
  // Through an entry slot at a fixed address, or in the register that carries slots in calls.
  void CallSlot(std::atomic<void*>* slot);
  void CallSlotRegister();
  // Puts a slot address there.
  void LoadSlotRegister(Address from);
  void TailCallSlot(std::atomic<void*>* slot);
  void TailCallSlotRegister();
  // Operands and results in frame slots from `offset` on. The context is in its argument register.
  void CallRuntime(runtime::RuntimeCall call, int32_t offset, uint32_t immediate,
                   uint32_t immediate2);

  // Feedback: counters in data of the code space.
  void AddToCounter(uint32_t* counter, uint32_t amount);
  void LoadCounter(Register destination, const int32_t* counter);
  void StoreCounter(int32_t* counter, Register source);
  // Takes 1 from a counter; jumps if it is below zero then.
  void CountDown(int32_t* counter, Label below_zero);
  void CountDown(Register counter, Label below_zero);
  // runtime::wasmtier_hot. The result of the call is the first integer result, and in the second
  // integer argument's register; homes are as before.
  void CallHot(runtime::HotCounters* counters, uint32_t loop, uint32_t operands);
  // Jumps to the address in the integer result's register.
  void JumpToResult();

  // Runs `emit` after the main code, behind `entry`, for paths that are rarely taken; it must end
  // in a jump or trap. The module offset is the present one.
  void Cold(Label entry, std::function<void()> emit);

 private:
  struct Assembler;  // x64/assembler.h
  std::unique_ptr<Assembler> assembler_;
  uint32_t module_offset_ = 0;
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_MASM_H_
