#include "wasi/preview1.h"

#include <memory>

#include "wasi/host_bind.h"
#include "wasi/preview1/context.h"
#include "wasi/preview1/functions.h"
#include "wasmtier/caller.h"
#include "wasmtier/memory.h"

namespace wasmtier::wasi {
namespace {

using preview1::Call;
using preview1::Context;
using preview1::GuestMemory;

constexpr std::string_view kModuleName = "wasi_snapshot_preview1";

// A caller without a memory has an empty one: every pointer is out of bounds.
GuestMemory MemoryOf(Caller& caller) {
  std::optional<Memory> memory = caller.memory();
  return memory ? GuestMemory(memory->data()) : GuestMemory();
}

template <auto Function>
absl::Status Define(Linker& linker, std::string_view name, std::shared_ptr<Context> context) {
  return linker.DefineRawFunction(kModuleName, name, HostBinding<Function>::Type(),
                                  [context = std::move(context)](Caller& caller, uint64_t* slots) {
                                    Call call{*context, MemoryOf(caller)};
                                    return HostBinding<Function>::Invoke(call, slots);
                                  });
}

std::vector<FunctionInfo> MakeFunctionList() {
  constexpr bool kMade = true;
  constexpr bool kRefused = false;
  return {
#define WASI_FUNCTION(name, Function, Result, state, ...) \
  {#name, #__VA_ARGS__, HostBinding<&preview1::Function>::Type(), state},
#include "wasi/preview1/functions.def"
  };
}

}  // namespace

absl::Status AddPreview1(Linker& linker, const Config& config) {
  absl::StatusOr<std::shared_ptr<Context>> context = Context::Create(config);
  if (!context.ok()) return context.status();
  absl::Status status;
#define WASI_FUNCTION(name, Function, Result, state, ...) \
  if (status.ok()) status = Define<&preview1::Function>(linker, #name, *context);
#include "wasi/preview1/functions.def"
  return status;
}

std::span<const FunctionInfo> ListFunctions() {
  static const auto& list = *new std::vector<FunctionInfo>(MakeFunctionList());
  return list;
}

}  // namespace wasmtier::wasi
