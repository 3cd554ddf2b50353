// The operand stack while code is made: where each value is, and which registers are taken.
#ifndef WASMTIER_TIERS_BASELINE_VALUE_STACK_H_
#define WASMTIER_TIERS_BASELINE_VALUE_STACK_H_

#include <cstdint>
#include <vector>

#include "tiers/baseline/homes.h"
#include "tiers/baseline/masm.h"

namespace wasmtier::baseline {

// An operand as wasm pushed it, computed or not.
struct Value {
  enum class Kind : uint8_t {
    kConstant,  // `bits`, as in Operand
    kLocal,     // what `local` holds, until that is written
    kRegister,  // in a temporary, or (just computed and about to be written there) in a home
    kSlot,      // in its own frame slot
    kFlags,     // the i32 that says whether `condition` is true; on top, and consumed next
  };
  Kind kind = Kind::kSlot;
  Type type = Type::kI32;
  Register reg;
  Condition condition = Condition::kEqual;
  uint32_t slot = 0;  // its own: where values that lie below it end
  uint32_t local = 0;
  uint64_t bits = 0;

  bool IsConstant() const { return kind == Kind::kConstant; }
  bool IsFlags() const { return kind == Kind::kFlags; }
  bool IsIn(Register other) const { return kind == Kind::kRegister && reg == other; }
};

// Registers are free, owned by an entry of the stack, or held: allocated or popped, and not yet
// given back. When none is free, the lowest entry that owns one goes to its slot.
class ValueStack {
 public:
  ValueStack(Masm& masm, Homes& homes) : masm_(masm), homes_(homes) {}

  // Empty; the homes' spare registers serve as temporaries as well.
  void Reset(const FrameLayout& frame);

  uint32_t height() const { return static_cast<uint32_t>(values_.size()); }
  const Value& Top(uint32_t from_top = 0) const { return values_[values_.size() - 1 - from_top]; }
  const Value& at(uint32_t position) const { return values_[position]; }
  // The slot of the value at a position; at the height, the first slot above all values.
  uint32_t SlotAt(uint32_t position) const {
    return position < height() ? values_[position].slot : TopSlot();
  }
  uint32_t TopSlot() const {
    return values_.empty() ? 0 : values_.back().slot + SlotsOf(values_.back().type);
  }

  void PushConstant(Type type, uint64_t bits);
  void PushLocal(uint32_t local);
  // The register must not be owned by another entry.
  void PushRegister(Type type, Register reg);
  void PushSlot(Type type);
  void PushFlags(Condition condition);
  // The value's register stays held until it is given to Release.
  Value Pop();
  // Pushes what was popped last, perhaps changed.
  void PushBack(const Value& value);
  void Release(const Value& value) {
    if (value.kind == Value::Kind::kRegister) Free(value.reg);
  }
  void DropTo(uint32_t height);

  // Where an instruction reads the value (not of kFlags). May load a local's register again.
  Operand Read(const Value& value);
  // The same for what is read just once and does not want a register; emits nothing.
  Operand ReadOnce(const Value& value) const;
  Operand SlotOf(const Value& value) const {
    return Operand::InFrame(frame_.OperandOffset(value.slot));
  }
  // The register that a popped value is in, now or after being loaded; then released as usual.
  Register InRegister(Value& value);

  // A free register, which the caller holds.
  Register Allocate(bool is_float);
  void Free(Register reg);
  bool IsTemporary(Register reg) const { return (temporaries_ >> Index(reg) & 1) != 0; }
  bool HasFree(bool is_float) const { return (free_ & ClassMask(is_float)) != 0; }
  // So many of the class can be allocated without code being emitted.
  void EnsureFree(bool is_float, int count);
  // Holds this temporary; an entry that owns it goes elsewhere. It must not be held.
  void Take(Register reg);
  // The first temporary of its class, where a block leaves its only result.
  Register ResultRegister(bool is_float) const { return order_[is_float ? 1 : 0].front(); }
  // Brings the topmost value there.
  void MoveTopToResultRegister();

  // Brings all values below `height` into their slots.
  void Settle(uint32_t height);
  void SettleTop(uint32_t count);
  // Brings values that calls would destroy into their slots, below `height`.
  void SpillRegisters(uint32_t height);
  // Whether a value means what the local holds now.
  bool HoldsLocal(uint32_t local) const;
  // Before the local is written: values that mean what it held get that.
  void CopyOut(uint32_t local);

 private:
  static constexpr uint32_t kFree = UINT32_MAX;
  static constexpr uint32_t kHeld = UINT32_MAX - 1;
  // Values of Kind::kLocal: so many are searched when a local is written.
  static constexpr size_t kMaxLocalValues = 64;

  static uint32_t Index(Register reg) { return reg.number + (reg.is_float ? 16u : 0u); }
  static uint32_t ClassMask(bool is_float) { return is_float ? 0xffff0000u : 0xffffu; }
  Value& Push(Type type, Value::Kind kind);
  void SettleOne(uint32_t position);
  void Evict(bool is_float);
  void ForgetLocal(uint32_t position);

  Masm& masm_;
  Homes& homes_;
  FrameLayout frame_;
  std::vector<Value> values_;
  uint32_t settled_ = 0;                // all values below are in their slots
  std::vector<uint32_t> local_values_;  // positions of values of Kind::kLocal, ascending
  std::vector<Register> order_[2];      // temporaries in the order of allocation; integer, float
  uint32_t temporaries_ = 0;            // masks by Index
  uint32_t free_ = 0;
  uint32_t owners_[32];  // positions, kFree or kHeld
};

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_VALUE_STACK_H_
