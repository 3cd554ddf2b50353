// FunctionBuilder: numeric instructions. What LLVM leaves undefined (shift counts, division,
// truncation) is made defined here as the spec says; tiers/semantics/ has the same in C++.
#include <llvm/IR/Intrinsics.h>

#include <limits>

#include "tiers/optimizing/ir_function.h"
#include "tiers/optimizing/ir_quiet.h"

namespace wasmtier::optimizing {

using decode::Info;
using decode::Opcode;
using llvm::Intrinsic::ID;
using runtime::TrapCode;

namespace {

llvm::CmpInst::Predicate PredicateOf(Opcode opcode) {
  using Predicate = llvm::CmpInst::Predicate;
  switch (opcode) {
    case Opcode::kI32Eq:
    case Opcode::kI64Eq:
      return Predicate::ICMP_EQ;
    case Opcode::kI32Ne:
    case Opcode::kI64Ne:
      return Predicate::ICMP_NE;
    case Opcode::kI32LtS:
    case Opcode::kI64LtS:
      return Predicate::ICMP_SLT;
    case Opcode::kI32LtU:
    case Opcode::kI64LtU:
      return Predicate::ICMP_ULT;
    case Opcode::kI32GtS:
    case Opcode::kI64GtS:
      return Predicate::ICMP_SGT;
    case Opcode::kI32GtU:
    case Opcode::kI64GtU:
      return Predicate::ICMP_UGT;
    case Opcode::kI32LeS:
    case Opcode::kI64LeS:
      return Predicate::ICMP_SLE;
    case Opcode::kI32LeU:
    case Opcode::kI64LeU:
      return Predicate::ICMP_ULE;
    case Opcode::kI32GeS:
    case Opcode::kI64GeS:
      return Predicate::ICMP_SGE;
    case Opcode::kI32GeU:
    case Opcode::kI64GeU:
      return Predicate::ICMP_UGE;
    case Opcode::kF32Eq:
    case Opcode::kF64Eq:
      return Predicate::FCMP_OEQ;
    case Opcode::kF32Ne:
    case Opcode::kF64Ne:
      return Predicate::FCMP_UNE;
    case Opcode::kF32Lt:
    case Opcode::kF64Lt:
      return Predicate::FCMP_OLT;
    case Opcode::kF32Gt:
    case Opcode::kF64Gt:
      return Predicate::FCMP_OGT;
    case Opcode::kF32Le:
    case Opcode::kF64Le:
      return Predicate::FCMP_OLE;
    default:
      return Predicate::FCMP_OGE;
  }
}

// A constant of exactly this value, the sign of a zero included.
bool IsConstant(const llvm::Value* value, double expected) {
  const auto* const constant = llvm::dyn_cast<llvm::ConstantFP>(value);
  return constant != nullptr && constant->isExactlyValue(expected);
}

}  // namespace

void FunctionBuilder::EmitComparison(Opcode opcode) {
  Here();
  llvm::Value* const b = Pop();
  llvm::Value* const a = Pop();
  Push(FromBool(ir_.CreateCmp(PredicateOf(opcode), a, b)));
}

void FunctionBuilder::EmitUnary(Opcode opcode) {
  Here();
  llvm::Value* const a = Pop();
  const auto intrinsic = [&](ID id) { Push(ir_.CreateUnaryIntrinsic(id, a)); };
  const auto extend = [&](unsigned bits) {
    Push(ir_.CreateSExt(ir_.CreateTrunc(a, ir_.getIntNTy(bits)), a->getType()));
  };
  switch (opcode) {
    case Opcode::kI32Eqz:
    case Opcode::kI64Eqz:
      return Push(FromBool(ir_.CreateIsNull(a)));
    case Opcode::kI32Clz:
    case Opcode::kI64Clz:
      return Push(ir_.CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, a, ir_.getFalse()));
    case Opcode::kI32Ctz:
    case Opcode::kI64Ctz:
      return Push(ir_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, a, ir_.getFalse()));
    case Opcode::kI32Popcnt:
    case Opcode::kI64Popcnt:
      return intrinsic(llvm::Intrinsic::ctpop);
    case Opcode::kI32Extend8S:
    case Opcode::kI64Extend8S:
      return extend(8);
    case Opcode::kI32Extend16S:
    case Opcode::kI64Extend16S:
      return extend(16);
    case Opcode::kI64Extend32S:
      return extend(32);
    case Opcode::kF32Abs:
    case Opcode::kF64Abs:
      return intrinsic(llvm::Intrinsic::fabs);
    case Opcode::kF32Neg:
    case Opcode::kF64Neg:
      return Push(ir_.CreateFNeg(a));
    case Opcode::kF32Ceil:
    case Opcode::kF64Ceil:
      return intrinsic(llvm::Intrinsic::ceil);
    case Opcode::kF32Floor:
    case Opcode::kF64Floor:
      return intrinsic(llvm::Intrinsic::floor);
    case Opcode::kF32Trunc:
    case Opcode::kF64Trunc:
      return intrinsic(llvm::Intrinsic::trunc);
    case Opcode::kF32Nearest:
    case Opcode::kF64Nearest:
      return intrinsic(llvm::Intrinsic::roundeven);
    case Opcode::kF32Sqrt:
    case Opcode::kF64Sqrt:
      return intrinsic(llvm::Intrinsic::sqrt);
    default:
      Refuse(opcode);
      Push(a);
  }
}

