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
  const bool avx512 = features.has(X86::kAVX512_F) && features.has(X86::kAVX512_VL) &&
                      features.has(X86::kAVX512_BW) && features.has(X86::kAVX512_DQ);
  return {.avx = features.has(X86::kAVX),
          .bmi1 = features.has(X86::kBMI),
          .bmi2 = features.has(X86::kBMI2),
          .lzcnt = features.has(X86::kLZCNT),
          .popcnt = features.has(X86::kPOPCNT),
          .avx2 = features.has(X86::kAVX2),
          .fma = features.has(X86::kFMA),
          .avx512 = avx512,
          .bitalg = avx512 && features.has(X86::kAVX512_BITALG),
          .vbmi = avx512 && features.has(X86::kAVX512_VBMI)};
}

CpuLevel LevelOfEnvironment() {
  const char* value = std::getenv("WASMTIER_CPU");
  if (value == nullptr) return CpuLevel::kHost;
  if (std::string_view(value) == "sse4") return CpuLevel::kSse4;
  if (std::string_view(value) == "avx") return CpuLevel::kAvx;
  if (std::string_view(value) == "avx2") return CpuLevel::kAvx2;
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
    case CpuLevel::kAvx2:
      return {.avx = host.avx,
              .bmi1 = host.bmi1,
              .bmi2 = host.bmi2,
              .lzcnt = host.lzcnt,
              .popcnt = host.popcnt,
              .avx2 = host.avx2,
              .fma = host.fma};
    case CpuLevel::kHost:
      break;
  }
  return host;
}

void LimitCpu(CpuLevel level) { Level().store(level, std::memory_order_relaxed); }

}  // namespace wasmtier::baseline
