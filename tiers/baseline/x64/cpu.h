// What the processor can do beyond SSE4.2, which every x86-64 processor that is supported has.
#ifndef WASMTIER_TIERS_BASELINE_X64_CPU_H_
#define WASMTIER_TIERS_BASELINE_X64_CPU_H_

#include <cstdint>

namespace wasmtier::baseline {

struct CpuFeatures {
  bool avx = false;
  bool bmi1 = false;  // tzcnt
  bool bmi2 = false;  // shlx, shrx, sarx, rorx
  bool lzcnt = false;
  bool popcnt = false;
  bool avx2 = false;
  bool fma = false;
  bool avx512 = false;  // F, VL, BW and DQ
  bool bitalg = false;  // vpopcntb
  bool vbmi = false;    // vpermi2b
};

// Features that code is made for, for tests of what older processors get.
enum class CpuLevel : uint8_t {
  kSse4,  // SSE4.2 and nothing else
  kAvx,   // and AVX and popcnt
  kAvx2,  // and AVX2, BMI, lzcnt and FMA
  kHost,  // all that there is
};

// This processor's features, as far as the level has them: the one in the environment variable
// WASMTIER_CPU ("sse4", "avx" or "avx2"; read once), or that of the last LimitCpu. Thread-safe.
CpuFeatures HostCpu();
void LimitCpu(CpuLevel level);

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_X64_CPU_H_
