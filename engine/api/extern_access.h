// Handles to the runtime's objects and back.
#ifndef WASMTIER_ENGINE_API_EXTERN_ACCESS_H_
#define WASMTIER_ENGINE_API_EXTERN_ACCESS_H_

#include "engine/api/store_state.h"
#include "runtime/instance.h"
#include "wasmtier/extern.h"
#include "wasmtier/instance.h"

namespace wasmtier::internal {

struct MemoryAccess {
  static Memory Make(StoreState* store, runtime::Memory* memory) { return Memory(store, memory); }
  static StoreState* store(const Memory& memory) { return memory.store_; }
  static runtime::Memory* object(const Memory& memory) { return memory.memory_; }
};

struct TableAccess {
  static Table Make(StoreState* store, runtime::Table* table) { return Table(store, table); }
  static StoreState* store(const Table& table) { return table.store_; }
  static runtime::Table* object(const Table& table) { return table.table_; }
};

struct GlobalAccess {
  static Global Make(StoreState* store, runtime::Global* global) { return Global(store, global); }
  static StoreState* store(const Global& global) { return global.store_; }
  static runtime::Global* object(const Global& global) { return global.global_; }
};

struct InstanceAccess {
  static Instance Make(StoreState* store, runtime::Instance* instance) {
    return Instance(store, instance);
  }
  static StoreState* store(const Instance& instance) { return instance.store_; }
  static runtime::Instance* object(const Instance& instance) { return instance.instance_; }
};

Extern ToPublic(StoreState* store, const runtime::ExternValue& value);
runtime::ExternValue ToRuntime(const Extern& value);
StoreState* StoreOf(const Extern& value);

}  // namespace wasmtier::internal

#endif  // WASMTIER_ENGINE_API_EXTERN_ACCESS_H_
