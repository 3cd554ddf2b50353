#include "tiers/optimizing/target.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/TargetParser/SubtargetFeature.h>
#include <llvm/TargetParser/X86TargetParser.h>

#include <cstdlib>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tiers/optimizing/machine_check.h"
#include "tiers/optimizing/stack_check.h"

namespace wasmtier::optimizing {
namespace {

const llvm::Triple& HostTriple() {
  static const llvm::Triple triple(llvm::sys::getProcessTriple());
  return triple;
}

// All of them, those that are missing too: a processor may have less than its name promises.
const std::string& HostFeatures() {
  static const std::string features = [] {
    llvm::SubtargetFeatures list;
    for (const auto& feature : llvm::sys::getHostCPUFeatures()) {
      list.AddFeature(feature.first(), feature.second);
    }
    return list.getString();
  }();
  return features;
}

absl::StatusOr<const llvm::Target*> HostTarget() {
  static const bool is_initialized =
      !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter() &&
      !llvm::InitializeNativeTargetAsmParser();  // each returns true if it fails
  if (!is_initialized) return absl::UnimplementedError("LLVM was built without this machine");
  std::string error;
#if LLVM_VERSION_MAJOR >= 22
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(HostTriple(), error);
#else
  const llvm::Target* const target = llvm::TargetRegistry::lookupTarget(HostTriple().str(), error);
#endif
  if (target == nullptr) return absl::UnimplementedError(error);
  return target;
}

llvm::TargetOptions MakeTargetOptions() {
  llvm::TargetOptions options;
  // wasm has no fused operations.
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  // What must not be reached shall not run on into what lies behind it; behind a trap's call, which
  // does not return, nothing is needed.
  options.TrapUnreachable = true;
  options.NoTrapAfterNoreturn = true;
  // Where frames are set up (FramelessRange).
  options.ForceDwarfFrameSection = true;
  return options;
}

// The level that the environment limits code to (tiers/baseline/x64/cpu.h), as LLVM calls the first
// processor that has it; empty: no limit, or one that this processor does not reach.
const std::string& LimitedCpu() {
  struct Level {
    std::string_view name;
    const char* cpu;
    const char* feature;
  };
  static constexpr Level kLevels[] = {{"sse4", "x86-64-v2", "sse4.2"},
                                      {"avx", "sandybridge", "avx"},
                                      {"avx2", "x86-64-v3", "avx2"}};
  static const std::string cpu = [] {
    const char* const value = std::getenv("WASMTIER_CPU");
    for (const Level& level : kLevels) {
      if (value == nullptr || level.name != value) continue;
      return llvm::sys::getHostCPUFeatures().lookup(level.feature) ? level.cpu : "";
    }
    return "";
  }();
  return cpu;
}

}  // namespace

std::string HostCpu() {
  return LimitedCpu().empty() ? llvm::sys::getHostCPUName().str() : LimitedCpu();
}

absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> MakeTargetMachine(const Options& options) {
  absl::StatusOr<const llvm::Target*> target = HostTarget();
  if (!target.ok()) return target.status();
  const std::string cpu = options.cpu.empty() ? HostCpu() : options.cpu;
  // LLVM itself would only complain on the error stream.
  if (llvm::X86::parseArchX86(cpu) == llvm::X86::CK_None) {
    return absl::InvalidArgumentError(absl::StrCat("LLVM knows no processor called ", cpu));
  }
  const std::string features = options.cpu.empty() && LimitedCpu().empty() ? HostFeatures() : "";
  // Below -O1 a tail call is a call (design §5).
  const llvm::CodeGenOptLevel level = options.pipeline == Pipeline::kQuick
                                          ? llvm::CodeGenOptLevel::Less
                                          : llvm::CodeGenOptLevel::Default;
#if LLVM_VERSION_MAJOR >= 21
  const llvm::Triple& triple = HostTriple();
#else
  const std::string& triple = HostTriple().str();
#endif
  // Code and constants lie together, and everything else is reached through a table beside them.
  std::unique_ptr<llvm::TargetMachine> machine((*target)->createTargetMachine(
      triple, cpu, features, MakeTargetOptions(), llvm::Reloc::PIC_, llvm::CodeModel::Small, level,
      /*JIT=*/true));
  if (machine == nullptr) return absl::InternalError("no target machine");
  return machine;
}

absl::Status Generate(llvm::Module& module, llvm::TargetMachine& machine, const Options& options,
                      Output output, llvm::SmallVectorImpl<char>& bytes) {
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  // There is no C library to call.
  llvm::TargetLibraryInfoImpl library(machine.getTargetTriple());
  library.disableAllFunctions();
  passes.add(new llvm::TargetLibraryInfoWrapperPass(library));
  const llvm::CodeGenFileType type = output == Output::kObject
                                         ? llvm::CodeGenFileType::ObjectFile
                                         : llvm::CodeGenFileType::AssemblyFile;
  const MachineCheck check;
  if (AddCheckedCodeGeneration(machine, passes, stream, type)) {
    return absl::InternalError("LLVM cannot write this kind of file");
  }
  passes.run(module);
  if (!check.grown_tail_call().empty()) {
    return absl::InternalError(
        absl::StrCat("LLVM made a call of a tail call in ", check.grown_tail_call()));
  }
  if (options.stack_checks && check.largest_frame() > kMaxCheckedFrameBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a frame of ", check.largest_frame(), " bytes is too large without signals"));
  }
  return absl::OkStatus();
}

}  // namespace wasmtier::optimizing
