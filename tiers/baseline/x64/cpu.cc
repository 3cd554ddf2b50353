#include "tiers/baseline/x64/cpu.h"

#include <asmjit/x86.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

namespace wasmtier::baseline {
namespace {

CpuFeatures Detect() {
  using X86 = asmjit::CpuFeatures::X86;
  const X86& features = asmjit::CpuInfo::host().features().x86();
  return {features.has(X86::kAVX), features.has(X86::kBMI), features.has(X86::kBMI2),
          features.has(X86::kLZCNT), features.has(X86::kPOPCNT)};
}

CpuLevel LevelOfEnvironment() {
  const char* value = std::getenv("WASMTIER_CPU");
  if (value == nullptr) return CpuLevel::kHost;
  if (std::string_view(value) == "sse4") return CpuLevel::kSse4;
  if (std::string_view(value) == "avx") return CpuLevel::kAvx;
  return CpuLevel::kHost;
}

std::atomic<CpuLevel>& Level() {
  static std::atomic<CpuLevel> level = LevelOfEnvironment();
  return level;
}

}  // namespace

CpuFeatures HostCpu() {
  static const CpuFeatures host = Detect();
  switch (Level().load(std::memory_order_relaxed)) {
    case CpuLevel::kSse4:
      return {};
    case CpuLevel::kAvx:
      return {.avx = host.avx, .popcnt = host.popcnt};
    case CpuLevel::kHost:
      break;
  }
  return host;
}

void LimitCpu(CpuLevel level) { Level().store(level, std::memory_order_relaxed); }

}  // namespace wasmtier::baseline
