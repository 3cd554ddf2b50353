#include "tiers/optimizing/machine_check.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/DenseSet.h>
#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineFunction.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/MachineMemOperand.h>
#include <llvm/CodeGen/Passes.h>
#include <llvm/CodeGen/TargetPassConfig.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/DebugLoc.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LegacyPassManager.h>

// Not all versions have it: of 19 to 22, 22 does, 19 does not.
#if __has_include(<llvm/Target/RegisterTargetPassConfigCallback.h>)
#include <llvm/Target/RegisterTargetPassConfigCallback.h>
#define WASMTIER_HAS_PASS_CALLBACKS 1
#else
#define WASMTIER_HAS_PASS_CALLBACKS 0
#include <llvm/CodeGen/MachineModuleInfo.h>
#if LLVM_VERSION_MAJOR >= 20
#include <llvm/CodeGen/CodeGenTargetMachineImpl.h>
#endif
#endif

#include "tiers/optimizing/symbols.h"

namespace wasmtier::optimizing {
namespace {

thread_local MachineCheck* current = nullptr;

// The accesses of a function by address: which one an instruction's memory operand was made for.
class Accesses {
 public:
  explicit Accesses(const llvm::Function& function) {
    for (const llvm::BasicBlock& block : function) {
      for (const llvm::Instruction& instruction : block) {
        const llvm::Value* const address = llvm::getLoadStorePointerOperand(&instruction);
        if (address == nullptr || !instruction.getDebugLoc()) continue;
        const unsigned is_store = llvm::isa<llvm::StoreInst>(instruction);
        in_block_.try_emplace({{&block, address}, is_store}, &instruction);
        const auto [other, is_new] = anywhere_.try_emplace({address, is_store}, &instruction);
        if (!is_new) other->second = nullptr;
      }
    }
  }

  // Null if it cannot be told.
  const llvm::Instruction* Find(const llvm::BasicBlock* block, const llvm::Value* address,
                                unsigned is_store) const {
    const auto near = in_block_.find({{block, address}, is_store});
    if (near != in_block_.end()) return near->second;
    // The instruction was moved or copied to another block.
    const auto far = anywhere_.find({address, is_store});
    return far == anywhere_.end() ? nullptr : far->second;
  }

 private:
  using BlockAndAddress = std::pair<const llvm::BasicBlock*, const llvm::Value*>;
  llvm::DenseMap<std::pair<BlockAndAddress, unsigned>, const llvm::Instruction*> in_block_;
  // Null where there are several.
  llvm::DenseMap<std::pair<const llvm::Value*, unsigned>, const llvm::Instruction*> anywhere_;
};

class MachineCheckPass : public llvm::MachineFunctionPass {
 public:
  static char ID;
  MachineCheckPass() : MachineFunctionPass(ID) {}

  llvm::StringRef getPassName() const override { return "wasm-tier machine check"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    if (current == nullptr) return false;
    current->ReportFrame(function.getFrameInfo().getStackSize());
    const Accesses accesses(function.getFunction());
    const llvm::DenseSet<const llvm::DILocation*> tail_calls = TailCallsOf(function.getFunction());
    for (llvm::MachineBasicBlock& block : function) {
      for (llvm::MachineInstr& instruction : block) {
        if (!instruction.isCall()) {
          SetPosition(accesses, block, instruction);
        } else if (!instruction.isReturn() && CallsWasm(instruction) &&
                   tail_calls.contains(instruction.getDebugLoc().get())) {
          current->ReportTailCall(function.getName().str());
        }
      }
    }
    return true;
  }