// Quotient or remainder, with the traps before it.
llvm::Value* FunctionBuilder::Divide(Opcode opcode, llvm::Value* a, llvm::Value* b) {
  TrapIf(ir_.CreateIsNull(b), TrapCode::kIntegerDivideByZero);
  llvm::Type* const type = a->getType();
  llvm::Value* const minus_one = llvm::Constant::getAllOnesValue(type);
  switch (opcode) {
    case Opcode::kI32DivU:
    case Opcode::kI64DivU:
      return ir_.CreateUDiv(a, b);
    case Opcode::kI32RemU:
    case Opcode::kI64RemU:
      return ir_.CreateURem(a, b);
    case Opcode::kI32DivS:
    case Opcode::kI64DivS: {
      llvm::Value* const least =
          ir_.getInt(llvm::APInt::getSignedMinValue(type->getIntegerBitWidth()));
      TrapIf(ir_.CreateAnd(ir_.CreateICmpEQ(a, least), ir_.CreateICmpEQ(b, minus_one)),
             TrapCode::kIntegerOverflow);
      return ir_.CreateSDiv(a, b);
    }
    default: {
      // x rem -1 is 0, also where the quotient overflows.
      if (llvm::isa<llvm::ConstantInt>(b)) {
        if (b == minus_one) return llvm::Constant::getNullValue(type);
        return ir_.CreateSRem(a, b);
      }
      llvm::BasicBlock* const from = ir_.GetInsertBlock();
      llvm::BasicBlock* const divide = NewBlock("divide");
      llvm::BasicBlock* const next = NewBlock("next");
      ir_.CreateCondBr(ir_.CreateICmpEQ(b, minus_one), next, divide, Unlikely());
      ir_.SetInsertPoint(divide);
      llvm::Value* const remainder = ir_.CreateSRem(a, b);
      ir_.CreateBr(next);
      ir_.SetInsertPoint(next);
      llvm::PHINode* const phi = ir_.CreatePHI(type, 2);
      phi->addIncoming(llvm::Constant::getNullValue(type), from);
      phi->addIncoming(remainder, divide);
      return phi;
    }
  }
}

// A quiet NaN of any NaN, else the value.
llvm::Value* FunctionBuilder::Canonical(llvm::Value* value) { return QuietNans(ir_, value); }

// LLVM folds what does nothing but to a signalling NaN, which the spec wants quieted (x * 1.0): so
// operations with such constants are not made.
llvm::Value* FunctionBuilder::FloatArithmetic(Opcode opcode, llvm::Value* a, llvm::Value* b) {
  switch (opcode) {
    case Opcode::kF32Add:
    case Opcode::kF64Add:
      if (IsConstant(b, -0.0)) return Canonical(a);
      if (IsConstant(a, -0.0)) return Canonical(b);
      return ir_.CreateFAdd(a, b);
    case Opcode::kF32Sub:
    case Opcode::kF64Sub:
      if (IsConstant(b, 0.0)) return Canonical(a);
      if (IsConstant(a, -0.0)) return ir_.CreateFNeg(Canonical(b));
      return ir_.CreateFSub(a, b);
    case Opcode::kF32Mul:
    case Opcode::kF64Mul:
      if (IsConstant(b, 1.0)) return Canonical(a);
      if (IsConstant(a, 1.0)) return Canonical(b);
      if (IsConstant(b, -1.0)) return ir_.CreateFNeg(Canonical(a));
      if (IsConstant(a, -1.0)) return ir_.CreateFNeg(Canonical(b));
      return ir_.CreateFMul(a, b);
    default:
      if (IsConstant(b, 1.0)) return Canonical(a);
      if (IsConstant(b, -1.0)) return ir_.CreateFNeg(Canonical(a));
      return ir_.CreateFDiv(a, b);
  }
}

