// Store: owns all that instances are made of (spec: "Store"). Used by one thread at a time.
#ifndef WASMTIER_RUNTIME_STORE_H_
#define WASMTIER_RUNTIME_STORE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/global.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/model/type_registry.h"
#include "runtime/stack.h"
#include "runtime/table.h"
#include "runtime/vm_context.h"

namespace wasmtier::runtime {

struct StoreLimits {
  uint64_t memory_bytes = UINT64_MAX;    // of all linear memories together
  uint64_t table_elements = 10'000'000;  // of each table
  uint32_t instances = 10'000;
  uint32_t memories = 10'000;
  uint32_t tables = 10'000;
};

class Store {
 public:
  // `types`, `stacks` and `code_space` are the Engine's and must outlive the store. Without signals
  // all memories are kChecked. `code_space` may be null.
  static absl::StatusOr<std::unique_ptr<Store>> Create(
      TypeRegistry& types, StackPool& stacks, const StoreLimits& limits, bool use_signals = true,
      const std::atomic<const CodeSpace*>* code_space = nullptr);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  StoreBlock& block() { return block_; }
  WasmStack& stack() { return *stack_; }
  TypeRegistry& types() const { return types_; }
  const StoreLimits& limits() const { return limits_; }
  bool use_signals() const { return use_signals_; }
  MemoryBudget& memory_budget() { return budget_; }

  // Objects made by the host or by instantiation; owned by the store, alive until it dies.
  HostFunction* NewHostFunction(FuncType type, HostCallback callback);
  absl::StatusOr<Memory*> NewMemory(const MemoryType& type, MemoryStrategy strategy);
  absl::StatusOr<Table*> NewTable(const TableType& type, uint64_t initial_reference);
  Global* NewGlobal(const GlobalType& type, GlobalCell value);
  absl::StatusOr<Instance*> AddInstance(std::unique_ptr<Instance> instance);
  const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }

  // The memory whose reservation (guard included) holds `address`, or null. Async-signal-safe.
  const Memory* FindReservation(const void* address) const;

 private:
  Store(TypeRegistry& types, StackPool& stacks, const StoreLimits& limits, bool use_signals,
        std::unique_ptr<WasmStack> stack, const std::atomic<const CodeSpace*>* code_space);

  // Takes back what a failed instantiation has made since `mark`.
  friend class Instantiation;
  struct Mark {
    size_t memories;
    size_t tables;
  };
  Mark mark() const { return {memories_.size(), tables_.size()}; }
  void DropSince(Mark mark);

  TypeRegistry& types_;
  StackPool& stacks_;
  StoreLimits limits_;
  bool use_signals_;
  std::unique_ptr<WasmStack> stack_;
  MemoryBudget budget_;
  std::vector<std::unique_ptr<HostFunction>> host_functions_;
  std::vector<std::unique_ptr<Memory>> memories_;
  // The reserved ones, linked through Memory::next_reservation_: a signal handler cannot read a
  // vector that is growing.
  std::atomic<const Memory*> reservations_{nullptr};
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Global>> globals_;
  std::vector<std::unique_ptr<Instance>> instances_;
  // Last: the pages of its call area, which most programs never touch, lie behind all else.
  StoreBlock block_;
};

}  // namespace wasmtier::runtime

#endif  // WASMTIER_RUNTIME_STORE_H_