 private:
  static void SetPosition(const Accesses& accesses, const llvm::MachineBasicBlock& block,
                          llvm::MachineInstr& instruction) {
    // What loads and stores has the position of the load, which is the first to trap.
    for (const bool is_store : {false, true}) {
      for (const llvm::MachineMemOperand* operand : instruction.memoperands()) {
        if (operand->getValue() == nullptr || operand->isStore() != is_store) continue;
        const llvm::Instruction* const access =
            accesses.Find(block.getBasicBlock(), operand->getValue(), is_store);
        if (access == nullptr) continue;
        instruction.setDebugLoc(access->getDebugLoc());
        return;
      }
    }
  }

  // Thunks are called for the same wasm instruction.
  static bool CallsWasm(const llvm::MachineInstr& instruction) {
    const llvm::MachineOperand& callee = instruction.getOperand(0);
    if (!callee.isGlobal()) return true;
    const llvm::StringRef name = callee.getGlobal()->getName();
    return name != kTrapSymbol && name != kRuntimeCallSymbol;
  }

  static llvm::DenseSet<const llvm::DILocation*> TailCallsOf(const llvm::Function& function) {
    llvm::DenseSet<const llvm::DILocation*> locations;
    for (const llvm::BasicBlock& block : function) {
      const llvm::Instruction* const last = block.getTerminator();
      if (last == nullptr || !llvm::isa<llvm::ReturnInst>(last)) continue;
      // A call that was inlined into the middle of another function keeps its mark.
      const auto* const call = llvm::dyn_cast_or_null<llvm::CallInst>(last->getPrevNode());
      if (call == nullptr || !call->isTailCall()) continue;
      if (const llvm::DILocation* const location = call->getDebugLoc().get()) {
        locations.insert(location);
      }
    }
    return locations;
  }
};

char MachineCheckPass::ID = 0;

void AddTo(llvm::TargetPassConfig* passes) {
  // Of two accesses at the ends of two branches it makes one: a trap has its own place.
  passes->setEnableTailMerge(false);
  // Nothing moves instructions behind it.
  passes->insertPass(&llvm::FuncletLayoutID, new MachineCheckPass);
}

}  // namespace

#if WASMTIER_HAS_PASS_CALLBACKS

bool AddCheckedCodeGeneration(llvm::TargetMachine& machine, llvm::legacy::PassManagerBase& passes,
                              llvm::raw_pwrite_stream& stream, llvm::CodeGenFileType type) {
  // Of all code generation in this process.
  static const llvm::RegisterTargetPassConfigCallback callback(
      [](llvm::TargetMachine&, llvm::PassManagerBase&, llvm::TargetPassConfig* config) {
        if (current != nullptr) AddTo(config);
      });
  (void)callback;
  return machine.addPassesToEmitFile(passes, stream, nullptr, type);
}

#else

#if LLVM_VERSION_MAJOR >= 20
using CodeGenMachine = llvm::CodeGenTargetMachineImpl;
#else
using CodeGenMachine = llvm::LLVMTargetMachine;
#endif

// Nobody is asked before the passes are there, so this is what addPassesToEmitFile does.
bool AddCheckedCodeGeneration(llvm::TargetMachine& machine, llvm::legacy::PassManagerBase& passes,
                              llvm::raw_pwrite_stream& stream, llvm::CodeGenFileType type) {
  auto& code_machine = static_cast<CodeGenMachine&>(machine);  // as are all that write machine code
  auto* const info = new llvm::MachineModuleInfoWrapperPass(&code_machine);
  llvm::TargetPassConfig* const config = code_machine.createPassConfig(passes);
  config->setDisableVerify(true);
  AddTo(config);
  passes.add(config);
  passes.add(info);
  if (config->addISelPasses()) return true;
  config->addMachinePasses();
  config->setInitialized();
  if (code_machine.addAsmPrinter(passes, stream, nullptr, type, info->getMMI().getContext())) {
    return true;
  }
  passes.add(llvm::createFreeMachineFunctionPass());
  return false;
}

#endif

MachineCheck::MachineCheck() { current = this; }
MachineCheck::~MachineCheck() { current = nullptr; }

}  // namespace wasmtier::optimizing
