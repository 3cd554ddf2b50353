// Vectors of floats. NaNs come out quiet, as they do of SSE's instructions.
#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>
#include <llvm/IR/IntrinsicsX86.h>

#include "tiers/optimizing/ir_quiet.h"
#include "tiers/optimizing/ir_vector.h"

namespace wasmtier::optimizing {
namespace {

using Predicate = llvm::CmpInst::Predicate;
using V = VectorOperation;

// The same constant in all lanes, of exactly this value, the sign of a zero included.
bool IsConstant(const llvm::Value* value, double expected) {
  const auto* const constant = llvm::dyn_cast<llvm::Constant>(value);
  if (constant == nullptr) return false;
  const auto* const lane = llvm::dyn_cast_or_null<llvm::ConstantFP>(constant->getSplatValue());
  return lane != nullptr && lane->isExactlyValue(expected);
}

// Quiet NaNs of all NaNs. What LLVM would fold as if it did nothing (x * 1.0) is made this.
llvm::Value* Quiet(const V& v, llvm::Value* value) { return QuietNans(v.ir, value); }

llvm::Value* Compare(const V& v, Predicate predicate) {
  return v.Mask(v.ir.CreateFCmp(predicate, v.a, v.b));
}

llvm::Value* Subtract(const V& v) {
  if (IsConstant(v.b, 0.0)) return Quiet(v, v.a);
  if (IsConstant(v.a, -0.0)) return v.ir.CreateFNeg(Quiet(v, v.b));
  return v.ir.CreateFSub(v.a, v.b);
}

llvm::Value* Divide(const V& v) {
  if (IsConstant(v.b, 1.0)) return Quiet(v, v.a);
  if (IsConstant(v.b, -1.0)) return v.ir.CreateFNeg(Quiet(v, v.a));
  return v.ir.CreateFDiv(v.a, v.b);
}

constexpr auto kFloat = VectorRow::Kind::kFloat;
constexpr VectorRow kRows[] = {
    {kFloat, "abs", [](const V& v) { return v.Generic(llvm::Intrinsic::fabs, {v.a}); }},
    {kFloat, "neg", [](const V& v) { return v.ir.CreateFNeg(v.a); }},
    {kFloat, "sqrt", [](const V& v) { return v.Generic(llvm::Intrinsic::sqrt, {v.a}); }},
    {kFloat, "ceil", [](const V& v) { return v.Generic(llvm::Intrinsic::ceil, {v.a}); }},
    {kFloat, "floor", [](const V& v) { return v.Generic(llvm::Intrinsic::floor, {v.a}); }},
    {kFloat, "trunc", [](const V& v) { return v.Generic(llvm::Intrinsic::trunc, {v.a}); }},
    {kFloat, "nearest", [](const V& v) { return v.Generic(llvm::Intrinsic::roundeven, {v.a}); }},
    {kFloat, "add", VectorAdd},
    {kFloat, "sub", Subtract},
    {kFloat, "mul", VectorMultiply},
    {kFloat, "div", Divide},
    {kFloat, "min", [](const V& v) { return VectorMinOrMax(v, true); }},
    {kFloat, "max", [](const V& v) { return VectorMinOrMax(v, false); }},
    {kFloat, "pmin", [](const V& v) { return VectorPick(v, true, v.b, v.a); }},
    {kFloat, "pmax", [](const V& v) { return VectorPick(v, false, v.b, v.a); }},
    {kFloat, "eq", [](const V& v) { return Compare(v, Predicate::FCMP_OEQ); }},
    {kFloat, "ne", [](const V& v) { return Compare(v, Predicate::FCMP_UNE); }},
    {kFloat, "lt", [](const V& v) { return Compare(v, Predicate::FCMP_OLT); }},
    {kFloat, "gt", [](const V& v) { return Compare(v, Predicate::FCMP_OGT); }},
    {kFloat, "le", [](const V& v) { return Compare(v, Predicate::FCMP_OLE); }},
    {kFloat, "ge", [](const V& v) { return Compare(v, Predicate::FCMP_OGE); }},
};

}  // namespace

llvm::Value* VectorAdd(const VectorOperation& v) {
  if (IsConstant(v.b, -0.0)) return Quiet(v, v.a);
  if (IsConstant(v.a, -0.0)) return Quiet(v, v.b);
  return v.ir.CreateFAdd(v.a, v.b);
}

llvm::Value* VectorMultiply(const VectorOperation& v) {
  if (IsConstant(v.b, 1.0)) return Quiet(v, v.a);
  if (IsConstant(v.a, 1.0)) return Quiet(v, v.b);
  if (IsConstant(v.b, -1.0)) return v.ir.CreateFNeg(Quiet(v, v.a));
  if (IsConstant(v.a, -1.0)) return v.ir.CreateFNeg(Quiet(v, v.b));
  return v.ir.CreateFMul(v.a, v.b);
}

// A select would do, but LLVM may make it one of integers.
llvm::Value* VectorPick(const VectorOperation& v, bool is_min, llvm::Value* a, llvm::Value* b) {
  if (a->getType()->getScalarSizeInBits() == 32) {
    return v.Intrinsic(is_min ? llvm::Intrinsic::x86_sse_min_ps : llvm::Intrinsic::x86_sse_max_ps,
                       {a, b});
  }
  return v.Intrinsic(is_min ? llvm::Intrinsic::x86_sse2_min_pd : llvm::Intrinsic::x86_sse2_max_pd,
                     {a, b});
}

// As FunctionBuilder::MinOrMax.
llvm::Value* VectorMinOrMax(const VectorOperation& v, bool is_min) {
  llvm::Type* const bits = v.IntegersLike(v.a);
  llvm::Value* const first = v.ir.CreateBitCast(VectorPick(v, is_min, v.a, v.b), bits);
  llvm::Value* const second = v.ir.CreateBitCast(VectorPick(v, is_min, v.b, v.a), bits);
  llvm::Value* const both = v.ir.CreateBitCast(
      is_min ? v.ir.CreateOr(first, second) : v.ir.CreateAnd(first, second), v.a->getType());
  return v.ir.CreateSelect(v.ir.CreateFCmpUNO(v.a, v.b), v.ir.CreateFAdd(v.a, v.b), both);
}

std::span<const VectorRow> VectorFloatRows() { return kRows; }

}  // namespace wasmtier::optimizing