// minss returns its second operand for equal ones and for NaNs, so the two orders differ there: for
// zeros the or (and) of both is the lesser (greater) one. llvm.minimum would hand signalling NaNs
// on.
llvm::Value* FunctionBuilder::MinOrMax(bool is_min, llvm::Value* a, llvm::Value* b) {
  const auto predicate = is_min ? llvm::CmpInst::FCMP_OLT : llvm::CmpInst::FCMP_OGT;
  llvm::Type* const bits = ir_.getIntNTy(a->getType()->getPrimitiveSizeInBits().getFixedValue());
  llvm::Value* const first =
      ir_.CreateBitCast(ir_.CreateSelect(ir_.CreateFCmp(predicate, a, b), a, b), bits);
  llvm::Value* const second =
      ir_.CreateBitCast(ir_.CreateSelect(ir_.CreateFCmp(predicate, b, a), b, a), bits);
  llvm::Value* const both = ir_.CreateBitCast(
      is_min ? ir_.CreateOr(first, second) : ir_.CreateAnd(first, second), a->getType());
  llvm::Value* const quiet = FloatArithmetic(Opcode::kF64Add, a, b);
  return ir_.CreateSelect(ir_.CreateFCmpUNO(a, b), quiet, both);
}

void FunctionBuilder::EmitBinary(Opcode opcode) {
  Here();
  llvm::Value* const b = Pop();
  llvm::Value* const a = Pop();
  const auto count = [&] {
    return ir_.CreateAnd(
        b, llvm::ConstantInt::get(b->getType(), b->getType()->getIntegerBitWidth() - 1));
  };
  switch (opcode) {
    case Opcode::kI32Add:
    case Opcode::kI64Add:
      return Push(ir_.CreateAdd(a, b));
    case Opcode::kI32Sub:
    case Opcode::kI64Sub:
      return Push(ir_.CreateSub(a, b));
    case Opcode::kI32Mul:
    case Opcode::kI64Mul:
      return Push(ir_.CreateMul(a, b));
    case Opcode::kI32And:
    case Opcode::kI64And:
      return Push(ir_.CreateAnd(a, b));
    case Opcode::kI32Or:
    case Opcode::kI64Or:
      return Push(ir_.CreateOr(a, b));
    case Opcode::kI32Xor:
    case Opcode::kI64Xor:
      return Push(ir_.CreateXor(a, b));
    case Opcode::kI32Shl:
    case Opcode::kI64Shl:
      return Push(ir_.CreateShl(a, count()));
    case Opcode::kI32ShrS:
    case Opcode::kI64ShrS:
      return Push(ir_.CreateAShr(a, count()));
    case Opcode::kI32ShrU:
    case Opcode::kI64ShrU:
      return Push(ir_.CreateLShr(a, count()));
    case Opcode::kI32Rotl:
    case Opcode::kI64Rotl:
      return Push(ir_.CreateIntrinsic(llvm::Intrinsic::fshl, {a->getType()}, {a, a, b}));
    case Opcode::kI32Rotr:
    case Opcode::kI64Rotr:
      return Push(ir_.CreateIntrinsic(llvm::Intrinsic::fshr, {a->getType()}, {a, a, b}));
    case Opcode::kI32DivS:
    case Opcode::kI32DivU:
    case Opcode::kI32RemS:
    case Opcode::kI32RemU:
    case Opcode::kI64DivS:
    case Opcode::kI64DivU:
    case Opcode::kI64RemS:
    case Opcode::kI64RemU:
      return Push(Divide(opcode, a, b));
    case Opcode::kF32Min:
    case Opcode::kF64Min:
      return Push(MinOrMax(true, a, b));
    case Opcode::kF32Max:
    case Opcode::kF64Max:
      return Push(MinOrMax(false, a, b));
    case Opcode::kF32Copysign:
    case Opcode::kF64Copysign:
      return Push(ir_.CreateBinaryIntrinsic(llvm::Intrinsic::copysign, a, b));
    default:
      return Push(FloatArithmetic(opcode, a, b));
  }
}

