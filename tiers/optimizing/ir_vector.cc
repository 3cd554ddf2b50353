#include "tiers/optimizing/ir_vector.h"

#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/MCSubtargetInfo.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <vector>

namespace wasmtier::optimizing {

using decode::Info;
using decode::Opcode;

namespace {

// "i8x16", but not "i7x16", which is no way to see 128 bits.
std::optional<Lanes> ParseLanes(std::string_view text) {
  if (text == "v128") return Lanes{};
  if (text.size() < 4 || (text[0] != 'i' && text[0] != 'f')) return std::nullopt;
  unsigned bits = 0;
  unsigned count = 0;
  const char* const end = text.data() + text.size();
  const auto [separator, error] = std::from_chars(text.data() + 1, end, bits);
  if (error != std::errc() || separator == end || *separator != 'x') return std::nullopt;
  const auto [rest, count_error] = std::from_chars(separator + 1, end, count);
  if (count_error != std::errc() || rest != end || bits * count != 128) return std::nullopt;
  return Lanes{bits, text[0] == 'f'};
}

const VectorRow* FindRow(const VectorName& name) {
  const auto kind = name.lanes.is_float ? VectorRow::Kind::kFloat : VectorRow::Kind::kInteger;
  for (const std::span<const VectorRow> rows :
       {VectorIntegerRows(), VectorLaneRows(), VectorFloatRows(), VectorConvertRows(),
        VectorRelaxedRows()}) {
    for (const VectorRow& row : rows) {
      if (row.kind == kind && row.verb == name.verb) return &row;
    }
  }
  return nullptr;
}

}  // namespace

VectorTarget VectorTargetOf(const llvm::MCSubtargetInfo& subtarget, runtime::RelaxedSimd relaxed) {
  return {.has_avx512 = subtarget.checkFeatures("+avx512dq,+avx512vl"), .relaxed = relaxed};
}

llvm::FixedVectorType* Lanes::Type(llvm::LLVMContext& context, unsigned lanes) const {
  llvm::Type* lane = llvm::Type::getIntNTy(context, bits);
  if (is_float) {
    lane = bits == 32 ? llvm::Type::getFloatTy(context) : llvm::Type::getDoubleTy(context);
  }
  return llvm::FixedVectorType::get(lane, lanes);
}

VectorName::VectorName(std::string_view text) {
  const size_t dot = text.find('.');
  lanes = *ParseLanes(text.substr(0, dot));
  operands = lanes;
  text.remove_prefix(dot + 1);
  bool has_operands = false;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find('_'));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (word == "s" || word == "u") {
      is_signed = word == "s";
    } else if (const auto found = ParseLanes(word); found && !has_operands) {
      operands = *found;
      has_operands = true;
    } else {
      if (!verb.empty()) verb += '_';
      verb += word;
    }
  }
}

llvm::FixedVectorType* VectorOperation::IntegersLike(llvm::Value* value) const {
  return llvm::cast<llvm::FixedVectorType>(
      llvm::VectorType::getInteger(llvm::cast<llvm::VectorType>(value->getType())));
}

llvm::Value* VectorOperation::All(llvm::Value* like, int64_t number) const {
  return llvm::ConstantInt::getSigned(like->getType(), number);
}

llvm::Value* VectorOperation::AllFloats(double number) const {
  return llvm::ConstantFP::get(a->getType(), number);
}

llvm::Value* VectorOperation::Mask(llvm::Value* bools) const {
  return ir.CreateSExt(bools, IntegersLike(a));
}

llvm::Value* VectorOperation::Widen(llvm::Value* value, bool is_signed) const {
  auto* const type = llvm::cast<llvm::FixedVectorType>(value->getType());
  llvm::Type* const wide =
      llvm::VectorType::getExtendedElementVectorType(llvm::cast<llvm::VectorType>(type));
  return is_signed ? ir.CreateSExt(value, wide) : ir.CreateZExt(value, wide);
}

llvm::Value* VectorOperation::Half(llvm::Value* value, bool is_high) const {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements() / 2;
  std::vector<int> lanes(count);
  std::iota(lanes.begin(), lanes.end(), is_high ? static_cast<int>(count) : 0);
  return ir.CreateShuffleVector(value, lanes);
}

llvm::Value* VectorOperation::EverySecond(llvm::Value* value, unsigned first) const {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements();
  std::vector<int> lanes;
  for (unsigned lane = first; lane < count; lane += 2) lanes.push_back(static_cast<int>(lane));
  return ir.CreateShuffleVector(value, lanes);
}

llvm::Value* VectorOperation::PadWithZeros(llvm::Value* value) const {
  const unsigned count = llvm::cast<llvm::FixedVectorType>(value->getType())->getNumElements();
  std::vector<int> lanes(size_t{count} * 2);
  std::iota(lanes.begin(), lanes.end(), 0);
  return ir.CreateShuffleVector(value, llvm::Constant::getNullValue(value->getType()), lanes);
}

llvm::Value* VectorOperation::Intrinsic(llvm::Intrinsic::ID id,
                                        std::initializer_list<llvm::Value*> args) const {
  return ir.CreateIntrinsic(id, {}, llvm::ArrayRef<llvm::Value*>(args));
}

llvm::Value* VectorOperation::Generic(llvm::Intrinsic::ID id,
                                      std::initializer_list<llvm::Value*> args) const {
  return ir.CreateIntrinsic(id, {(*args.begin())->getType()}, llvm::ArrayRef<llvm::Value*>(args));
}

llvm::Value* CastVector(llvm::IRBuilder<>& ir, llvm::Value* value, llvm::Type* type) {
  // The builder itself does not know the order of bytes, and would leave constants as expressions.
  if (auto* const constant = llvm::dyn_cast<llvm::Constant>(value)) {
    const llvm::DataLayout& layout = ir.GetInsertBlock()->getModule()->getDataLayout();
    return llvm::ConstantFoldCastOperand(llvm::Instruction::BitCast, constant, type, layout);
  }
  // The cast back of what the instruction before cast to v128.
  if (auto* const cast = llvm::dyn_cast<llvm::BitCastInst>(value);
      cast != nullptr && cast->getOperand(0)->getType() == type) {
    return cast->getOperand(0);
  }
  return ir.CreateBitCast(value, type);
}

llvm::Value* LowerVector(llvm::IRBuilder<>& ir, const VectorTarget& target, Opcode opcode,
                         std::span<llvm::Value* const> operands) {
  const VectorName name(decode::Name(opcode));
  const VectorRow* const row = FindRow(name);
  if (row == nullptr) return nullptr;
  VectorOperation operation{.ir = ir, .name = name, .target = target};
  llvm::Value** const places[] = {&operation.a, &operation.b, &operation.c};
  for (size_t i = 0; i < operands.size(); ++i) {
    llvm::Value* const value = operands[i];
    *places[i] = value->getType()->isVectorTy()
                     ? CastVector(ir, value, name.operands.Type(ir.getContext()))
                     : value;
  }
  llvm::Value* const result = row->lower(operation);
  if (!result->getType()->isVectorTy()) return result;
  return CastVector(ir, result, Lanes{}.Type(ir.getContext()));
}

}  // namespace wasmtier::optimizing
