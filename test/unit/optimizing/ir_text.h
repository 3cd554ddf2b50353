// Machine code from LLVM's IR as text, for tests of the steps behind the IR builder.
#ifndef WASMTIER_TEST_UNIT_OPTIMIZING_IR_TEXT_H_
#define WASMTIER_TEST_UNIT_OPTIMIZING_IR_TEXT_H_

#include <llvm/AsmParser/Parser.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tiers/optimizing/target.h"

namespace wasmtier::optimizing {

// The object file of the functions in `text`, which may leave out layout and triple.
inline absl::StatusOr<std::string> ObjectOf(const std::string& text, const Options& options = {}) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic error;
  const std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, error, context);
  if (module == nullptr) return absl::InvalidArgumentError(error.getMessage().str());
  auto machine = MakeTargetMachine(options);
  if (!machine.ok()) return machine.status();
#if LLVM_VERSION_MAJOR >= 21
  module->setTargetTriple((*machine)->getTargetTriple());
#else
  module->setTargetTriple((*machine)->getTargetTriple().str());
#endif
  module->setDataLayout((*machine)->createDataLayout());
  llvm::SmallVector<char, 0> bytes;
  const absl::Status status = Generate(*module, **machine, options, Output::kObject, bytes);
  if (!status.ok()) return status;
  return std::string(bytes.begin(), bytes.end());
}

}  // namespace wasmtier::optimizing

#endif  // WASMTIER_TEST_UNIT_OPTIMIZING_IR_TEXT_H_
