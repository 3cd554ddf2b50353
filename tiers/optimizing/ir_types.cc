#include "tiers/optimizing/ir_types.h"

#include <llvm/IR/Attributes.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/Support/ModRef.h>

#include <initializer_list>
#include <utility>

#include "runtime/call_convention.h"
#include "tiers/optimizing/symbols.h"
#include "tiers/optimizing/trap_anchors.h"

namespace wasmtier::optimizing {

using runtime::ArgumentPlace;
using runtime::ValueKind;
using runtime::ValueType;

IrTypes::IrTypes(llvm::Module& module, const runtime::ModuleCode& code, Host& host,
                 bool precise_traps, std::string cpu, std::string features,
                 VectorTarget vector_target)
    : module_(module),
      code_(code),
      host_(host),
      precise_traps_(precise_traps),
      cpu_(std::move(cpu)),
      features_(std::move(features)),
      vector_target_(vector_target),
      debug_(module) {
  module.addModuleFlag(llvm::Module::Warning, "Debug Info Version",
                       static_cast<uint32_t>(llvm::DEBUG_METADATA_VERSION));
  file_ = debug_.createFile("wasm", "");
  // "For profiling": otherwise functions that nothing was inlined into are not described.
  debug_.createCompileUnit(llvm::dwarf::DW_LANG_C99, file_, "wasm-tier", /*isOptimized=*/true, "",
                           0, "", llvm::DICompileUnit::LineTablesOnly, /*DWOId=*/0,
                           /*SplitDebugInlining=*/true, /*DebugInfoForProfiling=*/true);
  subroutine_ = debug_.createSubroutineType(debug_.getOrCreateTypeArray({}));

  llvm::Type* const nothing = llvm::Type::getVoidTy(context());
  trap_ = module.getOrInsertFunction(kTrapSymbol, nothing, pointer(), i32());
  auto* const trap = llvm::cast<llvm::Function>(trap_.getCallee());
  for (llvm::Attribute::AttrKind kind : {llvm::Attribute::NoReturn, llvm::Attribute::Cold,
                                         llvm::Attribute::NoMerge, llvm::Attribute::NoUnwind}) {
    trap->addFnAttr(kind);
  }
  trap->addFnAttr("call-inline-cost", "0");  // never runs
  runtime_call_ = module.getOrInsertFunction(kRuntimeCallSymbol, nothing, pointer(), pointer(),
                                             i32(), i32(), i32());
  auto* const runtime_call = llvm::cast<llvm::Function>(runtime_call_.getCallee());
  runtime_call->addFnAttr(llvm::Attribute::NoMerge);
  runtime_call->addFnAttr(llvm::Attribute::NoUnwind);
  anchor_ = DeclareAnchor(module, precise_traps);

  llvm::MDBuilder metadata(context());
  llvm::MDNode* const domain = metadata.createAliasScopeDomain("wasm");
  const char* const names[kMemoryClasses] = {"linear", "globals", "tables", "context"};
  llvm::Metadata* scopes[kMemoryClasses];
  for (int i = 0; i < kMemoryClasses; ++i) {
    scopes[i] = metadata.createAliasScope(names[i], domain);
    scope_lists_[i] = llvm::MDNode::get(context(), {scopes[i]});
  }
  for (int i = 0; i < kMemoryClasses; ++i) {
    std::vector<llvm::Metadata*> read;
    std::vector<llvm::Metadata*> write;
    const bool is_state =
        i == static_cast<int>(MemoryClass::kGlobal) || i == static_cast<int>(MemoryClass::kTable);
    for (int other = 0; other < kMemoryClasses; ++other) {
      if (other == i) continue;
      const bool is_other_state = other == static_cast<int>(MemoryClass::kGlobal) ||
                                  other == static_cast<int>(MemoryClass::kTable);
      // Linear memory against state: it is for the access to the state to say.
      if (i == 0 && is_other_state) continue;
      read.push_back(scopes[other]);
      if (!(is_state && other == 0)) write.push_back(scopes[other]);
    }
    read_noalias_[i] = llvm::MDNode::get(context(), read);
    write_noalias_[i] = llvm::MDNode::get(context(), write);
  }
}

void IrTypes::Classify(llvm::Instruction* access, MemoryClass memory) const {
  const auto index = static_cast<int>(memory);
  access->setMetadata(llvm::LLVMContext::MD_alias_scope, scope_lists_[index]);
  access->setMetadata(llvm::LLVMContext::MD_noalias, llvm::isa<llvm::LoadInst>(access)
                                                         ? read_noalias_[index]
                                                         : write_noalias_[index]);
}

llvm::Type* IrTypes::Of(ValueType type) const {
  switch (type.kind()) {
    case ValueKind::kI32:
      return i32();
    case ValueKind::kF32:
      return llvm::Type::getFloatTy(context());
    case ValueKind::kF64:
      return llvm::Type::getDoubleTy(context());
    case ValueKind::kV128:
      return llvm::FixedVectorType::get(i64(), 2);
    default:
      return i64();
  }
}

llvm::Value* IrTypes::Zero(ValueType type) const { return llvm::Constant::getNullValue(Of(type)); }

llvm::FunctionType* IrTypes::OfFunction(const runtime::FuncType& type) const {
  std::vector<llvm::Type*> params = {pointer()};
  const std::vector<ArgumentPlace> places = runtime::PlaceParameters(type.params);
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].kind != ArgumentPlace::Kind::kCallArea) params.push_back(Of(type.params[i]));
  }
  params.push_back(pointer());
  llvm::Type* const result =
      type.results.empty() ? llvm::Type::getVoidTy(context()) : Of(type.results[0]);
  return llvm::FunctionType::get(result, params, /*isVarArg=*/false);
}

