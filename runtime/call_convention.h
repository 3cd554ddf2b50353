// The calling convention of machine code in all tiers (design §5): plain SysV with the callee's
// VMContext as the first argument. What does not fit into registers goes through the Store's call
// area, never the stack, so that every tail call is a jump.
//
//   rdi        the callee's VMContext; of a host function: the caller's
//   r10        address of the entry slot that the call went through (LLVM: `nest`). It tells stubs
//              whom they stand for; compiled functions ignore it
//   rsi, rdx, rcx, r8, r9    the first integer and reference parameters
//   xmm0 - xmm7              the first float and vector parameters
//   StoreBlock::call_area    further parameters, then (after the call) all results but the first
//   rax or xmm0              the first result
//
// The upper halves of registers that hold an i32, and of call area slots that hold an i32 or f32,
// mean nothing. rbx, rbp, r12 - r15 belong to the caller. rbp is a frame pointer in every tier.
#ifndef WASMTIER_RUNTIME_CALL_CONVENTION_H_
#define WASMTIER_RUNTIME_CALL_CONVENTION_H_

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/model/types.h"

namespace wasmtier::runtime {

inline constexpr uint32_t kIntegerArgumentRegisters = 5;
inline constexpr uint32_t kFloatArgumentRegisters = 8;

// Where a parameter or a result is during a call.
struct ArgumentPlace {
  enum class Kind : uint8_t { kIntegerRegister, kFloatRegister, kCallArea };
  Kind kind;
  uint16_t index;  // of the argument register of its class (results: 0), or of the call area slot
};

// Hands out the places of a list of values one after another.
class ArgumentPlacer {
 public:
  constexpr ArgumentPlacer(uint32_t integer_registers, uint32_t float_registers)
      : integer_registers_(integer_registers), float_registers_(float_registers) {}
  static constexpr ArgumentPlacer OfParameters() {
    return {kIntegerArgumentRegisters, kFloatArgumentRegisters};
  }
  ArgumentPlace Next(ValueType type) {
    const bool is_float = type == kF32 || type == kF64 || type == kV128;
    if (is_float && floats_ < float_registers_) {
      return {ArgumentPlace::Kind::kFloatRegister, floats_++};
    }
    if (!is_float && integers_ < integer_registers_) {
      return {ArgumentPlace::Kind::kIntegerRegister, integers_++};
    }
    if (type.slots() == 2) slots_ = static_cast<uint16_t>((slots_ + 1) & ~1);
    const ArgumentPlace place = {ArgumentPlace::Kind::kCallArea, slots_};
    slots_ = static_cast<uint16_t>(slots_ + type.slots());
    return place;
  }

 private:
  uint32_t integer_registers_;
  uint32_t float_registers_;
  uint16_t integers_ = 0;
  uint16_t floats_ = 0;
  uint16_t slots_ = 0;
};

// The places of a list of parameters, in order. v128 takes two call area slots, at an even index.
std::vector<ArgumentPlace> PlaceParameters(std::span<const ValueType> params);
std::vector<ArgumentPlace> PlaceResults(std::span<const ValueType> results);

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_CALL_CONVENTION_H_