// The bounds are those of semantics::TruncFits.
llvm::Value* FunctionBuilder::Truncate(llvm::Value* value, llvm::Type* type, bool is_signed) {
  llvm::Type* const floating = value->getType();
  const bool is_64 = type->isIntegerTy(64);
  const double upper = is_signed ? (is_64 ? 0x1p63 : 0x1p31) : (is_64 ? 0x1p64 : 0x1p32);
  llvm::Value* above;
  if (!is_signed) {
    above = ir_.CreateFCmpOGT(value, llvm::ConstantFP::get(floating, -1.0));
  } else if (floating->isDoubleTy() && !is_64) {
    above = ir_.CreateFCmpOGT(value, llvm::ConstantFP::get(floating, -upper - 1));
  } else {
    above = ir_.CreateFCmpOGE(value, llvm::ConstantFP::get(floating, -upper));
  }
  llvm::Value* const below = ir_.CreateFCmpOLT(value, llvm::ConstantFP::get(floating, upper));
  llvm::BasicBlock* const trap = NewBlock("trap");
  llvm::BasicBlock* const next = NewBlock("next");
  ir_.CreateCondBr(ir_.CreateNot(ir_.CreateAnd(above, below)), trap, next, Unlikely());
  ir_.SetInsertPoint(trap);
  const auto code = [&](TrapCode trap_code) {
    return ir_.getInt32(static_cast<uint32_t>(trap_code));
  };
  EmitTrap(ir_.CreateSelect(ir_.CreateFCmpUNO(value, value),
                            code(TrapCode::kInvalidConversionToInteger),
                            code(TrapCode::kIntegerOverflow)));
  ir_.SetInsertPoint(next);
  return is_signed ? ir_.CreateFPToSI(value, type) : ir_.CreateFPToUI(value, type);
}

void FunctionBuilder::EmitConversion(Opcode opcode) {
  Here();
  llvm::Value* const a = Pop();
  llvm::Type* const type = types_.Of(Info(opcode).signature.result);
  const auto saturate = [&](ID id) { Push(ir_.CreateIntrinsic(id, {type, a->getType()}, {a})); };
  switch (opcode) {
    case Opcode::kI32WrapI64:
      return Push(ir_.CreateTrunc(a, type));
    case Opcode::kI64ExtendI32S:
      return Push(ir_.CreateSExt(a, type));
    case Opcode::kI64ExtendI32U:
      return Push(ir_.CreateZExt(a, type));
    case Opcode::kI32TruncF32S:
    case Opcode::kI32TruncF64S:
    case Opcode::kI64TruncF32S:
    case Opcode::kI64TruncF64S:
      return Push(Truncate(a, type, true));
    case Opcode::kI32TruncF32U:
    case Opcode::kI32TruncF64U:
    case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64U:
      return Push(Truncate(a, type, false));
    case Opcode::kI32TruncSatF32S:
    case Opcode::kI32TruncSatF64S:
    case Opcode::kI64TruncSatF32S:
    case Opcode::kI64TruncSatF64S:
      return saturate(llvm::Intrinsic::fptosi_sat);
    case Opcode::kI32TruncSatF32U:
    case Opcode::kI32TruncSatF64U:
    case Opcode::kI64TruncSatF32U:
    case Opcode::kI64TruncSatF64U:
      return saturate(llvm::Intrinsic::fptoui_sat);
    case Opcode::kF32ConvertI32S:
    case Opcode::kF32ConvertI64S:
    case Opcode::kF64ConvertI32S:
    case Opcode::kF64ConvertI64S:
      return Push(ir_.CreateSIToFP(a, type));
    case Opcode::kF32ConvertI32U:
    case Opcode::kF32ConvertI64U:
    case Opcode::kF64ConvertI32U:
    case Opcode::kF64ConvertI64U:
      return Push(ir_.CreateUIToFP(a, type));
    case Opcode::kF32DemoteF64:
      // LLVM takes demote(promote(x)) for x.
      if (auto* const promotion = llvm::dyn_cast<llvm::FPExtInst>(a)) {
        return Push(Canonical(promotion->getOperand(0)));
      }
      return Push(ir_.CreateFPTrunc(a, type));
    case Opcode::kF64PromoteF32:
      return Push(ir_.CreateFPExt(a, type));
    case Opcode::kI32ReinterpretF32:
    case Opcode::kI64ReinterpretF64:
    case Opcode::kF32ReinterpretI32:
    case Opcode::kF64ReinterpretI64:
      return Push(ir_.CreateBitCast(a, type));
    default:
      Refuse(opcode);
      Push(types_.Zero(Info(opcode).signature.result));
  }
}

}  // namespace wasmtier::optimizing
