// What is put right, and checked, in machine code before it is printed into an object.
#ifndef WASMTIER_TIERS_OPTIMIZING_MACHINE_CHECK_H_
#define WASMTIER_TIERS_OPTIMIZING_MACHINE_CHECK_H_

#include <llvm/Pass.h>
#include <llvm/Support/CodeGen.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace wasmtier::optimizing {

// TargetMachine::addPassesToEmitFile, with the pass below. Within a MachineCheck; true if LLVM
// cannot write this kind of file.
bool AddCheckedCodeGeneration(llvm::TargetMachine& machine, llvm::legacy::PassManagerBase& passes,
                              llvm::raw_pwrite_stream& stream, llvm::CodeGenFileType type);

// While it exists, on its thread, functions that go through code generation
//   * get positions of the accesses to memory for instructions that an access was folded into:
//     LLVM gives those the position of what uses the value, which is another wasm instruction;
//   * are searched for calls at which the program has a tail call: LLVM may refuse them silently,
//     and the stack would grow;
//   * are asked how large their frames are.
class MachineCheck {
 public:
  MachineCheck();
  ~MachineCheck();
  MachineCheck(const MachineCheck&) = delete;
  MachineCheck& operator=(const MachineCheck&) = delete;

  // The function with a tail call that became a call; empty if there is none.
  const std::string& grown_tail_call() const { return grown_tail_call_; }
  void ReportTailCall(std::string function) { grown_tail_call_ = std::move(function); }

  // In bytes, without the return address.
  uint64_t largest_frame() const { return largest_frame_; }
  void ReportFrame(uint64_t bytes) { largest_frame_ = std::max(largest_frame_, bytes); }

 private:
  std::string grown_tail_call_;
  uint64_t largest_frame_ = 0;
};

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TIERS_OPTIMIZING_MACHINE_CHECK_H_
