// Vectors: conversions between integers and floats, and between floats.
//
// LLVM's conversions to integers are undefined where the number does not fit, and its saturating
// ones take more instructions than these: x86 makes the least signed, or the greatest unsigned,
// number of what does not fit.
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {
namespace {

using V = VectorOperation;

// The bound, if the value is a NaN.
llvm::Value* AtLeast(const V& v, llvm::Value* value, double bound) {
  return VectorPick(v, /*is_min=*/false, value, v.AllFloats(bound));
}

llvm::Value* AtMost(const V& v, llvm::Value* value, double bound) {
  return VectorPick(v, /*is_min=*/true, value, v.AllFloats(bound));
}

// NaNs become 0.
llvm::Value* WithoutNans(const V& v) {
  return v.ir.CreateSelect(v.ir.CreateFCmpORD(v.a, v.a), v.a, v.AllFloats(0));
}

// Without a mask.
llvm::Value* ConvertUnsigned(const V& v, llvm::Intrinsic::ID id, llvm::Value* value) {
  return v.Intrinsic(id, {value, llvm::Constant::getNullValue(v.Type()), v.ir.getInt8(0xff)});
}

llvm::Value* TruncateFloats(const V& v) {
  llvm::Value* const number = WithoutNans(v);
  llvm::Value* const result = v.Intrinsic(llvm::Intrinsic::x86_sse2_cvttps2dq, {number});
  // All bits of the least number turned make the greatest.
  return v.ir.CreateXor(result, v.Mask(v.ir.CreateFCmpOGE(number, v.AllFloats(0x1p31))));
}

llvm::Value* TruncateFloatsUnsigned(const V& v) {
  llvm::Value* const number = AtLeast(v, v.a, 0);
  if (v.target.has_avx512) {
    return ConvertUnsigned(v, llvm::Intrinsic::x86_avx512_mask_cvttps2udq_128, number);
  }
  // What is above the signed range in its least number, plus the rest.
  llvm::Value* const low = v.Intrinsic(llvm::Intrinsic::x86_sse2_cvttps2dq, {number});
  llvm::Value* const beyond = v.ir.CreateFSub(number, v.AllFloats(0x1p31));
  llvm::Value* const rest =
      v.ir.CreateXor(v.Intrinsic(llvm::Intrinsic::x86_sse2_cvttps2dq, {beyond}),
                     v.Mask(v.ir.CreateFCmpOGE(beyond, v.AllFloats(0x1p31))));
  return v.ir.CreateAdd(low, v.Generic(llvm::Intrinsic::smax, {rest, v.All(rest, 0)}));
}

// To the lower two lanes; the upper ones are 0. The least number is that of all that are too small.
llvm::Value* TruncateDoubles(const V& v) {
  return v.Intrinsic(llvm::Intrinsic::x86_sse2_cvttpd2dq, {AtMost(v, WithoutNans(v), INT32_MAX)});
}

llvm::Value* TruncateDoublesUnsigned(const V& v) {
  llvm::Value* const number = AtLeast(v, v.a, 0);
  if (v.target.has_avx512) {
    return ConvertUnsigned(v, llvm::Intrinsic::x86_avx512_mask_cvttpd2udq_128, number);
  }
  // From 2^52 on a double's lower bits are the integer.
  llvm::Value* const whole = v.Generic(llvm::Intrinsic::trunc, {AtMost(v, number, UINT32_MAX)});
  llvm::Value* const sum = v.ir.CreateFAdd(whole, v.AllFloats(0x1p52));
  return v.PadWithZeros(v.EverySecond(v.Cast(sum, v.name.lanes), 0));
}

llvm::Value* ConvertIntegers(const V& v, llvm::Value* integers) {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(integers->getType())->getNumElements();
  llvm::Type* const type = v.name.lanes.Type(v.ir.getContext(), count);
  return v.name.is_signed ? v.ir.CreateSIToFP(integers, type) : v.ir.CreateUIToFP(integers, type);
}

llvm::Value* Promote(const V& v) { return v.ir.CreateFPExt(v.Half(v.a, false), v.Type()); }

// LLVM takes demote(promote(x)) for x, which leaves signalling NaNs: so not CreateFPTrunc.
llvm::Value* Demote(const V& v) { return v.Intrinsic(llvm::Intrinsic::x86_sse2_cvtpd2ps, {v.a}); }

constexpr auto kInteger = VectorRow::Kind::kInteger;
constexpr auto kFloat = VectorRow::Kind::kFloat;
constexpr VectorRow kRows[] = {
    {kInteger, "trunc_sat", VectorTruncate},
    {kInteger, "trunc_sat_zero", VectorTruncate},
    {kFloat, "convert", [](const V& v) { return ConvertIntegers(v, v.a); }},
    {kFloat, "convert_low", [](const V& v) { return ConvertIntegers(v, v.Half(v.a, false)); }},
    {kFloat, "promote_low", Promote},
    {kFloat, "demote_zero", Demote},
};

}  // namespace

llvm::Value* VectorTruncate(const VectorOperation& v) {
  if (v.name.operands.bits == 32) {
    return v.name.is_signed ? TruncateFloats(v) : TruncateFloatsUnsigned(v);
  }
  return v.name.is_signed ? TruncateDoubles(v) : TruncateDoublesUnsigned(v);
}

std::span<const VectorRow> VectorConvertRows() { return kRows; }

}  // namespace wasmtier::optimizing
