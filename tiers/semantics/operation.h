// What each scalar opcode computes, as a type that templates over opcodes can use: the
// interpreter's handlers, constant folding and tests.
//
//   Operation<Opcode::kI32DivS>::Operand, Result     uint32_t, uint64_t, float, double
//   Operation<Opcode::kI32DivS>::kOperands           1 or 2
//   Operation<Opcode::kI32DivS>::kMayTrap
//   Operation<Opcode::kI32DivS>::Trap(a, b)          TrapCode::kNone if it does not trap
//   Operation<Opcode::kI32DivS>::Apply(a, b)         if it does not trap
//   MemoryOperation<Opcode::kI32Load8S>::Memory, Value
#ifndef WASMTIER_TIERS_SEMANTICS_OPERATION_H_
#define WASMTIER_TIERS_SEMANTICS_OPERATION_H_

#include <cstdint>

#include "runtime/trap.h"
#include "tiers/decode/opcode.h"
#include "tiers/semantics/convert.h"
#include "tiers/semantics/float.h"
#include "tiers/semantics/int.h"

namespace wasmtier::semantics {

// The traps. Each takes the operands.
struct NeverTraps {
  static constexpr bool kMayTrap = false;
  template <typename... T>
  [[gnu::always_inline]] static constexpr runtime::TrapCode Check(T...) {
    return runtime::TrapCode::kNone;
  }
};

struct DivideByZeroTrap {
  static constexpr bool kMayTrap = true;
  template <typename T>
  [[gnu::always_inline]] static constexpr runtime::TrapCode Check(T, T divisor) {
    return DividesByZero(divisor) ? runtime::TrapCode::kIntegerDivideByZero
                                  : runtime::TrapCode::kNone;
  }
};

struct DivSignedTrap {
  static constexpr bool kMayTrap = true;
  template <typename T>
  [[gnu::always_inline]] static constexpr runtime::TrapCode Check(T a, T divisor) {
    if (DividesByZero(divisor)) return runtime::TrapCode::kIntegerDivideByZero;
    return DivSignedOverflows(a, divisor) ? runtime::TrapCode::kIntegerOverflow
                                          : runtime::TrapCode::kNone;
  }
};

template <typename Int>
struct TruncTrap {
  static constexpr bool kMayTrap = true;
  template <typename Float>
  [[gnu::always_inline]] static constexpr runtime::TrapCode Check(Float a) {
    if (TruncFits<Int>(a)) [[likely]]
      return runtime::TrapCode::kNone;
    return IsNan(a) ? runtime::TrapCode::kInvalidConversionToInteger
                    : runtime::TrapCode::kIntegerOverflow;
  }
};

template <decode::Opcode opcode>
struct Operation;

template <decode::Opcode opcode>
struct MemoryOperation;

#define WASMTIER_UNWRAP(...) __VA_ARGS__

#define OPERATION_1(Name, OperandType, ResultType, function, trap)              \
  template <>                                                                   \
  struct Operation<decode::Opcode::k##Name> {                                   \
    using Operand = OperandType;                                                \
    using Result = ResultType;                                                  \
    using TrapCheck = WASMTIER_UNWRAP trap;                                     \
    static constexpr int kOperands = 1;                                         \
    static constexpr bool kMayTrap = TrapCheck::kMayTrap;                       \
    [[gnu::always_inline]] static constexpr runtime::TrapCode Trap(Operand a) { \
      return TrapCheck::Check(a);                                               \
    }                                                                           \
    [[gnu::always_inline]] static constexpr Result Apply(Operand a) {           \
      return WASMTIER_UNWRAP function(a);                                       \
    }                                                                           \
  };
#define OPERATION_2(Name, OperandType, ResultType, function, trap)                         \
  template <>                                                                              \
  struct Operation<decode::Opcode::k##Name> {                                              \
    using Operand = OperandType;                                                           \
    using Result = ResultType;                                                             \
    using TrapCheck = WASMTIER_UNWRAP trap;                                                \
    static constexpr int kOperands = 2;                                                    \
    static constexpr bool kMayTrap = TrapCheck::kMayTrap;                                  \
    [[gnu::always_inline]] static constexpr runtime::TrapCode Trap(Operand a, Operand b) { \
      return TrapCheck::Check(a, b);                                                       \
    }                                                                                      \
    [[gnu::always_inline]] static constexpr Result Apply(Operand a, Operand b) {           \
      return WASMTIER_UNWRAP function(a, b);                                               \
    }                                                                                      \
  };
#define MEMORY_OPERATION(Name, MemoryType, ValueType) \
  template <>                                         \
  struct MemoryOperation<decode::Opcode::k##Name> {   \
    using Memory = MemoryType;                        \
    using Value = ValueType;                          \
  };
#include "tiers/semantics/operations.def"
#undef OPERATION_1
#undef OPERATION_2
#undef MEMORY_OPERATION
#undef WASMTIER_UNWRAP

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_OPERATION_H_
