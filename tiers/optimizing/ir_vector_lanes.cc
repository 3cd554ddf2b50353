// Vectors whose lanes are made of others, of other widths or from elsewhere.
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include <vector>

#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {
namespace {

using V = VectorOperation;

llvm::Value* Splat(const V& v) {
  const Lanes& lanes = v.name.lanes;
  llvm::Value* const lane =
      lanes.is_float ? v.a : v.ir.CreateZExtOrTrunc(v.a, v.ir.getIntNTy(lanes.bits));
  return v.ir.CreateVectorSplat(lanes.count(), lane);
}

llvm::Value* Extend(const V& v, bool is_high) { return v.Widen(v.Half(v.a, is_high)); }

// Lower and upper halves of the products of 16 bits are instructions of their own, which serve the
// low and the high lanes, and take less time than a product of 32 bits.
llvm::Value* ExtendMultiply16(const V& v, bool is_high) {
  llvm::Value* const low = v.ir.CreateMul(v.a, v.b);
  llvm::Value* const high = v.Intrinsic(
      v.name.is_signed ? llvm::Intrinsic::x86_sse2_pmulh_w : llvm::Intrinsic::x86_sse2_pmulhu_w,
      {v.a, v.b});
  std::vector<int> lanes;
  for (int lane = is_high ? 4 : 0; lanes.size() < 8; ++lane) {
    lanes.push_back(lane);
    lanes.push_back(lane + 8);
  }
  return v.ir.CreateShuffleVector(low, high, lanes);
}

llvm::Value* ExtendMultiply(const V& v, bool is_high) {
  if (v.name.operands.bits == 16) return ExtendMultiply16(v, is_high);
  return v.ir.CreateMul(v.Widen(v.Half(v.a, is_high)), v.Widen(v.Half(v.b, is_high)));
}

// Sums of neighbours. Multiplying by ones is the shortest way, where there is a way.
llvm::Value* ExtendAddPairwise(const V& v) {
  if (v.name.operands.bits == 8) {
    // Its first operand is unsigned, the second one is signed.
    return v.Intrinsic(llvm::Intrinsic::x86_ssse3_pmadd_ub_sw_128,
                       v.name.is_signed ? std::initializer_list<llvm::Value*>{v.All(1), v.a}
                                        : std::initializer_list<llvm::Value*>{v.a, v.All(1)});
  }
  if (v.name.is_signed) return v.Intrinsic(llvm::Intrinsic::x86_sse2_pmadd_wd, {v.a, v.All(1)});
  return v.ir.CreateAdd(v.Widen(v.EverySecond(v.a, 0)), v.Widen(v.EverySecond(v.a, 1)));
}

// The generic form is made of 256 bits where there are such registers, which takes longer.
llvm::Value* Narrow(const V& v) {
  const bool is_wide = v.name.operands.bits == 32;
  const llvm::Intrinsic::ID of_signed =
      is_wide ? llvm::Intrinsic::x86_sse2_packssdw_128 : llvm::Intrinsic::x86_sse2_packsswb_128;
  const llvm::Intrinsic::ID of_unsigned =
      is_wide ? llvm::Intrinsic::x86_sse41_packusdw : llvm::Intrinsic::x86_sse2_packuswb_128;
  return v.Intrinsic(v.name.is_signed ? of_signed : of_unsigned, {v.a, v.b});
}

llvm::Value* Dot(const V& v) { return v.Intrinsic(llvm::Intrinsic::x86_sse2_pmadd_wd, {v.a, v.b}); }

constexpr auto kInteger = VectorRow::Kind::kInteger;
constexpr auto kFloat = VectorRow::Kind::kFloat;
constexpr VectorRow kRows[] = {
    {kInteger, "splat", Splat},
    {kFloat, "splat", Splat},
    {kInteger, "swizzle", VectorSwizzle},
    {kInteger, "extend_low", [](const V& v) { return Extend(v, false); }},
    {kInteger, "extend_high", [](const V& v) { return Extend(v, true); }},
    {kInteger, "extmul_low", [](const V& v) { return ExtendMultiply(v, false); }},
    {kInteger, "extmul_high", [](const V& v) { return ExtendMultiply(v, true); }},
    {kInteger, "extadd_pairwise", ExtendAddPairwise},
    {kInteger, "narrow", Narrow},
    {kInteger, "dot", Dot},
    {kInteger, "q15mulr_sat", VectorMultiplyQ15},
};

}  // namespace

// pshufb makes 0 of the indices whose top bit is set: that must be all from 16 on.
llvm::Value* VectorSwizzle(const VectorOperation& v) {
  llvm::Value* const index = v.Generic(llvm::Intrinsic::uadd_sat, {v.b, v.All(0x70)});
  return v.Intrinsic(llvm::Intrinsic::x86_ssse3_pshuf_b_128, {v.a, index});
}

// The one product that does not fit, of -1 and -1, is the only one of which pmulhrsw makes -1.
llvm::Value* VectorMultiplyQ15(const VectorOperation& v) {
  llvm::Value* const product = v.Intrinsic(llvm::Intrinsic::x86_ssse3_pmul_hr_sw_128, {v.a, v.b});
  return v.ir.CreateXor(product, v.Mask(v.ir.CreateICmpEQ(product, v.All(INT16_MIN))));
}

std::span<const VectorRow> VectorLaneRows() { return kRows; }

}  // namespace wasmtier::optimizing
