#include "test/spec/spectest.h"

#include <utility>

#include "absl/status/statusor.h"
#include "wasmtier/func.h"
#include "wasmtier/global.h"
#include "wasmtier/memory.h"
#include "wasmtier/table.h"
#include "wasmtier/value.h"

namespace wasmtier::spec {
namespace {

constexpr char kModule[] = "spectest";

// The prints print nothing: what they are told is not part of any expectation.
absl::Status DefineFunctions(Linker& linker) {
  absl::Status status = linker.DefineFunction(kModule, "print", [] {});
  status.Update(linker.DefineFunction(kModule, "print_i32", [](int32_t) {}));
  status.Update(linker.DefineFunction(kModule, "print_i64", [](int64_t) {}));
  status.Update(linker.DefineFunction(kModule, "print_f32", [](float) {}));
  status.Update(linker.DefineFunction(kModule, "print_f64", [](double) {}));
  status.Update(linker.DefineFunction(kModule, "print_i32_f32", [](int32_t, float) {}));
  status.Update(linker.DefineFunction(kModule, "print_f64_f64", [](double, double) {}));
  return status;
}

absl::Status DefineGlobals(Store& store, Linker& linker) {
  const std::pair<const char*, Value> globals[] = {{"global_i32", Value(int32_t{666})},
                                                   {"global_i64", Value(int64_t{666})},
                                                   {"global_f32", Value(666.6f)},
                                                   {"global_f64", Value(666.6)}};
  for (const auto& [name, value] : globals) {
    GlobalType type{value.kind(), /*is_mutable=*/false};
    absl::StatusOr<Global> global = Global::Create(store, type, value);
    if (!global.ok()) return global.status();
    absl::Status status = linker.DefineExtern(kModule, name, *global);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status DefineTable(Store& store, Linker& linker, const char* name, bool is_64) {
  TableType type{{10, 20, is_64}, ValueKind::kFuncRef};
  absl::StatusOr<Table> table = Table::Create(store, type, Value::Default(ValueKind::kFuncRef));
  if (!table.ok()) return table.status();
  return linker.DefineExtern(kModule, name, *table);
}

absl::Status DefineMemory(Store& store, Linker& linker, const char* name, bool is_shared) {
  MemoryType type{{1, 2, /*is_64=*/false}, is_shared};
  absl::StatusOr<Memory> memory = Memory::Create(store, type);
  if (!memory.ok()) return memory.status();
  return linker.DefineExtern(kModule, name, *memory);
}

}  // namespace

absl::Status DefineSpectest(Store& store, Linker& linker, bool shared_memory) {
  absl::Status status = DefineFunctions(linker);
  status.Update(DefineGlobals(store, linker));
  status.Update(DefineTable(store, linker, "table", /*is_64=*/false));
  status.Update(DefineMemory(store, linker, "memory", /*is_shared=*/false));
  DefineTable(store, linker, "table64", /*is_64=*/true).IgnoreError();
  if (shared_memory) DefineMemory(store, linker, "shared_memory", true).IgnoreError();
  return status;
}

}  // namespace wasmtier::spec
