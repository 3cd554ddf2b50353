// The machine code of stubs (stubs.h), made by a target (x64/stubs.cc). Position-independent.
#ifndef WASMTIER_TIERS_BASELINE_STUB_CODE_H_
#define WASMTIER_TIERS_BASELINE_STUB_CODE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/model/types.h"
#include "tiers/baseline/stubs.h"

namespace wasmtier::baseline {

struct StubCode {
  std::vector<uint8_t> bytes;
  uint32_t prologue_size = 0;  // runtime::CompiledCode
};

absl::StatusOr<StubCode> MakeEnterStub(const runtime::FuncType& type);
absl::StatusOr<StubCode> MakeLoadArgumentsStub(const runtime::FuncType& type);
absl::StatusOr<StubCode> MakeInterpreterStub(const runtime::FuncType& type,
                                             InterpreterEntry interpreter);
absl::StatusOr<StubCode> MakeHostStub(const runtime::FuncType& type);

struct ThunkCode {
  StubCode code;
  std::vector<uint32_t> traps;  // offsets, by TrapCode
  uint32_t runtime_call = 0;    // offset
  uint32_t hot = 0;             // offset
};
absl::StatusOr<ThunkCode> MakeThunks();

}  // namespace wasmtier::baseline

#endif  // WASMTIER_TIERS_BASELINE_STUB_CODE_H_
