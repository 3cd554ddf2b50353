// What each vector opcode computes, as a type that templates over opcodes can use: the
// interpreter's handlers, and the reference in the tests of the other tiers.
//
//   VectorOperation<Opcode::kI8x16Add>::Apply(a, b)   operands by the opcode's signature; v128 as
//                                                     V128 (vector_operations.def)
//   FastVectorOperation<Opcode::kI8x16RelaxedSwizzle> for RelaxedSimd::kFast; of other opcodes the
//                                                     same as VectorOperation
#ifndef WASMTIER_TIERS_SEMANTICS_VECTOR_OPERATION_H_
#define WASMTIER_TIERS_SEMANTICS_VECTOR_OPERATION_H_

#include "tiers/decode/opcode.h"
#include "tiers/semantics/vector.h"
#include "tiers/semantics/vector_relaxed.h"

namespace wasmtier::semantics {

template <decode::Opcode opcode>
struct VectorOperation;

// `kDiffers`: whether the opcode has another result then.
template <decode::Opcode opcode>
struct FastVectorOperation : VectorOperation<opcode> {
  static constexpr bool kDiffers = false;
};

#define WASMTIER_UNWRAP(...) __VA_ARGS__

#define VECTOR_OPERATION(Name, function)                                       \
  template <>                                                                  \
  struct VectorOperation<decode::Opcode::k##Name> {                            \
    template <typename... Operands>                                            \
    [[gnu::always_inline]] static constexpr auto Apply(Operands... operands) { \
      return WASMTIER_UNWRAP function(operands...);                            \
    }                                                                          \
  };
#include "tiers/semantics/vector_operations.def"

#define FAST_VECTOR_OPERATION(Name, function)                                  \
  template <>                                                                  \
  struct FastVectorOperation<decode::Opcode::k##Name> {                        \
    static constexpr bool kDiffers = true;                                     \
    template <typename... Operands>                                            \
    [[gnu::always_inline]] static constexpr auto Apply(Operands... operands) { \
      return WASMTIER_UNWRAP function(operands...);                            \
    }                                                                          \
  };
#include "tiers/semantics/vector_operations.def"

#undef WASMTIER_UNWRAP

// The C++ type of an operand of the table's signature.
template <runtime::ValueKind kind>
struct VectorOperandType {
  using Type = V128;
};
template <>
struct VectorOperandType<runtime::ValueKind::kI32> {
  using Type = uint32_t;
};
template <>
struct VectorOperandType<runtime::ValueKind::kI64> {
  using Type = uint64_t;
};
template <>
struct VectorOperandType<runtime::ValueKind::kF32> {
  using Type = float;
};
template <>
struct VectorOperandType<runtime::ValueKind::kF64> {
  using Type = double;
};
template <decode::Opcode opcode, int index>
using VectorOperand =
    typename VectorOperandType<decode::Info(opcode).signature.params[index].kind()>::Type;

}  // namespace wasmtier::semantics

#endif  // WASMTIER_TIERS_SEMANTICS_VECTOR_OPERATION_H_
