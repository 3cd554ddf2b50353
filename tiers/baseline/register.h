// Registers and operands, as the sink and the MacroAssembler name them.
#ifndef WASMTIER_TIERS_BASELINE_REGISTER_H_
#define WASMTIER_TIERS_BASELINE_REGISTER_H_

#include <cstdint>
#include <span>

#include "runtime/model/types.h"

namespace wasmtier::baseline {

// How a value is held: references are kI64. An i32 in a register or frame slot has a zero upper
// half; of an f32 in a slot the upper half means nothing. A v128 has a float register, or two
// slots.
enum class Type : uint8_t { kI32, kI64, kF32, kF64, kV128 };
// Whether values are held in the registers for floats.
constexpr bool IsFloat(Type type) { return type >= Type::kF32; }
constexpr bool IsVector(Type type) { return type == Type::kV128; }
// Of frame slots.
constexpr uint32_t SlotsOf(Type type) { return IsVector(type) ? 2 : 1; }
constexpr bool Is64(Type type) { return type == Type::kI64 || type == Type::kF64; }

// How values of a type are held.
constexpr Type TypeOf(runtime::ValueType type) {
  switch (type.kind()) {
    case runtime::ValueKind::kI32:
      return Type::kI32;
    case runtime::ValueKind::kF32:
      return Type::kF32;
    case runtime::ValueKind::kF64:
      return Type::kF64;
    case runtime::ValueKind::kV128:
      return Type::kV128;
    default:
      return Type::kI64;
  }
}

// A machine register; numbers are those of the target's encoding.
struct Register {
  uint8_t number = 0xff;
  bool is_float = false;
  constexpr bool IsValid() const { return number != 0xff; }
  constexpr bool operator==(const Register&) const = default;
};

// What an instruction can read: a register, a slot of the frame or a constant.
struct Operand {
  enum class Kind : uint8_t { kRegister, kFrame, kConstant };
  Kind kind = Kind::kConstant;
  Register reg;        // kRegister
  int32_t offset = 0;  // kFrame: relative to the frame pointer, in bytes
  // kConstant: i32 and f32 zero-extended; of a v128 the number that the Masm gave it.
  uint64_t bits = 0;

  static constexpr Operand In(Register reg) { return {Kind::kRegister, reg, 0, 0}; }
  static constexpr Operand InFrame(int32_t offset) { return {Kind::kFrame, {}, offset, 0}; }
  static constexpr Operand Constant(uint64_t bits) { return {Kind::kConstant, {}, 0, bits}; }
  constexpr bool IsRegister() const { return kind == Kind::kRegister; }
  constexpr bool IsConstant() const { return kind == Kind::kConstant; }
  constexpr bool Is(Register other) const { return IsRegister() && reg == other; }
};

// base + index + displacement; no index if it is not valid. `index` is 64 bits wide.
struct Address {
  Register base;
  Register index;
  int32_t displacement = 0;
};

// The target's registers by role; every other one (rax, rcx, xmm0, xmm1, the stack and the frame
// pointer on x86-64) is the MacroAssembler's own, and any of its methods may change it.
struct RegisterRoles {
  // For the operand stack. Calls destroy them.
  std::span<const Register> integer_temporaries;
  std::span<const Register> float_temporaries;
  // For locals, the memory base and the context, or for the operand stack when not so used. Calls
  // preserve the first kind, whose first use costs a save and a restore, and destroy the second.
  std::span<const Register> preserved_homes;
  std::span<const Register> integer_homes;
  std::span<const Register> float_homes;
  // The calling convention's (runtime/call_convention.h).
  Register context_argument;
  std::span<const Register> integer_arguments;
  std::span<const Register> float_arguments;
  // Carries the address of the entry slot; no parameter. One of the homes that calls destroy.
  Register slot_argument;
  Register integer_result;
  Register float_result;
  // Division changes it, so that it may hold nothing but the dividend or a value that dies with the
  // division; the divisor must not be in it.
  Register division;
};
const RegisterRoles& Roles();

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_REGISTER_H_
