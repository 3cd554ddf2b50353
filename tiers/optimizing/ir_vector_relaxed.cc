// Relaxed vector instructions. What the spec leaves open is what its deterministic profile says, or
// what takes this processor the least time (runtime/relaxed_simd.h).
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {
namespace {

using V = VectorOperation;

llvm::Value* Swizzle(const V& v) {
  if (!v.target.is_fast()) return VectorSwizzle(v);
  return v.Intrinsic(llvm::Intrinsic::x86_ssse3_pshuf_b_128, {v.a, v.b});
}

llvm::Value* Truncate(const V& v) {
  if (!v.target.is_fast() || !v.name.is_signed) return VectorTruncate(v);
  return v.Intrinsic(v.name.operands.bits == 32 ? llvm::Intrinsic::x86_sse2_cvttps2dq
                                                : llvm::Intrinsic::x86_sse2_cvttpd2dq,
                     {v.a});
}

// a * b + c; rounded once, if fused.
llvm::Value* MultiplyAdd(const V& v) {
  if (v.target.relaxed == runtime::RelaxedSimd::kFastFused) {
    return v.Generic(llvm::Intrinsic::fma, {v.a, v.b, v.c});
  }
  V sum = v;
  sum.a = VectorMultiply(v);
  sum.b = v.c;
  return VectorAdd(sum);
}

llvm::Value* NegatedMultiplyAdd(const V& v) {
  V negated = v;
  negated.a = v.ir.CreateFNeg(v.a);
  return MultiplyAdd(negated);
}

// By the top bit of each lane; there is no such instruction for lanes of 16 bits.
llvm::Value* LaneSelect(const V& v) {
  if (!v.target.is_fast() || v.name.lanes.bits == 16) return VectorBitselect(v);
  return v.ir.CreateSelect(v.ir.CreateICmpSLT(v.c, v.All(v.c, 0)), v.a, v.b);
}

llvm::Value* MinOrMax(const V& v, bool is_min) {
  return v.target.is_fast() ? VectorPick(v, is_min, v.a, v.b) : VectorMinOrMax(v, is_min);
}

llvm::Value* MultiplyQ15(const V& v) {
  if (!v.target.is_fast()) return VectorMultiplyQ15(v);
  return v.Intrinsic(llvm::Intrinsic::x86_ssse3_pmul_hr_sw_128, {v.a, v.b});
}

// Sums of two neighbours' products. pmaddubsw takes the second operand for unsigned, which is the
// same for the 7 bits that it should have; its first operand is the unsigned one.
llvm::Value* Dot(const V& v) {
  if (v.target.is_fast()) {
    return v.Intrinsic(llvm::Intrinsic::x86_ssse3_pmadd_ub_sw_128, {v.b, v.a});
  }
  const Lanes sums{.bits = 16};
  llvm::Value* const a = v.Cast(v.a, sums);
  llvm::Value* const b = v.Cast(v.b, sums);
  llvm::Value* const byte = v.All(a, 8);
  const auto low = [&](llvm::Value* value) {
    return v.ir.CreateAShr(v.ir.CreateShl(value, byte), byte);
  };
  const auto high = [&](llvm::Value* value) { return v.ir.CreateAShr(value, byte); };
  return v.Generic(llvm::Intrinsic::sadd_sat,
                   {v.ir.CreateMul(low(a), low(b)), v.ir.CreateMul(high(a), high(b))});
}

llvm::Value* DotAdd(const V& v) {
  llvm::Value* const pairs = Dot(v);
  llvm::Value* const sums =
      v.Intrinsic(llvm::Intrinsic::x86_sse2_pmadd_wd, {pairs, v.All(pairs, 1)});
  return v.ir.CreateAdd(sums, v.Cast(v.c, v.name.lanes));
}

constexpr auto kInteger = VectorRow::Kind::kInteger;
constexpr auto kFloat = VectorRow::Kind::kFloat;
constexpr VectorRow kRows[] = {
    {kInteger, "relaxed_swizzle", Swizzle},
    {kInteger, "relaxed_trunc", Truncate},
    {kInteger, "relaxed_trunc_zero", Truncate},
    {kFloat, "relaxed_madd", MultiplyAdd},
    {kFloat, "relaxed_nmadd", NegatedMultiplyAdd},
    {kInteger, "relaxed_laneselect", LaneSelect},
    {kFloat, "relaxed_min", [](const V& v) { return MinOrMax(v, true); }},
    {kFloat, "relaxed_max", [](const V& v) { return MinOrMax(v, false); }},
    {kInteger, "relaxed_q15mulr", MultiplyQ15},
    {kInteger, "relaxed_dot_i7x16", Dot},
    {kInteger, "relaxed_dot_i7x16_add", DotAdd},
};

}  // namespace

std::span<const VectorRow> VectorRelaxedRows() { return kRows; }

}  // namespace wasmtier::optimizing
