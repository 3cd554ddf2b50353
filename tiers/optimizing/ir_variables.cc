// FunctionBuilder: locals, globals, tables, constants and references. References are i64: a
// FunctionReference's address, or the embedder's word; null is 0.
#include <llvm/IR/Constants.h>

#include <cstddef>

#include "runtime/vm_context.h"
#include "tiers/optimizing/ir_function.h"

namespace wasmtier::optimizing {

using runtime::TrapCode;
using runtime::ValueKind;
using runtime::ValueType;
using runtime::VMContext;

void FunctionBuilder::Select(ValueType) {
  Here();
  llvm::Value* const condition = ToBool(Pop());
  llvm::Value* const b = Pop();
  llvm::Value* const a = Pop();
  Push(ir_.CreateSelect(condition, a, b));
}

void FunctionBuilder::LocalGet(uint32_t local) { Push((*locals_)[local]); }

void FunctionBuilder::LocalSet(uint32_t local) { SetLocalValue(local, Pop()); }

void FunctionBuilder::LocalTee(uint32_t local) { SetLocalValue(local, operands_.back()); }

llvm::Value* FunctionBuilder::GlobalCell(uint32_t global) {
  llvm::Value* const cells = LoadContext(offsetof(VMContext, globals), types_.pointer(), "globals");
  return LoadInvariant(cells, global * sizeof(void*), types_.pointer(), "global");
}

void FunctionBuilder::GlobalGet(uint32_t global) {
  Here();
  const runtime::GlobalType& type = module_.globals[global].type;
  llvm::Value* const cell = GlobalCell(global);
  if (!type.is_mutable) return Push(LoadInvariant(cell, 0, types_.Of(type.type), "constant"));
  llvm::LoadInst* const load =
      ir_.CreateAlignedLoad(types_.Of(type.type), cell, llvm::Align(8), "value");
  types_.Classify(load, MemoryClass::kGlobal);
  Push(load);
}

void FunctionBuilder::GlobalSet(uint32_t global) {
  Here();
  llvm::Value* value = Pop();
  // The upper half of an i32's cell is zero, as the interpreter's slots are.
  if (module_.globals[global].type.type == runtime::kI32) {
    value = ir_.CreateZExt(value, types_.i64());
  }
  types_.Classify(ir_.CreateAlignedStore(value, GlobalCell(global), llvm::Align(8)),
                  MemoryClass::kGlobal);
}

llvm::Value* FunctionBuilder::TableView(uint32_t table) {
  if (table == 0) return LoadContext(offsetof(VMContext, table), types_.pointer(), "table");
  llvm::Value* const tables = LoadContext(offsetof(VMContext, tables), types_.pointer(), "tables");
  return LoadInvariant(tables, table * sizeof(void*), types_.pointer(), "table");
}

// The address of an element; traps if there is none.
llvm::Value* FunctionBuilder::TableElement(uint32_t table, llvm::Value* index, TrapCode code) {
  llvm::Value* const view = TableView(table);
  llvm::Value* const wide = ir_.CreateZExt(index, types_.i64());
  llvm::Value* const size =
      LoadField(view, offsetof(runtime::TableView, size), types_.i64(), "size");
  TrapIf(ir_.CreateICmpUGE(wide, size), code);
  llvm::Value* const elements =
      LoadField(view, offsetof(runtime::TableView, elements), types_.pointer(), "elements");
  return ir_.CreateInBoundsGEP(types_.i64(), elements, wide);
}

void FunctionBuilder::TableGet(uint32_t table) {
  Here();
  llvm::Value* const element = TableElement(table, Pop(), TrapCode::kTableOutOfBounds);
  llvm::LoadInst* const load = ir_.CreateAlignedLoad(types_.i64(), element, llvm::Align(8));
  types_.Classify(load, MemoryClass::kTable);
  Push(load);
}

void FunctionBuilder::TableSet(uint32_t table) {
  Here();
  llvm::Value* const value = Pop();
  llvm::Value* const element = TableElement(table, Pop(), TrapCode::kTableOutOfBounds);
  types_.Classify(ir_.CreateAlignedStore(value, element, llvm::Align(8)), MemoryClass::kTable);
}

void FunctionBuilder::TableSize(uint32_t table) {
  Here();
  llvm::Value* const size =
      LoadField(TableView(table), offsetof(runtime::TableView, size), types_.i64(), "size");
  const bool is_64 = module_.tables[table].type.limits.is_64;
  Push(is_64 ? size : ir_.CreateTrunc(size, types_.i32()));
}

void FunctionBuilder::Const(ValueType type, uint64_t bits) {
  switch (type.kind()) {
    case ValueKind::kI32:
      return Push(ir_.getInt32(static_cast<uint32_t>(bits)));
    case ValueKind::kF32:
      return Push(llvm::ConstantFP::get(
          types_.context(), llvm::APFloat(llvm::APFloat::IEEEsingle(), llvm::APInt(32, bits))));
    case ValueKind::kF64:
      return Push(llvm::ConstantFP::get(
          types_.context(), llvm::APFloat(llvm::APFloat::IEEEdouble(), llvm::APInt(64, bits))));
    default:
      return Push(ir_.getInt64(bits));
  }
}

void FunctionBuilder::RefNull(ValueType) { Push(ir_.getInt64(0)); }

void FunctionBuilder::RefIsNull() {
  Here();
  Push(FromBool(ir_.CreateIsNull(Pop())));
}

void FunctionBuilder::RefFunc(uint32_t function) {
  RuntimeCall(runtime::RuntimeCall::kRefFunc, 0, function, 0, runtime::kFuncRef);
}

void FunctionBuilder::RefAsNonNull() {
  Here();
  TrapIf(ir_.CreateIsNull(operands_.back()), TrapCode::kNullReference);
}

}  // namespace wasmtier::optimizing
