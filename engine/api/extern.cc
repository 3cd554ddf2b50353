#include "wasmtier/extern.h"

#include "engine/api/extern_access.h"

namespace wasmtier {

ExternType TypeOf(const Extern& value) {
  return std::visit([](const auto& object) -> ExternType { return object.type(); }, value);
}

namespace internal {
namespace {

struct MakePublic {
  StoreState* store;
  Extern operator()(const runtime::FunctionReference* function) const {
    return FuncAccess::Make(store, function);
  }
  Extern operator()(runtime::Table* table) const { return TableAccess::Make(store, table); }
  Extern operator()(runtime::Memory* memory) const { return MemoryAccess::Make(store, memory); }
  Extern operator()(runtime::Global* global) const { return GlobalAccess::Make(store, global); }
};

struct MakeRuntime {
  runtime::ExternValue operator()(const Func& func) const { return FuncAccess::function(func); }
  runtime::ExternValue operator()(const Table& table) const { return TableAccess::object(table); }
  runtime::ExternValue operator()(const Memory& memory) const {
    return MemoryAccess::object(memory);
  }
  runtime::ExternValue operator()(const Global& global) const {
    return GlobalAccess::object(global);
  }
};

struct GetStore {
  StoreState* operator()(const Func& func) const { return FuncAccess::store(func); }
  StoreState* operator()(const Table& table) const { return TableAccess::store(table); }
  StoreState* operator()(const Memory& memory) const { return MemoryAccess::store(memory); }
  StoreState* operator()(const Global& global) const { return GlobalAccess::store(global); }
};

}  // namespace

Extern ToPublic(StoreState* store, const runtime::ExternValue& value) {
  return std::visit(MakePublic{store}, value);
}

runtime::ExternValue ToRuntime(const Extern& value) { return std::visit(MakeRuntime{}, value); }

StoreState* StoreOf(const Extern& value) { return std::visit(GetStore{}, value); }

}  // namespace internal

}  // namespace wasmtier