llvm::Function* IrTypes::DeclareAs(llvm::FunctionType* type, const std::string& name) {
  if (llvm::Function* const found = module_.getFunction(name)) return found;
  auto* const function =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, module_);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  function->addFnAttr("frame-pointer", "all");
  function->addFnAttr("no-builtins");
  // A frame may not jump over the stack's guard.
  function->addFnAttr("probe-stack", "inline-asm");
  if (!cpu_.empty()) function->addFnAttr("target-cpu", cpu_);
  if (!features_.empty()) function->addFnAttr("target-features", features_);
  function->addParamAttr(0, llvm::Attribute::NoUndef);
  function->addParamAttr(0, llvm::Attribute::NonNull);
  function->addDereferenceableParamAttr(0, sizeof(runtime::VMContext));
  function->getArg(0)->setName("context");
  return function;
}

llvm::Function* IrTypes::Declare(uint32_t function) {
  llvm::FunctionType* const type = OfFunction(code_.module().function_type(function));
  llvm::Function* const declared = DeclareAs(type, FunctionSymbol(function));
  declared->addParamAttr(type->getNumParams() - 1, llvm::Attribute::Nest);
  declared->getArg(type->getNumParams() - 1)->setName("slot");
  return declared;
}

llvm::Function* IrTypes::DeclareOsr(uint32_t function, uint32_t loop) {
  llvm::Type* const result = OfFunction(code_.module().function_type(function))->getReturnType();
  llvm::Function* const declared =
      DeclareAs(llvm::FunctionType::get(result, {pointer(), pointer()}, /*isVarArg=*/false),
                OsrSymbol(function, loop));
  declared->getArg(1)->setName("frame");
  return declared;
}

llvm::Function* IrTypes::FindDirect(uint32_t function) {
  if (code_.module().IsImported(function)) return nullptr;
  const std::string name = FunctionSymbol(function);
  if (llvm::Function* const found = module_.getFunction(name)) return found;
  const void* const optimized = host_.FindOptimized(code_, function);
  if (optimized == nullptr) return nullptr;
  callees_.emplace(name, optimized);
  llvm::Function* const declared = Declare(function);
  declared->setDSOLocal(true);  // in reach: code memory is one piece
  return declared;
}

llvm::DISubprogram* IrTypes::Describe(uint32_t function, uint32_t line, const std::string& symbol) {
  return debug_.createFunction(file_, FunctionSymbol(function), symbol, file_, line, subroutine_,
                               line, llvm::DINode::FlagZero, llvm::DISubprogram::SPFlagDefinition);
}

}  // namespace wasmtier::optimizing
