// Calls a module's functions, gives it a host function, and catches a trap.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasmtier/wasmtier.h"

namespace {

// (module $example
//   (import "env" "log" (func $log (param i32)))
//   (memory (export "memory") 1)
//   (func $factorial (export "factorial") (param $n i32) (result i64)
//     (call $log (local.get $n))
//     (if (result i64) (i32.eqz (local.get $n))
//       (then (i64.const 1))
//       (else (i64.mul (i64.extend_i32_u (local.get $n))
//                      (call $factorial (i32.sub (local.get $n) (i32.const 1)))))))
//   (func $peek (export "peek") (param $address i32) (result i32)
//     (i32.load (local.get $address))))
constexpr uint8_t kModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0f, 0x03, 0x60, 0x01, 0x7f, 0x00,
    0x60, 0x01, 0x7f, 0x01, 0x7e, 0x60, 0x01, 0x7f, 0x01, 0x7f, 0x02, 0x0b, 0x01, 0x03, 0x65,
    0x6e, 0x76, 0x03, 0x6c, 0x6f, 0x67, 0x00, 0x00, 0x03, 0x03, 0x02, 0x01, 0x02, 0x05, 0x03,
    0x01, 0x00, 0x01, 0x07, 0x1d, 0x03, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00,
    0x09, 0x66, 0x61, 0x63, 0x74, 0x6f, 0x72, 0x69, 0x61, 0x6c, 0x00, 0x01, 0x04, 0x70, 0x65,
    0x65, 0x6b, 0x00, 0x02, 0x0a, 0x24, 0x02, 0x1a, 0x00, 0x20, 0x00, 0x10, 0x00, 0x20, 0x00,
    0x45, 0x04, 0x7e, 0x42, 0x01, 0x05, 0x20, 0x00, 0xad, 0x20, 0x00, 0x41, 0x01, 0x6b, 0x10,
    0x01, 0x7e, 0x0b, 0x0b, 0x07, 0x00, 0x20, 0x00, 0x28, 0x02, 0x00, 0x0b, 0x00, 0x3d, 0x04,
    0x6e, 0x61, 0x6d, 0x65, 0x00, 0x08, 0x07, 0x65, 0x78, 0x61, 0x6d, 0x70, 0x6c, 0x65, 0x01,
    0x17, 0x03, 0x00, 0x03, 0x6c, 0x6f, 0x67, 0x01, 0x09, 0x66, 0x61, 0x63, 0x74, 0x6f, 0x72,
    0x69, 0x61, 0x6c, 0x02, 0x04, 0x70, 0x65, 0x65, 0x6b, 0x02, 0x13, 0x03, 0x00, 0x00, 0x01,
    0x01, 0x00, 0x01, 0x6e, 0x02, 0x01, 0x00, 0x07, 0x61, 0x64, 0x64, 0x72, 0x65, 0x73, 0x73};

absl::Status Run() {
  // An engine is shared by all threads; each store belongs to one at a time.
  absl::StatusOr<wasmtier::Engine> engine = wasmtier::Engine::Create();
  if (!engine.ok()) return engine.status();
  absl::StatusOr<wasmtier::Module> module = wasmtier::Module::FromBytes(*engine, kModule);
  if (!module.ok()) return module.status();
  absl::StatusOr<wasmtier::Store> store = wasmtier::Store::Create(*engine);
  if (!store.ok()) return store.status();

  // Host functions are C++ callables. A status that is not OK would end the call with a trap.
  wasmtier::Linker linker;
  int calls = 0;
  absl::Status status = linker.DefineFunction("env", "log", [&calls](int32_t value) {
    ++calls;
    std::printf("log: %d\n", value);
  });
  if (!status.ok()) return status;
  absl::StatusOr<wasmtier::Instance> instance = linker.Instantiate(*store, *module);
  if (!instance.ok()) return instance.status();

  // The type is checked once; calls are then as cheap as they can be.
  auto factorial = instance->GetTypedFunc<int64_t(int32_t)>("factorial");
  if (!factorial.ok()) return factorial.status();
  absl::StatusOr<int64_t> result = factorial->Call(5);
  if (!result.ok()) return result.status();
  std::printf("5! = %lld, %d calls of log\n", static_cast<long long>(*result), calls);

  // The memory is the module's; reads and writes from here are checked.
  absl::StatusOr<wasmtier::Memory> memory = instance->GetMemory("memory");
  if (!memory.ok()) return memory.status();
  status = memory->WriteScalar<int32_t>(8, 42);
  if (!status.ok()) return status;
  absl::StatusOr<wasmtier::Func> peek = instance->GetFunc("peek");
  if (!peek.ok()) return peek.status();
  absl::StatusOr<std::vector<wasmtier::Value>> values = peek->Call({wasmtier::Value(8)});
  if (!values.ok()) return values.status();
  std::printf("peek(8) = %d\n", (*values)[0].i32());

  // An access out of bounds is a trap: a status with a backtrace. The store can be used further.
  values = peek->Call({wasmtier::Value(65536)});
  const std::optional<wasmtier::Trap> trap = wasmtier::Trap::FromStatus(values.status());
  if (!trap) return absl::InternalError("expected a trap");
  std::printf("trap: %s\n", trap->ToString().c_str());
  return absl::OkStatus();
}

}  // namespace

int main() {
  const absl::Status status = Run();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}
