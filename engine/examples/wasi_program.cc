// Runs a WASI program: `example_wasi_program FILE ARGS...`, or a small one of its own.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "wasi/preview1.h"
#include "wasmtier/wasmtier.h"

namespace {

// (module
//   (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
//   (memory (export "memory") 1)
//   (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
//   (func (export "_start")
//     (drop (call 0 (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))
constexpr uint8_t kHello[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x02, 0x60, 0x04, 0x7f, 0x7f, 0x7f,
    0x7f, 0x01, 0x7f, 0x60, 0x00, 0x00, 0x02, 0x23, 0x01, 0x16, 0x77, 0x61, 0x73, 0x69, 0x5f, 0x73,
    0x6e, 0x61, 0x70, 0x73, 0x68, 0x6f, 0x74, 0x5f, 0x70, 0x72, 0x65, 0x76, 0x69, 0x65, 0x77, 0x31,
    0x08, 0x66, 0x64, 0x5f, 0x77, 0x72, 0x69, 0x74, 0x65, 0x00, 0x00, 0x03, 0x02, 0x01, 0x01, 0x05,
    0x03, 0x01, 0x00, 0x01, 0x07, 0x13, 0x02, 0x06, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 0x02, 0x00,
    0x06, 0x5f, 0x73, 0x74, 0x61, 0x72, 0x74, 0x00, 0x01, 0x0a, 0x0f, 0x01, 0x0d, 0x00, 0x41, 0x01,
    0x41, 0x00, 0x41, 0x01, 0x41, 0x20, 0x10, 0x00, 0x1a, 0x0b, 0x0b, 0x14, 0x01, 0x00, 0x41, 0x00,
    0x0b, 0x0e, 0x08, 0x00, 0x00, 0x00, 0x06, 0x00, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f, 0x0a};

// The program's exit code.
absl::StatusOr<int> Run(int argc, char** argv) {
  // A limit on the stack, and below one on memory: the guest is not trusted.
  wasmtier::Config config;
  config.stack_bytes = 1 << 20;
  absl::StatusOr<wasmtier::Engine> engine = wasmtier::Engine::Create(config);
  if (!engine.ok()) return engine.status();
  absl::StatusOr<wasmtier::Module> module = argc > 1 ? wasmtier::Module::FromFile(*engine, argv[1])
                                                     : wasmtier::Module::FromBytes(*engine, kHello);
  if (!module.ok()) return module.status();

  // What the guest sees: its arguments, one variable, and our standard streams. To give it a
  // directory: wasi.preopens.push_back({.host_path = "/tmp/data", .guest_path = "/data"});
  wasmtier::wasi::Config wasi;
  for (int i = 1; i < argc; ++i) wasi.args.emplace_back(argv[i]);
  if (argc == 1) wasi.args.emplace_back("hello");
  wasi.environment.emplace_back("GREETING", "hello");
  wasmtier::Linker linker;
  absl::Status status = wasmtier::wasi::AddPreview1(linker, wasi);
  if (!status.ok()) return status;

  absl::StatusOr<wasmtier::Store> store =
      wasmtier::Store::Create(*engine, {.memory_bytes = uint64_t{64} << 20});
  if (!store.ok()) return store.status();
  absl::StatusOr<wasmtier::Instance> instance = linker.Instantiate(*store, *module);
  if (!instance.ok()) return instance.status();
  auto start = instance->GetTypedFunc<void()>("_start");
  if (!start.ok()) return start.status();
  status = start->Call();
  // exit() arrives as a status of its own.
  if (const std::optional<int32_t> code = wasmtier::ExitCode(status)) return *code;
  if (!status.ok()) return status;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<int> exit_code = Run(argc, argv);
  if (exit_code.ok()) return *exit_code;
  const std::optional<wasmtier::Trap> trap = wasmtier::Trap::FromStatus(exit_code.status());
  const std::string reason = trap ? trap->ToString() : exit_code.status().ToString();
  std::fprintf(stderr, "%s\n", reason.c_str());
  return 1;
}
