#include "wasmtier/linker.h"

#include <malloc.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/api/convert_types.h"
#include "engine/api/extern_access.h"
#include "engine/api/host_function.h"
#include "engine/api/module_state.h"
#include "engine/api/store_state.h"
#include "engine/api/trap_access.h"
#include "runtime/instantiate.h"

namespace wasmtier {
namespace {

using internal::EngineAccess;
using internal::HostDefinition;
using internal::ModuleAccess;
using internal::ModuleState;
using internal::StoreAccess;
using internal::StoreState;

std::string Describe(std::string_view module, std::string_view name) {
  return absl::StrCat(std::string(module), ".", std::string(name));
}

// "function env.foo (i32) -> i32"
std::string Describe(const runtime::Module& module, const runtime::Import& import) {
  const ExternType type = internal::ExternTypeOf(module, import.kind, import.index);
  return absl::StrCat(ToString(KindOf(type)), " ", Describe(import.module, import.name), " ",
                      std::visit([](const auto& known) { return ToString(known); }, type));
}

// One function for each definition and store.
const runtime::FunctionReference* Link(StoreState& store,
                                       const std::shared_ptr<const HostDefinition>& definition) {
  const runtime::HostFunction*& function = store.linked_functions[definition];
  if (function == nullptr) {
    // The store keeps the definition.
    const HostDefinition* callee = definition.get();
    function = internal::NewHostFunction(
        store, definition->type,
        [callee](Caller& caller, uint64_t* slots) { return callee->callback(caller, slots); });
  }
  return &function->reference();
}

absl::Status RunStart(StoreState& store, runtime::Instance& instance) {
  const std::optional<uint32_t> start = instance.module().start;
  if (!start) return absl::OkStatus();
  return internal::CallFunction(store, instance.GetFunction(*start), internal::NextFrame(store));
}

void FreeWhatIsNotNeeded(const runtime::Module& module) {
  module.source->Release();
  malloc_trim(0);
}

absl::StatusOr<Instance> MakeInstance(StoreState& store, const Module& module,
                                      std::span<const runtime::ExternValue> imports) {
  ModuleState& state = ModuleAccess::state(module);
  absl::StatusOr<runtime::InstantiationResult> result =
      runtime::Instantiate(*store.store, state, imports);
  if (!result.ok()) return result.status();
  store.modules.emplace(result->instance, module);
  if (result->trap != nullptr) return internal::ToStatus(*result->trap);
  if (store.engine.config().low_memory) FreeWhatIsNotNeeded(state.module());
  absl::Status status = RunStart(store, *result->instance);
  if (!status.ok()) return status;
  return internal::InstanceAccess::Make(&store, result->instance);
}

}  // namespace

absl::Status Linker::Add(std::string_view module, std::string_view name, Definition definition) {
  auto& names = definitions_[std::string(module)];
  const auto found = names.find(name);
  if (found == names.end()) {
    names.emplace(std::string(name), std::move(definition));
    return absl::OkStatus();
  }
  if (!allow_shadowing_) {
    return absl::AlreadyExistsError(absl::StrCat(Describe(module, name), " is defined already"));
  }
  found->second = std::move(definition);
  return absl::OkStatus();
}

const Linker::Definition* Linker::Find(std::string_view module, std::string_view name) const {
  const auto names = definitions_.find(module);
  if (names == definitions_.end()) return nullptr;
  const auto found = names->second.find(name);
  return found == names->second.end() ? nullptr : &found->second;
}

bool Linker::Has(std::string_view module, std::string_view name) const {
  return Find(module, name) != nullptr;
}

absl::Status Linker::DefineRawFunction(std::string_view module, std::string_view name,
                                       FuncType type, RawCallback callback) {
  return Add(
      module, name,
      std::make_shared<const HostDefinition>(HostDefinition{std::move(type), std::move(callback)}));
}

absl::Status Linker::DefineDynamicFunction(std::string_view module, std::string_view name,
                                           FuncType type, DynamicCallback callback) {
  RawCallback raw = internal::MakeRaw(type, std::move(callback));
  return DefineRawFunction(module, name, std::move(type), std::move(raw));
}

absl::Status Linker::DefineExtern(std::string_view module, std::string_view name,
                                  const Extern& value) {
  const Func* func = std::get_if<Func>(&value);
  if (func != nullptr && func->IsNull()) {
    return absl::InvalidArgumentError(absl::StrCat(Describe(module, name), ": function is null"));
  }
  return Add(module, name, value);
}

absl::Status Linker::DefineInstance(std::string_view module, const Instance& instance) {
  const Module source = instance.module();
  for (const ExportInfo& exported : source.exports()) {
    const std::optional<Extern> value = instance.FindExport(exported.name);
    if (!value) continue;  // a tag
    absl::Status status = DefineExtern(module, exported.name, *value);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<Instance> Linker::Instantiate(Store& store, const Module& module) const {
  StoreState& state = StoreAccess::state(store);
  const runtime::Module& source = ModuleAccess::state(module).module();
  if (EngineAccess::state(module.engine()) != EngineAccess::state(state.engine)) {
    return absl::FailedPreconditionError("module and store belong to different engines");
  }
  const std::vector<std::string> missing = module.missing_features();
  if (!missing.empty()) {
    return absl::UnimplementedError(absl::StrCat("needs feature ", absl::StrJoin(missing, ", ")));
  }
  std::vector<runtime::ExternValue> imports;
  imports.reserve(source.imports.size());
  std::vector<std::string> unknown;
  for (const runtime::Import& import : source.imports) {
    const Definition* definition = Find(import.module, import.name);
    if (definition == nullptr) {
      unknown.push_back("unknown import: " + Describe(source, import));
    } else if (const auto* host = std::get_if<std::shared_ptr<const HostDefinition>>(definition)) {
      imports.emplace_back(Link(state, *host));
    } else {
      const Extern& value = std::get<Extern>(*definition);
      if (internal::StoreOf(value) != &state) {
        return absl::FailedPreconditionError(absl::StrCat(
            "import ", Describe(import.module, import.name), " belongs to another store"));
      }
      imports.push_back(internal::ToRuntime(value));
    }
  }
  if (!unknown.empty()) return absl::NotFoundError(absl::StrJoin(unknown, "\n"));
  return MakeInstance(state, module, imports);
}

}  // namespace wasmtier
