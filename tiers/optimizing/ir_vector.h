// Vector instructions as LLVM IR, from operands to the result. Between instructions every v128 is a
// <2 x i64>; an instruction casts it to the lanes that its name tells, which costs nothing.
//
// Rows say how: one for each verb ("add_sat", of whatever lanes), in the ir_vector_*.cc files. The
// generic form is made where LLVM finds the best instructions for it, and x86's own where not.
#ifndef WASMTIER_TIERS_OPTIMIZING_IR_VECTOR_H_
#define WASMTIER_TIERS_OPTIMIZING_IR_VECTOR_H_

#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/IRBuilder.h>

#include <span>
#include <string>
#include <string_view>

#include "runtime/relaxed_simd.h"
#include "tiers/decode/opcode.h"

namespace llvm {
class MCSubtargetInfo;
}  // namespace llvm

namespace wasmtier::optimizing {

// What the choice of x86's instructions depends on. Its floor is SSE4.2.
struct VectorTarget {
  bool has_avx512 = false;  // DQ and VL: 128-bit forms of conversions of unsigned numbers
  runtime::RelaxedSimd relaxed = runtime::RelaxedSimd::kDeterministic;

  bool is_fast() const { return relaxed != runtime::RelaxedSimd::kDeterministic; }
};

VectorTarget VectorTargetOf(const llvm::MCSubtargetInfo& subtarget, runtime::RelaxedSimd relaxed);

// A way to see 128 bits: "i16x8".
struct Lanes {
  unsigned bits = 64;
  bool is_float = false;

  unsigned count() const { return 128 / bits; }
  // A vector of such lanes, `count` of them.
  llvm::FixedVectorType* Type(llvm::LLVMContext& context, unsigned count) const;
  llvm::FixedVectorType* Type(llvm::LLVMContext& context) const { return Type(context, count()); }
  bool operator==(const Lanes&) const = default;
};

// A name of the text format: "i16x8.extend_low_i8x16_s".
struct VectorName {
  explicit VectorName(std::string_view text);

  Lanes lanes;             // i16x8; "v128" counts as i64x2
  Lanes operands;          // i8x16; if the name does not tell, the same as `lanes`
  std::string verb;        // "extend_low": without lanes and sign
  bool is_signed = false;  // "_s"
};

// The same 128 bits as another type.
llvm::Value* CastVector(llvm::IRBuilder<>& ir, llvm::Value* value, llvm::Type* type);

// One instruction. Operands that are vectors have the type of name.operands.
struct VectorOperation {
  llvm::IRBuilder<>& ir;
  const VectorName& name;
  const VectorTarget& target;
  llvm::Value* a = nullptr;
  llvm::Value* b = nullptr;
  llvm::Value* c = nullptr;

  llvm::FixedVectorType* Type() const { return name.lanes.Type(ir.getContext()); }
  // With the same number of lanes as `value`, of other bits.
  llvm::FixedVectorType* IntegersLike(llvm::Value* value) const;
  llvm::Value* Cast(llvm::Value* value, const Lanes& lanes) const {
    return CastVector(ir, value, lanes.Type(ir.getContext()));
  }
  // The same number in all lanes of a's type, or of `like`'s.
  llvm::Value* All(int64_t number) const { return All(a, number); }
  llvm::Value* All(llvm::Value* like, int64_t number) const;
  llvm::Value* AllFloats(double number) const;
  // All bits of a lane are those of the i1.
  llvm::Value* Mask(llvm::Value* bools) const;
  // Of integers, to lanes of twice as many bits, as the name's sign says.
  llvm::Value* Widen(llvm::Value* value) const { return Widen(value, name.is_signed); }
  llvm::Value* Widen(llvm::Value* value, bool is_signed) const;
  // The lower or upper half of the lanes.
  llvm::Value* Half(llvm::Value* value, bool is_high) const;
  // Every second lane, from `first` on.
  llvm::Value* EverySecond(llvm::Value* value, unsigned first) const;
  // Twice as many lanes, the upper ones 0.
  llvm::Value* PadWithZeros(llvm::Value* value) const;
  // An intrinsic without overloads.
  llvm::Value* Intrinsic(llvm::Intrinsic::ID id, std::initializer_list<llvm::Value*> args) const;
  // One that is overloaded by the type of its first argument.
  llvm::Value* Generic(llvm::Intrinsic::ID id, std::initializer_list<llvm::Value*> args) const;
};

struct VectorRow {
  enum class Kind : bool { kInteger, kFloat };  // of name.lanes
  Kind kind;
  std::string_view verb;
  llvm::Value* (*lower)(const VectorOperation&);
};

// ir_vector_integer.cc: arithmetic, comparisons, shifts and tests of integers and of all bits
std::span<const VectorRow> VectorIntegerRows();
// ir_vector_lanes.cc: what makes lanes of others: wider, narrower, elsewhere
std::span<const VectorRow> VectorLaneRows();
// ir_vector_float.cc
std::span<const VectorRow> VectorFloatRows();
// ir_vector_convert.cc: between integers and floats, and between floats
std::span<const VectorRow> VectorConvertRows();
// ir_vector_relaxed.cc
std::span<const VectorRow> VectorRelaxedRows();

// minps or maxps (or those of doubles): the first operand if it is less (greater), else the second,
// for NaNs and for zeros of both signs, too.
llvm::Value* VectorPick(const VectorOperation& v, bool is_min, llvm::Value* a, llvm::Value* b);

// Lowerings that relaxed instructions share with the strict ones.
llvm::Value* VectorMinOrMax(const VectorOperation& v, bool is_min);
llvm::Value* VectorSwizzle(const VectorOperation& v);
llvm::Value* VectorTruncate(const VectorOperation& v);     // saturates
llvm::Value* VectorMultiplyQ15(const VectorOperation& v);  // saturates
llvm::Value* VectorBitselect(const VectorOperation& v);
llvm::Value* VectorMultiply(const VectorOperation& v);  // of floats
llvm::Value* VectorAdd(const VectorOperation& v);       // of floats

// The result of an instruction of a shape without immediates: v128 as <2 x i64>, or a scalar. Null
// if no row has the opcode.
llvm::Value* LowerVector(llvm::IRBuilder<>& ir, const VectorTarget& target, decode::Opcode opcode,
                         std::span<llvm::Value* const> operands);

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_IR_VECTOR_H_
