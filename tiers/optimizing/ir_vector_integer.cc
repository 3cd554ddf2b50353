// Vectors of integers, and of 128 single bits.
#include <llvm/IR/Intrinsics.h>

#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {
namespace {

using Predicate = llvm::CmpInst::Predicate;
using V = VectorOperation;

llvm::Value* Compare(const V& v, Predicate of_signed, Predicate of_unsigned) {
  return v.Mask(v.ir.CreateICmp(v.name.is_signed ? of_signed : of_unsigned, v.a, v.b));
}

// A function of two lanes that sign tells apart.
llvm::Value* BySign(const V& v, llvm::Intrinsic::ID of_signed, llvm::Intrinsic::ID of_unsigned) {
  return v.Generic(v.name.is_signed ? of_signed : of_unsigned, {v.a, v.b});
}

// The count of a shift, in each lane: modulo the lane's bits.
llvm::Value* Count(const V& v) {
  const unsigned bits = v.name.lanes.bits;
  llvm::Value* const count = v.ir.CreateAnd(v.b, v.ir.getInt32(bits - 1));
  return v.ir.CreateVectorSplat(v.name.lanes.count(),
                                v.ir.CreateZExtOrTrunc(count, v.ir.getIntNTy(bits)));
}

// A bit of each lane, as a number.
llvm::Value* Bits(const V& v, llvm::Value* bools) {
  return v.ir.CreateBitCast(bools, v.ir.getIntNTy(v.name.lanes.count()));
}

llvm::Value* AndNot(const V& v) { return v.ir.CreateAnd(v.a, v.ir.CreateNot(v.b)); }

llvm::Value* RoundedAverage(const V& v) {
  llvm::Value* const sum = v.ir.CreateAdd(v.Widen(v.a), v.Widen(v.b));
  return v.ir.CreateTrunc(v.ir.CreateLShr(v.ir.CreateAdd(sum, v.All(sum, 1)), v.All(sum, 1)),
                          v.a->getType());
}

llvm::Value* AnyTrue(const V& v) {
  llvm::Value* const all = v.ir.CreateBitCast(v.a, v.ir.getIntNTy(128));
  return v.ir.CreateZExt(v.ir.CreateIsNotNull(all), v.ir.getInt32Ty());
}

llvm::Value* AllTrue(const V& v) {
  llvm::Value* const zeros = Bits(v, v.ir.CreateICmpEQ(v.a, v.All(0)));
  return v.ir.CreateZExt(v.ir.CreateIsNull(zeros), v.ir.getInt32Ty());
}

llvm::Value* Bitmask(const V& v) {
  return v.ir.CreateZExt(Bits(v, v.ir.CreateICmpSLT(v.a, v.All(0))), v.ir.getInt32Ty());
}

constexpr auto kInteger = VectorRow::Kind::kInteger;
constexpr VectorRow kRows[] = {
    {kInteger, "not", [](const V& v) { return v.ir.CreateNot(v.a); }},
    {kInteger, "and", [](const V& v) { return v.ir.CreateAnd(v.a, v.b); }},
    {kInteger, "or", [](const V& v) { return v.ir.CreateOr(v.a, v.b); }},
    {kInteger, "xor", [](const V& v) { return v.ir.CreateXor(v.a, v.b); }},
    {kInteger, "andnot", AndNot},
    {kInteger, "bitselect", VectorBitselect},
    {kInteger, "add", [](const V& v) { return v.ir.CreateAdd(v.a, v.b); }},
    {kInteger, "sub", [](const V& v) { return v.ir.CreateSub(v.a, v.b); }},
    {kInteger, "mul", [](const V& v) { return v.ir.CreateMul(v.a, v.b); }},
    {kInteger, "neg", [](const V& v) { return v.ir.CreateNeg(v.a); }},
    {kInteger, "abs",
     [](const V& v) { return v.Generic(llvm::Intrinsic::abs, {v.a, v.ir.getFalse()}); }},
    {kInteger, "popcnt", [](const V& v) { return v.Generic(llvm::Intrinsic::ctpop, {v.a}); }},
    {kInteger, "add_sat",
     [](const V& v) { return BySign(v, llvm::Intrinsic::sadd_sat, llvm::Intrinsic::uadd_sat); }},
    {kInteger, "sub_sat",
     [](const V& v) { return BySign(v, llvm::Intrinsic::ssub_sat, llvm::Intrinsic::usub_sat); }},
    {kInteger, "min",
     [](const V& v) { return BySign(v, llvm::Intrinsic::smin, llvm::Intrinsic::umin); }},
    {kInteger, "max",
     [](const V& v) { return BySign(v, llvm::Intrinsic::smax, llvm::Intrinsic::umax); }},
    {kInteger, "avgr", RoundedAverage},
    {kInteger, "eq", [](const V& v) { return Compare(v, Predicate::ICMP_EQ, Predicate::ICMP_EQ); }},
    {kInteger, "ne", [](const V& v) { return Compare(v, Predicate::ICMP_NE, Predicate::ICMP_NE); }},
    {kInteger, "lt",
     [](const V& v) { return Compare(v, Predicate::ICMP_SLT, Predicate::ICMP_ULT); }},
    {kInteger, "gt",
     [](const V& v) { return Compare(v, Predicate::ICMP_SGT, Predicate::ICMP_UGT); }},
    {kInteger, "le",
     [](const V& v) { return Compare(v, Predicate::ICMP_SLE, Predicate::ICMP_ULE); }},
    {kInteger, "ge",
     [](const V& v) { return Compare(v, Predicate::ICMP_SGE, Predicate::ICMP_UGE); }},
    {kInteger, "shl", [](const V& v) { return v.ir.CreateShl(v.a, Count(v)); }},
    {kInteger, "shr",
     [](const V& v) {
       return v.name.is_signed ? v.ir.CreateAShr(v.a, Count(v)) : v.ir.CreateLShr(v.a, Count(v));
     }},
    {kInteger, "any_true", AnyTrue},
    {kInteger, "all_true", AllTrue},
    {kInteger, "bitmask", Bitmask},
};

}  // namespace

llvm::Value* VectorBitselect(const VectorOperation& v) {
  return v.ir.CreateOr(v.ir.CreateAnd(v.a, v.c), v.ir.CreateAnd(v.b, v.ir.CreateNot(v.c)));
}

std::span<const VectorRow> VectorIntegerRows() { return kRows; }

}  // namespace wasmtier::optimizing
